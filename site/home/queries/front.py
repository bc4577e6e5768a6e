"""What the front page shows today. Every number is counted, none is decoration."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses import public as courses
from home.queries.shelf import Card, Figure, Row, Stage
from occupations.enums import Level


@dataclass(frozen=True, slots=True)
class FrontPage:
    """Everything on the front page that is not an editor's text."""

    stages: tuple[Stage, ...]
    classes: tuple[Card, ...]
    events: tuple[Row, ...]
    honours: tuple[Row, ...]
    figures: tuple[Figure, ...]


def front_page() -> FrontPage:
    """Return what the front page shows today. A fixed number of queries, whatever there is to show."""
    training = courses.counts()
    return FrontPage(
        stages=_stages(training),
        classes=tuple(_card(row) for row in courses.open_classes(limit=6)),
        events=(),
        honours=(),
        figures=(Figure(training.learning, _("people in training")), Figure(training.passed, _("trainings completed"))),
    )


def _stages(training: courses.Counts) -> tuple[Stage, ...]:
    open_classes = ngettext("%(count)s class open for enrolment", "%(count)s classes open for enrolment", training.open_classes)
    return (
        Stage(_("Training"), open_classes % {"count": training.open_classes}, "/training/", "done" if training.open_classes else ""),
    )


def _card(row: courses.ClassCard) -> Card:
    level = str(Level(row.level).label) if row.level is not None else ""
    return Card(
        title=row.name if row.course_title in row.name else f"{row.course_title} · {row.name}",
        href=row.url,
        place=row.venue,
        starts_on=row.starts_on,
        note=row.timetable,
        word=_("waiting list") if row.seats_left == 0 else level or row.occupation or _("open to all"),
        tone="warn" if row.seats_left == 0 else "info",
        taken=row.capacity - row.seats_left,
        seats=row.capacity,
    )
