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
from competitions.enums import DrawState, RequestState, Scoring
from competitions.forms.office import ReasonForm
from competitions.models import Draw, Event
from competitions.queries.office import OpenSheet, open_sheets
from competitions.queries.review import ModuleReview
from competitions.views._shared import office_event
from competitions.views.corrections import shown_to_second_person
from core.errors import DomainError, NotFound

Run = Callable[[Any, Event, str, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Act:
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


def _confirm(actor: Any, event: Event, shown: str) -> Any:
    results = event.result_sets.filter(state="provisional").first()
    if results is None:
        raise DomainError("nothing_to_confirm", gettext("There are no results waiting to be confirmed. Reload the page."))
    return workflows.confirm_results(actor=actor, results=results, shown=shown)


def review_of(event: Event, module: str) -> ModuleReview:
    """Return the marks of a module, with who counts once the blind numbers are open."""
    draw = Draw.objects.filter(event=event).only("state").first()
    opened = draw is not None and draw.state == DrawState.OPENED
    return queries.module_review(event, module, entries=dict(queries.opened_field(event).entries) if opened else None)


def _marks_of_module(event: Event, part: str) -> dict[str, Any]:
    review = review_of(event, part)
    return {"review": review, "shown": review.shown}


def _modules_to_look_at(event: Event, _part: str) -> dict[str, Any]:
    return {"module_progress": queries.progress(event).modules}


def _standing(event: Event, _part: str) -> dict[str, Any]:
    results = queries.standing_results(event)
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


ACTS: dict[str, Act] = {
    "freeze-scheme": Act(
        "freeze_scheme", "manage_event",
        _("Freeze the marking scheme"),
        _("The scheme never changes again: judges, steps, weights and benchmarks stand as they are now."),
        _("Freeze the scheme"), _("The scheme is frozen."),
        lambda actor, event, _part, _data: workflows.freeze_scheme(actor=actor, event=event),
    ),
    "open-registration": Act(
        "open_registration", "manage_event",
        _("Open registration"),
        _("Everybody sees the competition and workers can enter. Weights and rules stand still from now on."),
        _("Open registration"), _("Registration is open."),
        lambda actor, event, _part, _data: workflows.open_registration(actor=actor, event=event),
    ),
    "draw": Act(
        "draw_blind_codes", "keep_codes",
        _("Draw the blind numbers"),
        _("Registration ends. Each qualified entry gets a random number; who is behind it stays sealed until two people open it."),
        _("Draw and seal"), _("Drawn and sealed. The commitment stands on the public page."),
        lambda actor, event, _part, _data: workflows.draw_blind_codes(actor=actor, event=event),
        detail=_("A draw can't be repeated. Its commitment is published at once, its seed after unsealing, so that anybody can check it."),
    ),
    "open-scoring": Act(
        "open_scoring", "lead_judging",
        _("Open the marking"),
        _("A sheet is made for each number and module, and all judges of a panel see the same list. Panels can't be changed afterwards."),
        _("Open the marking"), _("The marking is open: judges see their sheets."),
        lambda actor, event, _part, _data: workflows.open_scoring(actor=actor, event=event),
    ),
    "lock-module": Act(
        "lock_module", "lead_judging",
        _("Lock module %(part)s"),
        _("Judges can't change its marks any more. Only you can ask for a sheet to be opened again, and a second person decides."),
        _("Lock module %(part)s"), _("Module %(part)s is locked."),
        lambda actor, event, part, data: workflows.lock_module(
            actor=actor, event=event, module=_module(event, part), shown=data["shown"]
        ),
        lists=lambda event, part: open_sheets(event, module=part), takes_part=True, looks=_marks_of_module,
    ),
    "close-day": Act(
        "lock_module", "lead_judging",
        _("Close day %(part)s"),
        _("The marking of this day is over. Every sheet of its modules has to be locked."),
        _("Close day %(part)s"), _("Day %(part)s is closed."),
        lambda actor, event, part, _data: workflows.close_day(actor=actor, event=event, day=int(part)),
        lists=lambda event, part: open_sheets(event, day=int(part)), takes_part=True,
    ),
    "lock": Act(
        "lock_event", "lead_judging",
        _("Lock all marks"),
        _("The marking ends and results can be worked out. Every sheet has to be locked."),
        _("Lock all marks"), _("All marks are locked."),
        lambda actor, event, _part, _data: workflows.lock_event(actor=actor, event=event),
        lists=lambda event, _part: open_sheets(event), looks=_modules_to_look_at,
    ),
    "compute": Act(
        "compute_results", "compute_results",
        _("Work out the results"),
        _(
            "Ranks, scale points and awards are worked out from the locked marks and kept under seal: nobody sees them before "
            "two people have opened the blind numbers. Another person confirms them."
        ),
        _("Work out the results"), _("Worked out. Next, two people open the blind numbers and somebody else confirms."),
        lambda actor, event, _part, _data: workflows.compute_results(actor=actor, event=event),
    ),
    "unseal": Act(
        "request_unseal", "keep_codes",
        _("Ask to open the blind numbers"),
        _("A second person decides. Once opened, names are known to the office, and sheets stay closed: only two people correct results."),
        _("Ask for it"), _("Asked. A second person now has to agree."),
        lambda actor, event, _part, data: workflows.request_unseal(actor=actor, event=event, reason=data["reason"]),
        form=ReasonForm,
    ),
    "confirm": Act(
        "confirm_results", "confirm_results",
        _("Confirm the results"),
        _(
            "Everything is worked out once more and has to come out the same. Results are final then. "
            "Certificates are issued when they are published."
        ),
        _("Confirm as second person"), _("The results are confirmed."),
        lambda actor, event, _part, data: _confirm(actor, event, data["shown"]),
        looks=_standing,
    ),
    "publish": Act(
        "publish_results", "publish_results",
        _("Publish the results"),
        _(
            "Everybody sees ranks and marks, and the names of those with an award; award certificates are issued. "
            "Later changes are corrections by two people, and everybody sees the new version."
        ),
        pgettext_lazy("results", "Publish"), _("The results are published."),
        lambda actor, event, _part, _data: workflows.publish_results(actor=actor, event=event), looks=_standing,
    ),
    "cancel": Act(
        "cancel_event", "manage_event",
        _("Cancel the competition"),
        _("It can't be opened again. Entries and marks stay on record, the public page disappears."),
        _("Cancel the competition"), _("The competition is cancelled."),
        lambda actor, event, _part, data: workflows.cancel_event(actor=actor, event=event, reason=data["reason"]),
        danger=True, form=ReasonForm,
    ),
}  # fmt: skip
# In the order of an event's life: the first that is possible now is the office's one red button.
ORDER = ("freeze-scheme", "open-registration", "draw", "open-scoring", "lock", "compute", "unseal", "confirm", "publish")


def title_of(key: str, part: str = "") -> str:
    """Return the title of an action."""
    return str(ACTS[key].title) % {"part": part} if part else str(ACTS[key].title)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, event: UUID, key: str, part: str = "") -> HttpResponse:
    """Show the confirmation page of an action and do it. A refusal is shown on the same page with
    what was typed.
    """
    chosen = ACTS.get(key)
    if chosen is None or chosen.takes_part != bool(part) or (key == "close-day" and not (part.isascii() and part.isdigit())):
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
                data = {**(form.cleaned_data if form else {}), "shown": request.POST.get("shown", "")[:64]}
                chosen.run(request.user, found, part, data)
            except DomainError as error:
                problem, status = str(error), error.status
            else:
                messages.success(request, str(chosen.done) % {"part": part} if part else str(chosen.done))
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
def decide(request: HttpRequest, event: UUID, asked: UUID) -> HttpResponse:
    """Approve or refuse a request as the second person."""
    found, rights = office_event(request, event, "witness", "confirm_results")
    rows = found.requests.select_related("asked_by", "sheet__module", "sheet__code", "correction__code", "correction__sheet__module")
    waiting = rows.select_related("correction__sheet__code", "correction__aspect", "correction__judge").filter(public_id=asked).first()
    if waiting is None:
        raise NotFound
    correction = getattr(waiting, "correction", None)
    right = "confirm_results" if correction is not None else "witness"
    problem, status = "", 200
    decision = request.POST.get("decision", "")
    if request.method == "POST" and decision not in {"approve", "refuse"}:
        problem, status = gettext("Choose one of the two buttons. Nothing is decided yet."), 422
    elif request.method == "POST":
        run = workflows.approve_request if decision == "approve" else workflows.refuse_request
        try:
            run(actor=request.user, request=waiting)
        except DomainError as error:
            problem, status = str(error), error.status
        else:
            messages.success(request, gettext("Agreed and done.") if decision == "approve" else gettext("Refused. Nothing was changed."))
            return redirect("competitions:results" if correction is not None else "competitions:office", event)
    context = {
        "event": found,
        "asked": waiting,
        "own": waiting.asked_by_id == request.user.pk,
        "may": right in rights,
        "problem": problem,
        "correction": correction,
        "preview_problem": "",
    }
    if correction is not None and waiting.state == RequestState.WAITING:
        context |= shown_to_second_person(found, correction, request.user)
    return render(request, "competitions/office/decide.html", context, status=status)
