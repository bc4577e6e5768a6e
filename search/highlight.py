"""Mark what was searched for in the text that is shown, as safe HTML. This works on the stored
text, never on tokens.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from search import analysis, pinyin
from search.characters import Folded, fold_text
from search.question import SearchQuestion, SearchUnit

Span = tuple[int, int]
BEFORE, AFTER = 30, 110  # characters kept around the first match of a long text


def find_spans(text: str, question: SearchQuestion, *, sound: bool = True) -> list[Span]:
    """Return the stretches of *text* that answer *question*, in order and without overlap. With
    *sound*, pinyin matches count too.

    A synonym is marked only where nothing of what was typed occurs.
    """
    folded = fold_text(text)
    found = [span for unit in question.units for span in _unit_spans(folded, unit, sound=sound)]
    if not found:
        found = [
            span
            for one in question.alike
            for unit in one.units
            for span in _unit_spans(folded, unit, sound=False)
        ]
    if sound and question.joined_pinyin and not found:
        found += pinyin.find_pinyin_windows(folded.text, question.joined_pinyin)
    return _merged(_original(folded, text, span) for span in found)


def _unit_spans(folded: Folded, unit: SearchUnit, *, sound: bool) -> list[Span]:
    text = folded.text
    if unit.code or (not unit.chinese and any(ch.isdigit() for ch in unit.text)):
        return _code_spans(text, unit.text)
    if unit.chinese:
        whole = _occurrences(text, unit.text)
        return whole or [span for gram in unit.grams for span in _occurrences(text, gram)]
    starts = [
        (run.start, run.start + len(unit.text))
        for run in analysis.split_runs(text)
        if not run.chinese and run.text.startswith(unit.text)
    ]
    if not starts and sound and unit.sounded:
        return pinyin.find_pinyin_windows(text, unit.text)
    return starts


def _occurrences(text: str, wanted: str) -> list[Span]:
    out = []
    start = text.find(wanted)
    while start >= 0:
        out.append((start, start + len(wanted)))
        start = text.find(wanted, start + 1)
    return out


def _code_spans(text: str, wanted: str) -> list[Span]:
    """Find *wanted* (letters and digits) in *text*, with any marks between its characters."""
    places = [i for i, ch in enumerate(text) if ch.isalnum()]
    plain = "".join(text[i] for i in places)
    return [(places[a], places[b - 1] + 1) for a, b in _occurrences(plain, wanted)]


def _original(folded: Folded, text: str, span: Span) -> Span:
    """Map a span of folded text back to *text*. A character that folds to nothing (a variation
    selector) stays with the character before it.
    """
    start, stop = span
    return folded.origin[start], folded.origin[stop] if stop < len(folded.origin) else len(text)


def _merged(found: Iterable[Span]) -> list[Span]:
    out: list[Span] = []
    for start, stop in sorted(found):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(stop, out[-1][1]))
        elif stop > start:
            out.append((start, stop))
    return out


def mark_spans(text: str, found: Iterable[Span]) -> SafeString:
    """Return *text* escaped, with each of the stretches *found* in a `<mark>`."""
    out: list[str] = []
    place = 0
    for start, stop in found:
        out += [escape(text[place:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        place = stop
    out.append(escape(text[place:]))
    return mark_safe("".join(out))


def mark_summary(
    text: str, body: str, question: SearchQuestion, *, sound: bool = False
) -> SafeString:
    """Return the marked summary, or the lines of *body* around the first match where the summary
    has none.

    With *sound* (nothing in the title answers), by pinyin too.
    """
    found = find_spans(text, question, sound=sound)
    if found or not body:
        return mark_spans(text, found)
    found = find_spans(body, question, sound=False)
    if not found:
        return mark_spans(text or _cut(body, 0, AFTER), [])
    start = max(found[0][0] - BEFORE, 0)
    stop = min(max(found[0][1], start + BEFORE + AFTER), len(body))
    inside = [
        (max(a, start) - start, min(b, stop) - start) for a, b in found if a < stop and b > start
    ]
    piece = mark_spans(body[start:stop], inside)
    return mark_safe(("…" if start else "") + piece + ("…" if stop < len(body) else ""))


def _cut(text: str, start: int, stop: int) -> str:
    return text[start:stop] + ("…" if stop < len(text) else "")
