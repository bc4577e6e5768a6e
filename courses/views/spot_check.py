"""Run spot checks. The class head asks and sees the answers come in, and each phone shows one
button for a minute.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.errors import DomainError, NotFound
from courses.enums import SessionState
from courses.grants import RUN_CHECK_IN
from courses.models import ClassSession, SpotCheck
from courses.queries import spot_check as reads
from courses.views.access_helpers import device_of, load_for_staff, remember_device
from courses.workflows.spot_check import SECONDS, answer_spot_check, ask_spot_check
from people.queries import person_of


def _session(request: HttpRequest, class_id: UUID, session_id: UUID) -> ClassSession:
    training_class = load_for_staff(request, class_id, RUN_CHECK_IN)
    session = get_object_or_404(
        ClassSession,
        public_id=session_id,
        training_class=training_class,
        state=SessionState.PLANNED,
    )
    session.training_class = training_class
    return session


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_spot_checks(request: HttpRequest, class_id: UUID, session_id: UUID) -> HttpResponse:
    """Ask everybody present, and show who answered each time."""
    session = _session(request, class_id, session_id)
    if request.method == "POST":
        try:
            ask_spot_check(actor=request.user, session=session)
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("courses:spot_checks", class_id, session_id)
    context = {
        "training_class": session.training_class,
        "session": session,
        "tallies": reads.tally_spot_checks(session),
        "present": reads.present_at(session).count(),
        "limit": SECONDS,
    }
    return render(request, "courses/spot_checks.html", context)


@never_cache
@login_required
@require_safe
def show_spot_check_part(request: HttpRequest, class_id: UUID, session_id: UUID) -> HttpResponse:
    """Return only the part of that page that changes."""
    session = _session(request, class_id, session_id)
    return render(
        request,
        "courses/parts/spot_checks.html",
        {"session": session, "tallies": reads.tally_spot_checks(session)},
    )


@never_cache
@login_required
@require_safe
def show_asked_check(request: HttpRequest) -> HttpResponse:
    """Show the button to the person who is asked now. Scripts get the part alone, or 204 when
    nobody is asked.
    """
    waiting = reads.find_waiting_spot_check(person_of(request.user))
    if request.headers.get("X-Requested-With") == "spot-check":
        if waiting is None:
            return HttpResponse(status=204)
        return render(request, "courses/parts/spot_check.html", _button(waiting.spot_check))
    context = _button(waiting.spot_check) if waiting else {}
    return render(request, "courses/spot_check.html", {"is_asked": waiting is not None, **context})


def _button(spot_check: SpotCheck) -> dict[str, object]:
    tally = reads.SpotCheckTally(spot_check, (), clock.now())
    return {
        "spot_check": spot_check,
        "training_class": spot_check.session.training_class,
        "milliseconds": tally.milliseconds,
        "seconds": tally.seconds,
    }


@never_cache
@login_required
@require_POST
def take_spot_answer(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Record that the button was pressed."""
    spot_check = get_object_or_404(
        SpotCheck.objects.select_related("session__training_class"), public_id=check_id
    )
    device, fresh = device_of(request, str(spot_check.session.public_id))
    by_script = request.headers.get("X-Requested-With") == "spot-check"
    refusal: DomainError | None = None
    row = None
    who = person_of(request.user)
    if who is None:
        raise NotFound
    try:
        row = answer_spot_check(
            actor=request.user, spot_check=spot_check, person=who, device=device
        )
    except DomainError as error:
        if error.status != 409:
            raise
        refusal = error
    context = {"row": row, "refusal": refusal, "training_class": spot_check.session.training_class}
    template = "courses/parts/spot_answer.html" if by_script else "courses/spot_check.html"
    response = render(
        request, template, {**context, "is_answer": True}, status=refusal.status if refusal else 200
    )
    return remember_device(response, fresh, secure=request.is_secure())
