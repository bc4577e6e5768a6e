"""List what training asks of a person today, which is the worker's classes and exams, and the
officer's and trainer's duties.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Case, Count, Exists, OuterRef, Q, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from access.queries import permitted
from core.actors import account_id
from core.templatetags.craft import day, moment
from core.todos import Asker, Meeting, Todo
from courses.enums import (
    LEARNING_STATES,
    TEACHING_STATES,
    CheckInMethod,
    ClassState,
    EnrolmentState,
    SessionState,
)
from courses.grants import APPROVE_CLASS, MANAGE_CLASS, MANAGE_PLACES, RECORD_MARK, RUN_CHECK_IN
from courses.models import Attendance, ClassSession, Enrolment, Exam, TrainingClass

AHEAD = timedelta(days=14)
AT_MOST = 10


def of_worker(asker: Asker) -> Iterator[Todo]:
    """Return offered places, the next session of each class, and classes read online. Takes two
    queries.
    """
    if asker.person is None:
        return
    rows = list(
        Enrolment.objects.filter(
            person=asker.person.pk,
            state__in=[*LEARNING_STATES, EnrolmentState.OFFERED, EnrolmentState.PASSED],
        )
        .select_related("training_class__course", "training_class__org")
        .order_by("training_class__starts_on", "pk")
    )
    upcoming: dict[int, ClassSession] = {}
    for session in ClassSession.objects.filter(
        training_class__in=[row.training_class_id for row in rows],
        state=SessionState.PLANNED,
        ends_at__gt=asker.now,
    ).order_by("-starts_at"):
        upcoming[session.training_class_id] = session  # the last one written is the nearest
    for row in rows:
        training_class = row.training_class
        href = reverse("courses:class", args=[training_class.public_id])
        title = training_class.course.title
        if row.state == EnrolmentState.OFFERED:
            yield Todo(
                title=_("A place is available: %(title)s") % {"title": title},
                text=_("Accept it by %(time)s, or it is offered to the next person.")
                % {"time": moment(row.offered_until)},
                by=str(training_class.org),
                href=href,
                act=pgettext("offer", "Answer"),
                due=row.offered_until,
                urgent=True,
            )
        elif (
            following := upcoming.get(training_class.pk)
            if training_class.state in TEACHING_STATES
            else None
        ):
            yield _session(following, training_class, title, href, asker)
        elif row.state in LEARNING_STATES:
            word = (
                _("starts on %(date)s")
                if training_class.starts_on > timezone.localdate(asker.now)
                else _("until %(date)s")
            )
            on = (
                training_class.starts_on
                if training_class.starts_on > timezone.localdate(asker.now)
                else training_class.ends_on
            )
            yield Todo(
                title=title,
                text=f"{training_class.name} · {word % {'date': day(on)}}",
                href=href,
                act=_("Go to the class"),
                due=on,
            )


def _session(
    session: ClassSession, training_class: TrainingClass, title: str, href: str, asker: Asker
) -> Todo:
    place = session.venue or training_class.venue
    is_today = timezone.localdate(session.starts_at) == timezone.localdate(asker.now)
    return Todo(
        title=_("%(title)s: %(session)s") % {"title": title, "session": session.title},
        text=" · ".join(part for part in (moment(session.starts_at), place) if part),
        href=href,
        act=_("Go to the class"),
        due=session.starts_at,
        urgent=is_today,
        meeting=Meeting(
            key=f"session-{session.public_id}",
            title=f"{title}：{session.title}",
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            place=place,
        ),
    )


def of_reviewer(asker: Asker) -> Iterator[Todo]:
    """Return classes filed for approval by others. Takes one query."""
    filed = (
        permitted(asker.user, APPROVE_CLASS, TrainingClass.objects.filter(state=ClassState.FILED))
        .exclude(filed_by=account_id(asker.user))
        .select_related("org", "filed_by")
        .order_by("starts_on", "pk")
    )
    for row in filed[:AT_MOST]:
        yield Todo(
            title=_("Class to approve: %(name)s") % {"name": row.name},
            text=_("starts on %(date)s") % {"date": day(row.starts_on)},
            by=f"{row.org} · {row.filed_by}" if row.filed_by else str(row.org),
            href=reverse("courses:roster", args=[row.public_id]),
            act=_("Review"),
            due=row.starts_on,
        )


def of_class_desk(asker: Asker) -> Iterator[Todo]:
    """Return what classes need from the officer (sent back, suspended, at their end) and from the
    head (applications to decide). Takes one query.
    """
    own = {
        name: Q(pk__in=permitted(asker.user, name, TrainingClass.objects.all()).values("pk"))
        for name in (MANAGE_CLASS, MANAGE_PLACES)
    }
    wants_officer = own[MANAGE_CLASS] & (
        Q(state__in=[ClassState.RETURNED, ClassState.SUSPENDED])
        | Q(
            state__in=[ClassState.RUNNING, ClassState.ASSESSING],
            ends_on__lt=timezone.localdate(asker.now),
        )
    )
    applied = Enrolment.objects.filter(training_class=OuterRef("pk"), state=EnrolmentState.APPLIED)
    wants_head = (
        own[MANAGE_PLACES]
        & Q(enrolment_reviewed=True, state__in=TEACHING_STATES)
        & Q(Exists(applied))
    )
    waiting = (
        TrainingClass.objects.filter(wants_officer | wants_head)
        .annotate(
            wants_officer=Case(When(wants_officer, then=True), default=False),
            wants_head=Case(When(wants_head, then=True), default=False),
            applied=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.APPLIED)),
        )
        .select_related("org")
        .order_by("ends_on", "pk")
    )
    for row in waiting[: 2 * AT_MOST]:
        href = reverse("courses:roster", args=[row.public_id])
        if row.wants_officer:
            title, text, due = _duty(row)
            yield Todo(
                title=title % {"name": row.name},
                text=text,
                by=str(row.org),
                href=href,
                act=_("Open"),
                due=due,
            )
        if row.wants_head:
            yield Todo(
                title=_("Applications to review: %(name)s") % {"name": row.name},
                text=ngettext("%(count)s application", "%(count)s applications", row.applied)
                % {"count": row.applied},
                by=str(row.org),
                href=href,
                act=_("Review"),
                due=row.starts_on,
            )


def _duty(row: TrainingClass) -> tuple[str, str, date]:
    """Return what the officer has to do for a class, as title, text and day."""
    if row.state == ClassState.RETURNED:
        return (
            _("Returned: %(name)s"),
            _("Make the corrections named by the reviewer, then submit it again."),
            row.starts_on,
        )
    if row.state == ClassState.SUSPENDED:
        return (
            _("Suspended: %(name)s"),
            _("Resume the class when the problem is solved, or cancel it."),
            row.ends_on,
        )
    return (
        _("Class to close: %(name)s"),
        _("It ended on %(date)s.") % {"date": day(row.ends_on)},
        row.ends_on,
    )


def of_staff(asker: Asker) -> Iterator[Todo]:
    """Return sessions of the next days to run, and presence by hand that waits for a second
    person. Takes two queries.
    """
    mine = permitted(
        asker.user,
        RUN_CHECK_IN,
        TrainingClass.objects.filter(
            state__in=[ClassState.CLOSED, ClassState.RUNNING, ClassState.ENROLLING]
        ),
    )
    seated = Count(
        "training_class__enrolments",
        filter=Q(training_class__enrolments__state__in=LEARNING_STATES),
        distinct=True,
    )
    sessions = (
        ClassSession.objects.filter(
            training_class__in=mine,
            state=SessionState.PLANNED,
            ends_at__gt=asker.now,
            starts_at__lt=asker.now + AHEAD,
        )
        .select_related("training_class__course")
        .annotate(seated=seated)
        .order_by("starts_at", "pk")
    )
    for row in sessions[:AT_MOST]:
        place = row.venue or row.training_class.venue
        people = ngettext("%(count)s trainee", "%(count)s trainees", row.seated) % {
            "count": row.seated
        }
        yield Todo(
            title=_("Check-in: %(title)s") % {"title": row.title},
            text=" · ".join(
                part
                for part in (moment(row.starts_at), place, row.training_class.name, people)
                if part
            ),
            href=f"{reverse('courses:roster', args=[row.training_class.public_id])}?session={row.public_id}",
            act=_("View the roster"),
            due=row.starts_at,
            urgent=timezone.localdate(row.starts_at) == timezone.localdate(asker.now),
            meeting=Meeting(
                key=f"session-{row.public_id}",
                title=f"{row.training_class.name}：{row.title}",
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                place=place,
            ),
        )
    unconfirmed = Attendance.objects.filter(
        enrolment__training_class=OuterRef("pk"), method=CheckInMethod.MANUAL, confirmed_by=None
    ).exclude(recorded_by=account_id(asker.user))
    for item in mine.filter(Exists(unconfirmed)).order_by("pk")[:AT_MOST]:
        yield Todo(
            title=_("Attendance to confirm: %(name)s") % {"name": item.name},
            text=_("A colleague added this attendance. It counts once you confirm it."),
            href=reverse("courses:roster", args=[item.public_id]),
            act=_("Review"),
            urgent=True,
        )


def of_assessor(asker: Asker) -> Iterator[Todo]:
    """Return exams with late answers that wait for a decision. Takes one query."""
    mine = permitted(asker.user, RECORD_MARK, TrainingClass.objects.all())
    late = Count("attempts", filter=Q(attempts__late_waiting__gt=0))
    exams = (
        Exam.objects.filter(training_class__in=mine, attempts__late_waiting__gt=0)
        .annotate(papers=late)
        .select_related("training_class")
        .order_by("closes_at", "pk")
    )
    for row in exams[:AT_MOST]:
        papers = ngettext("%(count)s paper", "%(count)s papers", row.papers) % {"count": row.papers}
        yield Todo(
            title=_("Late answers to review: %(title)s") % {"title": row.title},
            text=f"{row.training_class.name} · {papers}",
            href=reverse(
                "courses:exam_sittings", args=[row.training_class.public_id, row.public_id]
            ),
            act=_("Review"),
            urgent=True,
        )
