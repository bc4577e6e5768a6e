"""The public register: entries, tiles, heads. The database itself keeps them from being changed."""

import django.utils.timezone
from django.db import migrations, models

from audit.append_only import Refuse

_TILE = {
    "sqlite": "NEW.number = OLD.number AND substr(NEW.data, 1, length(OLD.data)) = OLD.data",
    "postgresql": "NEW.number = OLD.number AND substring(NEW.data FROM 1 FOR octet_length(OLD.data)) = OLD.data",
}
_STATE = dict.fromkeys(("sqlite", "postgresql"), "NEW.id = OLD.id AND NEW.size >= OLD.size")


class Migration(migrations.Migration):
    """Tables and triggers."""

    dependencies = [
        ("audit", "0004_rows_leave_by_archive_only"),
        ("certification", "0003_changes_of_standing_only_grow"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegisterCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="time"),
                ),
                ("size", models.BigIntegerField(verbose_name="entries")),
                ("heads", models.BigIntegerField(verbose_name="checkpoints")),
                ("fault", models.TextField(blank=True, verbose_name="fault")),
                ("seconds", models.FloatField(verbose_name="duration")),
            ],
            options={
                "verbose_name": "check of the register",
                "verbose_name_plural": "checks of the register",
            },
        ),
        migrations.CreateModel(
            name="RegisterEntry",
            fields=[
                (
                    "index",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="place"),
                ),
                (
                    "key",
                    models.BinaryField(
                        help_text="SHA-256 of the entry",
                        max_length=32,
                        unique=True,
                        verbose_name="fingerprint",
                    ),
                ),
                (
                    "about",
                    models.BinaryField(
                        db_index=True,
                        help_text="SHA-256 of the credential",
                        max_length=32,
                        null=True,
                        verbose_name="fingerprint of its subject",
                    ),
                ),
                ("data", models.BinaryField(verbose_name="entry")),
            ],
            options={
                "verbose_name": "register entry",
                "verbose_name_plural": "register entries",
            },
        ),
        migrations.CreateModel(
            name="RegisterTile",
            fields=[
                (
                    "number",
                    models.BigIntegerField(
                        help_text="level · 2^48 + index",
                        primary_key=True,
                        serialize=False,
                        verbose_name="place",
                    ),
                ),
                ("data", models.BinaryField(max_length=8192, verbose_name="hashes")),
            ],
            options={
                "verbose_name": "register tile",
                "verbose_name_plural": "register tiles",
            },
        ),
        migrations.CreateModel(
            name="RegisterCheckpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("size", models.BigIntegerField(verbose_name="entries")),
                ("root", models.BinaryField(max_length=32, verbose_name="root")),
                ("note", models.TextField(verbose_name="signed note")),
                ("vkey", models.CharField(max_length=300, verbose_name="verifier key")),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="time"),
                ),
            ],
            options={
                "verbose_name": "checkpoint of the register",
                "verbose_name_plural": "checkpoints of the register",
                "indexes": [models.Index(fields=["size"], name="register_checkpoint_size")],
            },
        ),
        migrations.CreateModel(
            name="RegisterState",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("size", models.BigIntegerField(default=0, verbose_name="entries")),
                ("root", models.BinaryField(max_length=32, verbose_name="root")),
            ],
            options={
                "verbose_name": "state of the register",
                "verbose_name_plural": "states of the register",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="register_state_is_one"
                    )
                ],
            },
        ),
        Refuse("certification_registerentry"),
        Refuse("certification_registercheckpoint"),
        Refuse("certification_registercheck"),
        Refuse("certification_registertile", changed_if=_TILE),
        Refuse("certification_registerstate", changed_if=_STATE),
    ]
