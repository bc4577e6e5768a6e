"""Seats handed back because the judge's role ended."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """One table."""

    dependencies = [("competitions", "0001_events_schemes_sheets")]
    operations = [
        migrations.CreateModel(
            name="SeatVacancy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("left_at", models.DateTimeField(auto_now_add=True, verbose_name="vacant since")),
                ("filled_at", models.DateTimeField(blank=True, null=True, verbose_name="filled")),
                (
                    "filled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="competitions.judge",
                        verbose_name="substitute",
                    ),
                ),
                (
                    "left_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="competitions.judge",
                        verbose_name="judge who left",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="vacancies",
                        to="competitions.sheetjudge",
                    ),
                ),
            ],
            options={
                "verbose_name": "vacant seat",
                "verbose_name_plural": "vacant seats",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("filled_by", None)),
                        fields=("seat",),
                        name="seat_vacant_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("filled_at", None), ("filled_by", None)),
                            models.Q(("filled_at__isnull", False), ("filled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="vacancy_filled_is_dated",
                    ),
                ],
            },
        ),
    ]
