"""A person's own page: record, what waits, places, roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access import registry
from access.queries import roles_of
from core.places import working_places
from courses import public as courses
from home.queries.shelf import Certificate, Row, Stage
from org.queries import current_employer, current_union
from people.queries import person_of


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What `/me/` shows to one account."""

    eyebrow: str
    title: str
    under: str
    tags: tuple[tuple[str, str], ...]
    is_worker: bool
    stages: tuple[Stage, ...]
    todos: tuple[Row, ...]
    desks: tuple[Row, ...]
    timeline: tuple[Row, ...]
    certificates: tuple[Certificate, ...]
    roles: tuple[Row, ...]


def own_page(user: Any) -> OwnPage:
    """Return what `/me/` shows to *user*: a worker's record where there is a person, working places where there are roles."""
    today = timezone.localdate()
    person = person_of(user)
    roles = _roles(user, today)
    desks = tuple(Row(title=str(place.label), href=place.href, act=_("Open")) for place in working_places(user) if place.codenames)
    enrolments = courses.enrolments_of(person) if person else []
    is_worker = person is not None and (bool(enrolments) or not roles)
    return OwnPage(
        eyebrow=_("My skills record") if is_worker else _("My page"),
        title=str(person.name if person else user),
        under=_belongs(person, today),
        tags=(),
        is_worker=is_worker,
        stages=_stages(enrolments) if is_worker else (),
        todos=tuple(_class_todos(enrolments, today)),
        desks=desks,
        timeline=tuple(sorted(_class_rows(enrolments), key=lambda row: row.on or today, reverse=True)),
        certificates=(),
        roles=roles,
    )


def _belongs(person: Any, today: date) -> str:
    """Return union and employer in one line."""
    if person is None:
        return ""
    union, employer = current_union(person, on=today), current_employer(person, on=today)
    return " · ".join(str(part) for part in (union, employer) if part)


def _roles(user: Any, today: date) -> tuple[Row, ...]:
    """Return the roles of *user* with the names of their scopes; one query a scope model, however many roles."""
    rows = list(roles_of(user))
    wanted: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        wanted[row.scope_type_id].add(row.scope_id)
    names = {}
    for type_id, ids in wanted.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        names.update({(type_id, pk): str(scope) for pk, scope in (model._default_manager.in_bulk(ids) if model else {}).items()})
    shown = []
    for row in rows:
        ends = _("until %(date)s") % {"date": row.ends_on.isoformat()} if row.ends_on else ""
        soon = row.ends_on is not None and (row.ends_on - today).days <= 30
        label = str(registry.get(row.role).label)
        shown.append(Row(title=label, text=names.get((row.scope_type_id, row.scope_id), ""), word=ends, tone="warn" if soon else ""))
    return tuple(shown)


def _stages(enrolments: Sequence[courses.EnrolmentCard]) -> tuple[Stage, ...]:
    return ()


def _class_todos(enrolments: Sequence[courses.EnrolmentCard], today: date) -> list[Row]:
    """Return what the worker's classes ask for: an offered place first, then the classes in progress."""
    rows = []
    for card in enrolments:
        if card.offered_until and card.state == "offered":
            until = timezone.localtime(card.offered_until).strftime("%m-%d %H:%M")
            text = _("Accept by %(time)s, or the place goes to the next in line.") % {"time": until}
            rows.append(Row(title=_("A place is free: %(title)s") % {"title": card.course_title}, text=text, href=card.url, act=_("Answer"), urgent=True))
        elif card.is_learning:
            if card.starts_on > today:
                text = _("begins in %(days)s days") % {"days": (card.starts_on - today).days}
            else:
                text = _("ends %(date)s") % {"date": card.ends_on.isoformat()}
            rows.append(Row(title=card.course_title, text=f"{card.class_name} · {text}", href=card.url, act=_("Go on learning")))
    return sorted(rows, key=lambda row: not row.urgent)


def _class_rows(enrolments: Sequence[courses.EnrolmentCard]) -> list[Row]:
    rows = []
    for card in enrolments:
        done = card.state in {"passed", "certified"}
        on = timezone.localdate(card.decided_at) if card.decided_at else timezone.localdate(card.enrolled_at)
        title = _("Completed %(title)s") % {"title": card.course_title} if done else card.course_title
        tone = "ok" if done else "info" if card.is_learning else ""
        rows.append(Row(title=title, text=card.class_name, href=card.url, word=card.state_label, tone=tone, on=on))
    return rows


def _hours(enrolments: Sequence[courses.EnrolmentCard]) -> Decimal:
    return sum((card.hours for card in enrolments if card.state in {"passed", "certified"}), Decimal(0))


def _classes_text(enrolments: Sequence[courses.EnrolmentCard]) -> str:
    words = ngettext("%(count)s class · %(hours)s hours", "%(count)s classes · %(hours)s hours", len(enrolments))
    return words % {"count": len(enrolments), "hours": f"{_hours(enrolments).normalize():f}"}
