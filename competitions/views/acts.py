"""Handle the actions of an event's office. Each has a page that names its consequence, is done by
one workflow, and is refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from competitions import queries, workflows
from competitions.enums import DrawState, Scoring, TwoPersonRequestState
from competitions.forms.office import EventReasonForm
from competitions.models import Draw, Event
from competitions.queries.office import OpenSheet, open_sheets
from competitions.queries.review import ModuleReview
from competitions.views._shared import office_event
from competitions.views.corrections import shown_to_second_person
from core.actors import Actor
from core.errors import DomainError, NotFound

Run = Callable[[Any, Event, str, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class EventAct:
    """One action of the office. `may` is its name in `EventOffice.may`, `right` the short codename
    it needs.
    """

    may: str
    right: str
    title: Any
    consequence: Any
    label: Any
    done: Any
    run: Run
    detail: Any = ""
    danger: bool = False
    form: type[forms.Form] | None = None
    lists: Callable[[Event, str], list[OpenSheet]] | None = field(default=None)
    takes_part: bool = False
    looks: Callable[[Event, str], dict[str, Any]] | None = field(default=None)
    """What is looked at before the button: context for the page, with `shown` for what comes back with the press."""


def _module(event: Event, code: str) -> Any:
    scheme = queries.present_scheme(event)
    module = scheme.modules.filter(code=code).first() if scheme else None
    if module is None:
        raise NotFound
    return module


def _confirm(actor: Actor, event: Event, shown: str) -> Any:
    results = event.result_sets.filter(state="provisional").first()
    if results is None:
        raise DomainError(
            "nothing_to_confirm",
            gettext("There are no results to confirm. Reload the page."),
        )
    return workflows.confirm_results(actor=actor, results=results, shown=shown)


def review_of(event: Event, module: str) -> ModuleReview:
    """Return the marks of a module, with who counts once the blind numbers are open."""
    draw = Draw.objects.filter(event=event).only("state").first()
    opened = draw is not None and draw.state == DrawState.OPENED
    return queries.module_review(
        event, module, entries=dict(queries.opened_field(event).entries) if opened else None
    )


def _marks_of_module(event: Event, part: str) -> dict[str, Any]:
    review = review_of(event, part)
    return {"review": review, "shown": review.shown}


def _modules_to_look_at(event: Event, _part: str) -> dict[str, Any]:
    return {"module_progress": queries.measure_marking_progress(event).modules}


def _standing(event: Event, _part: str) -> dict[str, Any]:
    results = queries.find_current_results(event)
    lines = queries.result_table(event, sealed=_sealed(event))
    return {
        "lines": lines,
        "modules": [code for code, _mark in lines[0].modules] if lines else [],
        "results": results,
        "shown": results.digest if results else "",
        "rounded_apart": any(line.rounded_apart for line in lines),
        "of_sheets": event.scoring == Scoring.SHEETS,
    }


def _sealed(event: Event) -> bool:
    draw = Draw.objects.filter(event=event).only("state").first()
    return draw is not None and draw.state != DrawState.OPENED and event.scoring == Scoring.SHEETS


ACTS: dict[str, EventAct] = {
    "freeze-scheme": EventAct(
        "freeze_scheme", "manage_event",
        _("Freeze the marking scheme"),
        _(
            "After this, the scheme can't be changed. Aspects, steps, weights and benchmarks "
            "stay as they are now."),
        _("Freeze the scheme"), _("The scheme is frozen."),
        lambda actor, event, _part, _data: workflows.freeze_scheme(actor=actor, event=event),
    ),
    "open-registration": EventAct(
        "open_registration", "manage_event",
        _("Open registration"),
        _(
            "The competition becomes public and workers can enter. Weights and rules can't be "
            "changed after this."),
        _("Open registration"), _("Registration is open."),
        lambda actor, event, _part, _data: workflows.open_registration(actor=actor, event=event),
    ),
    "draw": EventAct(
        "draw_blind_codes", "keep_codes",
        _("Draw the blind numbers"),
        _(
            "Registration closes. Each accepted entry gets a random blind number. Who is behind "
            "it stays sealed until two people unseal it."),
        _("Draw and seal"), _(
            "The blind numbers are drawn and sealed. The commitment is on the competition's "
            "page."),
        lambda actor, event, _part, _data: workflows.draw_blind_codes(actor=actor, event=event),
        detail=_(
            "A draw can't be repeated. Its commitment is published immediately and its seed "
            "after unsealing, so that anybody can check it."),
    ),
    "open-scoring": EventAct(
        "open_scoring", "lead_judging",
        _("Open marking"),
        _(
            "A score sheet is created for each blind number and module. All judges on a panel "
            "see the same list. Panels can't be changed after this."),
        _("Open marking"), _("Marking is open. Judges can see their score sheets."),
        lambda actor, event, _part, _data: workflows.open_scoring(actor=actor, event=event),
    ),
    "lock-module": EventAct(
        "lock_module", "lead_judging",
        _("Lock module %(part)s"),
        _(
            "Judges can no longer change the marks. Only you can ask to reopen a score sheet, "
            "and a second person decides."),
        _("Lock module %(part)s"), _("Module %(part)s is locked."),
        lambda actor, event, part, data: workflows.lock_module(
            actor=actor, event=event, module=_module(event, part), shown=data["shown"]
        ),
        lists=lambda event, part: open_sheets(event, module=part), takes_part=True, looks=_marks_of_module,
    ),
    "close-day": EventAct(
        "lock_module", "lead_judging",
        _("Close day %(part)s"),
        _(
            "Marking for this day ends. Every score sheet of the day's modules must be locked "
            "first."),
        _("Close day %(part)s"), _("Day %(part)s is closed."),
        lambda actor, event, part, _data: workflows.close_day(actor=actor, event=event, day=int(part)),
        lists=lambda event, part: open_sheets(event, day=int(part)), takes_part=True,
    ),
    "lock": EventAct(
        "lock_event", "lead_judging",
        _("Lock all marks"),
        _(
            "Marking ends and the results can be calculated. Every score sheet must be locked "
            "first."),
        _("Lock all marks"), _("All marks are locked."),
        lambda actor, event, _part, _data: workflows.lock_event(actor=actor, event=event),
        lists=lambda event, _part: open_sheets(event), looks=_modules_to_look_at,
    ),
    "compute": EventAct(
        "compute_results", "compute_results",
        _("Calculate the results"),
        _(

                "Ranks, scaled scores and awards are calculated from the locked marks and kept "
                "under seal. Nobody can see them until two people unseal the blind numbers. "
                "Another person confirms them."
        ),
        _("Calculate the results"), _(
            "The results are calculated. Next, two people unseal the blind numbers, and then "
            "another person confirms the results."),
        lambda actor, event, _part, _data: workflows.compute_results(actor=actor, event=event),
    ),
    "unseal": EventAct(
        "request_unseal", "keep_codes",
        _("Request unsealing of the blind numbers"),
        _(
            "A second person decides. After unsealing, the office can see names and score "
            "sheets can't be reopened. Results can then only be corrected by two people."),
        _("Submit the request"), _("Request submitted. A second person must now approve it."),
        lambda actor, event, _part, data: workflows.request_unseal(actor=actor, event=event, reason=data["reason"]),
        form=EventReasonForm,
    ),
    "confirm": EventAct(
        "confirm_results", "confirm_results",
        _("Confirm the results"),
        _(

                "The system calculates everything again, and the results must be identical. "
                "They are then final. Certificates are issued when the results are published."
        ),
        _("Confirm as second person"), _("The results are confirmed."),
        lambda actor, event, _part, data: _confirm(actor, event, data["shown"]),
        looks=_standing,
    ),
    "publish": EventAct(
        "publish_results", "publish_results",
        _("Publish the results"),
        _(

                "Everybody can see ranks and marks, and the names of competitors with an award. "
                "Award certificates are issued. Later changes need two people, and each new "
                "version is published."
        ),
        pgettext_lazy("results", "Publish"), _("The results are published."),
        lambda actor, event, _part, _data: workflows.publish_results(actor=actor, event=event), looks=_standing,
    ),
    "cancel": EventAct(
        "cancel_event", "manage_event",
        _("Cancel the competition"),
        _(
            "A cancelled competition can't be restored. Entries and marks stay on record, and "
            "the competition's page is no longer shown."),
        _("Cancel the competition"), _("The competition is cancelled."),
        lambda actor, event, _part, data: workflows.cancel_event(actor=actor, event=event, reason=data["reason"]),
        danger=True, form=EventReasonForm,
    ),
}  # fmt: skip
# In the order of an event's life: the first that is possible now is the office's one red button.
ORDER = (
    "freeze-scheme",
    "open-registration",
    "draw",
    "open-scoring",
    "lock",
    "compute",
    "unseal",
    "confirm",
    "publish",
)


def title_of(key: str, part: str = "") -> str:
    """Return the title of an action."""
    return str(ACTS[key].title) % {"part": part} if part else str(ACTS[key].title)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def confirm_event_act(request: HttpRequest, event: UUID, key: str, part: str = "") -> HttpResponse:
    """Show the confirmation page of an action and do it. A refusal is shown on the same page with
    what was typed.
    """
    chosen = ACTS.get(key)
    if (
        chosen is None
        or chosen.takes_part != bool(part)
        or (key == "close-day" and not (part.isascii() and part.isdigit()))
    ):
        raise NotFound
    found, _rights = office_event(request, event, chosen.right)
    if key == "lock-module":
        _module(found, part)
    form = chosen.form(request.POST if request.method == "POST" else None) if chosen.form else None
    problem = ""
    status = 200
    if request.method == "POST":
        if form is not None and not form.is_valid():
            status = 422
        else:
            try:
                data = {
                    **(form.cleaned_data if form else {}),
                    "shown": request.POST.get("shown", "")[:64],
                }
                chosen.run(request.user, found, part, data)
            except DomainError as error:
                problem, status = str(error), error.status
            else:
                messages.success(
                    request, str(chosen.done) % {"part": part} if part else str(chosen.done)
                )
                return redirect("competitions:office", event)
    named = {"part": part}
    context = {
        "event": found,
        "key": key,
        "title": str(chosen.title) % named if part else chosen.title,
        "label": str(chosen.label) % named if part else chosen.label,
        "act": chosen,
        "form": form,
        "problem": problem,
        "blocking": chosen.lists(found, part) if chosen.lists else [],
        **(chosen.looks(found, part) if chosen.looks else {}),
    }
    return render(request, "competitions/office/act.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def decide_event_request(request: HttpRequest, event: UUID, asked: UUID) -> HttpResponse:
    """Approve or refuse a request as the second person."""
    found, rights = office_event(request, event, "witness", "confirm_results")
    rows = found.requests.select_related(
        "asked_by", "sheet__module", "sheet__code", "correction__code", "correction__sheet__module"
    )
    waiting = (
        rows.select_related("correction__sheet__code", "correction__aspect", "correction__judge")
        .filter(public_id=asked)
        .first()
    )
    if waiting is None:
        raise NotFound
    correction = getattr(waiting, "correction", None)
    right = "confirm_results" if correction is not None else "witness"
    problem, status = "", 200
    decision = request.POST.get("decision", "")
    if request.method == "POST" and decision not in {"approve", "refuse"}:
        problem, status = (
            gettext("Choose one of the two buttons. Nothing has been decided yet."),
            422,
        )
    elif request.method == "POST":
        run = workflows.approve_request if decision == "approve" else workflows.refuse_request
        try:
            run(actor=request.user, request=waiting)
        except DomainError as error:
            problem, status = str(error), error.status
        else:
            messages.success(
                request,
                gettext("Approved and carried out.")
                if decision == "approve"
                else gettext("Refused. Nothing was changed."),
            )
            return redirect(
                "competitions:results" if correction is not None else "competitions:office", event
            )
    context = {
        "event": found,
        "asked": waiting,
        "own": waiting.asked_by_id == request.user.pk,
        "may": right in rights,
        "problem": problem,
        "correction": correction,
        "preview_problem": "",
    }
    if correction is not None and waiting.state == TwoPersonRequestState.WAITING:
        context |= shown_to_second_person(found, correction, request.user)
    return render(request, "competitions/office/decide.html", context, status=status)
