"""Pictures with QR codes, as a telephone, a scanner or somebody hostile makes them."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import zxingcpp
from PIL import Image

from certification.rendering.sheet import SHEETS


def draw_code(text: str, *, scale: int = 5) -> Image.Image:
    """Return the QR code of *text* in black on white, *scale* pixels a module."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn: Any = zxingcpp.write_barcode_to_image(code, scale=scale, add_quiet_zones=True)
    return Image.frombytes("L", (drawn.shape[1], drawn.shape[0]), bytes(drawn))


def draw_page(*texts: str, size: tuple[int, int] = (1600, 1100), scale: int = 5) -> Image.Image:
    """Return a white page with the codes of *texts* side by side."""
    page, left = Image.new("L", size, "white"), 60
    for text in texts:
        code = draw_code(text, scale=scale)
        page.paste(code, (left, 80))
        left += code.width + 60
    return page


def save(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Return *picture* as a file of *kind*."""
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """Return a small PNG whose head names *width* and *height*: white rows, packed a thousandfold."""
    row = bytes((width + 7) // 8 + 1)

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(row * min(height, 100), 9))
        + chunk(b"IEND", b"")
    )


def without_code(page: Image.Image) -> Image.Image:
    """Return *page* (A4, any resolution) with its printed code covered.

    WeasyPrint clips every picture, and poppler draws a clipped one with blurred edges; ours isn't
    clipped (ADR 44). What the code shows is proved by the programs that read it.
    """
    sheet = SHEETS["landscape" if page.width > page.height else "portrait"]
    left, top, width, height = (value * page.width / sheet.width for value in sheet.qr)
    covered = page.copy()
    covered.paste(
        "white", (int(left) - 1, int(top) - 1, int(left + width) + 3, int(top + height) + 3)
    )
    return covered
