"""Repair of the text operators that WeasyPrint writes, so that every reader places the glyphs
alike.

Between a letter spacing on the left and one on the right WeasyPrint leaves an empty string, as in
`[<0539>-60<>-61.4<0967>] TJ`. That is valid (ISO 32000-1, 9.4.3), but PDFium counts the empty
strings when it looks for the last adjustment of the array, and loses it, so whatever follows on the
line moves. Removing only the empty string would leave `-60-61.4`, which is no number of PDF (7.3.3)
and which readers take for -60, for -6061.4 or for an error. So neighbouring adjustments become one
number, their sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pydyf

_SHOW = b" TJ"
_ELEMENT = re.compile(rb"<([0-9a-fA-F]*)>|[^\s<>]+")
_DECIMALS = Decimal("0.0001")
"""What an adjustment is rounded to, in thousandths of the type size: a ten-millionth of a letter's height."""


def merge_adjustments(operator: bytes) -> bytes:
    """Return *operator*, an array with `TJ`, without empty strings and with one number between any
    two strings.

    Raises `ValueError` if the array holds anything but hexadecimal strings and numbers.
    """
    kept: list[bytes] = []
    moved: Decimal | None = None
    for element in _ELEMENT.finditer(operator[operator.index(b"[") + 1 : operator.rindex(b"]")]):
        if element[1] is None:
            try:
                moved = (moved or Decimal(0)) + Decimal(element[0].decode("ascii"))
            except ArithmeticError as error:
                raise ValueError(f"not an adjustment of a text array: {element[0]!r}") from error
        elif element[1]:
            kept += _written(moved)
            kept.append(element[0])
            moved = None
    kept += _written(moved)
    return b"[" + b"".join(kept) + b"]" + _SHOW


def _written(moved: Decimal | None) -> list[bytes]:
    """Return the adjustment as PDF writes numbers, which have no exponent.

    The result is empty for an adjustment that moves nothing.
    """
    rounded = Decimal(0) if moved is None else moved.quantize(_DECIMALS)
    return [f"{rounded:f}".rstrip("0").rstrip(".").encode("ascii")] if rounded else []


def repair_text(stream: Any) -> None:
    """Merge the adjustments of all text in *stream*, a `pydyf.Stream` with one operator in each
    item, as WeasyPrint fills it.
    """
    stream.stream = [
        merge_adjustments(item)
        if isinstance(item, bytes) and b"<>" in item and item.endswith(_SHOW)
        else item
        for item in stream.stream
    ]


def repair_all_text(objects: Iterable[Any]) -> None:
    """Merge the adjustments in all content streams among *objects*, those of pages and those of
    forms.
    """
    for item in objects:
        if isinstance(item, pydyf.Stream):
            repair_text(item)
