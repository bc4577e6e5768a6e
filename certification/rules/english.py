"""Fields of a Chinese certificate for its English paragraph.

Numbers are given in digits and days in English. Names stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBERS = frozenset({"hours", "theory", "practice", "rank"})
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAY = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_MARK = re.compile(r"(理论|实操)成绩(.+)分")
_PARTS = {"理论": "theory", "实操": "practice"}
_LEVELS = {
    "学徒工": "Apprentice",
    "五级／初级工": "Level 5 / Junior Worker",
    "四级／中级工": "Level 4 / Intermediate Worker",
    "三级／高级工": "Level 3 / Senior Worker",
    "二级／技师": "Level 2 / Technician",
    "一级／高级技师": "Level 1 / Senior Technician",
    "特级技师": "Special-Grade Technician",
    "首席技师": "Chief Technician",
}
_AWARDS = {
    "金牌": "Gold Medal",
    "银牌": "Silver Medal",
    "铜牌": "Bronze Medal",
    "优胜奖章": "Medallion for Excellence",
    "一等奖": "First Prize",
    "二等奖": "Second Prize",
    "三等奖": "Third Prize",
}


def translate_fields(chinese: Mapping[str, str]) -> dict[str, str]:
    """Return *chinese* with the values in English that have a plain English form. What can't be
    read stays as it is.
    """
    return {name: _english(name, value) for name, value in chinese.items()}


def translate_chinese_number(text: str) -> str | None:
    """Translate a Chinese number up to 9999, with decimals, into digits (八十六点五 → 86.5). The result
    is None if *text* isn't one.
    """
    whole, point, fraction = text.partition("点")
    if point and not (fraction and all(sign in _DIGITS for sign in fraction)):
        return None
    total = digit = 0
    for sign in whole:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[sign], 0
        else:
            return None
    if not whole:
        return None
    return str(total + digit) + (point and "." + "".join(str(_DIGITS[sign]) for sign in fraction))


def translate_chinese_day(text: str) -> str | None:
    """Translate a Chinese day into English (二〇二六年六月一日 → 1 June 2026). The result is None if *text*
    isn't one.
    """
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    year = "".join(str(_DIGITS[sign]) for sign in match[1])
    month, date = translate_chinese_number(match[2]), translate_chinese_number(match[3])
    if month is None or date is None or not 1 <= int(month) <= 12:
        return None
    return f"{date} {_MONTHS[int(month) - 1]} {year}"


def translate_chinese_marks(text: str) -> str | None:
    """Translate marks into English (理论成绩八十六分，实操成绩九十一分 → theory 86, practice 91). The result is
    None if *text* isn't that.
    """
    parts = [_MARK.fullmatch(part) for part in text.split("，")]
    read = [(_PARTS[match[1]], translate_chinese_number(match[2])) for match in parts if match]
    if len(read) < len(parts) or not all(mark for _part, mark in read):
        return None
    return ", ".join(f"{part} {mark}" for part, mark in read)


@lru_cache(maxsize=1024)  # days and marks come again and again in a batch
def _english(name: str, value: str) -> str:
    if name == "marks":
        return translate_chinese_marks(value) or value
    if name in _NUMBERS:
        return translate_chinese_number(value) or value
    if name in {"starts", "ends"}:
        return translate_chinese_day(value) or value
    if name == "year":
        return (
            "".join(str(_DIGITS[sign]) for sign in value)
            if value and all(sign in _DIGITS for sign in value)
            else value
        )
    return {"level": _LEVELS, "award": _AWARDS}.get(name, {}).get(value, value)
