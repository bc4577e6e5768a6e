"""Read what the front page shows today. Every number is counted, none is decoration."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certification import public as certification
from competitions import public as competitions
from core.templatetags.craft import TONES, until
from courses import public as courses
from home.queries.shelf import Card, Figure, ShelfRow, Stage
from occupations.enums import Level

CLASSES, EVENTS, HONOURS = 3, 3, 4


@dataclass(frozen=True, slots=True)
class FrontPage:
    """Everything on the front page that is not an editor's text."""

    stages: tuple[Stage, ...]
    classes: tuple[Card, ...]
    events: tuple[ShelfRow, ...]
    honours: tuple[ShelfRow, ...]
    figures: tuple[Figure, ...]


def front_page() -> FrontPage:
    """Return what the front page shows today, in a fixed number of queries."""
    training, contests, certificates = (
        courses.count_training_figures(),
        competitions.count_competition_figures(),
        certification.count_issued_certificates(),
    )
    events = competitions.event_cards(limit=EVENTS)
    return FrontPage(
        stages=_stages(
            training,
            contests,
            certificates,
            running=any(event.state in {"open", "drawn", "scoring"} for event in events),
        ),
        classes=tuple(_card(row) for row in courses.open_classes(limit=CLASSES)),
        events=tuple(_event(row) for row in events),
        honours=tuple(_honour(row) for row in certification.latest_honours(limit=HONOURS)),
        figures=(
            Figure(training.learning, _("people in training")),
            Figure(training.passed, _("trainings completed")),
            Figure(certificates.issued, _("certificates issued")),
            Figure(contests.events, _("competitions this year")),
        ),
    )


def _stages(
    training: courses.TrainingFigures,
    contests: competitions.CompetitionFigures,
    certificates: certification.CertificateCounts,
    *,
    running: bool,
) -> tuple[Stage, ...]:
    """Return the path. A stage is filled where there is something, and red where one can take part
    now.
    """
    classes = ngettext(
        "%(count)s class open for enrolment",
        "%(count)s classes open for enrolment",
        training.open_classes,
    )
    events = ngettext(
        "%(count)s competition this year", "%(count)s competitions this year", contests.events
    )
    papers = ngettext(
        "%(count)s certificate issued", "%(count)s certificates issued", certificates.issued
    )
    honours = ngettext(
        "%(count)s honour certificate issued",
        "%(count)s honour certificates issued",
        certificates.honours,
    )
    return (
        Stage(
            _("Skills training"),
            classes % {"count": training.open_classes},
            "/training/",
            "done" if training.open_classes else "",
        ),
        Stage(_("Mentoring"), _("learn from a master, step by step")),
        Stage(
            _("Skills contests"),
            events % {"count": contests.events},
            "/competitions/",
            "now" if running else "done" if contests.events else "",
        ),
        Stage(
            _("Skill levels"),
            papers % {"count": certificates.issued},
            "/verify/",
            "done" if certificates.issued else "",
        ),
        Stage(
            _("Rewards"),
            honours % {"count": certificates.honours},
            "/honours/",
            "done" if certificates.honours else "",
        ),
    )


def _card(row: courses.ClassCard) -> Card:
    level = str(Level(row.level).label) if row.level is not None else ""
    return Card(
        title=row.course_title,
        href=row.url,
        place=row.venue,
        starts_on=row.starts_on,
        note=" · ".join(part for part in (row.name, row.timetable) if part),
        word=_("waiting list")
        if row.seats_left == 0
        else level or row.occupation or _("open to all occupations"),
        tone="warn" if row.seats_left == 0 else "info",
        taken=row.capacity - row.seats_left,
        seats=row.capacity,
    )


def _event(row: competitions.EventCard) -> ShelfRow:
    if row.state == "open" and row.registration_ends_on:
        when = _("enter until %(date)s") % {"date": until(row.registration_ends_on, None)}
    else:
        when = until(row.starts_on, row.ends_on)
    entered = ngettext("%(count)s competitor", "%(count)s competitors", row.competitors) % {
        "count": row.competitors
    }
    parts = [row.org, row.venue, when, entered if row.competitors else ""]
    return ShelfRow(
        title=row.title,
        href=row.url,
        text=" · ".join(part for part in parts if part),
        word=row.state_label,
        tone=TONES.get(row.state, ""),
        act=_("Enter")
        if row.state == "open"
        else _("Results")
        if row.state == "published"
        else _("View"),
    )


def _honour(row: certification.HonourCard) -> ShelfRow:
    parts = [row.title, row.trade, row.employer_name]
    return ShelfRow(
        title=row.display_name,
        href=row.url,
        text=" · ".join(part for part in parts if part),
        word=str(row.year),
    )
