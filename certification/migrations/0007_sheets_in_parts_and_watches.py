"""A spreadsheet check keeps its rows in parts; misses of a day; watch-lists."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def into_parts(apps, schema_editor):
    """Give every earlier check its rows as parts. They hold no hash of the name, so asking them again finds what was found before only."""
    check_model, part_model = (
        apps.get_model("certification", "BatchCheck"),
        apps.get_model("certification", "SheetPart"),
    )
    for check in check_model.objects.order_by("pk").iterator():
        for position, begin in enumerate(range(0, len(check.rows), 500), start=1):
            part_model.objects.create(
                check_of=check,
                position=position,
                rows=check.rows[begin : begin + 500],
                answered_at=check.at,
            )
        check_model.objects.filter(pk=check.pk).update(state="finished", answered=len(check.rows))


class Migration(migrations.Migration):
    dependencies = [
        ("certification", "0006_template_layouts"),
        ("org", "0002_unit_history_and_belonging"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="batchcheck",
            name="answered",
            field=models.PositiveIntegerField(default=0, verbose_name="rows answered"),
        ),
        migrations.AddField(
            model_name="batchcheck",
            name="changed",
            field=models.PositiveIntegerField(
                default=0, verbose_name="answers that changed since the previous check"
            ),
        ),
        migrations.AddField(
            model_name="batchcheck",
            name="previous",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="certification.batchcheck",
                verbose_name="previous check",
            ),
        ),
        migrations.AddField(
            model_name="batchcheck",
            name="state",
            field=models.CharField(
                choices=[
                    ("running", "being checked"),
                    ("finished", "checked"),
                    ("stopped", "stopped at the daily limit"),
                ],
                default="running",
                editable=False,
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="batchcheck",
            name="milliseconds",
            field=models.PositiveIntegerField(default=0, verbose_name="duration"),
        ),
        migrations.AlterField(
            model_name="lookup",
            name="way",
            field=models.CharField(
                choices=[
                    ("code", "QR code"),
                    ("form", "number and name"),
                    ("batch", "spreadsheet"),
                    ("api", "an employer's program"),
                ],
                max_length=10,
                verbose_name="way",
            ),
        ),
        migrations.CreateModel(
            name="Misses",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="misses")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "misses of a day",
                "verbose_name_plural": "misses of a day",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "day"), name="misses_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="SheetPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="position")),
                ("rows", models.JSONField(verbose_name="replies")),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="answered"),
                ),
                (
                    "check_of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="certification.batchcheck",
                        verbose_name="spreadsheet check",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a spreadsheet check",
                "verbose_name_plural": "parts of spreadsheet checks",
                "constraints": [
                    models.UniqueConstraint(fields=("check_of", "position"), name="sheet_part_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "public_id",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        unique=True,
                        verbose_name="public identifier",
                    ),
                ),
                ("added_on", models.DateField(verbose_name="watched since")),
                ("ends_on", models.DateField(verbose_name="watched until")),
                (
                    "told_soon",
                    models.BooleanField(
                        default=False,
                        editable=False,
                        verbose_name="notified a month before expiry",
                    ),
                ),
                (
                    "told_end",
                    models.BooleanField(
                        default=False, editable=False, verbose_name="notified on the day of expiry"
                    ),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="watches",
                        to="certification.certificate",
                        verbose_name="certificate",
                    ),
                ),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.employer",
                        verbose_name="employer",
                    ),
                ),
            ],
            options={
                "verbose_name": "watch-list entry",
                "verbose_name_plural": "watch-list entries",
                "indexes": [
                    models.Index(fields=["employer", "-id"], name="watch_of_employer"),
                    models.Index(fields=["ends_on"], name="watch_end"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("employer", "certificate"), name="watch_once"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("added_on"))),
                        name="watch_days_in_order",
                    ),
                ],
            },
        ),
        migrations.RunPython(into_parts, migrations.RunPython.noop),
    ]
