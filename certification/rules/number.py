"""Our own certificate numbers, such as `330106-PX-2026-001837-F`.

The parts are union code, kind, year, serial of that union, kind and year, and a check character by
ISO 7064 MOD 37,36, which catches every single wrong character and every swap of two neighbours.
They look different from the 22 characters of a state certificate at first sight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.text import plain_code, simplified_table

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
KINDS = ("PX", "JS", "RY", "DJ", "CH", "DT")
MAX_SERIAL = 999_999
PAPER_SIGNS = 4
"""A paper's number has so many letters and digits at least: a bare serial tells no papers apart, and is soon guessed."""
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_ALIKE = str.maketrans("OI", "01")
_COMPACT = re.compile(r"([0-9A-Z]{2,20})(PX|JS|RY|DJ|CH|DT)([0-9OI]{4})([0-9OI]{6})([0-9A-Z])")
# What is copied along from in front of the number: with a colon, or without one where letters and
# digits follow.
_LABEL = re.compile(
    r"(?:证书编号|證書編號|证书号码|证书号|编号|編號|CERTIFICATENUMBER|CERTIFICATENO|NUMBER|NO):"
    r"|(?:证书编号|證書編號|证书号码|证书号|编号|編號)(?=[0-9A-Z])"
)
_BETWEEN = re.compile(r"[\s\-_‐‑‒–—―−－﹣·.]+")


class NumberError(ValueError):
    """The parts can't make one of our numbers."""


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """The parts of a number of the right form. `fits` tells whether the check character is right."""

    org: str
    kind: str
    year: int
    serial: int
    check: str

    def __str__(self) -> str:
        """Return the number as printed."""
        return f"{self.org}-{self.kind}-{self.year:04d}-{self.serial:06d}-{self.check}"

    @property
    def fits(self) -> bool:
        """Return whether the check character belongs to the rest."""
        return self.check == compute_check_character(
            f"{self.org}{self.kind}{self.year:04d}{self.serial:06d}"
        )


def compute_check_character(text: str) -> str:
    """Return the ISO 7064 MOD 37,36 check character for *text* (digits and upper-case letters
    only).

    Raises `NumberError` for any other character.
    """
    product = 36
    for character in text:
        try:
            total = (product + _VALUE[character]) % 36 or 36
        except KeyError:
            raise NumberError(character) from None
        product = total * 2 % 37
    return ALPHABET[(37 - product) % 36]


def make_certificate_number(*, org: str, kind: str, year: int, serial: int) -> CertificateNumber:
    """Return the number with these parts. *org* is a union code as `format_union_part` returns it.
    Raises `NumberError`.
    """
    if (
        not re.fullmatch(r"[0-9A-Z]{2,20}", org)
        or kind not in KINDS
        or not 1000 <= year <= 9999
        or not 1 <= serial <= MAX_SERIAL
    ):
        raise NumberError(f"{org}-{kind}-{year}-{serial}")
    return CertificateNumber(
        org, kind, year, serial, compute_check_character(f"{org}{kind}{year:04d}{serial:06d}")
    )


def format_union_part(code: str) -> str:
    """Return the union's *code* as it is written in numbers, in upper case with letters and digits
    only.

    Raises `NumberError` if fewer than two characters are left.
    """
    part = "".join(c for c in code.upper() if c in _VALUE)[:20]
    if len(part) < 2:
        raise NumberError(code)
    return part


def normalise_typed_number(text: str) -> str:
    """Return what was typed without differences of width and case, spaces, dashes, invisible
    characters, and a label such as “证书编号：” in front.

    The result may be any string of at most 60 characters.
    """
    plain = _BETWEEN.sub("", plain_code(text).upper())
    return _LABEL.sub("", plain, count=1)[:60] if _LABEL.match(plain) else plain[:60]


def parse_certificate_number(text: str) -> CertificateNumber | None:
    """Return the number in *text*, in any spacing, or None if its form is not ours. The check
    character is not tested.

    Year and serial are digits, so an O there is a zero and an I a one. In the last place a zero and
    an O, and a one, an I and a lower-case l, are read as the one that fits, because on paper nobody
    can tell them apart. In the union's code both may occur, and neither is changed.
    """
    match = _COMPACT.fullmatch(normalise_typed_number(text))
    if match is None:
        return None
    org, kind, year, serial, check = match.groups()
    year, serial = year.translate(_ALIKE), serial.translate(_ALIKE)
    expected = compute_check_character(f"{org}{kind}{year}{serial}")
    if _alike(check, is_small_l=text.rstrip().endswith("l")) == _alike(expected):
        check = expected
    return CertificateNumber(org, kind, int(year), int(serial), check)


def _alike(check: str, *, is_small_l: bool = False) -> str:
    return "1" if is_small_l else check.translate(_ALIKE)


def make_number_key(text: str) -> str:
    """Return the form under which the number in *text* is stored and looked up, whoever gave it.

    One of ours is stored as printed. Any other is reduced to its letters, digits and characters,
    since brackets, dashes and spaces of old papers are typed in many ways. `浙焊字〔2015〕第0123号` and
    `浙焊字(2015) 第0123号` are one number. Traditional characters count as simplified.
    """
    read_ = parse_certificate_number(text)
    if read_ is not None:
        return str(read_)
    return "".join(
        character for character in normalise_typed_number(text) if character.isalnum()
    ).translate(simplified_table())


def is_paper_number(key_: str) -> bool:
    """Return whether *key_* could be the number of a paper certificate, with at least four
    characters and a digit among them.
    """
    return len(key_) >= PAPER_SIGNS and any(character.isdigit() for character in key_)
