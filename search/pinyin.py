"""Give readings of Chinese text, for people who type without choosing characters, so that
`hangong` and `hg` both find 焊工.

A title gives one token for each place a search may begin at, which is the readings of everything
from there on, run together. A search is then a prefix of such a token, so it may also stop in the
middle of a syllable.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

from core.readings import load_pypinyin
from search.characters import may_have_pinyin

MAX_SYLLABLES = 20  # in one token: 20 syllables stay below Elasticsearch's 255 characters a token
MAX_READINGS = 8  # of one beginning: 行长 has four
MAX_ALTERNATIVES = 3  # of one character in its context


def _unreadable(unknown: str) -> Any:
    """Give characters without a reading an empty one each, so that places stay aligned."""
    return [[""] for _ in unknown]


@lru_cache(maxsize=4096)
def list_pinyin_readings(run: str) -> tuple[tuple[str, ...], ...]:
    """Return for each character of *run* its readings without tones, likeliest first, or `()`
    where none is known.

    Words of several characters are read in context (重庆 → chong), single ones in all their ways.
    `lü` counts as `lv` and as `lu`.
    """
    if not run:
        return ()
    found = load_pypinyin().pinyin(
        run, style=load_pypinyin().Style.NORMAL, heteronym=True, errors=_unreadable
    )
    out = []
    for ways in found:
        plain: list[str] = []
        for way in ways[:MAX_ALTERNATIVES]:
            for form in (way, way.replace("v", "u")) if "v" in way else (way,):
                if form.isascii() and form.isalpha() and form not in plain:
                    plain.append(form)
        out.append(tuple(plain))
    if len(out) != len(
        run
    ):  # pypinyin knows no such case; without one reading a character nothing could be aligned
        return tuple(() for _ in run)
    return tuple(out)


def _joined(ways: tuple[tuple[str, ...], ...], *, initials: bool) -> set[str]:
    """Return the texts that *ways* (readings of a beginning) can be typed as, at most
    `MAX_READINGS`.
    """
    likeliest = [options[0] for options in ways]
    variants = [likeliest]
    for place, options in enumerate(ways):
        for option in options[1:]:
            if len(variants) >= MAX_READINGS:
                break
            # One departure from the likeliest reading for each variant, and both of two neighbours
            # (行长: hang or xing, zhang or chang).
            variants.append([*likeliest[:place], option, *likeliest[place + 1 :]])
            if place and variants and len(ways[place - 1]) > 1 and len(variants) < MAX_READINGS:
                variants.append(
                    [*likeliest[: place - 1], ways[place - 1][1], option, *likeliest[place + 1 :]]
                )
    return {
        "".join(syllable[0] if initials else syllable for syllable in variant)
        for variant in variants
    }


def list_pinyin_tokens(run: str) -> set[str]:
    """Return the full and initial tokens of a run of Chinese characters, one beginning at each
    character.
    """
    ways = list_pinyin_readings(run)
    out: set[str] = set()
    for start in range(len(ways)):
        stop = start
        while stop < len(ways) and ways[stop] and stop - start < MAX_SYLLABLES:
            stop += 1
        if stop > start:
            part = ways[start:stop]
            out |= _joined(part, initials=False) | _joined(part, initials=True)
    return out


def read_likeliest_pinyin(run: str) -> str:
    """Return the likeliest reading of *run*, with its syllables run together. Characters without a
    reading are left out.
    """
    return "".join(ways[0] for ways in list_pinyin_readings(run) if ways)


def find_pinyin_windows(text: str, wanted: str, *, distance: int = 0) -> list[tuple[int, int]]:
    """Return the stretches `(start, stop)` of *text* whose full or initial pinyin begins with or
    equals *wanted*.

    With *distance* 1, one wrong, missing, extra or swapped letter is forgiven, and the stretch must
    be read to its end.
    """
    out = []
    for begin, end in _runs(text):
        ways = list_pinyin_readings(text[begin:end])
        for start in range(len(ways)):
            for initials in (False, True):
                stop = _match(ways[start:], wanted, initials=initials, distance=distance)
                if stop:
                    out.append((begin + start, begin + start + stop))
                    break
    return out


def _runs(text: str) -> list[tuple[int, int]]:
    """Return the stretches of *text* that may have a reading."""
    edges = [
        0,
        *(
            i
            for i in range(1, len(text))
            if may_have_pinyin(text[i]) != may_have_pinyin(text[i - 1])
        ),
        len(text),
    ]
    return [(a, b) for a, b in pairwise(edges) if b > a and may_have_pinyin(text[a])]


def _match(ways: tuple[tuple[str, ...], ...], wanted: str, *, initials: bool, distance: int) -> int:
    """Return how many characters of *ways*, read from the first, make up *wanted*, or 0 when they
    don't.
    """
    texts = {""}
    for count, options in enumerate(ways[:MAX_SYLLABLES], start=1):
        if not options:
            return 0
        texts = {
            text + (option[0] if initials else option)
            for text in list(texts)[:MAX_READINGS]
            for option in options
        }
        if distance == 0:
            texts = {text for text in texts if text.startswith(wanted) or wanted.startswith(text)}
            if any(len(text) >= len(wanted) for text in texts):
                return count
        elif any(within_one_edit(text, wanted) for text in texts):
            return count
        if not texts:
            return 0
    return 0


def within_one_edit(left: str, right: str) -> bool:
    """Say whether one letter wrong, missing, extra or swapped with its neighbour separates *left*
    from *right* (or nothing does).
    """
    if left == right:
        return True
    if abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    if len(left) == len(right):
        return left[start + 1 :] == right[start + 1 :] or (
            left[start : start + 2] == right[start : start + 2][::-1]
            and left[start + 2 :] == right[start + 2 :]
        )
    short, long = sorted((left, right), key=len)
    return short[start:] == long[start + 1 :]
