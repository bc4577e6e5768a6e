"""Show seats that fell vacant while marking runs, and name substitutes for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from competitions import workflows
from competitions.models import Event
from competitions.queries.vacancies import Vacant, vacant_of
from competitions.views._shared import office_event
from competitions.views.office import build_office_context
from core.errors import DomainError


class SubstituteForm(forms.Form):
    """A form for the substitute of one judge."""

    substitute = forms.ChoiceField(label=gettext_lazy("Substitute"))

    def __init__(self, data: Any = None, *, left: Vacant) -> None:
        super().__init__(data, label_suffix="", prefix=f"for{left.judge.seat}")
        self.left = left
        self.fields["substitute"].choices = [
            ("", _("choose a judge from the panel")),
            *((str(judge.public_id), f"{judge.seat} · {judge.user}") for judge in left.pool),
        ]


class WithoutJudgeForm(forms.Form):
    """A form that confirms twice that the rest of a panel goes on alone, because the seat can't be
    given back.
    """

    sure = forms.BooleanField(
        label=gettext_lazy("I agree to remove this seat permanently"),
        error_messages={
            "required": gettext_lazy("Tick this first. The seat can't be restored afterwards.")
        },
    )

    def __init__(self, data: Any = None, *, left: Vacant) -> None:
        super().__init__(data, label_suffix="", prefix=f"without{left.judge.seat}")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def seat_substitutes(request: HttpRequest, event: UUID) -> HttpResponse:
    """Show what judges whose role ended left behind, and seat others there."""
    found, rights = office_event(request, event, "manage_event", "lead_judging")
    sent, without = request.POST.get("seat", ""), request.POST.get("without", "")
    rows = [
        (
            left,
            SubstituteForm(request.POST if sent == str(left.judge.seat) else None, left=left),
            WithoutJudgeForm(request.POST if without == str(left.judge.seat) else None, left=left),
        )
        for left in vacant_of(found)
    ]
    status, problem = 200, ""
    for left, form, alone in rows:
        if not (form.is_bound or alone.is_bound):
            continue
        try:
            done = (
                _hand_over(request, found, left, form)
                if form.is_bound
                else _go_on_without(request, found, left, alone)
            )
        except DomainError as error:
            problem, status = str(error), error.status
        else:
            if done:
                return redirect("competitions:substitutes", event)
            status = 422
    if (sent or without) and not any(
        form.is_bound or alone.is_bound for _left, form, alone in rows
    ):
        messages.info(request, _("These seats have already been filled."))
    context = {
        **build_office_context(request, found, rights, "substitutes"),
        "rows": rows,
        "problem": problem,
    }
    return render(request, "competitions/office/substitutes.html", context, status=status)


def _hand_over(request: HttpRequest, event: Event, left: Vacant, form: SubstituteForm) -> bool:
    """Seat the chosen substitute and say what became of the sheets. Return False if nobody was
    chosen, or that person can't take them.
    """
    if not form.is_valid():
        return False
    judge = next(one for one in left.pool if str(one.public_id) == form.cleaned_data["substitute"])
    try:
        done = workflows.name_substitute(
            actor=request.user, event=event, left_by=left.judge, substitute=judge
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(
        request,
        ngettext("%(n)s score sheet handed over.", "%(n)s score sheets handed over.", done.taken)
        % {"n": done.taken},
    )
    if done.left:
        words = ngettext(
            "%(n)s score sheet still has no judge. Choose another judge for it.",
            "%(n)s score sheets still have no judge. Choose another judge for them.",
            done.left,
        )
        messages.warning(request, words % {"n": done.left})
    return True


def _go_on_without(
    request: HttpRequest, event: Event, left: Vacant, form: WithoutJudgeForm
) -> bool:
    """Take the seats away and say how many sheets go on. Return False until the officer has
    confirmed that it may be for good.
    """
    if not form.is_valid():
        return False
    count = workflows.drop_vacant_seats(actor=request.user, event=event, left_by=left.judge)
    words = ngettext(
        "%(n)s score sheet continues without this judge.",
        "%(n)s score sheets continue without this judge.",
        count,
    )
    messages.success(request, words % {"n": count})
    return True
