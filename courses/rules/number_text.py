"""Read numbers exactly as people write them, such as 10米, 0,2, −0.2, 1/5, 1.2×10³ or 20%.

The exam player reads by the same rules (`static/courses/number_text.js`), and
`tests/courses/number_vectors.json` holds what both must return.

The decimal sign is a point or a comma, in any width. One comma before exactly three digits could
also separate thousands ("1,250"), so it isn't guessed but refused, unless the number begins with
zero ("0,125") or something else decides ("1,250.0", "1,250,000"). Digits may be grouped by blanks.
The unit the question asks for may be written or left out. Nothing is ever converted from another
unit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction

MAX_LENGTH = 30
MAX_EXPONENT = 30

# Unit → ways to write it. What looks alike after `_clean` (m², m2, ㎡) needs no entry of its own.
UNITS: Mapping[str, tuple[str, ...]] = {
    "m": ("米", "公尺"),
    "cm": ("厘米", "公分"),
    "mm": ("毫米",),
    "km": ("千米", "公里"),
    "μm": ("微米", "um"),
    "m2": ("平方米", "平米"),
    "cm2": ("平方厘米",),
    "mm2": ("平方毫米",),
    "m3": ("立方米", "立方"),
    "cm3": ("立方厘米",),
    "L": ("升", "l"),
    "mL": ("毫升", "ml"),
    "kg": ("千克", "公斤"),
    "g": ("克",),
    "mg": ("毫克",),
    "t": ("吨",),
    "s": ("秒", "秒钟", "sec"),
    "min": ("分钟", "分"),
    "h": ("小时", "时", "个小时"),
    "d": ("天", "日"),
    "V": ("伏", "伏特"),
    "mV": ("毫伏",),
    "kV": ("千伏",),
    "A": ("安", "安培"),
    "mA": ("毫安",),
    "Ω": ("欧", "欧姆", "ohm"),
    "mΩ": ("毫欧",),
    "kΩ": ("千欧",),
    "MΩ": ("兆欧",),
    "W": ("瓦", "瓦特"),
    "mW": ("毫瓦",),
    "kW": ("千瓦",),
    "MW": ("兆瓦",),
    "Hz": ("赫", "赫兹"),
    "N": ("牛", "牛顿"),
    "kN": ("千牛",),
    "Pa": ("帕", "帕斯卡"),
    "mPa": ("毫帕",),
    "kPa": ("千帕",),
    "MPa": ("兆帕",),
    "°C": ("摄氏度", "度C", "度"),
    "°": ("度",),
    "r/min": ("转/分", "转每分钟", "rpm"),
    "m/s": ("米/秒", "米每秒"),
    "元": ("块", "¥", "RMB"),
}

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"))
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_VULGAR = {
    mark: unicodedata.normalize("NFKC", mark).replace("⁄", "/") for mark in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
}
_SIGN = r"(?P<sign>[+-]?) ?"
_FRACTION = re.compile(
    rf"{_SIGN}(?:(?P<whole>\d+) )?(?P<top>\d+) ?/ ?(?P<bottom>\d+)(?P<unit>(?:[^\d.,/].*)?)",
    re.ASCII,
)
_DECIMAL = re.compile(
    rf"{_SIGN}(?P<body>\d[\d ,.]*|[.,]\d+)(?:[eE](?P<e>[+-]?\d+)| ?[×xX*·] ?10 ?\^ ?(?P<ten>[+-]?\d+))?(?P<unit>(?:[^\d.,].*)?)",
    re.ASCII,
)


class NumberUnreadableError(ValueError):
    """A text is no number, or none that has one meaning.

    `code`: not_a_number, too_long, comma_ambiguous, other_unit (the question asks for another one)
    or unit_unasked (it asks for none).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_number(text: str, unit: str = "") -> Fraction:
    """Read *text* as the answer to a question that asks for *unit*, which is empty for a bare
    number. Raises `NumberUnreadableError`.
    """
    cleaned = _clean(text[: 5 * MAX_LENGTH])
    if len(cleaned) > MAX_LENGTH:
        raise NumberUnreadableError("too_long")
    if found := _FRACTION.fullmatch(cleaned):
        if int(found["bottom"]) == 0:
            raise NumberUnreadableError("not_a_number")
        value = int(found["whole"] or 0) + Fraction(int(found["top"]), int(found["bottom"]))
    elif found := _DECIMAL.fullmatch(cleaned):
        exponent = int(found["e"] or found["ten"] or 0)
        if abs(exponent) > MAX_EXPONENT:
            raise NumberUnreadableError("too_long")
        value = Fraction(_plain_digits(found["body"].strip())) * Fraction(10) ** exponent
    else:
        raise NumberUnreadableError("not_a_number")
    return (-value if found["sign"] == "-" else value) * _scale(found["unit"].strip(" ."), unit)


def write_number(value: Fraction) -> str:
    """Write a number in the one form that is stored, which is "-0.2", "1200", or "1/3" where no
    decimal is exact.
    """
    bottom, twos, fives = value.denominator, 0, 0
    while bottom % 2 == 0:
        bottom, twos = bottom // 2, twos + 1
    while bottom % 5 == 0:
        bottom, fives = bottom // 5, fives + 1
    if bottom != 1:
        return f"{value.numerator}/{value.denominator}"
    places = max(twos, fives)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    head, tail = (digits[:-places], digits[-places:]) if places else (digits, "")
    return ("-" if value < 0 else "") + head + (f".{tail}" if tail else "")


def _clean(text: str) -> str:
    """Return *text* in plain characters, with one width, one minus sign and no invisible
    characters. Raised digits follow a `^`.
    """
    visible = "".join(mark for mark in text if unicodedata.category(mark) != "Cf")
    spelled = "".join(f" {_VULGAR[mark]}" if mark in _VULGAR else mark for mark in visible)
    raised = _RAISED.sub(lambda found: "^" + found[0].translate(_SUPERSCRIPTS), spelled)
    plain = (
        unicodedata.normalize("NFKC", raised)
        .translate(_DASHES)
        .replace("。", ".")
        .replace("⁄", "/")
        .replace("∕", "/")
    )
    plain = re.sub(r"[ \t\n\r\f\v]+", " ", plain).strip(" ")
    for prefix in ("负", "零下"):
        plain = plain.replace(prefix, "-", 1) if plain.startswith(prefix) else plain
    return f"{plain[3:]}%" if plain.startswith("百分之") else plain


def _plain_digits(body: str) -> str:
    """Return digits with at most one decimal point, from digits with commas, points and blanks.
    Raises `NumberUnreadableError`.
    """
    if " " in body:
        if not re.fullmatch(r"\d{1,3}( \d{3})+([.,]\d*)?", body, re.ASCII):
            raise NumberUnreadableError("not_a_number")
        return body.replace(" ", "").replace(",", ".")
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}", body, re.ASCII):
        raise NumberUnreadableError("comma_ambiguous")
    if re.fullmatch(r"\d{1,3}(,\d{3}){2,}|\d{1,3}(,\d{3})+\.\d*", body, re.ASCII):
        return body.replace(",", "")
    if re.fullmatch(r"\d{1,3}(\.\d{3}){2,}|\d{1,3}(\.\d{3})+,\d+", body, re.ASCII):
        return body.replace(".", "").replace(",", ".")
    if re.fullmatch(r"\d+[.]?|\d*[.,]\d+", body, re.ASCII):
        return body.replace(",", ".")
    raise NumberUnreadableError("not_a_number")


def _scale(written: str, asked: str) -> Fraction:
    """Return the factor for the unit *written*, which is 1, or a part of a hundred where no unit
    is asked for.
    """
    if not written or _is_same_unit(_unit_text(written), _unit_text(asked)):
        return Fraction(1)
    if not asked and written in {"%", "‰"}:
        return Fraction(1, 100 if written == "%" else 1000)
    if written[0] in "+-*/^=×xX(:~_":
        raise NumberUnreadableError("not_a_number")
    raise NumberUnreadableError("other_unit" if asked else "unit_unasked")


def _is_same_unit(written: str, asked: str) -> bool:
    """Say whether two texts name one unit. Capitals are ignored where they make no difference, as
    in KG, Kg and kg, but not in mPa for MPa.
    """
    wanted = _KEYS.get(asked, asked)
    ways = (wanted, *UNITS.get(wanted, ()))
    if written in ways:
        return True
    carries_no_sense = written in {written.lower(), written.upper(), written.capitalize()}
    return (
        written not in _KEYS
        and carries_no_sense
        and written.lower() in {way.lower() for way in ways}
    )


def _unit_text(unit: str) -> str:
    return _clean(unit).replace(" ", "").replace("^", "")


_KEYS = {way: unit for unit, ways in UNITS.items() for way in (unit, *ways)}
