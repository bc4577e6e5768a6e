"""Fold and sort characters for search, and say which count as the same, as Chinese, and as a word.

Only search tokens are made from the folded form. Nothing shown or stored passes through here.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from core.characters import private_use_table, radical_table
from core.text import is_dash, simplified_table

# Characters cut into overlapping pairs: Han (all planes, 〇 々 and radicals too), kana, hangul, and
# the private-use areas where GB 18030 systems of the last thirty years put rare names.
_RUN_RANGES = (
    (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B), (0x3041, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3), (0xE000, 0xF8FF), (0xF900, 0xFAFF), (0x1B000, 0x1B16F), (0x20000, 0x3FFFD), (0xF0000, 0x10FFFD),
)  # fmt: skip


@lru_cache(maxsize=16384)
def is_run_character(ch: str) -> bool:
    """Say whether *ch* is written without spaces between words (Han, kana, hangul, private use)."""
    point = ord(ch)
    return any(low <= point <= high for low, high in _RUN_RANGES)


def may_have_pinyin(ch: str) -> bool:
    """Say whether *ch* may have a pinyin reading."""
    return (
        is_run_character(ch) and not 0x3041 <= ord(ch) <= 0x30FF and not 0xAC00 <= ord(ch) <= 0xD7A3
    )


@lru_cache(maxsize=16384)
def fold_for_search(ch: str) -> str:
    """Return the form in which *ch* is compared. Traditional and simplified characters have one
    form, and characters that can't be typed have none.

    Width, case, Latin accents, radicals and compatibility forms are folded too. Variation
    selectors, joiners, controls and lone surrogates fold to nothing or to a space, so a name
    written with them is found without them. Private code points become what older systems meant by
    them. Others and unassigned ones stay as they are.
    """
    return fold_form(ch).translate(simplified_table())


@lru_cache(maxsize=16384)
def fold_form(ch: str) -> str:
    """Return the result of `fold_for_search` with traditional characters left as they are, because
    乾隆 is read differently from 干.
    """
    category = unicodedata.category(ch)
    if category in {"Mn", "Me", "Cf"}:
        return ""
    if category in {"Cc", "Cs"}:
        return " "
    if is_dash(ch):
        return "-"
    meant = ch.translate(private_use_table()).translate(radical_table())
    folded = unicodedata.normalize("NFKC", meant).casefold()
    out = []
    for one in folded:
        base = unicodedata.normalize("NFD", one)[0]
        out.append(base if base < "\u0530" else one)
    return "".join(out)


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text, and for each of its characters the place in the original it came from."""

    text: str
    origin: tuple[int, ...]


def fold_text(text: str) -> Folded:
    """Fold *text* character by character, keeping the way back (for highlighting)."""
    out: list[str] = []
    origin: list[int] = []
    for place, ch in enumerate(text):
        folded = fold_for_search(ch)
        out.append(folded)
        origin.extend([place] * len(folded))
    return Folded("".join(out), tuple(origin))
