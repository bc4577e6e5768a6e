"""The two page formats of certificates, and the places of things on them.

Units are millimetres from the top left, as in certificate.css.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Orientation = Literal["landscape", "portrait"]
Box = tuple[float, float, float, float]
"""Left, top, width, height."""


@dataclass(frozen=True, slots=True)
class PageGeometry:
    """An A4 page and the lines that nothing may cross."""

    width: float
    height: float
    photo: Box
    qr: Box
    heading_start: float
    wording_start: float
    wording_end: float
    wording_width: float
    wording_width_beside_photo: float
    issuer_start: float
    notes_end: float


QR_VERSION = 10
QR_MODULES = 57
"""On a side, without the quiet zone: four times the size of a module must stay empty around the box (ISO/IEC 18004, 6.3.8)."""
PIXEL = 25.4 / 100
"""Of a picture at 100 dpi. A module is three of them, and the code begins at a whole one: blurred edges cost readers."""
QR_SIDE = QR_MODULES * 3 * PIXEL

LANDSCAPE = PageGeometry(
    297.0,
    210.0,
    (237.0, 63.0, 30.0, 42.0),
    (118 * PIXEL, 567 * PIXEL, QR_SIDE, QR_SIDE),
    18.5,
    63.0,
    142.0,
    237.0,
    193.0,
    149.0,
    192.5,
)
PORTRAIT = PageGeometry(
    210.0,
    297.0,
    (152.0, 96.0, 30.0, 42.0),
    (110 * PIXEL, 829 * PIXEL, QR_SIDE, QR_SIDE),
    24.0,
    96.0,
    200.0,
    154.0,
    116.0,
    230.0,
    280.0,
)
SHEETS: dict[Orientation, PageGeometry] = {"landscape": LANDSCAPE, "portrait": PORTRAIT}
