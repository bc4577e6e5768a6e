"""Indexes that keep a search flat among a million rows; results of checks; archives of the oldest rows."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_refuse_update_and_delete"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Archive",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="time")),
                (
                    "first_link",
                    models.PositiveBigIntegerField(unique=True, verbose_name="first link"),
                ),
                (
                    "last_link",
                    models.PositiveBigIntegerField(unique=True, verbose_name="last link"),
                ),
                ("events", models.PositiveBigIntegerField(verbose_name="rows")),
                ("start_value", models.CharField(max_length=64, verbose_name="chain value before")),
                (
                    "end_value",
                    models.CharField(max_length=64, verbose_name="chain value at the end"),
                ),
                ("oldest_at", models.DateTimeField(verbose_name="oldest row")),
                ("newest_at", models.DateTimeField(verbose_name="newest row")),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="file")),
                ("sha256", models.CharField(max_length=64, verbose_name="checksum (SHA-256)")),
            ],
            options={
                "verbose_name": "archive of the audit log",
                "verbose_name_plural": "archives of the audit log",
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, db_index=True, verbose_name="time")),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("full", "the whole chain"),
                            ("new", "new entries since the last check"),
                        ],
                        max_length=10,
                        verbose_name="scope",
                    ),
                ),
                ("events", models.PositiveBigIntegerField(verbose_name="number of rows checked")),
                ("last_link", models.PositiveBigIntegerField(verbose_name="last link")),
                ("head", models.CharField(max_length=64, verbose_name="head value")),
                ("seconds", models.FloatField(verbose_name="seconds")),
                (
                    "fault",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("row_changed", "a row was changed"),
                            ("link_changed", "a link of the chain was changed"),
                            ("row_missing", "a row is missing"),
                            ("order_changed", "links are out of order"),
                            ("end_cut", "the end of the chain was cut off"),
                            ("rewritten", "the chain was rewritten from this point"),
                            ("unsealed", "rows have waited too long to be added to the chain"),
                            ("unguarded", "a database trigger is missing or disabled"),
                            ("archive_missing", "an archive file is missing"),
                            ("archive_changed", "an archive file was changed"),
                        ],
                        max_length=20,
                        verbose_name="problem",
                    ),
                ),
                (
                    "fault_event",
                    models.PositiveBigIntegerField(null=True, verbose_name="row with the problem"),
                ),
                (
                    "fault_link",
                    models.PositiveBigIntegerField(null=True, verbose_name="link with the problem"),
                ),
                (
                    "fault_name",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="position of the problem"
                    ),
                ),
            ],
            options={
                "verbose_name": "check of the audit log",
                "verbose_name_plural": "checks of the audit log",
            },
        ),
        migrations.RemoveIndex(
            model_name="event",
            name="audit_event_target",
        ),
        migrations.AlterField(
            model_name="event",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="actor",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="at",
            field=models.DateTimeField(verbose_name="time"),
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(max_length=80, verbose_name="kind"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["at", "id"], name="audit_event_at"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["kind", "at", "id"], name="audit_event_kind"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["actor", "at", "id"], name="audit_event_actor"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["target_type", "target_id", "id"], name="audit_event_thing"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["request_number"], name="audit_event_request"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("address__isnull", False)),
                fields=["address", "at", "id"],
                name="audit_event_address",
            ),
        ),
    ]
