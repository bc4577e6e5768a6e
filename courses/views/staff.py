"""Show the class head's page, with roster, presence, marks, the code on the wall, and the next
state of the class.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.checks import is_allowed
from core import clock
from core.errors import DomainError, NotFound
from courses.enums import (
    ASKING_STATES,
    CLASS_MOVES,
    LEARNING_STATES,
    QUEUE_STATES,
    SEATED_STATES,
    TAUGHT_STATES,
    ClassState,
    ExamPart,
    SessionState,
)
from courses.forms import CourseReasonForm, MarkForm, PresenceForm
from courses.grants import (
    APPROVE_CLASS,
    EXPORT_ROSTER,
    MANAGE_CLASS,
    MANAGE_PLACES,
    RECORD_MARK,
    RUN_CHECK_IN,
)
from courses.models import Attendance, ClassSession, Enrolment, TrainingClass
from courses.queries.exam import exams_of
from courses.queries.learning import RosterRow, current_session, list_roster_rows
from courses.rendering import qr_svg
from courses.rules import check_in as codes
from courses.views.access_helpers import load_class, load_for_staff
from courses.views.places import list_place_acts as places_acts
from courses.workflows import training_class as moves
from courses.workflows.attendance import confirm_check_in, record_check_in
from courses.workflows.exam import record_mark
from courses.workflows.roster import export_roster


@dataclass(frozen=True)
class ClassStep:
    """How a class moves on, with its workflow, who may do it, the word on the button, and what it
    means.
    """

    workflow: Callable[..., Any]
    right: str
    word: Any
    meaning: Any
    needs_reason: bool = False
    is_grave: bool = False
    count: Callable[[TrainingClass], str] = lambda _class: ""


def _who_waits(training_class: TrainingClass) -> str:
    """Say how many people lose their chance of a place when the class starts."""
    waiting = training_class.enrolments.filter(state__in=ASKING_STATES).count()
    if not waiting:
        return ""
    words = ngettext(
        "%(count)s person who applied, is on the waiting list or has an offer is notified "
        "that the class has started.",
        "%(count)s people who applied, are on the waiting list or have an offer are "
        "notified that the class has started.",
        waiting,
    )
    return words % {"count": waiting}


def _who_is_told(training_class: TrainingClass) -> str:
    """Say how many people get a message."""
    count = training_class.enrolments.filter(state__in=moves.CONCERNED).count()
    return ngettext(
        "%(count)s person is notified immediately.",
        "%(count)s people are notified immediately.",
        count,
    ) % {"count": count}


def _who_has_no_certificate(training_class: TrainingClass) -> str:
    """Say how many passed without a certificate so far."""
    count = training_class.enrolments.filter(state="passed").count()
    if not count:
        return ""
    words = ngettext(
        "%(count)s person has passed but has no certificate yet. It can still be issued "
        "after archiving.",
        "%(count)s people have passed but have no certificate yet. Certificates can still "
        "be issued after archiving.",
        count,
    )
    return words % {"count": count}


RIGHTS = {
    "manage": MANAGE_CLASS,
    "approve": APPROVE_CLASS,
    "run": RUN_CHECK_IN,
    "places": MANAGE_PLACES,
    "export": EXPORT_ROSTER,
    "mark": RECORD_MARK,
}
RESUMED = "resumed"
MOVES: dict[str, ClassStep] = {
    ClassState.FILED: ClassStep(
        moves.file_class,
        MANAGE_CLASS,
        gettext_lazy("Submit for approval"),
        gettext_lazy("A reviewer of the union reviews it next."),
    ),
    ClassState.APPROVED: ClassStep(
        moves.approve_class,
        APPROVE_CLASS,
        gettext_lazy("Approve"),
        gettext_lazy("The class can then be opened for enrolment."),
    ),
    ClassState.RETURNED: ClassStep(
        moves.return_class,
        APPROVE_CLASS,
        gettext_lazy("Return"),
        gettext_lazy(
            "The person who submitted it sees your reason and can submit it again after "
            "corrections."
        ),
        needs_reason=True,
    ),
    ClassState.ENROLLING: ClassStep(
        moves.open_class,
        MANAGE_CLASS,
        gettext_lazy("Open enrolment"),
        gettext_lazy("The class appears in the course catalogue immediately."),
    ),
    ClassState.CLOSED: ClassStep(
        moves.close_enrolment,
        MANAGE_CLASS,
        gettext_lazy("Close enrolment"),
        gettext_lazy(
            "Nobody else can enrol. People on the waiting list can still be offered free places."
        ),
    ),
    ClassState.RUNNING: ClassStep(
        moves.start_class,
        MANAGE_CLASS,
        gettext_lazy("Start the class"),
        gettext_lazy("Enrolment ends and the waiting list is closed."),
        count=_who_waits,
    ),
    ClassState.ASSESSING: ClassStep(
        moves.begin_assessment,
        MANAGE_CLASS,
        gettext_lazy("End teaching"),
        gettext_lazy("Exams and resits continue."),
    ),
    ClassState.FINISHED: ClassStep(
        moves.finish_class,
        MANAGE_CLASS,
        gettext_lazy("Close the class"),
        gettext_lazy("Trainees without a result get one now, with reasons. This can't be undone."),
        is_grave=True,
    ),
    ClassState.SUSPENDED: ClassStep(
        moves.suspend_class,
        MANAGE_CLASS,
        gettext_lazy("Suspend the class"),
        gettext_lazy(
            "Until the class is resumed, nobody can check in or enrol, and lessons don't "
            "count. Places are kept."
        ),
        needs_reason=True,
        count=_who_is_told,
    ),
    RESUMED: ClassStep(
        moves.resume_class,
        MANAGE_CLASS,
        gettext_lazy("Resume the class"),
        gettext_lazy("The class continues from where it was suspended."),
        count=_who_is_told,
    ),
    ClassState.ARCHIVED: ClassStep(
        moves.archive_class,
        MANAGE_CLASS,
        gettext_lazy("Archive the class"),
        gettext_lazy(
            "The class is removed from the lists and stays readable in the archive. It "
            "can't be changed any more."
        ),
        count=_who_has_no_certificate,
    ),
    ClassState.CANCELLED: ClassStep(
        moves.cancel_class,
        MANAGE_CLASS,
        gettext_lazy("Cancel the class"),
        gettext_lazy("Everybody loses their place. This can't be undone."),
        needs_reason=True,
        is_grave=True,
    ),
}


@never_cache
@login_required
@require_safe
def show_roster(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """Show the roster with everybody's standing and presence at one session."""
    training_class = load_for_staff(request, class_id)
    sessions = list(training_class.sessions.all())
    named = request.GET.get("session", "")
    session = next(
        (item for item in sessions if str(item.public_id) == named), None
    ) or current_session(training_class)
    rows = list_roster_rows(training_class, session)
    rights = {
        name: is_allowed(request.user, codename, training_class)
        for name, codename in RIGHTS.items()
    }
    listed = [row for row in rows if row.enrolment.state not in ASKING_STATES]
    seated = [row for row in listed if row.enrolment.state in SEATED_STATES]
    for row in rows:
        row.acts = places_acts(row.enrolment) if rights["places"] else []
    held = {MANAGE_CLASS: rights["manage"], APPROVE_CLASS: rights["approve"]}
    possible = (
        {RESUMED, ClassState.CANCELLED}
        if training_class.state == ClassState.SUSPENDED
        else CLASS_MOVES[training_class.state]
    )
    steps = [
        {"to": to, "word": step.word, "grave": step.is_grave}
        for to, step in MOVES.items()
        if held[step.right] and to in possible
    ]
    present = sum(1 for row in seated if row.attendance is not None and row.attendance.counts)
    context = {
        "training_class": training_class,
        "course": training_class.course,
        "sessions": sessions,
        "session": session,
        "rows": listed,
        "applied": [row for row in rows if row.enrolment.state == "applied"],
        "queue": _queue(rows),
        "can_serve": rights["places"]
        and training_class.state in QUEUE_STATES
        and training_class.seats_left > 0,
        "seated": len(seated),
        "present": present,
        "unconfirmed": [(row.enrolment, item) for row in rows for item in row.waiting_for_second],
        "rights": rights,
        "steps": steps,
        "marked_parts": [
            part for part in training_class.rule.pass_marks if part != ExamPart.THEORY
        ],
        "online_hours": training_class.course.hours_online,
        "taught": TAUGHT_STATES,
        "learning": LEARNING_STATES,
        "exams": list(exams_of(training_class)),
    }
    return render(request, "courses/roster.html", context)


def _queue(rows: list[RosterRow]) -> list[tuple[int | None, RosterRow]]:
    """Return the queue with today's places. People who have an offer come first (no place), then
    1, 2, 3.
    """
    waiting = sorted(
        (row for row in rows if row.enrolment.state == "waitlisted"),
        key=lambda row: row.enrolment.waitlist_no or 0,
    )
    return [(None, row) for row in rows if row.enrolment.state == "offered"] + list(
        enumerate(waiting, start=1)
    )


@login_required
@require_POST
def download_roster(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """Send the roster as xlsx. Each export is recorded, so it is a POST."""
    training_class = load_class(class_id)
    body = export_roster(actor=request.user, training_class=training_class)
    response = HttpResponse(
        body, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    name = f"{training_class.code}-{clock.today():%Y%m%d}.xlsx"
    response["Content-Disposition"] = (
        f"attachment; filename=\"{name}\"; filename*=UTF-8''{quote(name)}"
    )
    return response


def _trainee(training_class: TrainingClass, enrolment_id: UUID) -> Enrolment:
    return get_object_or_404(
        Enrolment.objects.select_related("person", "training_class"),
        public_id=enrolment_id,
        training_class=training_class,
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enter_presence(request: HttpRequest, class_id: UUID, enrolment_id: UUID) -> HttpResponse:
    """Enter presence by hand. A colleague confirms it."""
    training_class = load_for_staff(request, class_id, RUN_CHECK_IN)
    enrolment = _trainee(training_class, enrolment_id)
    sessions = training_class.sessions.filter(state=SessionState.PLANNED)
    refusal: DomainError | None = None
    if request.method == "POST":
        form = PresenceForm(request.POST, sessions=sessions)
        if form.is_valid():
            try:
                record_check_in(
                    actor=request.user,
                    enrolment=enrolment,
                    session=form.cleaned_data["session"],
                    reason=form.cleaned_data["reason"],
                )
                messages.success(
                    request, _("Attendance added. It counts once a colleague has confirmed it.")
                )
                return redirect("courses:roster", class_id)
            except DomainError as error:
                refusal = error
    else:
        form = PresenceForm(sessions=sessions, initial={"session": current_session(training_class)})
    status = refusal.status if refusal else 422 if form.is_bound else 200
    context = {
        "training_class": training_class,
        "enrolment": enrolment,
        "form": form,
        "refusal": refusal,
    }
    return render(request, "courses/present.html", context, status=status)


@login_required
@require_POST
def confirm_presence(request: HttpRequest, class_id: UUID, attendance_id: UUID) -> HttpResponse:
    """Confirm presence that a colleague entered."""
    training_class = load_for_staff(request, class_id, RUN_CHECK_IN)
    attendance = get_object_or_404(
        Attendance, public_id=attendance_id, session__training_class=training_class
    )
    try:
        confirm_check_in(actor=request.user, attendance=attendance)
        messages.success(request, _("Attendance confirmed. The session now counts."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("courses:roster", class_id)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enter_mark(request: HttpRequest, class_id: UUID, enrolment_id: UUID) -> HttpResponse:
    """Record an assessor's mark."""
    training_class = load_for_staff(request, class_id, RECORD_MARK)
    enrolment = _trainee(training_class, enrolment_id)
    parts = [part for part in training_class.rule.pass_marks if part != ExamPart.THEORY]
    if not parts:
        raise NotFound
    form = MarkForm(request.POST if request.method == "POST" else None, parts=parts)
    refusal: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            record_mark(actor=request.user, enrolment=enrolment, **form.cleaned_data)
            messages.success(request, _("The mark has been recorded."))
            return redirect("courses:roster", class_id)
        except DomainError as error:
            refusal = error
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(
        request,
        "courses/mark.html",
        {
            "training_class": training_class,
            "enrolment": enrolment,
            "form": form,
            "refusal": refusal,
        },
        status=status,
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move_class(request: HttpRequest, class_id: UUID, to: str) -> HttpResponse:
    """Move the class to its next state, after saying what that means."""
    if to not in MOVES:
        raise NotFound
    step = MOVES[to]
    training_class = load_for_staff(request, class_id, step.right)
    form = (
        CourseReasonForm(request.POST if request.method == "POST" else None)
        if step.needs_reason
        else None
    )
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            step.workflow(
                actor=request.user,
                training_class=training_class,
                **({"reason": form.cleaned_data["reason"]} if form else {}),
            )
            training_class.refresh_from_db(fields=["state"])
            said = {"name": training_class.name, "state": training_class.get_state_display()}
            messages.success(request, _("%(name)s: %(state)s.") % said)
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("courses:roster", class_id)
    context = {
        "training_class": training_class,
        "word": step.word,
        "meaning": step.meaning,
        "detail": step.count(training_class),
        "form": form,
        "grave": step.is_grave,
    }
    return render(
        request,
        "courses/move.html",
        context,
        status=422 if form is not None and form.is_bound else 200,
    )


def _wall(training_class: TrainingClass, session: ClassSession) -> dict[str, Any]:
    now = clock.now()
    code, token = codes.code_at(session.secret, now), codes.token_at(session.secret, now)
    address = f"{settings.BASE_URL}{reverse('courses:check_in', args=[training_class.public_id])}?s={session.public_id}&c={token}"
    when = codes.place_in_check_in_window(
        now=now,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        before=session.before,
        after=session.after,
    )
    seated = Enrolment.objects.filter(
        training_class=training_class, state__in=TAUGHT_STATES
    ).count()
    here = (
        Attendance.objects.filter(session=session)
        .exclude(method="manual", confirmed_by=None)
        .count()
    )
    return {
        "training_class": training_class,
        "session": session,
        "code": code,
        "spaced": f"{code[:3]} {code[3:]}",
        "qr": qr_svg(address, label=_("Check-in code: %(code)s") % {"code": code}),
        "milliseconds": codes.milliseconds_left(now),
        "seconds": -(-codes.milliseconds_left(now) // 1000),
        "still_good": (codes.LIFE - codes.STEP) * 1000,
        "when": when.value,
        "seated": seated,
        "here": here,
    }


def _session_for(
    request: HttpRequest, class_id: UUID, session_id: UUID
) -> tuple[TrainingClass, ClassSession]:
    training_class = load_for_staff(request, class_id, RUN_CHECK_IN)
    return training_class, get_object_or_404(
        ClassSession,
        public_id=session_id,
        training_class=training_class,
        state=SessionState.PLANNED,
    )


@never_cache
@login_required
@require_safe
def show_code_wall(request: HttpRequest, class_id: UUID, session_id: UUID) -> HttpResponse:
    """Show the code on the wall. It renews itself, without JavaScript by reloading."""
    return render(request, "courses/wall.html", _wall(*_session_for(request, class_id, session_id)))


@never_cache
@login_required
@require_safe
def show_code_wall_part(request: HttpRequest, class_id: UUID, session_id: UUID) -> HttpResponse:
    """Return only the part of the wall that changes."""
    return render(
        request, "courses/parts/wall.html", _wall(*_session_for(request, class_id, session_id))
    )
