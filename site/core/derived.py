"""List the columns derived from other columns of their row (keys, orders), check whether they are
right, and derive them again.

A changed fold, reading or table of characters changes what is derived. `manage.py rebuild_keys`
puts every row right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from core.models import DerivedKeyField

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Derived:
    """The derived *columns* of *model*. The function *derive* sets them on a row."""

    model: type[models.Model]
    columns: tuple[str, ...]
    derive: Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome for one model. It holds the label, the number of rows checked, the number of
    rows whose columns differ, and the keys of rows that could not be written.
    """

    label: str
    rows: int
    stale: int
    clashes: tuple[int, ...] = ()


_registered: dict[str, tuple[tuple[str, ...], Callable[[Any], None]]] = {}


def register_derived(label: str, columns: Iterable[str], derive: Callable[[Any], None]) -> None:
    """Declare that *derive* sets *columns* of rows of the model *label*. Call it from
    `AppConfig.ready()`.
    """
    _registered[label] = (tuple(columns), derive)


def all_derived() -> Iterator[Derived]:
    """Yield what is registered, and every model with a `DerivedKeyField`."""
    for label, (columns, derive) in sorted(_registered.items()):
        yield Derived(apps.get_model(label), columns, derive)
    for model in apps.get_models():
        fields = [
            field for field in model._meta.concrete_fields if isinstance(field, DerivedKeyField)
        ]
        if fields and not model._meta.proxy:
            yield Derived(model, tuple(field.name for field in fields), _derive_fields(fields))


def _derive_fields(fields: list[DerivedKeyField]) -> Callable[[Any], None]:
    def derive(row: Any) -> None:
        for field in fields:
            field.pre_save(row, add=False)

    return derive


def check_derived(
    derived: Derived, *, repair: bool, watch: Callable[[int], None] = lambda _rows: None
) -> Outcome:
    """Compare every row's columns with what is derived today. With *repair*, write those that
    differ.
    """
    rows = stale = 0
    clashes: list[int] = []
    manager = derived.model._base_manager
    for row in manager.order_by("pk").iterator(CHUNK):
        rows += 1
        before = [getattr(row, column) for column in derived.columns]
        derived.derive(row)
        if before != [getattr(row, column) for column in derived.columns]:
            stale += 1
            if repair and not _write(derived, row):
                clashes.append(row.pk)
        if rows % CHUNK == 0:
            watch(rows)
    return Outcome(derived.model._meta.label, rows, stale, tuple(clashes))


def _write(derived: Derived, row: Any) -> bool:
    """Write the derived columns alone, because nothing else about the row has changed. Return
    whether the database took them.
    """
    try:
        with transaction.atomic():
            derived.model._base_manager.filter(pk=row.pk).update(
                **{column: getattr(row, column) for column in derived.columns}
            )
    except IntegrityError:
        return False
    return True
