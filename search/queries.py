"""Ask the index. All callers ask through `search_documents()`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from search import highlight, outbox, pinyin, registry
from search.characters import fold_text
from search.engines import get_search_engine
from search.engines.protocol import All, EngineAnswer, Indexed, Pattern, QueryNode, Request, Some
from search.models import Pending
from search.question import SearchQuestion, SearchUnit, near_miss, parse_question
from search.readers import tokens_for

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise
    from django.utils.safestring import SafeString

MAX_HITS = 1000  # nobody reads further; a page beyond answers with the last one
MAX_SIZE = 100
MAX_VALUE = 200
TRIES = 6  # words of a question that a suggestion is tried for
SHORTENED = 8  # characters of a long run that are tried, from either end


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. `title` and `summary` are safe HTML in which the matches are in `<mark>`."""

    kind: str
    label: str | _StrPromise
    tone: str
    pk: str
    title: SafeString
    summary: SafeString
    url: str
    date: date | None
    facets: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a search. `kinds` counts what each kind would give, `suggestion` is another
    question that does find something.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    took: float = 0.0  # milliseconds
    page: int = 1
    size: int = 20
    suggestion: str | None = None
    notice: str | _StrPromise = ""

    @property
    def reachable(self) -> int:
        """How many hits can be paged through."""
        return min(self.total, MAX_HITS)


def search_documents(
    text: str,
    user: Actor | None = None,
    kinds: Iterable[str] | None = None,
    facets: Mapping[str, Iterable[str]] | None = None,
    page: int = 1,
    size: int = 20,
) -> Results:
    """Return what *user* may see of what *text* finds, best first.

    Any text is accepted. Signs only separate, no more than 100 characters are searched, and
    `notice` says so. *facets* narrow by their values (several of one name mean any of them). Raises
    `EngineDown` when the index can't be asked.
    """
    started = time.perf_counter()
    question = parse_question(str(text))
    size = min(max(size, 1), MAX_SIZE)
    page = min(max(page, 1), max(MAX_HITS // size, 1))
    if not question:
        typed = bool(str(text).strip())
        notice = (
            _("Symbols alone can't be searched. Type a word, a code or its pinyin.")
            if typed
            else _("Type a word, a code or its pinyin.")
        )
        return Results(page=page, size=size, notice=notice)
    request = _request(question, user, kinds, facets)
    found, page = _page(request, page, size)
    payloads, hidden = _current(found, request)
    kinds_found = Counter(found.kinds) - Counter(payload["kind"] for payload in hidden)
    facets_found = Counter(found.facets) - Counter(
        f"{name}={value}"
        for payload in hidden
        for name, values in payload["facets"].items()
        for value in values
    )
    return Results(
        hits=tuple(_hit(payload, question) for payload in payloads),
        total=max(found.total - len(hidden), 0),
        kinds={
            document.kind: kinds_found[document.kind]
            for document in registry.list_registered_documents()
            if document.kind in kinds_found
        },
        facets=_by_name(facets_found),
        took=round((time.perf_counter() - started) * 1000, 1),
        page=page,
        size=size,
        suggestion=None
        if found.total
        else suggest_question(question, replace(request, kinds=(), facets=())),
        notice=_("Only the first 100 characters were searched.") if question.cut else "",
    )


def _request(
    question: SearchQuestion,
    user: Actor | None,
    kinds: Iterable[str] | None,
    facets: Mapping[str, Iterable[str]] | None,
) -> Request:
    known = {document.kind for document in registry.list_registered_documents()}
    narrowed = {
        name: tuple(filter(None, map(_value, values))) for name, values in (facets or {}).items()
    }
    return Request(
        must=question.must(),
        points=question.points(),
        weighed=question.weighed(),
        access=tokens_for(user),
        kinds=tuple(sorted({kind for kind in kinds or () if kind in known})),
        facets=tuple(sorted((name, values) for name, values in narrowed.items() if values)),
    )


def _value(value: object) -> str:
    """Return a facet value that every engine can take."""
    return str(value).encode("utf-8", "ignore").decode("utf-8")[:MAX_VALUE]


def _page(request: Request, page: int, size: int) -> tuple[EngineAnswer, int]:
    """Return the page asked for, or the last one there is."""
    found = get_search_engine().search(replace(request, offset=(page - 1) * size, size=size))
    if found.payloads or not found.total or page == 1:
        return found, page
    last = (min(found.total, MAX_HITS) - 1) // size + 1
    return get_search_engine().search(replace(request, offset=(last - 1) * size, size=size)), last


def _current(
    found: EngineAnswer, request: Request
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Return the payloads with those re-read whose rows have changed since, and the ones that are
    not for this reader any more.

    So a withdrawn or newly restricted thing is out of the results at once, not when the worker has
    come round to it.
    """
    if not found.payloads:
        return [], []
    shown = Q()
    for kind in {payload["kind"] for payload in found.payloads}:
        shown |= Q(
            kind=kind,
            object_pk__in=[payload["pk"] for payload in found.payloads if payload["kind"] == kind],
        )
    noted = set(Pending.objects.filter(shown).values_list("kind", "object_pk"))
    if not noted:
        return list(found.payloads), []
    fresh = {document.id: document for document in outbox.read_documents(noted)[0]}
    kept: list[Mapping[str, Any]] = []
    hidden: list[Mapping[str, Any]] = []
    for payload in found.payloads:
        document = fresh.get(f"{payload['kind']}:{payload['pk']}")
        if (payload["kind"], payload["pk"]) not in noted:
            kept.append(payload)
        elif document is not None and _may_see(document, request):
            kept.append(document.payload)
        else:
            hidden.append(payload)
    return kept, hidden


def _may_see(document: Indexed, request: Request) -> bool:
    return request.access is None or bool(set(document.values["access"]) & set(request.access))


def _hit(payload: Mapping[str, Any], question: SearchQuestion) -> Hit:
    document = registry.get_registered_document(payload["kind"])
    in_title = highlight.find_spans(payload["title"], question)
    return Hit(
        kind=payload["kind"],
        label=document.label if document else payload["kind"],
        tone=document.tone if document else "",
        pk=payload["pk"],
        title=highlight.mark_spans(payload["title"], in_title),
        summary=highlight.mark_summary(
            payload["summary"], payload["excerpt"], question, sound=not in_title
        ),
        url=payload["url"],
        date=date.fromisoformat(payload["date"]) if payload["date"] else None,
        facets=payload["facets"],
    )


def _by_name(counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    out: dict[str, dict[str, int]] = {}
    for token, count in counts.items():
        name, _equals, value = token.partition("=")
        out.setdefault(name, {})[value] = count
    return out


# -- did you mean


def suggest_question(question: SearchQuestion, request: Request) -> str | None:
    """Return a question near *question* that finds something this reader may see, or nothing."""
    quiet = replace(request, points=(), weighed=None, kinds=(), facets=(), size=5, count=False)
    return (
        _by_sound(question, quiet)
        or _without_a_word(question, quiet)
        or _shortened(question, quiet)
    )


def _by_sound(question: SearchQuestion, request: Request) -> str | None:
    """Try each unit as a slip of the input method (汉工 → 焊工) or of the fingers (hagnong → 焊工)."""
    for place, unit in list(enumerate(question.units))[:TRIES]:
        sound = pinyin.read_likeliest_pinyin(unit.text) if unit.chinese else unit.text
        if unit.code or not sound.isascii() or not sound.isalpha() or not 3 <= len(sound) <= 14:
            continue
        pattern = near_miss(sound)
        rest: list[QueryNode] = [
            other.found() for i, other in enumerate(question.units) if i != place
        ]
        found = get_search_engine().search(
            replace(
                request,
                must=All((Some((Pattern("pinyin", pattern), Pattern("title", pattern))), *rest)),
            )
        )
        for payload in found.payloads:
            better = _alike_in(payload["title"], sound, unit)
            if better:
                units = [*question.units[:place], better, *question.units[place + 1 :]]
                return question.with_units(units).text
    return None


def _alike_in(title: str, sound: str, unit: SearchUnit) -> SearchUnit | None:
    """Return the stretch of *title* that sounds like *sound* or is spelt like it."""
    folded = fold_text(title).text
    near = pinyin.find_pinyin_windows(folded, sound) or pinyin.find_pinyin_windows(
        folded, sound, distance=1
    )
    for start, stop in near:
        if folded[start:stop] != unit.text and (not unit.chinese or stop - start == len(unit.text)):
            return SearchUnit(folded[start:stop], chinese=True)
    for other in parse_question(title).units:
        if (
            not other.chinese
            and other.text != unit.text
            and pinyin.within_one_edit(other.text, unit.text)
        ):
            return other
    return None


def _without_a_word(question: SearchQuestion, request: Request) -> str | None:
    """Leave out the one word that finds most without it."""
    if len(question.units) < 2:
        return None
    best: tuple[int, str] = (0, "")
    for place in range(min(len(question.units), TRIES)):
        left = question.with_units(unit for i, unit in enumerate(question.units) if i != place)
        total = get_search_engine().search(replace(request, must=left.must(), size=1)).total
        best = max(best, (total, left.text), key=lambda pair: pair[0])
    return best[1] or None


def _shortened(question: SearchQuestion, request: Request) -> str | None:
    """Cut the longest Chinese run from its end or its beginning until it finds something. The
    longest piece wins.
    """
    text = max((unit.text for unit in question.units if unit.chinese), key=len, default="")
    for length in range(min(len(text) - 1, SHORTENED), 1, -1):
        for piece in dict.fromkeys((text[:length], text[-length:])):
            shorter = question.with_units([SearchUnit(piece, chinese=True)])
            if get_search_engine().search(replace(request, must=shorter.must(), size=1)).total:
                return piece
    return None
