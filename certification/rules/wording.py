"""The wording of a certificate, which is a template with named fields to fill in.

`{course}` is a field. `**…**` is set in bold. `[，理论成绩{theory}分]` is left out if one of its fields
is empty. A new line starts a new paragraph. Certificates are Chinese documents, so the words here
are not interface texts and are in no message catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import groupby

FIELDS = frozenset(
    {
        "subject",
        "occupation",
        "level",
        "trade",
        "employer",
        "starts",
        "ends",
        "hours",
        "theory",
        "practice",
        "marks",
        "notice",
        "document",
        "event",
        "rank",
        "award",
        "host",
        "year",
    }
)
LEVELS = {
    0: "学徒工",
    1: "五级／初级工",
    2: "四级／中级工",
    3: "三级／高级工",
    4: "二级／技师",
    5: "一级／高级技师",
    6: "特级技师",
    7: "首席技师",
}
AWARDS = {
    "gold": "金牌",
    "silver": "银牌",
    "bronze": "铜牌",
    "medallion": "优胜奖章",
    "first": "一等奖",
    "second": "二等奖",
    "third": "三等奖",
}
_FIELD = re.compile(r"\{([a-z_]*)\}")
_CLAUSE = re.compile(r"\[([^\[\]]*)\]")
_DIGITS = "〇一二三四五六七八九"

Run = tuple[str, bool]
"""A piece of text, and whether it is bold."""


MarkedRun = tuple[str, bool, bool]
"""A piece of text, whether it is bold, and whether it differs from person to person within a batch."""

PERSONAL = frozenset({"employer", "hours", "theory", "practice", "marks", "rank"})


class WordingError(ValueError):
    """The template can't be filled. The argument is the field or character at fault."""


@lru_cache(maxsize=256)  # a batch asks for each of its certificates about the same few texts
def check_wording(template: str) -> None:
    """Raise `WordingError` if *template* names an unknown field or leaves a brace, bracket or `**`
    open.
    """
    for name in _FIELD.findall(template):
        if name not in FIELDS:
            raise WordingError(f"{{{name}}}")
    rest = _CLAUSE.sub(lambda m: m[1], _FIELD.sub("", template))
    for sign in "{}[]":
        if sign in rest:
            raise WordingError(sign)
    if any(paragraph.count("**") % 2 for paragraph in rest.splitlines()):
        raise WordingError("**")


def fill_wording(template: str, fields: Mapping[str, str]) -> tuple[tuple[Run, ...], ...]:
    """Return *template* filled with *fields*, as paragraphs of runs.

    The value of a field is text and never markup. A clause in brackets is left out if a field in it
    is empty or absent. Outside brackets an empty field raises `WordingError`, because no
    certificate is better than one with a gap.
    """
    return tuple(
        tuple(
            ("".join(text for text, *_ in runs), bold)
            for bold, runs in groupby(paragraph, key=lambda run: run[1])
        )
        for paragraph in fill_wording_marked(template, fields)
    )


def fill_wording_marked(
    template: str, fields: Mapping[str, str]
) -> tuple[tuple[MarkedRun, ...], ...]:
    """Return what `fill_wording` does, with the fields of `PERSONAL` as separate runs.

    The certificate printer sets these apart from the rest.
    """
    check_wording(template)
    names, clauses = _clauses(template)
    values = {name: text for name in names if (text := fields.get(name, "").strip())}
    kept = "".join([text for text, needed in clauses if needed <= values.keys()])
    paragraphs = []
    for runs in _runs(kept):
        filled: list[MarkedRun] = []
        for bold, personal, parts in runs:
            try:
                text = "".join(
                    [values[part] if index % 2 else part for index, part in enumerate(parts)]
                )
            except KeyError as error:
                raise WordingError(f"{{{error.args[0]}}}") from None
            if text:
                filled.append((text, bold, personal))
        if filled:
            paragraphs.append(tuple(filled))
    return tuple(paragraphs)


@lru_cache(maxsize=256)
def _clauses(template: str) -> tuple[list[str], list[tuple[str, frozenset[str]]]]:
    """Return the fields that *template* names, and its pieces.

    Each piece comes with the fields it needs in order to stay, which are those of a clause in
    brackets, and none for the rest.
    """
    pieces = enumerate(_CLAUSE.split(template))
    clauses = [
        (text, frozenset(_FIELD.findall(text)) if index % 2 else frozenset())
        for index, text in pieces
    ]
    return list(dict.fromkeys(_FIELD.findall(template))), clauses


@lru_cache(maxsize=256)
def _runs(text: str) -> list[list[tuple[bool, bool, list[str]]]]:
    """Return the runs of each paragraph of *text*.

    A run is whether it is bold, whether it is personal, and its words and field names alternately.
    """
    paragraphs = []
    for line in text.splitlines():
        runs: list[tuple[bool, bool, list[str]]] = []
        for position, piece in enumerate(line.strip().split("**")):
            parts = enumerate(_FIELD.split(piece))  # words, a name, words, a name, …
            for personal, group in groupby(
                parts, key=lambda part: part[0] % 2 == 1 and part[1] in PERSONAL
            ):
                runs.append((position % 2 == 1, personal, _in_turn(list(group))))
        paragraphs.append(runs)
    return paragraphs


def _in_turn(parts: list[tuple[int, str]]) -> list[str]:
    """Return the words and names of *parts* (position and text), beginning with words, because
    names have the odd positions.
    """
    return [""] * (parts[0][0] % 2) + [text for _place, text in parts]


def format_marks_field(theory: str, practice: str) -> str:
    """Return the marks that exist (in Chinese numerals) as one field, such as 理论成绩八十六分，实操成绩九十一分."""
    parts = (("理论成绩", theory), ("实操成绩", practice))
    return "，".join(f"{label}{mark}分" for label, mark in parts if mark)


def format_trade(occupation: str, level: int | None) -> str:
    """Return occupation and level as certificates name them, such as 焊工（三级／高级工）."""
    words = LEVELS.get(level) if level is not None else None
    return f"{occupation}（{words}）" if occupation and words else occupation


@lru_cache(maxsize=1024)
def write_chinese_numeral(value: Decimal | int) -> str:
    """Return a number from 0 to 9999 in Chinese, such as 六十, 八十六点五 and 一百零八 (not 一百〇八).

    Other numbers are returned in digits.
    """
    number = Decimal(value).normalize()
    whole, fraction = divmod(number, 1)
    if not 0 <= whole <= 9999:
        return f"{number:f}"
    text = _whole(int(whole))
    digits = f"{fraction:f}".partition(".")[2].rstrip("0")
    return text + (
        "点" + "".join(_DIGITS[int(d)].replace("〇", "零") for d in digits) if digits else ""
    )


def _whole(number: int) -> str:
    if number == 0:
        return "零"
    text, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + name
            zero = False
        else:
            zero = True
    return text[1:] if text.startswith("一十") else text
