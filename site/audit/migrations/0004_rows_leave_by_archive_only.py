"""Triggers again (SQLite loses them when a table is rebuilt), TRUNCATE refused too, and the one way out for old rows.

A row may be deleted once an `audit_archive` row covers its link, and never younger than six months: both are asked by the database.
An archive row itself is taken only if it says what the chain really holds; it stays for ever and names its file.
"""

from typing import Any

from django.db import migrations

from audit.append_only import Refuse

EVENT_MAY_GO = (
    "OLD.at < {old} AND EXISTS (SELECT 1 FROM audit_link l JOIN audit_archive a ON l.id BETWEEN a.first_link AND a.last_link "
    "WHERE l.event_id = OLD.id)"
)
LINK_MAY_GO = (
    "EXISTS (SELECT 1 FROM audit_archive a WHERE OLD.id BETWEEN a.first_link AND a.last_link) "
    "AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.id = OLD.event_id)"
)
OLD = {"postgresql": "(now() - interval '6 months')", "sqlite": "datetime('now', '-6 months')"}
ARCHIVE_TELLS_THE_TRUTH = (
    "NEW.events > 0 AND NEW.events = (SELECT count(*) FROM audit_link l JOIN audit_event e ON e.id = l.event_id "
    "WHERE l.id BETWEEN NEW.first_link AND NEW.last_link AND e.at < {old}) "
    "AND NEW.events = (SELECT count(*) FROM audit_link l WHERE l.id <= NEW.last_link) "
    "AND NEW.end_value = (SELECT value FROM audit_link WHERE id = NEW.last_link)"
)
NAME = "audit_archive_true"


def forwards(apps: Any, schema_editor: Any) -> None:
    """Let the database judge archive rows."""
    vendor = schema_editor.connection.vendor
    condition = ARCHIVE_TELLS_THE_TRUTH.format(old=OLD.get(vendor, ""))
    if vendor == "postgresql":
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN RETURN NEW; END IF; "
            "RAISE EXCEPTION 'the archive does not match the chain'; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {NAME} BEFORE INSERT ON audit_archive FOR EACH ROW EXECUTE FUNCTION {NAME}()"
        )
    elif vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER {NAME} BEFORE INSERT ON audit_archive "
            f"BEGIN SELECT RAISE(ABORT, 'the archive does not match the chain') WHERE NOT coalesce({condition}, 0); END"
        )


def backwards(apps: Any, schema_editor: Any) -> None:
    """Drop it."""
    vendor = schema_editor.connection.vendor
    schema_editor.execute(
        f"DROP TRIGGER IF EXISTS {NAME}" + (" ON audit_archive" if vendor == "postgresql" else "")
    )
    if vendor == "postgresql":
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {NAME}()")


class Migration(migrations.Migration):
    """Triggers."""

    dependencies = [("audit", "0003_checks_archives_and_search_indexes")]
    operations = [
        Refuse(
            "audit_event",
            unless={vendor: EVENT_MAY_GO.format(old=old) for vendor, old in OLD.items()},
        ),
        Refuse("audit_link", unless=dict.fromkeys(OLD, LINK_MAY_GO)),
        Refuse("audit_check"),
        Refuse("audit_archive"),
        migrations.RunPython(forwards, backwards),
    ]
