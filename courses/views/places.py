"""Let the class head decide about one place (admit, refuse, take off the list), and offer seats to
the queue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError, NotFound
from courses.enums import LEARNING_STATES, EnrolmentState
from courses.forms import CourseReasonForm
from courses.grants import MANAGE_PLACES
from courses.models import Enrolment
from courses.views.access_helpers import load_for_staff
from courses.workflows import enrolment as workflows


@dataclass(frozen=True)
class PlaceAct:
    """One decision about a place, with its workflow, the states it starts from, the word on the
    button, and what it means.
    """

    workflow: Callable[..., Enrolment]
    states: frozenset[str]
    word: Any
    meaning: Any
    needs_reason: bool = True
    is_grave: bool = False


ACTS: dict[str, PlaceAct] = {
    "admit": PlaceAct(
        workflows.admit_person,
        frozenset({EnrolmentState.APPLIED, EnrolmentState.REFUSED, EnrolmentState.DROPPED}),
        gettext_lazy("Admit"),
        gettext_lazy(
            "If a place is free, the person is admitted and notified. Otherwise they join "
            "the waiting list."
        ),
        needs_reason=False,
    ),
    "refuse": PlaceAct(
        workflows.refuse_applicant,
        frozenset({EnrolmentState.APPLIED}),
        gettext_lazy("Don't admit"),
        gettext_lazy(
            "The person sees your reason and can't apply to this class again. You can still "
            "admit them later."
        ),
        is_grave=True,
    ),
    "take-off-queue": PlaceAct(
        workflows.withdraw_enrolment,
        frozenset({EnrolmentState.WAITLISTED, EnrolmentState.OFFERED}),
        gettext_lazy("Remove from the waiting list"),
        gettext_lazy(
            "The person is notified of your reason. A place already offered goes to the "
            "next person."
        ),
        is_grave=True,
    ),
    "drop": PlaceAct(
        workflows.drop_trainee,
        LEARNING_STATES,
        gettext_lazy("Remove from the class list"),
        gettext_lazy(
            "The person is notified of your reason and can no longer check in. Attendance, "
            "lessons and marks stay on record."
        ),
        is_grave=True,
    ),
}


def list_place_acts(enrolment: Enrolment) -> list[dict[str, Any]]:
    """Return what can be decided about this place now, for buttons."""
    return [
        {"key": key, "word": act.word} for key, act in ACTS.items() if enrolment.state in act.states
    ]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide_place(
    request: HttpRequest, class_id: UUID, enrolment_id: UUID, act: str
) -> HttpResponse:
    """Decide about a place, after saying what that means."""
    training_class = load_for_staff(request, class_id, MANAGE_PLACES)
    found = ACTS.get(act)
    if found is None:
        raise NotFound
    enrolment = get_object_or_404(
        Enrolment.objects.select_related("person", "training_class__course"),
        public_id=enrolment_id,
        training_class=training_class,
    )
    form = (
        CourseReasonForm(request.POST if request.method == "POST" else None)
        if found.needs_reason
        else None
    )
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            done = found.workflow(
                actor=request.user,
                enrolment=enrolment,
                **({"reason": form.cleaned_data["reason"]} if form else {}),
            )
            said = {"name": enrolment.person.name, "state": done.get_state_display()}
            messages.success(request, _("%(name)s: %(state)s.") % said)
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("courses:roster", class_id)
    context = {
        "training_class": training_class,
        "word": _("%(act)s: %(name)s") % {"act": found.word, "name": enrolment.person.name},
        "act": found.word,
        "meaning": found.meaning,
        "form": form,
        "grave": found.is_grave,
    }
    return render(
        request,
        "courses/move.html",
        context,
        status=422 if form is not None and form.is_bound else 200,
    )


@login_required
@require_POST
def offer_free_seats(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """Offer the free seats to the queue now."""
    training_class = load_for_staff(request, class_id, MANAGE_PLACES)
    offered = len(
        workflows.promote_from_waitlist(actor=request.user, training_class=training_class)
    )
    if offered:
        words = ngettext(
            "%(count)s place was offered, and the person was notified.",
            "%(count)s places were offered, and the people were notified.",
            offered,
        )
        messages.success(request, words % {"count": offered})
    else:
        messages.info(
            request,
            _(
                "No place could be offered. Either no place is free, nobody on the waiting "
                "list can attend, or the class has started."
            ),
        )
    return redirect("courses:roster", class_id)
