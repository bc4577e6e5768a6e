"""Change states. This is the only place where a state field changes. Tables are in each domain's
`enums.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.db import models, transaction

from core.bulk_values import update_values
from core.errors import IllegalMove

Table = Mapping[Any, Collection[Any]]
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Moved:
    """The outcome of `move`, for the audit record."""

    old: str
    new: str


def move(obj: models.Model, to: str, *, table: Table, field: str = "state") -> Moved:
    """Move *obj* to the state *to* if *table* (state → allowed next states) says so, and save that
    field.

    Must run in a transaction: the row is read again under a lock, so that two moves at once can't
    both win. Raises `IllegalMove` with a sentence; *obj* then carries the state found in the
    database.
    """
    if not transaction.get_connection(using=obj._state.db).in_atomic_block:
        raise transaction.TransactionManagementError("move() needs a transaction")
    fresh = (
        type(obj)
        ._default_manager.using(obj._state.db)
        .select_for_update()
        .only("pk", field)
        .get(pk=obj.pk)
    )
    old = str(getattr(fresh, field))
    if to not in table.get(old, ()):
        setattr(obj, field, old)
        raise IllegalMove(current=_label(obj, field), wanted=to)
    setattr(obj, field, to)
    obj.save(update_fields=[field])
    return Moved(old=old, new=str(to))


def lock_and_move(
    model: type[models.Model], column: str, key: Any, old: str, to: str, *, table: Table, count: str
) -> int:
    """Lock the rows whose *column* is *key* by writing them. Rows at *old* move to *to*, and all
    rows count the write in their column *count*.

    One UPDATE does what `lock` and `move` need three statements for, where a writer changes the row
    anyway. It is written out, because putting it together took longer than running it. Whatever is
    read after it is as the transaction that held the lock before has left it. Return how many rows
    were found.
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("lock_and_move() needs a transaction")
    if to not in table.get(old, ()):
        raise IllegalMove(current=old, wanted=to)
    field = cast("models.Field[Any, Any]", model._meta.get_field(column))
    name = {"table": model._meta.db_table, "key": field.column, "count": count}
    sql = (  # noqa: S608 - names of our own models; every value is a parameter
        'UPDATE "{table}" SET "state" = CASE WHEN "state" = %s THEN %s ELSE "state" '
        'END, "{count}" = "{count}" + 1 WHERE "{key}" = %s'
    ).format(**name)
    with connection.cursor() as cursor:
        cursor.execute(sql, [old, str(to), field.get_db_prep_value(key, connection)])
        return int(cursor.rowcount)


def move_all(rows: models.QuerySet[Any], old: str, to: str, *, table: Table, **changes: Any) -> int:
    """Move those of *rows* that are at *old* to the state *to*, in one conditional UPDATE. Return
    how many were moved.

    For actions that change many rows at once, under the lock of the row they belong to. *changes*
    are further columns to write.
    """
    if not transaction.get_connection(using=rows.db).in_atomic_block:
        raise transaction.TransactionManagementError("move_all() needs a transaction")
    if to not in table.get(old, ()):
        raise IllegalMove(current=old, wanted=to)
    return rows.filter(state=old).update(state=to, **changes)


def move_each(
    rows: Sequence[M],
    columns: Sequence[str],
    values: Mapping[Any, Sequence[Any]],
    old: str,
    to: str,
    *,
    table: Table,
    also: Mapping[str, Any] | None = None,
) -> None:
    """Move *rows* from *old* to *to* where each gets values of its own. *values* maps primary keys
    to the values of *columns*.

    *also* maps further columns to one value for all. Columns are plain ones, not relations. For
    rows that are locked and were at *old* when the lock was taken. *rows* then carry what was
    written. Raises `IllegalMove` if one of them isn't there any more, in which case the caller's
    transaction must not be committed.
    """
    if not rows:
        return
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("move_each() needs a transaction")
    if to not in table.get(old, ()):
        raise IllegalMove(current=old, wanted=to)
    alike = {"state": str(to), **(also or {})}
    moved = update_values(
        type(rows[0]),
        columns,
        {row.pk: values[row.pk] for row in rows},
        where={"state": old},
        also=alike,
    )
    if moved != len(rows):
        raise IllegalMove(current=old, wanted=to)
    for row in rows:
        mirror_update([row], {**dict(zip(columns, values[row.pk], strict=True)), **alike})


def move_and_add(
    row: M, to: str, added: M, *, table: Table, unique: Sequence[str], **changes: Any
) -> None:
    """Move *row* to the state *to* and insert *added*, a new row of its model, in one statement.

    It is one INSERT of both, which updates the row that is there already: *unique* names the fields
    of a unique constraint by which the database finds it. *changes* are further columns of *row* to
    write. For a row that was read under a lock that every writer of its state takes. Raises
    `IllegalMove`; *row* then carries what was written.
    """
    if not transaction.get_connection(using=row._state.db).in_atomic_block:
        raise transaction.TransactionManagementError("move_and_add() needs a transaction")
    if not can_move(row, to, table=table):
        raise IllegalMove(current=_label(row, "state"), wanted=to)
    moved = copy(row)
    moved.__dict__.update(changes, pk=None, id=None, state=str(to))
    type(row)._default_manager.bulk_create(
        [moved, added],
        update_conflicts=True,
        unique_fields=list(unique),
        update_fields=["state", *changes],
    )
    mirror_update([row], {"state": str(to), **changes})


def mirror_update(rows: Iterable[models.Model], changes: Mapping[str, Any]) -> None:
    """Let *rows* carry *changes* (plain columns and their values), which one conditional UPDATE
    has just written to all of them.
    """
    for row in rows:
        row.__dict__.update(changes)


def can_move(obj: models.Model, to: str, *, table: Table, field: str = "state") -> bool:
    """Say whether *table* lets *obj* go to *to*. Used for buttons, while `move` decides."""
    return to in table.get(str(getattr(obj, field)), ())


def _label(obj: models.Model, field: str) -> str:
    display = getattr(obj, f"get_{field}_display", None)
    return str(display() if display else getattr(obj, field))


def lock(obj: M) -> M:
    """Return *obj* read again under a row lock. This is the first line of a workflow."""
    if not transaction.get_connection(using=obj._state.db).in_atomic_block:
        raise transaction.TransactionManagementError("lock() needs a transaction")
    return (
        type(obj)
        ._default_manager.select_for_update(of=("self",) if _of_supported(obj) else ())
        .get(pk=obj.pk)
    )


def _of_supported(obj: models.Model) -> bool:
    return bool(transaction.get_connection(using=obj._state.db).features.has_select_for_update_of)
