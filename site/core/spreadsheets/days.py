"""Read days as people write them in lists. Django isn't used here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from core.text import without_invisible

_CHINESE = {digit: str(value) for value, digit in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
    "Ｏ": "0",
    "元": "1",
}
_MONTHS = {
    word: month
    for month, words in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august", "sep sept september",
         "oct october", "nov november", "dec december"),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_TIME = (
    r"(?:[ T]*(?:星期[一二三四五六日天]|周[一二三四五六日天])?[ T]*(?P<half>上午|下午|am|pm)?[ ]*"
    r"(?P<time>\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}秒?(?:\.\d+)?)?分?)?[ ]*(?:am|pm)?Z?)\Z"
)
_BETWEEN = r" ?[-/.年月、,_ ] ?"
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}}){_BETWEEN}(?P<month>\d{{1,2}}){_BETWEEN}(?P<day>\d{{1,2}}) ?[日号]?"
    + _TIME,
    re.IGNORECASE,
)
_TIGHT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})" + _TIME, re.IGNORECASE)
_NAMED = re.compile(
    r"(?P<day>\d{1,2})[- ./]?(?P<month>[A-Za-z]{3,9})[- .,/]*(?P<year>\d{4})" + _TIME, re.IGNORECASE
)
_NAMED_US = re.compile(
    r"(?P<month>[A-Za-z]{3,9})[- .]*(?P<day>\d{1,2}),? *(?P<year>\d{4})" + _TIME, re.IGNORECASE
)
_CHINESE_DAY = re.compile(
    r"([〇零○Ｏ一二三四五六七八九]{4})年([一二三四五六七八九十元]{1,3})月([一二三四五六七八九十]{1,3})[日号]?\Z"
)
_DASHES = re.compile("[‐-―−－~～]")


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day read from text. *has_time* says that a time of day other than midnight was written
    beside it, which is not kept.
    """

    day: date
    has_time: bool = False


def read_day(text: str) -> WrittenDay:
    """Return the day written as 2024-09-01, 2024/9/1, 2024.9.1, 2024年9月1日, 20240901, 1 Sep 2024 or
    二〇二四年九月一日.

    A time of day may follow it.

    9/1/2024 is refused, because it is the first of September for some and the ninth of January for
    others. Raises `ValueError` with the text `form` if it is no day at all, `number` if it is the
    number a spreadsheet keeps for a day, or `none` if the calendar has no such day.
    """
    plain = (
        _DASHES.sub("-", unicodedata.normalize("NFKC", without_invisible(text)))
        .replace("。", ".")
        .strip()
    )
    plain = re.sub(r"\s+", " ", plain)
    match = (
        _YEAR_FIRST.match(plain)
        or _TIGHT.match(plain)
        or _NAMED.match(plain)
        or _NAMED_US.match(plain)
    )
    if match:
        month = (
            match["month"] if match["month"].isdigit() else _MONTHS.get(match["month"].lower(), "")
        )
        if not month:
            raise ValueError("form")
        digits = re.sub(r"\D", "", match["time"] or "").strip("0")
        return WrittenDay(
            _make_day(int(match["year"]), int(month), int(match["day"])), has_time=bool(digits)
        )
    if chinese := _CHINESE_DAY.match(re.sub(r"\s", "", text)):
        year = int("".join(_CHINESE[digit] for digit in chinese[1]))
        return WrittenDay(_make_day(year, _chinese_number(chinese[2]), _chinese_number(chinese[3])))
    raise ValueError("number" if re.fullmatch(r"[2-5]\d{4}", plain) else "form")


def _make_day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("none") from None


def _chinese_number(text: str) -> int:
    """Return 一 to 三十一 as a number, or 0 for other text."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int(_CHINESE[text]) if len(text) == 1 else 0
    if len(tens) > 1 or len(ones) > 1 or "十" in tens + ones:
        return 0
    return 10 * (int(_CHINESE[tens]) if tens else 1) + (int(_CHINESE[ones]) if ones else 0)
