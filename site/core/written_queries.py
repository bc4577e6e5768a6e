"""Queries written out in SQL, whose values come back as the fields of models give them.

For the few reads whose statement takes Django longer to put together than the database takes to
answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models

Column = tuple[type[models.Model], str]
"""A model, and the name of one of its fields."""


def fetch_row(sql: str, params: Sequence[Any], columns: tuple[Column, ...]) -> list[Any] | None:
    """Return the first row that *sql* finds, or None. *columns* are the fields of its columns, in
    their order.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
    if row is None:
        return None
    values = list(row)
    for place, convert in _converters(connection.vendor, columns):
        values[place] = convert(values[place])
    return values


@lru_cache(maxsize=64)
def _converters(
    _vendor: str, columns: tuple[Column, ...]
) -> list[tuple[int, Callable[[Any], Any]]]:
    """Return what has to be done to the values, by their place. Most columns need nothing."""
    found: list[tuple[int, Callable[[Any], Any]]] = []
    for place, (model, name) in enumerate(columns):
        field: Any = model._meta.get_field(name)
        column = field.get_col(model._meta.db_table)
        steps = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
        if steps:
            found.append((place, _chained(steps, column)))
    return found


def _chained(steps: Sequence[Callable[..., Any]], column: Any) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, column, connection)
        return value

    return convert
