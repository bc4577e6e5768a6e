"""Write rows from plain values instead of model instances. The statement is constant, and the rows
are one parameter of it.

PostgreSQL gets all rows as one JSON value and reads it with `json_to_recordset`; SQLite gets one
`executemany`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from functools import cache
from itertools import repeat
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, models, router

from core import clock


def insert_values(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    ignore_conflicts: bool = False,
) -> int:
    """Insert *rows* of *model* and return how many are new. The values of each row are in the
    order of the fields named by *columns*.

    Their keys are not read back.

    This takes one statement on PostgreSQL and one `executemany` on SQLite, without model instances,
    because putting instances and their statement together costs several times what the database
    takes. Fields not named get their default, stamps the present moment. As with `bulk_create`,
    neither `save` nor `full_clean` runs. With *ignore_conflicts*, rows that break a unique
    constraint are left out.
    """
    if not rows:
        return 0
    connection: Any = connections[router.db_for_write(model)]
    given: list[Any] = [model._meta.get_field(name) for name in columns]
    named = {field.attname for field in given}
    others: list[Any] = [
        field
        for field in model._meta.local_concrete_fields
        if not field.primary_key and field.attname not in named
    ]
    whole = _with_defaults(rows, others) if others else rows
    fields = [*given, *others]
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), ", ".join(quote(field.column) for field in fields)
    conflict = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            source, reads, value = _recordset(fields, whole, connection)
            sql = f"INSERT INTO {table} ({names}) SELECT {', '.join(reads)} FROM {source}{conflict}"  # noqa: S608 - our own names
            cursor.execute(sql, [value])
        else:
            places = ", ".join(["%s"] * len(fields))
            sql = f"INSERT INTO {table} ({names}) VALUES ({places}){conflict}"  # noqa: S608 - our own names
            cursor.executemany(sql, _prepared(fields, whole, connection))
        return int(cursor.rowcount)


def update_values(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Mapping[Any, Sequence[Any]],
    *,
    where: Mapping[str, Any] | None = None,
    also: Mapping[str, Any] | None = None,
) -> int:
    """Give each row of *model* named by its primary key in *rows* its own values of *columns*, and
    return how many rows were changed.

    *where* maps fields to the plain value each must have (None means NULL), which the database
    checks on each row as it is at that time. *also* maps fields to one value for all rows. This
    takes one statement on PostgreSQL and one `executemany` on SQLite, because an expression with a
    branch for each row costs more to put together than all else. Lock the rows in the order of
    their keys beforehand where others may do the same.
    """
    if not rows:
        return 0
    connection: Any = connections[router.db_for_write(model)]
    meta = model._meta
    quote = connection.ops.quote_name
    key: Any = meta.pk
    own: list[Any] = [meta.get_field(name) for name in columns]
    one_value: list[tuple[Any, Any]] = [
        (meta.get_field(name), value) for name, value in (also or {}).items()
    ]
    conditions: list[tuple[Any, Any]] = [
        (meta.get_field(name), value) for name, value in (where or {}).items()
    ]
    table = quote(meta.db_table)
    alike = [f"{quote(field.column)} = %s" for field, _value in one_value]
    judged = [
        f"{table}.{quote(field.column)} " + ("IS NULL" if value is None else "= %s")
        for field, value in conditions
    ]
    alike_values = [field.get_db_prep_save(value, connection) for field, value in one_value]
    judged_values = [
        field.get_db_prep_save(value, connection)
        for field, value in conditions
        if value is not None
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            source, reads, value = _recordset(
                [key, *own], [[pk, *values] for pk, values in rows.items()], connection
            )
            each = [
                f"{quote(field.column)} = {read}"
                for field, read in zip(own, reads[1:], strict=True)
            ]
            sql = (
                f"UPDATE {table} SET {', '.join([*each, *alike])} FROM {source} "  # noqa: S608 - our own names
                f"WHERE {' AND '.join([f'{table}.{quote(key.column)} = v.c0', *judged])}"
            )
            cursor.execute(sql, [*alike_values, value, *judged_values])
        else:
            each = [f"{quote(field.column)} = %s" for field in own]
            sql = (
                f"UPDATE {table} SET {', '.join([*each, *alike])} "  # noqa: S608 - our own names
                f"WHERE {' AND '.join([f'{table}.{quote(key.column)} = %s', *judged])}"
            )
            prepared = _prepared(
                [*own, key], [[*values, pk] for pk, values in rows.items()], connection
            )
            cursor.executemany(
                sql, [[*row[:-1], *alike_values, row[-1], *judged_values] for row in prepared]
            )
        return int(cursor.rowcount)


def keys_by(model: type[models.Model], name: str, values: Sequence[Any]) -> dict[Any, Any]:
    """Return the primary keys of the rows whose unique field *name* has one of *values*, by that
    value. One query, one parameter.
    """
    if not values:
        return {}
    connection: Any = connections[router.db_for_write(model)]
    meta, quote = model._meta, connection.ops.quote_name
    field: Any = meta.get_field(name)
    key: Any = meta.pk
    table, column = quote(meta.db_table), quote(field.column)
    if connection.vendor == "postgresql":
        wanted = f"SELECT value::{_type(field, connection)} FROM json_array_elements_text(%s) AS v(value)"  # noqa: S608 - as below
        text = _rows_json.encode(values)
        written = {value: value for value in values}
    else:
        wanted = "SELECT value FROM json_each(%s)"
        written = dict(
            zip(
                (row[0] for row in _prepared([field], [[value] for value in values], connection)),
                values,
                strict=True,
            )
        )
        text = _rows_json.encode(list(written))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column}, {quote(key.column)} FROM {table} WHERE {column} IN ({wanted})",  # noqa: S608 - our own names
            [text],
        )
        return {written[value]: pk for value, pk in cursor.fetchall()}


def _with_defaults(rows: Sequence[Sequence[Any]], others: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return *rows*, each followed by the defaults of the fields *others*."""
    now, count = clock.now(), len(rows)
    columns: list[Iterable[Any]] = []
    for field in others:
        if is_stamp(field):
            columns.append(repeat(now, count))
        elif field.has_default() and callable(
            field.default
        ):  # asked for every row: it may be a random number
            columns.append([field.get_default() for _row in rows])
        else:
            columns.append(repeat(field.get_default(), count))
    return list(zip(*zip(*rows, strict=True), *columns, strict=True))


def is_stamp(field: Any) -> bool:
    """Say whether *field* gets the present moment when a row is inserted."""
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


def _prepared(
    fields: Sequence[Any], rows: Sequence[Sequence[Any]], connection: Any
) -> list[tuple[Any, ...]]:
    """Return *rows* as SQLite's driver takes them. They are prepared column by column, because
    most columns are texts and numbers and stay as they are.
    """
    columns: list[Sequence[Any]] = []
    for field, column in zip(fields, zip(*rows, strict=True), strict=True):
        write = _writer(field, connection)
        if write is None or (write is str and _AS_THEY_ARE.issuperset(map(type, column))):
            columns.append(column)
        else:
            columns.append([None if value is None else write(value) for value in column])
    return list(zip(*columns, strict=True))


_AS_THEY_ARE = frozenset({str, type(None)})


def _writer(field: Any, connection: Any) -> Callable[[Any], Any] | None:
    """Return the function that turns a value of *field* into one of the driver's, or None where
    texts and numbers go as they are.
    """
    if isinstance(field, models.ForeignKey):
        return _writer(field.target_field, connection)
    if isinstance(field, models.JSONField):
        return JsonWriter(_json(_encoder_of(field)).encode)
    if type(field) in _TEXTS:
        return str
    if type(field) in _NUMBERS:
        return None
    if type(field) is models.UUIDField and not connection.features.has_native_uuid_field:
        return lambda value: (
            value.hex if value.__class__ is UUID else field.get_db_prep_save(value, connection)
        )
    if isinstance(field, models.DateField | models.TimeField):  # rows written together share theirs
        return cache(lambda value: field.get_db_prep_save(value, connection))
    return lambda value: field.get_db_prep_save(value, connection)


_TEXTS = {models.CharField, models.TextField, models.FileField, models.ImageField}
_NUMBERS = {
    models.AutoField,
    models.BigAutoField,
    models.BooleanField,
    models.IntegerField,
    models.BigIntegerField,
    models.PositiveBigIntegerField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.SmallIntegerField,
}


class JsonWriter:
    """Writes the values of one column with *write*. One that follows itself, as many rows share
    one, is written once.
    """

    def __init__(self, write: Callable[[Any], str]) -> None:
        """Keep *write*. None always becomes null."""
        self._write, self._last, self._text = write, None, "null"

    def __call__(self, value: Any) -> str:
        """Return *value* as JSON. It must not have changed since it was given before."""
        if value is not self._last:
            self._last, self._text = value, self._write(value)
        return self._text


def _encoder_of(field: Any) -> Any:
    return field.encoder


@cache
def _json(encoder: Any) -> json.JSONEncoder:
    made: json.JSONEncoder = (encoder or json.JSONEncoder)()
    return made


class _Encoder(DjangoJSONEncoder):
    """Writes moments to the microsecond, which Django's encoder cuts to a thousandth of a second
    for browsers.
    """

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, date | time) else super().default(o)


_rows_json = _Encoder(separators=(",", ":"))


def _recordset(
    fields: Sequence[Any], rows: Iterable[Sequence[Any]], connection: Any
) -> tuple[str, list[str], str]:
    """Return a FROM item of one parameter that yields *rows*, the expressions that read their
    columns, and the parameter.

    Texts come as `text`: given to a column that is too narrow they are an error, where a cast to
    `varchar(n)` would cut them.
    """
    names = [f"c{place}" for place in range(len(fields))]
    reads = list(names)
    writers: dict[int, Callable[[Any], str]] = {}
    for place, field in enumerate(fields):
        if isinstance(
            field, models.JSONField
        ):  # written by the encoder of the field, as Django does it
            reads[place], writers[place] = (
                f"{names[place]}::jsonb",
                JsonWriter(_json(_encoder_of(field)).encode),
            )
        elif isinstance(field, models.BinaryField):
            reads[place], writers[place] = f"decode({names[place]}, 'hex')", _hex
        elif isinstance(field, models.FileField):
            writers[place] = str
    if writers:
        changed = [list(row) for row in rows]
        for row in changed:
            for place, write in writers.items():
                row[place] = None if row[place] is None else write(row[place])
        rows = changed
    types = ", ".join(
        f"{name} {_type(field, connection)}" for name, field in zip(names, fields, strict=True)
    )
    return (
        f"json_to_recordset(%s) AS v({types})",
        reads,
        _rows_json.encode([dict(zip(names, row, strict=True)) for row in rows]),
    )


def _hex(value: Any) -> str:
    return bytes(value).hex()


def _type(field: Any, connection: Any) -> str:
    """Return the PostgreSQL type that values of *field* are read as."""
    if isinstance(field, models.JSONField | models.BinaryField):
        return "text"
    kind = str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection))
    return "text" if kind.startswith("varchar") else kind
