"""Collect all that is held about one person, as the register of personal data declares it.

Values are masked for the screen and in full for the copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.translation import gettext as _

from audit.models import Event
from audit.words import kind_label
from core import personal
from core.personal import Category, Holding
from oversight.column_words import in_words
from people.models import IdentityDocument, Person, PrivacyRequest
from people.privacy_enums import CorrectedField

SHOWN = 20  # rows of one table on the screen; the copy holds all


@dataclass(frozen=True, slots=True)
class Cell:
    """One value in words. *raw* is the value that the copy also holds for programs."""

    key: str
    label: str
    text: str
    raw: Any
    sensitive: bool = False


@dataclass(slots=True)
class HeldTable:
    """The rows of one model about one person."""

    key: str
    label: str
    why: str
    basis: str
    keeping: str
    headings: list[str]
    rows: list[list[Cell]]
    total: int
    files: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def more(self) -> int:
        """Return how many rows are only in the copy and not on the screen."""
        return self.total - len(self.rows)


@dataclass(slots=True)
class Group:
    """The tables under one heading."""

    key: str
    label: str
    tables: list[HeldTable] = field(default_factory=list)


def label_personal_field(holding: Holding, key: str) -> str:
    """Return the words for one field, from its declaration or from the model."""
    declared = holding.fields[key]
    if declared.label:
        return force_str(declared.label)
    return in_words(force_str(getattr(_model_field(holding.model, key), "verbose_name", key)))


def _model_field(model: type[models.Model], key: str) -> Any:
    try:
        return model._meta.get_field(key)
    except FieldDoesNotExist:
        return None


def held_about(person: Person, *, masked: bool = True, limit: int | None = SHOWN) -> list[Group]:
    """Return everything declared as exportable about *person*, by heading. Empty tables are left
    out.

    There are two queries for each declared model that leads to a person, however many rows there
    are.
    """
    groups = {category: Group(category.value, str(category.label)) for category in Category}
    for holding in personal.list_holdings():
        keys = [key for key, declared in holding.fields.items() if declared.export]
        if not keys or not (holding.person or holding.account):
            continue
        table = _table(holding, keys, person, masked=masked, limit=limit)
        if table is not None:
            groups[holding.fields[keys[0]].category].tables.append(table)
    return [group for group in groups.values() if group.tables]


def _table(
    holding: Holding, keys: list[str], person: Person, *, masked: bool, limit: int | None
) -> HeldTable | None:
    rows = personal.rows_about(holding, person, person.user)
    related = [
        key for key in keys if getattr(_model_field(holding.model, key), "is_relation", False)
    ]
    if related:
        rows = rows.select_related(*related)
    found = list(rows.order_by("-pk")[: limit + 1 if limit else None])
    if not found:
        return None
    total = len(found) if limit is None or len(found) <= limit else rows.count()
    first = holding.fields[keys[0]]
    made = [[_cell(holding, key, row, masked=masked) for key in keys] for row in found[:limit]]
    table = HeldTable(
        key=holding.key,
        label=in_words(force_str(holding.model._meta.verbose_name_plural)),
        why=str(first.purpose.label),
        basis=str(first.basis.label),
        keeping=force_str(personal.keeping_of(first.retention).why),
        headings=[label_personal_field(holding, key) for key in keys],
        rows=made,
        total=total,
    )
    for row in found:
        table.files += [
            (f"{holding.key}-{row.pk}-{key}", getattr(row, key))
            for key in keys
            if isinstance(_model_field(holding.model, key), models.FileField) and getattr(row, key)
        ]
    return table


def _cell(holding: Holding, key: str, row: Any, *, masked: bool) -> Cell:
    declared = holding.fields[key]
    read = declared.masked if masked and declared.masked else declared.read
    value = read(row) if read else _value(row, key)
    text = _words(row, key, value) if not read else force_str(value)
    return Cell(key, label_personal_field(holding, key), text, _plain(value), declared.sensitive)


def _value(row: Any, key: str) -> Any:
    value = getattr(row, key)
    if isinstance(value, bytes | memoryview):
        return ""
    return value


def _words(row: Any, key: str, value: Any) -> str:
    display = getattr(row, f"get_{key}_display", None)
    if value is None or value == "":
        return ""
    if display is not None:
        return force_str(display())
    if key == "kind" and isinstance(row, Event):
        return kind_label(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(_model_field(type(row), key), models.FileField):
        return _("a file, included in the copy of your data")
    return force_str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model) or hasattr(value, "storage"):
        return force_str(value)
    return value


@dataclass(frozen=True, slots=True)
class IdentityNumberLook:
    """One time that somebody looked at the full identity number."""

    at: datetime
    who: str
    why: str


def looks_at_number(person: Person, limit: int = 50) -> list[IdentityNumberLook]:
    """Return who looked at the identity number of *person*, and why, newest first. Three queries."""
    documents = [
        str(pk)
        for pk in IdentityDocument.objects.filter(person=person).values_list("pk", flat=True)
    ]
    asked = [
        str(pk)
        for pk in PrivacyRequest.objects.filter(
            person=person, field=CorrectedField.ID_NUMBER
        ).values_list("pk", flat=True)
    ]
    target = (
        models.Q(target_type="people.Person", target_id=str(person.pk))
        | models.Q(target_type="people.IdentityDocument", target_id__in=documents)
        | models.Q(target_type="people.PrivacyRequest", target_id__in=asked)
    )
    kinds = ["people.identity_shown", "privacy.own_number_seen", "privacy.request_opened"]
    rows = (
        Event.objects.filter(target, kind__in=kinds).select_related("actor").order_by("-pk")[:limit]
    )
    return [
        IdentityNumberLook(
            row.at,
            _("you")
            if row.actor_id and row.actor_id == person.user_id
            else str(row.actor or row.actor_label),
            row.reason
            or (
                _("request for correction")
                if row.kind == "privacy.request_opened"
                else _("no reason given")
            ),
        )
        for row in rows
    ]


def list_personal_fields() -> Iterator[tuple[str, str, list[dict[str, str]]]]:
    """Yield (app, its name, rows) of the inventory, with one row for each declared field. No
    query.
    """
    from django.apps import apps  # slow import

    by_app: dict[str, list[dict[str, str]]] = {}
    for holding in personal.list_holdings():
        by_app.setdefault(holding.label.split(".")[0], []).extend(
            _row(holding, key) for key in holding.fields
        )
    for app, rows in by_app.items():
        yield app, force_str(apps.get_app_config(app).verbose_name), rows


def _row(holding: Holding, key: str) -> dict[str, str]:
    declared = holding.fields[key]
    return {
        "table": in_words(force_str(holding.model._meta.verbose_name)),
        "column": f"{holding.label}.{key}",
        "field": label_personal_field(holding, key),
        "category": str(declared.category.label),
        "sensitive": str(_("sensitive")) if declared.sensitive else "",
        "purpose": str(declared.purpose.label),
        "basis": str(declared.basis.label),
        "keeping": force_str(personal.keeping_of(declared.retention).label),
        "seen": str(declared.seen_by.label),
        "erase": str(_("whole row deleted"))
        if holding.delete_rows
        else str(declared.on_erase.label),
        "export": str(_("yes")) if declared.export else str(_("no")),
    }
