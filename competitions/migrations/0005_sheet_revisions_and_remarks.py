"""Count the writes to a sheet, keep remarks on aspects, and say why a value wasn't taken."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("competitions", "0004_corrections_and_equal_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="markchange",
            name="refusal",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="sheet",
            name="revision",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="revision"),
        ),
        migrations.CreateModel(
            name="AspectRemark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("operation", models.UUIDField(unique=True)),
                ("text", models.CharField(max_length=300, verbose_name="remark")),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "aspect",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remarks",
                        to="competitions.aspect",
                    ),
                ),
                (
                    "judge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remarks",
                        to="competitions.judge",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="remarks",
                        to="competitions.sheet",
                    ),
                ),
            ],
            options={
                "verbose_name": "remark on an aspect",
                "verbose_name_plural": "remarks on aspects",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["sheet", "aspect"], name="remark_history")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="remark_says_something",
                    )
                ],
            },
        ),
    ]
