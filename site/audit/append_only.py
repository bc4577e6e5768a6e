"""Append-only tables, on which the database itself refuses UPDATE, DELETE and (PostgreSQL)
TRUNCATE from everybody.

A migration makes a table append-only with `operations = [Refuse("certification_statuschange")]`.
`AppConfig.ready()` calls `expect_append_only("certification_statuschange")`, so that the nightly
check also looks whether the triggers are still there. SQLite loses the triggers of a table that a
later migration rebuilds (it alters by copying). Such a migration ends with `Refuse` again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.migrations.operations.base import Operation

FUNCTION = "craftpath_append_only"
_expected: set[str] = set()
_others: set[str] = set()


def expect_append_only(table: str) -> None:
    """Make the check of the audit log also look for the triggers of *table*."""
    _expected.add(table)


def expect_trigger(name: str) -> None:
    """Make the check of the audit log also look for the trigger *name*, which does something other
    than refuse.
    """
    _others.add(name)


def triggers_of(table: str, vendor: str) -> list[str]:
    """Return the names of the triggers that guard *table*."""
    verbs = ("update", "delete", "truncate") if vendor == "postgresql" else ("update", "delete")
    return [f"{table}_no_{verb}" for verb in verbs]


def list_missing_triggers() -> list[str]:
    """Return the expected triggers that are missing or switched off, in order, with one query."""
    wanted = {
        name for table in _expected for name in triggers_of(table, connection.vendor)
    } | _others
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN "
                "('O', 'A') AND tgname = ANY(%s)",
                [list(wanted)],
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return sorted(wanted - {row[0] for row in cursor.fetchall()})


class Refuse(Operation):
    """Make *table* append-only.

    *unless* is, by vendor, the SQL condition on `OLD` under which a row may be deleted all the
    same. *changed_if* is, by vendor, the condition on `OLD` and `NEW` under which it may be
    changed. Neither may be NULL for any row.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(
        self,
        table: str,
        unless: Mapping[str, str] | None = None,
        changed_if: Mapping[str, str] | None = None,
    ) -> None:
        self.table = table
        self.unless = dict(unless or {})
        self.changed_if = dict(changed_if or {})

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return how the operation is written in a migration."""
        said = {"unless": self.unless, "changed_if": self.changed_if}
        return (
            self.__class__.__name__,
            [self.table],
            {key: value for key, value in said.items() if value},
        )

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Leave Django's model state as it is."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Create the triggers, replacing those of an older version."""
        self._drop(schema_editor)
        vendor, table = schema_editor.connection.vendor, self.table
        if vendor == "postgresql":
            schema_editor.execute(_REFUSE % {"name": FUNCTION}, params=None)
            for verb, allowed, row in (
                ("update", self.changed_if.get(vendor), "NEW"),
                ("delete", self.unless.get(vendor), "OLD"),
            ):
                function, level = FUNCTION, "STATEMENT"
                if allowed:
                    function, level = f"{table}_refuse_{verb}", "ROW"
                    schema_editor.execute(
                        _REFUSE_UNLESS % {"name": function, "allowed": allowed, "row": row},
                        params=None,
                    )
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} FOR EACH {level} EXECUTE FUNCTION {function}()"
                )
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
            )
        elif vendor == "sqlite":
            refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
            for verb, allowed in (
                ("update", self.changed_if.get(vendor)),
                ("delete", self.unless.get(vendor)),
            ):
                condition = f" WHERE NOT ({allowed})" if allowed else ""
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} BEGIN {refuse}{condition}; END"
                )

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Drop the triggers."""
        self._drop(schema_editor)
        if schema_editor.connection.vendor == "postgresql":
            for verb in ("update", "delete"):
                schema_editor.execute(f"DROP FUNCTION IF EXISTS {self.table}_refuse_{verb}()")

    def _drop(self, schema_editor: Any) -> None:
        vendor = schema_editor.connection.vendor
        for name in triggers_of(self.table, vendor):
            schema_editor.execute(
                f"DROP TRIGGER IF EXISTS {name}"
                + (f" ON {self.table}" if vendor == "postgresql" else "")
            )

    def describe(self) -> str:
        """Return a description for `migrate --plan`."""
        return f"Let the database refuse to change or remove rows of {self.table}"


_REFUSE = """
CREATE OR REPLACE FUNCTION %(name)s() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$
"""
_REFUSE_UNLESS = """
CREATE OR REPLACE FUNCTION %(name)s() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF %(allowed)s THEN RETURN %(row)s; END IF; RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$
"""
