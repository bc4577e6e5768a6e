"""Audit events in words, with labels of fields, values as people know them, and personal values
masked.

A key of before/after takes its label from what the apps declared here, or else from the field of
the same name of the object's model (so that "state" says what that model's states are called).
Otherwise it is shown as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from audit import registry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from audit.models import Event

    Names = Callable[[Iterable[Any]], Mapping[Any, str]]

MASK = "＊＊＊"
NOTHING = "–"
MAX_VALUE = 300
MAX_ITEMS = 20


@dataclass(frozen=True, slots=True)
class RecordField:
    """The declaration of a key of before/after.

    *label* is its name, *word* turns one value into words, and *names* turns many identifiers into
    names at once.
    """

    label: str | _StrPromise
    word: Callable[[Any], Any] | None = None
    names: Names | None = None


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One key of one event in words.

    *old* and *new* are empty strings where the event has no such side.
    """

    key: str
    label: str
    old: str
    new: str
    masked: bool = False


_fields: dict[str, RecordField] = {}


def register_field(
    key: str,
    label: str | _StrPromise,
    *,
    word: Callable[[Any], Any] | None = None,
    names: Names | None = None,
    of: str = "",
) -> None:
    """Declare what the *key* of before/after is called.

    *of* limits it to kinds that begin with it (`access.role_granted`, `courses.`).
    """
    _fields[f"{of}|{key}"] = RecordField(label, word, names)


def find_record_field(kind: str, key: str) -> RecordField | None:
    """Return what was declared for *key* of *kind*.

    A declaration for the kind comes first, then one for its app, then one for all kinds.
    """
    return (
        _fields.get(f"{kind}|{key}")
        or _fields.get(f"{kind.partition('.')[0]}.|{key}")
        or _fields.get(f"|{key}")
    )


def choice_word(choices: type[models.TextChoices]) -> Callable[[Any], str]:
    """Return a function that turns a value of *choices* into its label.

    It is for a key that is no field of the object's own model.
    """

    def word(value: Any) -> str:
        return str(choices(value).label) if value in choices.values else str(value)

    return word


def has_label(kind: str, target_type: str, key: str) -> bool:
    """Say whether *key* of before/after has a label.

    The label may be declared or be that of the field of the same name of the object's model.
    """
    return find_record_field(kind, key) is not None or _model_field(target_type, key) is not None


def kind_label(kind: str) -> str:
    """Return the label of *kind*.

    A kind of an app that no longer exists is shown as its key.
    """
    try:
        return str(registry.get_audit_kind(kind).label)
    except LookupError:
        return kind


def type_label(label: str) -> str:
    """Return what people call objects of the model *label* (`courses.TrainingClass`)."""
    model = _model(label)
    return str(model._meta.verbose_name) if model else label


def actor_name(event: Event) -> str:
    """Return who did it, under the name they have today.

    Background work and visitors who are not signed in are called what they are.
    """
    if event.actor_id and event.actor:
        return str(event.actor)
    return {"system": gettext("the system"), "anonymous": gettext("not signed in")}.get(
        event.actor_label, event.actor_label
    )


def describe_changes(events: Iterable[Event]) -> dict[int, list[RecordChange]]:
    """Return the changes of each event by the event's number.

    It makes one look-up for each kind of name that occurs, however many rows there are.
    """
    rows = list(events)
    wanted: dict[int, tuple[Names, set[Any]]] = {}
    for event in rows:
        for key in _keys(event):
            declared = find_record_field(event.kind, key)
            if declared and declared.names:
                ids = wanted.setdefault(id(declared.names), (declared.names, set()))[1]
                ids.update(
                    value
                    for side in (event.before, event.after)
                    if isinstance(side, dict)
                    for value in _many(side.get(key))
                )
    known = {
        place: names({value for value in ids if value is not None})
        for place, (names, ids) in wanted.items()
    }
    return {event.pk: [_change(event, key, known) for key in _keys(event)] for event in rows}


def _many(value: Any) -> list[Any]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, int | str)]


def _keys(event: Event) -> list[str]:
    before, after = _side(event.before), _side(event.after)
    keys = [*after, *(key for key in before if key not in after)]
    return [
        key for key in keys if not (key in before and key in after and before[key] == after[key])
    ] or keys


def _side(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {} if value is None else {"value": value}


def _change(event: Event, key: str, known: Mapping[int, Mapping[Any, str]]) -> RecordChange:
    declared, model_field = find_record_field(event.kind, key), _model_field(event.target_type, key)
    label = (
        str(declared.label)
        if declared
        else str(model_field.verbose_name)
        if model_field is not None
        else key
    )
    try:
        kind = registry.get_audit_kind(event.kind)
        hidden = kind.personal and key not in kind.clear
    except LookupError:
        hidden = True
    sides, masked = [], False
    for side in (_side(event.before), _side(event.after)):
        if key not in side:
            sides.append("")
            continue
        value = side[key]
        choice = (
            dict(model_field.flatchoices) if model_field is not None and model_field.choices else {}
        )
        if hidden and not (
            isinstance(value, bool)
            or value is None
            or value in choice.values()
            or _hashable_in(value, choice)
        ):
            sides.append(MASK)
            masked = True
        elif declared and declared.names:
            names = known.get(id(declared.names), {})
            sides.append(
                gettext(", ").join(str(names.get(one, f"#{one}")) for one in _many(value))
                or NOTHING
            )
        elif declared and declared.word and value is not None:
            sides.append(_plain(declared.word(value)))
        elif _hashable_in(value, choice):
            sides.append(str(choice[value]))
        else:
            sides.append(_plain(value))
    return RecordChange(key, label, sides[0], sides[1], masked)


def _hashable_in(value: Any, choice: Mapping[Any, Any]) -> bool:
    return isinstance(value, str | int) and value in choice


def _plain(value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return pgettext("value", "yes") if value else pgettext("value", "no")
    if isinstance(value, dict):
        # PostgreSQL's jsonb keeps no order of keys, so the order is ours: the same on every
        # database.
        items = sorted((str(key), one) for key, one in value.items())[:MAX_ITEMS]
        parts = [
            f"{key}{pgettext('between key and value', ': ')}{_plain(one)}" for key, one in items
        ]
        return _cut(gettext("; ").join(parts) + ("…" if len(value) > MAX_ITEMS else ""))
    if isinstance(value, list | tuple):
        return (
            _cut(
                gettext(", ").join(_plain(one) for one in value[:MAX_ITEMS])
                + ("…" if len(value) > MAX_ITEMS else "")
            )
            or NOTHING
        )
    text = str(value)
    return _cut(_moment(text) or text)


def _moment(text: str) -> str:
    if not (10 <= len(text) <= 35 and text[4:5] == "-" and text[7:8] == "-"):
        return ""
    try:
        when: date | datetime | None = parse_datetime(text) if len(text) > 10 else parse_date(text)
    except ValueError:
        return ""
    if isinstance(when, datetime):
        return (timezone.localtime(when) if timezone.is_aware(when) else when).strftime(
            "%Y-%m-%d %H:%M"
        )
    return when.isoformat() if when else ""


def _cut(text: str) -> str:
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}…"


def _model(label: str) -> type[models.Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _model_field(target_type: str, key: str) -> Any:
    model = _model(target_type)
    try:
        found = model._meta.get_field(key) if model else None
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) else None


for _key, _label in {
    "rows": _("rows"),
    "items": _("items"),
    "counts": _("counts"),
    "sha256": _("checksum (SHA-256)"),
    "digest": _("fingerprint"),
    "version": _("version"),
    "from": _("start date"),
    "to": _("end date"),
    "until": _("until"),
    "code": _("code"),
    "number": _("number"),
    "hours": _("hours"),
    "state": _("state"),
    "title": _("title"),
    "name": _("name"),
    "reason": _("reason"),
    "value": _("value"),
    "mark": _("mark"),
}.items():
    register_field(_key, _label)
