"""What somebody with the database's own password can do: take the triggers away and write as he
likes.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

TABLES = ("audit_event", "audit_link", "audit_check", "audit_archive", "audit_tally", "audit_head")


def free_hands(cursor: Any) -> None:
    """Take the triggers of the record away."""
    if connection.vendor == "postgresql":
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # a table with checks outstanding can't be altered
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    cursor.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s, %s, %s, %s, %s)",
        list(TABLES),
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP TRIGGER {name}")


def tamper(*statements: str) -> None:
    """Run *statements* past the triggers, and put the triggers back as they were: nothing shows
    but what was done.
    """
    with connection.cursor() as cursor:
        triggers = _written(cursor)
        free_hands(cursor)
        for statement in statements:
            cursor.execute(statement)
        for trigger in triggers:
            cursor.execute(trigger)
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _written(cursor: Any) -> list[str]:
    if connection.vendor == "postgresql":
        return []
    cursor.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s, %s, %s, %s, %s)",
        list(TABLES),
    )
    return [sql for (sql,) in cursor.fetchall()]
