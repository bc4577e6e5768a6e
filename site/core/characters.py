"""Decide what each character may do in a line of text. It is kept, mended, dropped or refused,
depending on the script where scripts differ.

The sources are Unicode's properties from Python and fontTools (scripts), Unicode's table of
radicals (`character_tables`), GB 18030-2022 for the private code points of older systems, and RFC
5892 A.1 and A.2 for joiners. Django isn't used here.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from fontTools.unicodedata import script as _script

from core.character_tables import EQUIVALENTS

# Radicals that stand for two characters in use (⼾: 户 or 戶, ⾭: 青 or 靑, ⺼: 肉 or 月) or for a mere part
# (⺌, ⺍): nobody can tell.
AMBIGUOUS_RADICALS = frozenset("⼾⾭⺼⺌⺍")
# Scripts whose letters change shape or join by U+200C and U+200D.
JOINING_SCRIPTS = frozenset(
    ["Arab", "Syrc", "Mand", "Nkoo", "Adlm", "Rohg", "Mong", "Phag", "Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda",
     "Mlym", "Sinh", "Thai", "Laoo", "Tibt", "Mymr", "Khmr", "Java", "Bali", "Sund", "Talu", "Lana", "Hebr"]
)  # fmt: skip
_ZWNJ, _ZWJ, _CGJ = "\u200c", "\u200d", "\u034f"
_JOINERS = frozenset((_ZWNJ, _ZWJ, _CGJ))
_MONGOLIAN_SELECTORS = frozenset("\u180b\u180c\u180d\u180e\u180f")
_EMOJI_SELECTORS = frozenset("\ufe0e\ufe0f")
# Format characters that are seen: signs of number and end of verse that stand before digits.
_SEEN = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
# No format characters by category, and yet nothing is seen of them: Hangul and Khmer fillers, and
# the empty Braille cell.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5\u2800")
LINE_ENDS = frozenset("\t\n\v\f\r\x85\u2028\u2029")
# What a program leaves where it has lost a character, and the place of an object.
_LOST = frozenset("\ufffc\ufffd")
_FIRST, _LEAD = 0xE815, 0xFE
_MOVED_LATER = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7,
    0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip


@lru_cache(maxsize=1)
def private_use_table() -> dict[int, int]:
    """Return private code point → character, for the 80 places of GBK's row FE50–FEA0."""
    table = dict(_MOVED_LATER)
    trails = [*range(0x50, 0x7F), *range(0x80, 0xA1)]
    for offset, trail in enumerate(trails):
        meant = ord(bytes([_LEAD, trail]).decode("gb18030"))
        if not 0xE000 <= meant <= 0xF8FF:
            table[_FIRST + offset] = meant
    return table


@lru_cache(maxsize=1)
def radical_table() -> dict[int, int]:
    """Return radical or stroke → the unified ideograph it looks like (Unicode's
    Equivalent_Unified_Ideograph).
    """
    return {ord(pair[0]): ord(pair[1]) for pair in EQUIVALENTS.split()}


def is_radical(character: str) -> bool:
    """Say whether *character* is a radical or a stroke, a sign of dictionaries that looks like an
    ideograph and is none.
    """
    return "\u2e80" <= character <= "\u2fdf" or "\u31c0" <= character <= "\u31ef"


def is_variation_selector(character: str) -> bool:
    """Say whether *character* chooses a form of the one before it, Mongolian selectors included."""
    return (
        "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        or character in _MONGOLIAN_SELECTORS
    )


@lru_cache(maxsize=16384)
def is_invisible(character: str) -> bool:
    """Say whether *character* alone is invisible, such as format characters, fillers, joiners and
    selectors. Blanks and controls don't count.
    """
    if character in _SEEN:
        return False
    return (
        unicodedata.category(character) == "Cf"
        or character in _FILLERS
        or character == _CGJ
        or is_variation_selector(character)
    )


@lru_cache(maxsize=16384)
def is_unwritable(character: str) -> bool:
    """Say whether no text may hold *character*. These are controls, private use, surrogates,
    unassigned code points, and marks that a program writes for a lost character.

    fontTools knows scripts of a newer Unicode than older Pythons do, so the ideographs of
    extensions I and H count as assigned.
    """
    category = unicodedata.category(character)
    if category == "Cn":
        return script_of(character) == "Zzzz"
    return category in {"Cc", "Co", "Cs"} or character in _LOST


@lru_cache(maxsize=16384)
def script_of(character: str) -> str:
    """Return the four letters (ISO 15924) of the script *character* belongs to, or `Zyyy` where
    several share it.
    """
    return str(_script(character))


def is_han(character: str) -> bool:
    """Say whether *character* is a Chinese character. 〇 and 々 count, radicals don't."""
    return script_of(character) == "Hani" and not is_radical(character)


def needs_invisible(character: str, before: str, after: str) -> bool:
    """Say whether the invisible *character* shapes its neighbours, so that it belongs to the text.

    *before* and *after* are the nearest characters that are seen (marks left out), or empty at the
    ends.
    """
    left, right = (script_of(one) if one else "" for one in (before, after))
    if character in _MONGOLIAN_SELECTORS:
        return left in {"Mong", "Phag"}
    if "\ufe00" <= character <= "\ufe02" and left in {"Mymr", "Phag"}:
        return True
    if character == _ZWJ:
        return left in JOINING_SCRIPTS or right in JOINING_SCRIPTS or _is_picture(before)
    if character in _JOINERS:
        return left in JOINING_SCRIPTS and bool(after)
    return character in _EMOJI_SELECTORS and (
        _is_picture(before) or (bool(before) and before in "0123456789#*")
    )


def _is_picture(character: str) -> bool:
    return bool(character) and unicodedata.category(character) in {"So", "Sk"}
