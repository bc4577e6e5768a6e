"""Handle corrections of results. A person chooses a correction, sees what would change for whom
and asks for it, and a second person sees the same and decides.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from competitions import queries, workflows
from competitions.enums import CorrectionKind, Scoring
from competitions.forms.corrections import ResultCorrectionForm, has_void_sheets
from competitions.models import Correction, Event
from competitions.queries.event import EventOffice
from competitions.views._shared import office_event
from core.actors import Actor
from core.dependents import dependents_of
from core.errors import DomainError, NotFound

RESULT = "competitions.result"
CONSEQUENCES = {
    CorrectionKind.CORRECT_MARK: gettext_lazy(
        "The marks signed by the judges stay on record. The corrected mark counts."
    ),
    CorrectionKind.VOID_SHEET: gettext_lazy(
        "The score sheet counts as zero. The marks signed by the judges stay on record."
    ),
    CorrectionKind.RESTORE_SHEET: gettext_lazy("The score sheet counts again as it was signed."),
    CorrectionKind.CHANGE_NUMBER: gettext_lazy(
        "Only blind numbers that compete are ranked. Absent, retired and disqualified "
        "numbers stay in the list of results without a rank or mark."
    ),
    CorrectionKind.CORRECT_TOTAL: gettext_lazy(
        "The imported total stays on record. The corrected total counts."
    ),
    CorrectionKind.RECOMPUTE: gettext_lazy(
        "Judges and competitors are compared again, using the employers and unions now on "
        "record for the first day."
    ),
    CorrectionKind.CANCEL: gettext_lazy(
        "The competition is cancelled and its results no longer count. Entries, marks and "
        "all versions stay on record. This can't be undone."
    ),
}


def kinds_for(office: EventOffice) -> list[tuple[str, str]]:
    """Return the corrections that can be asked for now, as (kind, label)."""
    sheets = office.event.scoring == Scoring.SHEETS
    possible = {
        CorrectionKind.CORRECT_MARK: sheets,
        CorrectionKind.VOID_SHEET: sheets,
        CorrectionKind.RESTORE_SHEET: sheets and has_void_sheets(office.event),
        CorrectionKind.CHANGE_NUMBER: True,
        CorrectionKind.CORRECT_TOTAL: not sheets,
        CorrectionKind.RECOMPUTE: sheets,
    }
    found = [kind for kind, so in possible.items() if so and "correct_results" in office.may]
    if "request_cancellation" in office.may:
        found.append(CorrectionKind.CANCEL)
    return [(kind.value, str(kind.label)) for kind in found]


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def ask_result_correction(request: HttpRequest, event: UUID, kind: str) -> HttpResponse:
    """Ask first what is wrong and why, then show what would change for whom, with the button that
    asks for it.
    """
    found, rights = office_event(request, event, "lead_judging", "compute_results")
    office = queries.event_office(request.user, found, rights)
    if kind not in CorrectionKind.values:
        raise NotFound
    chosen = CorrectionKind(kind)
    form = ResultCorrectionForm(
        request.POST if request.method == "POST" else None, event=found, kind=chosen
    )
    preview, problem, status = None, "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                parts = form.parts()
                if "shown" in request.POST:
                    reason, shown = form.cleaned_data["reason"], request.POST["shown"]
                    workflows.request_correction(
                        actor=request.user, event=found, reason=reason, shown=shown, **parts
                    )
                    messages.success(
                        request,
                        _("Request submitted. A second person must now check it and decide."),
                    )
                    return redirect("competitions:results", event)
                preview, status = (
                    queries.preview_correction(found, workflows.correction_of(found, **parts)),
                    200,
                )
            except DomainError as error:
                problem, status = str(error), error.status
    context = {
        "event": found,
        "kind": chosen,
        "consequence": CONSEQUENCES[chosen],
        "form": form,
        "problem": problem,
        "preview": preview,
        "dependents": dependents_of(RESULT, preview.result_ids, request.user) if preview else [],
        "possible": (chosen.value, str(chosen.label)) in kinds_for(office),
        "public": found.state == "published",
    }
    return render(request, "competitions/office/correct.html", context, status=status)


def shown_to_second_person(event: Event, correction: Correction, viewer: Actor) -> dict[str, Any]:
    """Return what the second person sees of a waiting correction, which is what changes for whom
    and what depends on it.
    """
    try:
        preview = queries.preview_correction(event, correction)
    except DomainError as error:
        return {"preview_problem": str(error)}
    stale = preview.digest != correction.shown_digest
    return {
        "preview": preview,
        "stale": stale,
        "dependents": dependents_of(RESULT, preview.result_ids, viewer),
        "consequence": CONSEQUENCES[CorrectionKind(correction.kind)],
        "public": event.state == "published",
    }
