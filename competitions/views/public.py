"""Show what is public, which is the list, the page of an event and the board, and a worker's own
entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from competitions import queries, workflows
from competitions.enums import EventState
from competitions.queries import BoardRow, EventBoard
from competitions.views._shared import event_for
from core import clock
from core.errors import DomainError
from core.text import clean_query
from people.queries import person_of

# What a visitor looks for: (key, states).
FILTERS: tuple[tuple[str, frozenset[str]], ...] = (
    ("", frozenset()),
    ("open", frozenset({EventState.OPEN})),
    (
        "running",
        frozenset(
            {
                EventState.DRAWN,
                EventState.SCORING,
                EventState.LOCKED,
                EventState.PROVISIONAL,
                EventState.CONFIRMED,
            }
        ),
    ),
    ("published", frozenset({EventState.PUBLISHED})),
)
TONES = {
    EventState.OPEN: "ok",
    EventState.PUBLISHED: "honour",
    EventState.SCORING: "info",
    EventState.DRAWN: "info",
}
RESULTS_SHOWN = frozenset({EventState.CONFIRMED, EventState.PUBLISHED})
ROWS_WITH_BARS = 10
COLUMN_FROM, LONGEST_COLUMN = 11, 12


@require_http_methods(["GET", "HEAD"])
def event_list(request: HttpRequest) -> HttpResponse:
    """Show the public events, newest first."""
    text, chosen = clean_query(request.GET.get("q", ""), most=50), request.GET.get("state", "")
    wanted = dict(FILTERS).get(chosen, frozenset())
    found = [event for event in queries.public_events(text) if not wanted or event.state in wanted]
    labels = {
        "": _("All"),
        "open": _("Registration open"),
        "running": _("Under way"),
        "published": _("With published results"),
    }
    context = {
        "page": Paginator(
            [(event, TONES.get(EventState(event.state), "")) for event in found], 24
        ).get_page(request.GET.get("page")),
        "text": text,
        "chosen": chosen if wanted else "",
        "filters": [(key, labels[key]) for key, _states in FILTERS],
    }
    return render(request, "competitions/list.html", context)


def event_detail(request: HttpRequest, event: UUID) -> HttpResponse:
    """Show facts, timetable, modules with weights, how marks are made, and how far the results
    are.
    """
    page = queries.event_page(event, request.user)
    person = person_of(request.user)
    return render(
        request,
        "competitions/detail.html",
        {
            "page": page,
            "event": page.event,
            "tone": TONES.get(EventState(page.event.state), ""),
            "timetable": _timetable(page.event) if page.event.state != EventState.CANCELLED else [],
            "days": sorted({module.day for module in page.modules}),
            "weighted": any(module.weight != 1 for module in page.modules),
            "tie_break": [_link(link) for link in page.event.tie_break],
            "may_enter": page.may_enter and person is not None,
            "person": person,
            "may_withdraw": page.own_entry is not None
            and page.event.state == EventState.OPEN
            and page.own_entry.state in {"submitted", "qualified"},
            "has_results": page.event.state in RESULTS_SHOWN,
            "versions": queries.published_versions(page.event)
            if page.event.state == EventState.PUBLISHED
            else [],
            "may_office": request.user.is_authenticated
            and bool(queries.rights_on(request.user, page.event)),
        },
    )


def _timetable(event: Any) -> list[dict[str, Any]]:
    """Return the stages of an event with their days, the present one marked."""
    order = list(EventState)
    at = order.index(EventState(event.state))
    rows = [
        (_("Registration"), _("until"), event.registration_ends_on, EventState.OPEN),
        (_("Blind numbers drawn"), "", None, EventState.DRAWN),
        (_("Competition and marking"), "", event.starts_on, EventState.SCORING),
        (_("Results calculated and confirmed by a second person"), "", None, EventState.CONFIRMED),
        (_("Results published"), "", event.published_at, EventState.PUBLISHED),
    ]
    places = [order.index(state) for *_rest, state in rows]
    published = event.state == EventState.PUBLISHED
    now = (
        len(rows)
        if published
        else next((index for index, place in enumerate(places) if at <= place), len(rows))
    )
    return [
        {
            "label": label,
            "word": word,
            "day": day,
            "done": i < now,
            "now": i == now,
            "running": i == now and at == places[i],
        }
        for i, (label, word, day, _s) in enumerate(rows)
    ]


def _link(link: str) -> str:
    names = {
        "total": _("total"),
        "practical": _("practical modules"),
        "time": _("shorter time"),
        "theory": _("theory modules"),
    }
    return names.get(link) or _("module %(code)s") % {"code": link.removeprefix("module:")}


@dataclass(frozen=True, slots=True)
class BoardLayout:
    """The layout of the board's rows, in how many tables side by side, with or without bars."""

    chunks: tuple[tuple[BoardRow, ...], ...]
    dense: bool
    bars: bool


def choose_board_layout(rows: tuple[BoardRow, ...]) -> BoardLayout:
    """Return the rows split so that a field of fifty still fits on one screen."""
    if len(rows) < COLUMN_FROM:
        return BoardLayout((rows,) if rows else (), dense=False, bars=True)
    columns = -(-len(rows) // LONGEST_COLUMN)
    size = -(-len(rows) // max(columns, 2))
    return BoardLayout(
        tuple(rows[start : start + size] for start in range(0, len(rows), size)),
        dense=True,
        bars=False,
    )


@never_cache
def show_public_board(request: HttpRequest, event: UUID) -> HttpResponse:
    """Show the big screen, with blind numbers until results are published and never a mark that
    isn't locked. A cancelled competition has none.
    """
    found = event_for(request, event, cancelled=True)
    if found.cancelled_at is not None:
        return redirect("competitions:detail", found.public_id)
    shown: EventBoard = queries.build_event_board(found)
    final = shown.stage in {"confirmed", "published"}
    context = {
        "now": clock.now(),
        "modules": () if final else shown.modules,
        "board": shown,
        "own": shown.stage == "published" and queries.has_entry(request.user, found),
        "event": found,
        "layout": choose_board_layout(shown.rows),
        "live": shown.stage in {"marking", "live", "provisional", "waiting", "confirmed"},
    }
    return render(request, "competitions/board.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def show_own_marks(request: HttpRequest, event: UUID) -> HttpResponse:
    """Show a competitor's own marks, line by line, once results are published. Before that, say
    what is waited for.
    """
    found = event_for(request, event, cancelled=True)
    if found.cancelled_at is not None:
        return redirect("competitions:detail", found.public_id)
    return render(
        request,
        "competitions/mine.html",
        {"event": found, "own": queries.own_marks(request.user, found)},
    )


@login_required
@require_http_methods(["GET", "POST"])
def enter_competition(request: HttpRequest, event: UUID) -> HttpResponse:
    """Enter oneself, after reading what it means. Entering twice changes nothing."""
    page = queries.event_page(event, request.user)
    person = person_of(request.user)
    problem = (
        ""
        if person
        else _(
            "Your account isn't linked to a person yet. Ask your union to link it before you enter."
        )
    )
    if request.method == "POST" and person:
        try:
            workflows.register_entry(actor=request.user, event=page.event, person=person)
        except DomainError as error:
            problem = str(error)
        else:
            messages.success(
                request,
                _(
                    "Your entry has been submitted. The host reviews it, and the decision "
                    "appears on this page."
                ),
            )
            return redirect("competitions:detail", event)
    return render(
        request,
        "competitions/enter.html",
        {"page": page, "event": page.event, "person": person, "problem": problem},
        status=409 if problem else 200,
    )


@login_required
@require_http_methods(["GET", "POST"])
def withdraw_own_entry(request: HttpRequest, event: UUID) -> HttpResponse:
    """Take one's own entry back before the draw."""
    page = queries.event_page(event, request.user)
    if page.own_entry is None:
        return redirect("competitions:detail", event)
    problem = ""
    if request.method == "POST":
        try:
            workflows.withdraw_entry(actor=request.user, entry=page.own_entry)
        except DomainError as error:
            problem = str(error)
        else:
            messages.success(request, _("Your entry has been withdrawn."))
            return redirect("competitions:detail", event)
    return render(
        request,
        "competitions/withdraw.html",
        {"page": page, "event": page.event, "problem": problem},
        status=409 if problem else 200,
    )
