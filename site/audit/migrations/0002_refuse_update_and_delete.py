"""The database itself refuses to change or remove audit rows, whoever asks (PostgreSQL and SQLite)."""

from typing import Any

from django.db import migrations

TABLES = ("audit_event", "audit_link")
POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION craftpath_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit rows are append-only'; END $$
"""


def forwards(apps: Any, schema_editor: Any) -> None:
    """Make the triggers."""
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(POSTGRES_FUNCTION)
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            if vendor == "postgresql":
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION craftpath_audit_refuse()"
                )
            elif vendor == "sqlite":
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END"
                )


def backwards(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers."""
    vendor = schema_editor.connection.vendor
    for table in TABLES:
        for verb in ("update", "delete"):
            suffix = f" ON {table}" if vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{suffix}")
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS craftpath_audit_refuse()")


class Migration(migrations.Migration):
    """Triggers."""

    dependencies = [("audit", "0001_events_and_chain")]
    operations = [migrations.RunPython(forwards, backwards)]
