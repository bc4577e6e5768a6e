"""Seats that fell vacant while marking runs, and the substitutes named for them."""

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
from competitions.queries.vacancies import Vacant, vacant_of
from competitions.views._shared import office_event
from competitions.views.office import frame
from core.errors import DomainError


class SubstituteForm(forms.Form):
    """Who stands in for one judge."""

    substitute = forms.ChoiceField(label=gettext_lazy("Substitute"))

    def __init__(self, data: Any = None, *, left: Vacant) -> None:
        super().__init__(data, label_suffix="", prefix=f"for{left.judge.seat}")
        self.left = left
        self.fields["substitute"].choices = [
            ("", _("choose a judge of the panel")),
            *((str(judge.public_id), f"{judge.seat} · {judge.user}") for judge in left.pool),
        ]


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def substitutes(request: HttpRequest, event: UUID) -> HttpResponse:
    """Show what judges left behind whose role ended, and seat others there."""
    found, rights = office_event(request, event, "manage_event", "lead_judging")
    sent = request.POST.get("seat", "")
    rows = [(left, SubstituteForm(request.POST if sent == str(left.judge.seat) else None, left=left)) for left in vacant_of(found)]
    status, problem = 200, ""
    without = request.POST.get("without", "")
    for left, form in rows:
        if without == str(left.judge.seat):
            try:
                count = workflows.go_on_without(actor=request.user, event=found, left_by=left.judge)
            except DomainError as error:
                problem, status = str(error), error.status
            else:
                words = ngettext("%(n)s sheet goes on without this judge.", "%(n)s sheets go on without this judge.", count)
                messages.success(request, words % {"n": count})
                return redirect("competitions:substitutes", event)
        if not form.is_bound:
            continue
        if form.is_valid():
            judge = next(one for one in left.pool if str(one.public_id) == form.cleaned_data["substitute"])
            try:
                done = workflows.name_substitute(actor=request.user, event=found, left_by=left.judge, substitute=judge)
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, ngettext("%(n)s sheet handed over.", "%(n)s sheets handed over.", done.taken) % {"n": done.taken})
                if done.left:
                    messages.warning(
                        request,
                        ngettext(
                            "%(n)s sheet stays vacant: choose another judge for it.",
                            "%(n)s sheets stay vacant: choose another judge for them.",
                            done.left,
                        )
                        % {"n": done.left},
                    )
                return redirect("competitions:substitutes", event)
        status = 422
    if sent and not without and not any(form.is_bound for _left, form in rows):
        messages.info(request, _("These seats have been filled meanwhile."))
    context = {**frame(request, found, rights, "substitutes"), "rows": rows, "problem": problem}
    return render(request, "competitions/office/substitutes.html", context, status=status)
