"""The end of the chain is kept a second time: a tally of every unsealed event, noted by a trigger in the same statement, and one
signed row that says where the chain ends. Neither can be set back: both are asked by the database.
"""

from typing import Any

from django.db import migrations, models
from django.utils.crypto import salted_hmac

from audit.append_only import Refuse

SEALED_AS_WRITTEN = (
    "EXISTS (SELECT 1 FROM audit_link l JOIN audit_event e ON e.id = l.event_id"
    " WHERE l.event_id = OLD.event_id AND e.digest = OLD.digest)"
)
FORWARD = (
    "NEW.id = OLD.id AND NEW.links >= OLD.links AND ("
    "(NEW.last_link = OLD.last_link AND NEW.value = OLD.value AND NEW.links = OLD.links) "
    "OR (NEW.last_link > OLD.last_link AND EXISTS (SELECT 1 FROM audit_link l WHERE l.id = NEW.last_link AND l.value = NEW.value)))"
)
VENDORS = ("postgresql", "sqlite")
TALLY = "audit_event_tally"
NOTE = "INSERT INTO audit_tally (event_id, digest) SELECT {row}.id, {row}.digest "
NEW_ONE = "WHERE NOT EXISTS (SELECT 1 FROM audit_tally t WHERE t.event_id = NEW.id)"


def forwards(apps: Any, schema_editor: Any) -> None:
    """Write the head as it is now; make the trigger that notes each event."""
    link = apps.get_model("audit", "Link").objects.order_by("-pk").first()
    archives = apps.get_model("audit", "Archive").objects
    archive = archives.order_by("-last_link").first()
    number, value = (0, "0" * 64) if archive is None else (archive.last_link, archive.end_value)
    if link is not None:
        number, value = link.pk, link.value
    links = apps.get_model("audit", "Link").objects.count() + sum(
        archives.values_list("events", flat=True)
    )
    # As `audit.heads.compute_head_signature` does it on the day this was written.
    signed = salted_hmac(
        "craftpath.audit.head", f"{links}:{number}:{value}", algorithm="sha256"
    ).hexdigest()
    apps.get_model("audit", "Head").objects.create(
        pk=1, links=links, last_link=number, value=value, signature=signed
    )
    run = schema_editor.execute
    if schema_editor.connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run(
            f"CREATE OR REPLACE FUNCTION {TALLY}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{NOTE.format(row='fresh')}FROM fresh ON CONFLICT DO NOTHING; RETURN NULL; END $$"
        )
        run(
            f"CREATE TRIGGER {TALLY} AFTER INSERT ON audit_event REFERENCING NEW TABLE AS fresh "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {TALLY}()"
        )
    else:
        run(
            f"CREATE TRIGGER {TALLY} AFTER INSERT ON audit_event BEGIN {NOTE.format(row='NEW')}{NEW_ONE}; END"
        )


def backwards(apps: Any, schema_editor: Any) -> None:
    """Drop them."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(
        f"DROP TRIGGER IF EXISTS {TALLY}" + (" ON audit_event" if postgresql else "")
    )
    if postgresql:
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {TALLY}()")


class Migration(migrations.Migration):
    """Two small tables and their triggers."""

    dependencies = [("audit", "0004_rows_leave_by_archive_only")]
    operations = [
        migrations.CreateModel(
            name="Head",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("links", models.PositiveBigIntegerField()),
                ("last_link", models.PositiveBigIntegerField()),
                ("value", models.CharField(max_length=64)),
                ("signature", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "end of the chain",
                "verbose_name_plural": "ends of the chain",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="audit_one_head")
                ],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("event_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "event waiting to be added to the chain",
                "verbose_name_plural": "events waiting to be added to the chain",
            },
        ),
        migrations.AlterField(
            model_name="check",
            name="fault",
            field=models.CharField(
                blank=True,
                choices=[
                    ("row_changed", "a row was changed"),
                    ("link_changed", "a link of the chain was changed"),
                    ("row_missing", "a row is missing"),
                    ("order_changed", "links are out of order"),
                    ("end_cut", "the end of the chain was cut off"),
                    ("rewritten", "the chain was rewritten from this point"),
                    ("unsealed", "rows have waited too long to be added to the chain"),
                    (
                        "head_changed",
                        "the signed end of the chain was changed or doesn't match the chain",
                    ),
                    ("unguarded", "a database trigger is missing or disabled"),
                    ("archive_missing", "an archive file is missing"),
                    ("archive_changed", "an archive file was changed"),
                ],
                max_length=20,
                verbose_name="problem",
            ),
        ),
        migrations.RunPython(forwards, backwards),
        Refuse("audit_tally", unless=dict.fromkeys(VENDORS, SEALED_AS_WRITTEN)),
        Refuse("audit_head", changed_if=dict.fromkeys(VENDORS, FORWARD)),
    ]
