"""Show the office of an event, with its state, who is waited for, entries, judges, sheets and
results. Changes are made in `acts`, and here by form.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.checks import missing_right_error
from competitions import grants, queries, workflows
from competitions.enums import EventState
from competitions.errors import WrongMoment
from competitions.forms.office import (
    EventForm,
    EventReasonForm,
    JudgeForm,
    MinutesForm,
    NumberForm,
    NumberRecusalForm,
    RecusalForm,
    RescoreForm,
    StaffForm,
)
from competitions.models import Event, Sheet
from competitions.queries.code_book import CODE_BOOK_OPEN_FOR
from competitions.queries.event import REVIEWABLE
from competitions.queries.office import (
    find_entry_candidates,
    find_event_entry,
    numbers_of,
    open_sheets,
    person_to_enter,
    recusals_of,
    sheet_of_event,
    staff_of,
)
from competitions.queries.review import remarks_of_module
from competitions.queries.vacancies import open_vacancies
from competitions.rules.runs import group_number_runs
from competitions.views._shared import office_event
from competitions.views.acts import ACTS, ORDER, review_of
from competitions.views.corrections import kinds_for
from core import clock
from core.actors import Actor
from core.errors import DomainError, NotFound
from core.sheets import XLSX, write_workbook
from core.text import clean_query

SEES_MARKS = frozenset({"lead_judging", "confirm_results"})
SEES_NAMES = frozenset({"manage_event", "keep_codes"})
STAGES = (
    EventState.DRAFT,
    EventState.OPEN,
    EventState.DRAWN,
    EventState.SCORING,
    EventState.LOCKED,
    EventState.PROVISIONAL,
    EventState.CONFIRMED,
    EventState.PUBLISHED,
)


def _tabs(event: Event, rights: frozenset[str], here: str) -> list[tuple[str, str, bool]]:
    """Return the pages of an event's office this person may open, as (url name, label, here)."""
    rows = [
        ("office", _("Overview"), True),
        ("entries", _("Entries"), bool(rights & SEES_NAMES)),
        ("judges", _("Judges and roles"), "manage_event" in rights),
    ]
    if event.scoring == "sheets":
        rows += [
            ("scheme", _("Scheme"), True),
            ("sheets", _("Score sheets"), "lead_judging" in rights),
        ]
        rows += [
            (
                "marks",
                pgettext("competition", "Marks"),
                bool(rights & SEES_MARKS) and event.state in REVIEWABLE,
            )
        ]
        fills = event.state == EventState.SCORING and bool(
            rights & {"manage_event", "lead_judging"}
        )
        rows += [("substitutes", _("Substitutes"), fills)]
    else:
        rows += [("totals", _("Totals"), "manage_event" in rights)]
    rows += [("results", pgettext("competition", "Results"), True)]
    return [(f"competitions:{name}", label, name == here) for name, label, shown in rows if shown]


def build_office_context(
    request: HttpRequest, event: Event, rights: frozenset[str], here: str
) -> dict[str, Any]:
    """Return the context that every page of the office needs besides its own."""
    return {"event": event, "rights": rights, "tabs": _tabs(event, rights, here)}


@login_required
@require_GET
def office_list(request: HttpRequest) -> HttpResponse:
    """Show the events this person has an office in."""
    events = queries.managed_events(request.user)
    return render(
        request,
        "competitions/office/list.html",
        {
            "page": Paginator(events, 30).get_page(request.GET.get("page")),
            "may_create": _may_create(request.user),
        },
    )


def _may_create(user: Actor) -> bool:
    return EventForm(user=user).fields["org"].queryset.exists()


@login_required
@require_http_methods(["GET", "POST"])
def event_new(request: HttpRequest) -> HttpResponse:
    """Set up an event."""
    form = EventForm(request.POST if request.method == "POST" else None, user=request.user)
    if not form.fields["org"].queryset.exists():
        raise missing_right_error(grants.CREATE)
    if request.method == "POST" and form.is_valid():
        try:
            event = workflows.create_event(actor=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("The competition has been created. Only its office can see it for now.")
            )
            return redirect("competitions:office", event.public_id)
    return render(
        request,
        "competitions/office/event_form.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


@login_required
@require_http_methods(["GET", "POST"])
def event_edit(request: HttpRequest, event: UUID) -> HttpResponse:
    """Change facts and choices while the event is in preparation."""
    found, rights = office_event(request, event, "manage_event")
    form = EventForm(
        request.POST if request.method == "POST" else None,
        instance=Event.objects.get(pk=found.pk),
        user=request.user,
    )
    if request.method == "POST" and form.is_valid():
        try:
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            if changes:
                workflows.update_event(actor=request.user, event=found, **changes)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Changed."))
            return redirect("competitions:office", event)
    return render(
        request,
        "competitions/office/event_form.html",
        {"form": form, **build_office_context(request, found, rights, "office")},
        status=422 if form.errors else 200,
    )


@login_required
@never_cache
@require_GET
def show_event_office(request: HttpRequest, event: UUID) -> HttpResponse:
    """Show the state of the event, what this person can do now, and who is waited for."""
    found, rights = office_event(request, event)
    view = queries.event_office(request.user, found, rights)
    marking = found.scoring == "sheets" and found.state not in {
        EventState.DRAFT,
        EventState.OPEN,
        EventState.DRAWN,
        EventState.CANCELLED,
    }
    progress = queries.measure_marking_progress(found) if marking else None
    possible = [key for key in ORDER if ACTS[key].may in view.may]
    opened = open_sheets(found) if marking and found.state == EventState.SCORING else []
    if "lock" in possible and progress and progress.locked < progress.sheets:
        possible.remove("lock")
    stage = STAGES.index(EventState(found.state)) + 1 if found.state in STAGES else 0
    context = {
        **build_office_context(request, found, rights, "office"),
        "office": view,
        "progress": progress,
        "open_by_module": _by_module(opened),
        "open_on_paper": {
            code: group_number_runs((row.number, row.seats) for row in rows)
            for code, rows in _by_module(opened).items()
        },
        "acts": [(key, ACTS[key].title) for key in possible],
        "stage": stage,
        "stage_labels": [state.label for state in STAGES],
        "stages": len(STAGES),
        "waiting": _waiting(found, view, progress),
        "staff": staff_of(found),
        "counts": _entry_counts(view),
        "days": sorted({module.day for module in progress.modules}) if progress else [],
        "sees_names": bool(rights & SEES_NAMES),
        "may_look": bool(rights & {"witness", "confirm_results"}),
        "now": clock.now(),
    }
    return render(request, "competitions/office/office.html", context)


def _by_module(rows: list[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.sheet.module.code, []).append(row)
    return found


def _entry_counts(view: Any) -> dict[str, int]:
    states = [line.entry.state for line in view.entries]
    return {
        "all": len(states),
        "submitted": states.count("submitted"),
        "qualified": states.count("qualified"),
    }


def _waiting(event: Event, view: Any, progress: Any) -> str:
    """Say what the event waits for, and for whom."""
    state = EventState(event.state)
    counts = _entry_counts(view)
    if state == EventState.SCORING and progress:
        left = progress.sheets - sum(module.signed + module.locked for module in progress.modules)
        if left:
            return _("%(count)s score sheets are still missing marks or judges' signatures.") % {
                "count": left
            }
        if progress.locked == progress.sheets:
            return _("Every module is locked. The chief judge can now lock all marks.")
        return _(
            "Every score sheet is signed. The chief judge can now lock the modules, and "
            "then all marks."
        )
    if state == EventState.PUBLISHED and view.requests:
        return _("The results are published. The requests below are waiting for a second person.")
    return {
        EventState.DRAFT: _(
            "The competition officer prepares the marking scheme, roles and judges. Then "
            "registration opens."
        ),
        EventState.OPEN: _(
            "%(submitted)s entries are waiting for review by the competition officer. Then "
            "the secrecy officer draws the blind numbers."
        )
        % counts,
        EventState.DRAWN: _("The chief judge opens marking when the panels are complete.")
        if event.scoring == "sheets"
        else _("The competition officer imports the totals."),
        EventState.LOCKED: _("The competition officer calculates the results."),
        EventState.PROVISIONAL: _(
            "A person who didn't calculate the results checks and confirms them."
        )
        if not view.sealed and view.draw is not None
        else _(
            "The secrecy officer asks to unseal the blind numbers, and a second person "
            "approves. Then a person who didn't calculate the results confirms them."
        ),
        EventState.CONFIRMED: _("The competition officer publishes the results."),
        EventState.PUBLISHED: _("The results are published. There is nothing left to do."),
        EventState.CANCELLED: _("The competition is cancelled."),
    }.get(state, "")


# ---- entries ----


@login_required
@require_GET
def list_event_entries(request: HttpRequest, event: UUID) -> HttpResponse:
    """Show the list of entries. Names are shown to people who decide on entries or keep the
    numbers, and never a number beside a name.
    """
    found, rights = office_event(request, event, "manage_event", "keep_codes")
    view = queries.event_office(request.user, found, rights)
    text = clean_query(request.GET.get("q", ""), most=50)
    chosen = request.GET.get("state", "")
    lines = [line for line in view.entries if not chosen or line.entry.state == chosen]
    context = {
        **build_office_context(request, found, rights, "entries"),
        "office": view,
        "page": Paginator(lines, 50).get_page(request.GET.get("page")),
        "text": text,
        "chosen": chosen,
        "candidates": find_entry_candidates(request.user, found, text)
        if "manage_event" in rights and found.state == EventState.OPEN
        else [],
        "counts": _entry_counts(view),
    }
    return render(request, "competitions/office/entries.html", context)


@login_required
@require_POST
def entry_add(request: HttpRequest, event: UUID, person: UUID) -> HttpResponse:
    """Enter a person of one's own unions."""
    found, _rights = office_event(request, event, "manage_event")
    someone = person_to_enter(request.user, person)
    if someone is None:
        raise NotFound
    workflows.register_entry(actor=request.user, event=found, person=someone)
    messages.success(request, _("The member has been entered. Review the entry below."))
    return redirect("competitions:entries", event)


@login_required
@require_http_methods(["GET", "POST"])
def entry_decide(request: HttpRequest, event: UUID, entry: UUID, to: str) -> HttpResponse:
    """Qualify an entry at once, or reject it with the reason the worker will read."""
    found, rights = office_event(request, event, "manage_event")
    chosen = find_event_entry(found, entry)
    if chosen is None:
        raise NotFound
    form = (
        EventReasonForm(request.POST if request.method == "POST" else None)
        if to == "reject"
        else None
    )
    problem, status = "", 200
    if request.method == "POST":
        if form is not None and not form.is_valid():
            status = 422
        else:
            try:
                if form is None:
                    workflows.qualify_entry(actor=request.user, entry=chosen)
                else:
                    workflows.reject_entry(
                        actor=request.user, entry=chosen, reason=form.cleaned_data["reason"]
                    )
            except DomainError as error:
                problem, status = str(error), error.status
            else:
                messages.success(
                    request,
                    _("The entry was accepted.")
                    if form is None
                    else _("The entry was rejected. The worker can see your reason."),
                )
                return redirect("competitions:entries", event)
    return render(
        request,
        "competitions/office/entry_decide.html",
        {
            **build_office_context(request, found, rights, "entries"),
            "entry": chosen,
            "form": form,
            "to": to,
            "problem": problem,
        },
        status=status,
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_variables("book")
def code_book(request: HttpRequest, event: UUID) -> HttpResponse:
    """Show who is behind each number, for check-in. The secrecy officer asks with a reason, a
    second person agrees, and every look is recorded.
    """
    found, rights = office_event(request, event, "keep_codes")
    agreed, waiting = (
        queries.code_book_request(found, request.user),
        queries.code_book_waiting(found),
    )
    looks = request.method == "POST" and "look" in request.POST
    form = EventReasonForm(request.POST if request.method == "POST" and not looks else None)
    form.fields["reason"].help_text = _(
        "For example: check-in. The second person sees the reason, and it is kept on record."
    )
    book, problem, status = None, "", 200
    if looks or form.is_valid():
        try:
            if looks:
                book = workflows.read_code_book(actor=request.user, event=found)
            else:
                workflows.request_code_book(
                    actor=request.user, event=found, reason=form.cleaned_data["reason"]
                )
                messages.success(
                    request, _("Request submitted. You can look once a second person approves it.")
                )
                return redirect("competitions:code_book", event)
        except DomainError as error:
            problem, status = str(error), error.status
    elif request.method == "POST":
        status = 422
    context = {
        **build_office_context(request, found, rights, "entries"),
        "form": form,
        "book": book,
        "problem": problem,
        "agreed": agreed,
        "open_until": agreed.decided_at + CODE_BOOK_OPEN_FOR
        if agreed and agreed.decided_at
        else None,
        "waiting": waiting,
    }
    return render(request, "competitions/office/code_book.html", context, status=status)


# ---- judges and offices ----


@login_required
@require_http_methods(["GET", "POST"])
def manage_event_judges(request: HttpRequest, event: UUID) -> HttpResponse:
    """Show panels and offices, and who stands aside for whom with the reason."""
    found, rights = office_event(request, event, "manage_event")
    view = queries.event_office(request.user, found, rights)
    which = request.POST.get("form", "") if request.method == "POST" else ""
    modules = [(module.code, f"{module.code} {module.name}") for module in view.modules]
    seat = JudgeForm(request.POST if which == "judge" else None, modules=modules, prefix="judge")
    staff = StaffForm(request.POST if which == "staff" else None, prefix="staff")
    people = [
        (str(line.entry.public_id), f"{line.name} {line.employer}".strip()) for line in view.entries
    ]
    aside = RecusalForm(
        request.POST if which == "recusal" else None,
        judges=[
            (str(line.judge.public_id), f"{line.judge.seat} · {line.name}") for line in view.judges
        ],
        entries=people,
        prefix="recusal",
    )
    sent = {"judge": seat, "staff": staff, "recusal": aside}.get(which)
    if sent is not None and sent.is_valid():
        try:
            _seat(request.user, found, which, sent.cleaned_data, view)
        except DomainError as error:
            sent.add_error(None, str(error))
        else:
            messages.success(
                request,
                {
                    "judge": _("The judge has been appointed."),
                    "staff": _("The role has been assigned."),
                    "recusal": _("The judge's recusal has been recorded."),
                }[which],
            )
            return redirect("competitions:judges", event)
    context = {
        **build_office_context(request, found, rights, "judges"),
        "office": view,
        "judge_form": seat,
        "staff_form": staff,
        "recusal_form": aside,
        "recusals": recusals_of(found),
        "staff": staff_of(found),
        # While marking runs judges are seated only where a seat has fallen vacant.
        "may_seat": "assign_judge" in view.may
        or (found.state == EventState.SCORING and open_vacancies(found).exists()),
        "substitutes_url": _address("competitions:substitutes", event),
        "may_recuse": found.state in {EventState.DRAFT, EventState.OPEN, EventState.DRAWN}
        and bool(view.judges and view.entries),
    }
    return render(
        request, "competitions/office/judges.html", context, status=422 if sent is not None else 200
    )


def _seat(actor: Actor, event: Event, which: str, data: dict[str, Any], view: Any) -> None:
    if which == "judge":
        modules = (
            list(view.scheme.modules.filter(code__in=data["modules"])) if view.scheme else None
        )
        workflows.assign_judge(actor=actor, event=event, user=data["user"], modules=modules)
    elif which == "staff":
        workflows.assign_staff(actor=actor, event=event, user=data["user"], role=data["role"])
    else:
        judge = next(
            line.judge for line in view.judges if str(line.judge.public_id) == data["judge"]
        )
        entry = next(
            line.entry for line in view.entries if str(line.entry.public_id) == data["entry"]
        )
        workflows.declare_recusal(actor=actor, judge=judge, entry=entry, reason=data["reason"])


# ---- sheets, for the chief judge ----


@login_required
@never_cache
@require_GET
def list_module_sheets(request: HttpRequest, event: UUID) -> HttpResponse:
    """Show the sheets of a module by number, with what the chief judge can do about each."""
    found, rights = office_event(request, event, "lead_judging")
    scheme = queries.present_scheme(found)
    modules = queries.scheme_outline(scheme) if scheme else ()
    chosen = request.GET.get("module", "") or (modules[0].code if modules else "")
    listed = queries.sheets_of_module(found, chosen)
    missing = {row.sheet.pk: row.seats for row in open_sheets(found, module=chosen)}
    context = {
        **build_office_context(request, found, rights, "sheets"),
        "modules": modules,
        "chosen": chosen,
        "rows": [(sheet, missing.get(sheet.pk, ())) for sheet in listed],
        "numbers": numbers_of(found),
    }
    return render(request, "competitions/office/sheets.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def sheet_act(request: HttpRequest, event: UUID, sheet: UUID, key: str) -> HttpResponse:
    """Ask for a sheet to be opened again, order another round, or record the time used."""
    found, rights = office_event(request, event, "lead_judging")
    chosen = sheet_of_event(found, sheet)
    if chosen is None:
        raise NotFound
    form = _sheet_form(request, chosen, key)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _run_sheet_act(request.user, chosen, key, form.cleaned_data)
            except DomainError as error:
                form.add_error(None, str(error))
                status = error.status
            else:
                said = {
                    "reopen": _("Request submitted. A second person must now approve it."),
                    "rescore": _("The panel scores this aspect again."),
                    "minutes": _("Recorded."),
                }
                messages.success(request, said[key])
                return redirect(
                    f"{_address('competitions:sheets', event)}?module={chosen.module.code}"
                )
    titles = {
        "reopen": (
            _("Request reopening of the score sheet"),
            _(
                "All signatures become void, and the same judges mark and sign again. A "
                "second person decides."
            ),
            _("Submit the request"),
        ),
        "rescore": (
            _("Score an aspect again"),
            _(
                "The current scores no longer count but stay on record. Every judge scores "
                "this aspect again."
            ),
            _("Order rescoring"),
        ),
        "minutes": (
            _("Record the time"),
            _("The signatures cover the time used, so record it before the judges sign."),
            _("Record the time used"),
        ),
    }
    title, consequence, label = titles[key]
    context = {
        **build_office_context(request, found, rights, "sheets"),
        "sheet": chosen,
        "form": form,
        "title": title,
        "consequence": consequence,
        "label": label,
    }
    return render(request, "competitions/office/sheet_act.html", context, status=status)


def _address(name: str, *args: Any) -> str:
    return str(redirect(name, *args)["Location"])


def _sheet_form(request: HttpRequest, sheet: Sheet, key: str) -> Any:
    data = request.POST if request.method == "POST" else None
    if key == "rescore":
        return RescoreForm(
            data,
            aspects=[
                (a.code, f"{a.code} {a.name}")
                for a in sheet.module.aspects.filter(kind="J").order_by("position")
            ],
        )
    if key == "minutes":
        return MinutesForm(
            data if request.method == "POST" else None, initial={"minutes": sheet.minutes}
        )
    return EventReasonForm(data)


def _run_sheet_act(actor: Actor, sheet: Sheet, key: str, data: dict[str, Any]) -> None:
    if key == "reopen":
        workflows.request_reopen(actor=actor, sheet=sheet, reason=data["reason"])
    elif key == "rescore":
        workflows.order_rescore(
            actor=actor, sheet=sheet, aspect=data["aspect"], reason=data["reason"]
        )
    else:
        workflows.record_minutes(actor=actor, sheet=sheet, minutes=data["minutes"])


@login_required
@never_cache
@require_GET
def show_marks(request: HttpRequest, event: UUID) -> HttpResponse:
    """Show every mark of a module, which the chief judge locks and the second person confirms."""
    found, rights = office_event(request, event, "lead_judging", "confirm_results")
    scheme = queries.present_scheme(found)
    modules = queries.scheme_outline(scheme) if scheme else ()
    chosen = request.GET.get("module", "") or (modules[0].code if modules else "")
    review = review_of(found, chosen)
    context = {
        **build_office_context(request, found, rights, "marks"),
        "modules": modules,
        "chosen": chosen,
        "review": review,
    }
    context["remarks"] = remarks_of_module(found, chosen)
    return render(request, "competitions/office/marks.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def change_number_state(request: HttpRequest, event: UUID, number: int) -> HttpResponse:
    """Note that a number is absent, retired or disqualified, or competes after all, or that a
    judge knows whose work it is.
    """
    found, rights = office_event(request, event, "lead_judging")
    code = next((one for one in numbers_of(found) if one.number == number), None)
    if code is None:
        raise NotFound
    recuses = request.method == "POST" and request.POST.get("form") == "recusal"
    form = NumberForm(
        request.POST if request.method == "POST" and not recuses else None,
        initial={"to": code.state},
    )
    judges = [
        (str(judge.public_id), f"{judge.seat} · {judge.user}")
        for judge in found.judges.select_related("user").order_by("seat")
    ]
    aside = NumberRecusalForm(request.POST if recuses else None, judges=judges, prefix="recusal")
    sent, status = (aside if recuses else form), 200
    if request.method == "POST":
        status = 422
        if sent.is_valid():
            try:
                _note_about_number(request.user, found, code, recuses, sent.cleaned_data)
            except DomainError as error:
                sent.add_error(None, str(error))
                status = error.status
            else:
                messages.success(request, _("Recorded."))
                return redirect("competitions:sheets", event)
    context = {
        **build_office_context(request, found, rights, "sheets"),
        "code": code,
        "form": form,
        "recusal_form": aside
        if judges and found.state in {EventState.SCORING, EventState.LOCKED}
        else None,
    }
    return render(request, "competitions/office/number.html", context, status=status)


def _note_about_number(
    actor: Actor, event: Event, code: Any, recuses: bool, data: dict[str, Any]
) -> None:
    if not recuses:
        workflows.change_competing_state(
            actor=actor, code=code, to=data["to"], reason=data["reason"]
        )
        return
    judge = event.judges.get(public_id=data["judge"])
    workflows.recuse_from_number(
        actor=actor, event=event, judge=judge, number=code.number, reason=data["reason"]
    )


# ---- results ----


@login_required
@never_cache
@require_GET
def show_office_results(request: HttpRequest, event: UUID) -> HttpResponse:
    """Show the present version of the results to the office once the blind numbers are open, and
    the versions before.
    """
    found, rights = office_event(request, event)
    view = queries.event_office(request.user, found, rights)
    lines = queries.result_table(found, sealed=view.sealed)
    modules = [code for code, _mark in lines[0].modules] if lines else []
    context = {
        **build_office_context(request, found, rights, "results"),
        "office": view,
        "lines": lines,
        "named": any(line.name for line in lines),
        "modules": modules,
        "rounded_apart": any(line.rounded_apart for line in lines),
        "tops": [key for key in ("confirm", "publish") if ACTS[key].may in view.may],
        "versions": queries.published_versions(found),
        "corrections": queries.list_result_corrections(found),
        "kinds": kinds_for(view),
    }
    return render(request, "competitions/office/results.html", context)


@login_required
@require_GET
def results_workbook(request: HttpRequest, event: UUID) -> HttpResponse:
    """Send the results as a workbook."""
    found, rights = office_event(request, event)
    view = queries.event_office(request.user, found, rights)
    if view.sealed and view.results is not None:
        raise WrongMoment(
            "results_sealed",
            _(
                "The results have been calculated under seal. Two people must unseal the "
                "blind numbers before you can download them."
            ),
        )
    lines = queries.result_table(found)
    if not lines:
        raise NotFound
    modules = [code for code, _mark in lines[0].modules]
    named = any(line.name for line in lines)
    headings = [
        _("Rank"),
        _("Blind number"),
        *([pgettext("competition", "Name"), _("Employer")] if named else []),
        *modules,
        _("Raw mark"),
        _("Scaled score"),
        _("Award"),
        _("Tie decided by"),
        _("Remark"),
    ]
    rows = [_workbook_row(line, modules, named=named) for line in lines]
    if any(line.rounded_apart for line in lines):
        rows.append(
            [
                _(
                    "Module marks and totals are rounded separately, so the module marks "
                    "shown may not add up exactly to the total."
                )
            ]
        )
    return _download(
        write_workbook(
            headings, rows, title=pgettext("competition", "Results"), widths=(8, 10, 14)
        ),
        f"results-{found.public_id}.xlsx",
    )


def _workbook_row(line: Any, modules: list[str], *, named: bool) -> list[Any]:
    row, marks = line.row, dict(line.modules)
    employer = row.entry.employer.name if row.entry and row.entry.employer else ""
    return [
        row.rank if row.rank is not None else "",
        line.number,
        *([line.name, employer] if named else []),
        *[float(marks[code]) if code in marks else "" for code in modules],
        float(row.total) if row.total is not None else "",
        row.scale if row.scale is not None else "",
        row.get_award_display() if row.award else "",
        row.decided_by,
        "" if line.competes else row.get_standing_display(),
    ]


def _download(content: bytes, filename: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "no-store"
    return response
