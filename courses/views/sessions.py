"""Let staff add, change and cancel sessions of a class. Clashes are shown before they are
confirmed.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from courses.enums import TAUGHT_STATES, TEACHING_STATES, EnrolmentState, SessionState
from courses.errors import TimetableClash
from courses.forms import CourseReasonForm, SessionForm
from courses.grants import MANAGE_CLASS
from courses.models import Attendance, ClassSession, TrainingClass
from courses.queries.timetable import ClashKind, token_of
from courses.views.access_helpers import load_for_staff
from courses.workflows import timetable as workflows


def _told(training_class: TrainingClass) -> int:
    """Return how many people would get a message."""
    if training_class.state not in TEACHING_STATES:
        return 0
    return training_class.enrolments.filter(
        state__in=TAUGHT_STATES | {EnrolmentState.OFFERED}
    ).count()


def _edit(
    request: HttpRequest, training_class: TrainingClass, session: ClassSession | None
) -> HttpResponse:
    form = SessionForm(
        request.POST if request.method == "POST" else None,
        instance=session or ClassSession(training_class=training_class),
    )
    found: list[Any] = []
    refusal: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, training_class, session, form.cleaned_data)
            messages.success(request, _("Saved: %(session)s.") % {"session": saved.title})
            return redirect(
                f"{reverse('courses:roster', args=[training_class.public_id])}?session={saved.public_id}"
            )
        except TimetableClash as error:
            found = error.clashes
        except ValidationError as error:
            form.add_error(None, error)
        except DomainError as error:
            refusal = error
    context = {
        "training_class": training_class,
        "session": session,
        "form": form,
        "refusal": refusal,
        "clashes": [
            (kind.value, [item for item in found if item.kind is kind]) for kind in ClashKind
        ],
        "has_clash": bool(found),
        "token": token_of(found),
        "told": _told(training_class),
    }
    status = (
        200 if request.method != "POST" else refusal.status if refusal else 409 if found else 422
    )
    return render(request, "courses/session.html", context, status=status)


def _save(
    request: HttpRequest,
    training_class: TrainingClass,
    session: ClassSession | None,
    data: dict[str, Any],
) -> ClassSession:
    if session is None:
        return workflows.add_session(actor=request.user, training_class=training_class, **data)
    held = ClassSession.objects.get(pk=session.pk)  # the form has written into the other one
    return workflows.change_session(actor=request.user, session=held, **data)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_session_view(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """Add a session."""
    return _edit(request, load_for_staff(request, class_id, MANAGE_CLASS), None)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_session_view(request: HttpRequest, class_id: UUID, session_id: UUID) -> HttpResponse:
    """Change a session."""
    training_class = load_for_staff(request, class_id, MANAGE_CLASS)
    found = get_object_or_404(
        ClassSession,
        training_class=training_class,
        public_id=session_id,
        state=SessionState.PLANNED,
    )
    found.training_class = training_class
    return _edit(request, training_class, found)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_session_view(request: HttpRequest, class_id: UUID, session_id: UUID) -> HttpResponse:
    """Cancel one session, after saying whom it concerns. It can't be undone."""
    training_class = load_for_staff(request, class_id, MANAGE_CLASS)
    session = get_object_or_404(training_class.sessions, public_id=session_id)
    form = CourseReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            workflows.cancel_session(
                actor=request.user, session=session, reason=form.cleaned_data["reason"]
            )
            messages.success(request, _("Cancelled: %(session)s.") % {"session": session.title})
        except DomainError as error:
            messages.error(request, str(error))
        return redirect(f"{reverse('courses:roster', args=[class_id])}?session={session_id}")
    here = Attendance.objects.filter(session=session).count()
    certified = Attendance.objects.filter(
        session=session, enrolment__state=EnrolmentState.CERTIFIED
    ).count()
    meaning = ngettext(
        "The session no longer counts for anybody, including %(here)s person who checked "
        "in. Completion is assessed again. This can't be undone.",
        "The session no longer counts for anybody, including %(here)s people who checked "
        "in. Completion is assessed again. This can't be undone.",
        here,
    ) % {"here": here}
    word = _("Cancel the session: %(session)s") % {"session": session.title}
    words = ngettext(
        "%(count)s certificate already counts this session. It stays as it is unless it is "
        "revoked.",
        "%(count)s certificates already count this session. They stay as they are unless "
        "they are revoked.",
        certified,
    )
    detail = words % {"count": certified} if certified else ""
    context = {
        "training_class": training_class,
        "word": word,
        "meaning": meaning,
        "detail": detail,
        "form": form,
        "grave": True,
    }
    return render(request, "courses/move.html", context, status=422 if form.is_bound else 200)
