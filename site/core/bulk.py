"""Rows made from rows, inside the database: one statement however many they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connections, models, router
from django.db.models import QuerySet, Value
from django.utils import timezone


def insert_select(model: type[models.Model], source: QuerySet[Any], columns: Mapping[str, Any]) -> int:
    """Insert one row of *model* for each row of *source*; return how many.

    *columns* maps fields of *model* to expressions over *source*; every other field gets its default, stamps get the present moment.
    As with `bulk_create`, neither `save` nor `full_clean` runs: the caller vouches for what they would do. Constraints hold.
    """
    using = router.db_for_write(model)
    now = timezone.now()
    names, expressions = [], {}
    left = dict(columns)
    for field in model._meta.local_concrete_fields:
        if field.primary_key:
            continue
        given = left.pop(field.name, None)
        if given is None:
            stamp = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
            given = Value(now if stamp else field.get_default(), output_field=field)
        names.append(field.column)
        expressions[f"to_{len(names)}"] = given
    if left:
        msg = f"{model.__name__} has no field {', '.join(sorted(left))}"
        raise LookupError(msg)
    connection = connections[using]
    query = source.using(using).order_by("pk").annotate(**expressions).values_list(*expressions).query
    sql, params = query.get_compiler(using=using).as_sql()
    quote: Any = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(map(quote, names))}) {sql}", params)
        return int(cursor.rowcount)


def insert_rows(objects: Sequence[models.Model]) -> None:
    """Insert *objects* (new, all of one model) in one `executemany`; their keys are not read back.

    As with `bulk_create`, neither `save` nor `full_clean` runs; unlike there, no statement is put together for each piece, which costs
    more than the database does. Constraints hold.
    """
    if not objects:
        return
    model = type(objects[0])
    connection = connections[router.db_for_write(model)]
    now = timezone.now()
    fields: list[Any] = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    stamped = {field.attname: now for field in fields if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)}
    quote: Any = connection.ops.quote_name
    columns, places = ", ".join(quote(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    rows = [
        [_for_database(field, stamped.get(field.attname) or getattr(one, field.attname), connection) for field in fields] for one in objects
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})", rows)  # noqa: S608 - our own names


_PLAIN = (str, int, bytes, type(None))


def _for_database(field: Any, value: Any, connection: Any) -> Any:
    """Return *value* as the driver takes it: at once for plain ones, by the field's own rules for all others."""
    return value if type(value) in _PLAIN and not isinstance(field, models.JSONField) else field.get_db_prep_save(value, connection)
