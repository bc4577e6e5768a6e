"""Read a person's own page, with record, what waits, places and roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.queries import codenames_in, codenames_of, roles_of
from certification import public as certification
from competitions import public as competitions
from core import clock
from core.actors import Actor
from core.places import working_places
from core.templatetags.craft import TONES, day
from core.todos import Asker, Meeting, Todo, gather_todos
from courses import public as courses
from home.queries.roles import roles_shown
from home.queries.shelf import ShelfCertificate, ShelfRow, Stage
from jobs.queries import JobProgress, list_latest_jobs
from org.queries import current_employer, current_union
from people.models import Person
from people.queries import person_of

CERTIFICATES, BATCHES = 3, 5
COMPLETED = frozenset({"passed", "certified"})


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What `/me/` shows to one account."""

    person: Person | None
    eyebrow: str
    title: str
    under: str
    is_worker: bool
    stages: tuple[Stage, ...]
    todos: tuple[Todo, ...]
    desks: tuple[ShelfRow, ...]
    batches: tuple[tuple[ShelfRow, JobProgress], ...]
    openings: tuple[ShelfRow, ...]
    timeline: tuple[ShelfRow, ...]
    certificates: tuple[ShelfCertificate, ...]
    more_certificates: bool
    roles: tuple[ShelfRow, ...]
    held: frozenset[str]
    """The codenames held anywhere today; the menu needs them too."""


def own_page(user: Actor) -> OwnPage:
    """Return what `/me/` shows to *user*, which is a worker's record where there is a person, and
    working places where there are roles.
    """
    today = clock.today()
    person, assignments = person_of(user), list(roles_of(user))
    held = codenames_in(row.role for row in assignments)
    known = None if user.is_superuser else held
    desks = [place for place in working_places(user, known) if place.codenames]
    roles = roles_shown(assignments, today=today)
    enrolments = courses.enrolments_of(person) if person else []
    results = competitions.own_results(user) if person else []
    papers = certification.list_certificate_cards(person) if person else []
    is_worker = person is not None and bool(enrolments or results or papers or not roles)
    asker = Asker(user=user, person=person, held=held, now=clock.now(), roles=assignments)
    return OwnPage(
        person=person,
        eyebrow=_("My skills record") if is_worker else _("My page"),
        title=str(person.name if person else user),
        under=_belongs(person, today),
        is_worker=is_worker,
        stages=_stages(enrolments, results, papers) if is_worker else (),
        todos=tuple(gather_todos(asker)),
        desks=tuple(
            ShelfRow(title=str(place.label), href=place.href, act=_("Open")) for place in desks
        ),
        batches=_batches(user) if held or user.is_superuser else (),
        openings=_openings(person) if person is not None and is_worker else (),
        timeline=_timeline(enrolments, results, papers),
        certificates=tuple(_certificate(card) for card in papers[:CERTIFICATES]),
        more_certificates=len(papers) > CERTIFICATES,
        roles=roles,
        held=held,
    )


def _when(row: ShelfRow) -> date:
    return row.on or date.min


def _belongs(person: Person | None, today: date) -> str:
    """Return union and employer in one line."""
    if person is None:
        return ""
    union, employer = current_union(person, on=today), current_employer(person, on=today)
    return " · ".join(str(part) for part in (union, employer) if part)


# ---- the path ----


def _stages(
    enrolments: Sequence[courses.EnrolmentCard],
    results: Sequence[competitions.OwnResult],
    papers: Sequence[certification.CertificateCard],
) -> tuple[Stage, ...]:
    """Return how far this worker has come. At most one stage is red, which is the last one in
    progress.
    """
    ranked = [result for result in results if result.rank is not None]
    best = min(ranked, key=lambda result: result.rank or 0, default=None)
    training = (
        "now"
        if any(card.is_learning for card in enrolments)
        else "done"
        if any(card.state in COMPLETED for card in enrolments)
        else ""
    )
    contest = "now" if any(not result.over for result in results) else "done" if ranked else ""
    if training == "now" == contest:
        training = "done"
    if best is not None:
        contest_text = _("best place: %(rank)s") % {"rank": best.rank}
    else:
        contest_text = _("entered") if results else _("not yet entered")
    rewards = [card for card in papers if card.kind in {"award", "honour"}]
    proofs = ngettext("%(count)s certificate", "%(count)s certificates", len(papers)) % {
        "count": len(papers)
    }
    won = ngettext("%(count)s award", "%(count)s awards", len(rewards)) % {"count": len(rewards)}
    return (
        Stage(_("Training"), _training_text(enrolments), state=training),
        Stage(_("Mentoring"), _("no agreement yet")),
        Stage(_("Contests"), contest_text, state=contest),
        Stage(
            _("Levels"),
            proofs if papers else _("no certificate yet"),
            state="done" if papers else "",
        ),
        Stage(
            _("Rewards"), won if rewards else _("still to come"), state="done" if rewards else ""
        ),
    )


def _training_text(enrolments: Sequence[courses.EnrolmentCard]) -> str:
    if not enrolments:
        return _("no classes yet")
    hours = sum((card.hours for card in enrolments if card.state in COMPLETED), Decimal(0))
    words = ngettext(
        "%(count)s class · %(hours)s hours", "%(count)s classes · %(hours)s hours", len(enrolments)
    )
    return words % {"count": len(enrolments), "hours": f"{hours.normalize():f}"}


# ---- what waits, what is open, what works in the background ----


def meeting_of(user: Actor, key: str) -> Meeting | None:
    """Return the meeting *key* out of what waits for *user*, or None, because nobody reads another
    person's calendar.
    """
    asker = Asker(user=user, person=person_of(user), held=codenames_of(user), now=clock.now())
    return next(
        (
            todo.meeting
            for todo in gather_todos(asker)
            if todo.meeting is not None and todo.meeting.key == key
        ),
        None,
    )


def _openings(person: Person) -> tuple[ShelfRow, ...]:
    """Return what this worker can sign up for now, which is classes near what they learned, then
    competitions.
    """
    classes = [
        ShelfRow(
            title=card.course_title,
            href=card.url,
            text=" · ".join(
                part
                for part in (
                    card.name,
                    _("until %(date)s") % {"date": day(timezone.localdate(card.closes_at))},
                )
                if part
            ),
            word=ngettext("%(count)s seat left", "%(count)s seats left", card.seats_left)
            % {"count": card.seats_left}
            if card.seats_left
            else _("waiting list"),
            tone="ok" if card.seats_left else "warn",
            act=_("Enrol"),
        )
        for card in courses.list_open_classes_for(person)
    ]
    contests = [
        ShelfRow(
            title=card.title,
            href=card.url,
            text=" · ".join(
                part
                for part in (
                    card.org,
                    _("until %(date)s") % {"date": day(card.registration_ends_on)}
                    if card.registration_ends_on
                    else "",
                )
                if part
            ),
            word=_("contest"),
            tone="honour",
            act=_("Enter"),
        )
        for card in competitions.list_open_events_for(person)
    ]
    return (*classes, *contests)


def _batches(user: Actor) -> tuple[tuple[ShelfRow, JobProgress], ...]:
    """Return the background work this person started lately."""
    return tuple(
        (
            ShelfRow(
                title=job.title,
                href=reverse("jobs:detail", args=[job.public_id]),
                text=day(timezone.localdate(job.created_at)),
            ),
            progress,
        )
        for job, progress in list_latest_jobs(user, BATCHES)
    )


# ---- what was ----


def record_of(user: Actor) -> tuple[str, tuple[ShelfRow, ...]]:
    """Return a worker's name and whole record, newest first, for print and spreadsheet. The name
    is empty if the account has no person.
    """
    person = person_of(user)
    if person is None:
        return "", ()
    papers = certification.list_certificate_cards(person)
    return person.name, _timeline(
        courses.enrolments_of(person), competitions.own_results(user), papers
    )


def _timeline(
    enrolments: Sequence[courses.EnrolmentCard],
    results: Sequence[competitions.OwnResult],
    papers: Sequence[certification.CertificateCard],
) -> tuple[ShelfRow, ...]:
    return tuple(
        sorted(
            [*_class_rows(enrolments), *_result_rows(results), *_paper_rows(papers)],
            key=_when,
            reverse=True,
        )
    )


def _class_rows(enrolments: Iterable[courses.EnrolmentCard]) -> list[ShelfRow]:
    rows = []
    for card in enrolments:
        done = card.state in COMPLETED
        on = timezone.localdate(card.decided_at or card.enrolled_at)
        title = (
            _("Completed: %(title)s") % {"title": card.course_title} if done else card.course_title
        )
        tone = "ok" if done else "info" if card.is_learning else TONES.get(card.state, "")
        rows.append(
            ShelfRow(
                title=title,
                text=card.class_name,
                href=card.url,
                word=card.state_label,
                tone=tone,
                on=on,
            )
        )
    return rows


def _result_rows(results: Iterable[competitions.OwnResult]) -> list[ShelfRow]:
    rows = []
    for result in results:
        href = f"/competitions/{result.event_id}/{'mine/' if result.published else ''}"
        if result.rank is None:
            rows.append(
                ShelfRow(
                    title=result.title,
                    href=href,
                    word=result.out_label or result.entry_state_label,
                    tone="" if result.out_label else TONES.get(result.entry_state, "info"),
                    on=result.starts_on,
                )
            )
            continue
        text = _("place %(rank)s of %(field)s · mark %(total)s") % {
            "rank": result.rank,
            "field": result.field,
            "total": result.total,
        }
        rows.append(
            ShelfRow(
                title=result.title,
                text=text,
                href=href,
                word=result.award_label or _("contest"),
                tone="honour" if result.award else "",
                on=result.starts_on,
            )
        )
    return rows


def _paper_rows(papers: Iterable[certification.CertificateCard]) -> list[ShelfRow]:
    """Return the certificates in the record."""
    return [
        ShelfRow(
            title=_paper_title(card),
            text=card.issuer_name,
            href=card.url,
            word=_("certificate"),
            tone="ok",
            on=card.issued_on,
        )
        for card in papers
    ]


def _paper_title(card: certification.CertificateCard) -> str:
    return " ".join(part for part in (card.subject, card.title) if part)


def _certificate(card: certification.CertificateCard) -> ShelfCertificate:
    return ShelfCertificate(
        title=_paper_title(card),
        number=card.number,
        issuer=card.issuer_name,
        issued_on=card.issued_on,
        word=card.answer_label,
        tone="info" if card.from_paper and card.answer == "valid" else TONES.get(card.answer, ""),
        href=card.url,
        pdf=card.pdf_url,
    )
