"""The few words of the form itself, by the language of the certificate.

They are not in the message catalogues. A certificate is a document in one language, and what it
says must not change with the reader or with a later translation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from certification.rendering.print_data import Language

_DIGITS = "〇一二三四五六七八九"
_MONTHS = (
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
)


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of the form. `verify` has a placeholder for the address.

    `photo`, `code`, `seal`, `signature` and `field` are what a screen reader says of the pictures
    and the signature.
    """

    number: str
    verify: str
    photo: str
    code: str
    seal: str
    signature: str
    field: str


LABELS: dict[Language, Labels] = {
    "zh-Hans": Labels(
        number="证书编号",
        verify="扫码或登录 {url} 核对真伪。",
        photo="持证人照片",
        code="核验本证书的二维码",
        seal="{issuer}的印章",
        signature="{name}的签名",
        field="签发单位的数字签名",
    ),
    "en": Labels(
        number="Certificate No.",
        verify="Scan the code or visit {url} to verify.",
        photo="Photo of the holder",
        code="QR code that leads to the verification of this certificate",
        seal="Seal of {issuer}",
        signature="Signature of {name}",
        field="Digital signature of the issuer",
    ),
}


def format_certificate_date(day: date, language: Language) -> str:
    """Return *day* as certificates write it, which is 二〇二六年九月二十六日 or 26 September 2026."""
    if language == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_up_to_99(day.month)}月{_up_to_99(day.day)}日"


def _up_to_99(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (
        "" if ones == 0 and tens else _DIGITS[ones]
    )
