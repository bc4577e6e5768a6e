"""Show the search page. It works as a plain form, and with htmx the results follow the typing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from search import queries, registry
from search.errors import EngineDown

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

log = structlog.get_logger("craftpath.search")
MAX_DIGITS = 6
RESTING_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Chip:
    """One way to narrow. `href` turns it on, or off when it is `chosen`."""

    label: str | _StrPromise
    count: int
    chosen: bool
    href: str


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """One facet with its values as a choice."""

    name: str
    label: str | _StrPromise
    chosen: str
    choices: Sequence[tuple[str, str, int]]  # value, words, count


@require_safe
def show_search_results(request: HttpRequest) -> HttpResponse:
    """Answer a search. With htmx the list alone is sent. When the engine is away, a sentence is
    sent with status 503 (200 to htmx, which shows no 503).
    """
    text = request.GET.get("q", "")
    kinds = [
        kind for kind in request.GET.getlist("kind") if registry.get_registered_document(kind)
    ][:1]
    chosen = {name: request.GET.get(name, "") for name in registry.list_registered_facets()}
    partial = bool(getattr(request, "htmx", False)) and not request.htmx.boosted
    context: dict[str, Any] = {
        "text": text[:200],
        "kind": kinds[0] if kinds else "",
        "examples": _examples(),
    }
    status = 200
    try:
        found = queries.search_documents(
            text,
            request.user,
            kinds=kinds,
            facets={name: [value] for name, value in chosen.items() if value},
            page=_number(request.GET.get("page")),
        )
    except EngineDown as error:
        log.warning("search_engine_down", reason=str(error))
        context["resting"] = True
        status = 200 if partial else 503
    else:
        context |= {
            "results": found,
            "page": _pages(found),
            "chips": _chips(request.GET, found, kinds),
            "facets": _facets(found.facets, chosen),
            "narrowed": bool(kinds or any(chosen.values())),
            "elsewhere": sum(found.kinds.values()) if kinds and not found.total else 0,
        }
    response = render(
        request,
        "search/_results.html" if partial else "search/results.html",
        context,
        status=status,
    )
    patch_vary_headers(response, ("HX-Request",))
    if status == 503:
        response["Retry-After"] = str(RESTING_SECONDS)
    return response


def _number(text: str | None) -> int:
    """Return a page number. Anything invalid is the first page."""
    return (
        int(text) if text and text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else 1
    )


def _pages(found: queries.Results) -> Page[int]:
    return Paginator(range(found.reachable), found.size).get_page(found.page)


def _address(query: QueryDict, **changes: str) -> str:
    """Return this search with *changes* (an empty one taken out), from its first page."""
    changed = query.copy()
    changed.pop("page", None)
    for name, value in changes.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return f"?{changed.urlencode()}"


def _chips(query: QueryDict, found: queries.Results, kinds: Sequence[str]) -> list[Chip]:
    """Return a chip for everything and one for each kind that finds something, or is chosen."""
    if not found.kinds:
        return []
    shown = [
        document
        for document in registry.list_registered_documents()
        if document.kind in found.kinds or document.kind in kinds
    ]
    chips = [Chip("", sum(found.kinds.values()), not kinds, _address(query, kind=""))]
    for document in shown:
        on = document.kind in kinds
        chips.append(
            Chip(
                document.label,
                found.kinds.get(document.kind, 0),
                on,
                _address(query, kind="" if on else document.kind),
            )
        )
    return chips


def _facets(
    counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, str]
) -> list[FacetChoice]:
    """Return the facets that would narrow this answer, or do already."""
    out = []
    for name, (label, show) in registry.list_registered_facets().items():
        values = counts.get(name, {})
        if len(values) > 1 or chosen[name]:
            choices = sorted(
                ((value, str(show(value)), count) for value, count in values.items()),
                key=lambda choice: (-choice[2], choice[1]),
            )
            out.append(FacetChoice(name, label, chosen[name], choices))
    return out


def _examples() -> tuple[str, ...]:
    return ("焊工 三级", "dhgjn", "6-18-02-04")
