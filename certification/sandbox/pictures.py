"""Read the QR codes in a picture, or on the pages of a PDF. The size in pixels is known before
anything is decoded.
"""

from __future__ import annotations

import io
from typing import Any

MOST_PIXELS = 52_000_000
"""Of a picture: the largest photos of telephones that are common have 50 million."""
MOST_PAGES, DOTS_PER_INCH, LONGEST_SIDE = 4, 200, 4000
"""Of a PDF: pages looked at, and how finely they are drawn."""
_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_FIRST_SIDE = 2400
"""Pixels of the longer side at the first attempt: finds nearly every code in a tenth of the time."""
_LONGEST_TEXT, _MOST_CODES = 2000, 16


def load_picture_libraries() -> None:
    """Import what is needed, including the plug-ins that Pillow would load late."""
    import pi_heif  # slow import: in the server, before it forks
    import pypdfium2  # slow import: as above
    import zxingcpp  # slow import: as above
    from PIL import Image, ImageOps  # noqa: F401  # slow import: as above

    Image.preinit()
    Image.init()
    pi_heif.register_heif_opener(thumbnails=False)
    pypdfium2.PdfDocument  # noqa: B018 - touched, since the library starts with the first use of the module
    zxingcpp.read_barcodes(Image.new("L", (8, 8), 255))


def examine_picture(data: bytes) -> dict[str, Any]:
    """Return `cause` (`picture`, or why it can't be read) and `codes` for a JPEG, PNG, WebP or
    HEIC.
    """
    from PIL import Image, ImageOps  # slow import: loaded by the server

    Image.MAX_IMAGE_PIXELS = None  # our own limit, before decoding, with a sentence of its own
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return {"cause": "too_many_pixels"}
            if opened.format == "JPEG":
                opened.draft("L", opened.size)
            picture = ImageOps.exif_transpose(_on_white(opened))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a broken picture may raise anything, and nothing depends on which
        return {"cause": "picture_damaged"}
    return {"cause": "picture", "codes": _codes(picture)}


def examine_pages(data: bytes) -> dict[str, Any]:
    """Return `codes` of the first pages of a PDF, and `drawn`, which says whether it could be
    drawn at all.
    """
    import pypdfium2  # slow import: loaded by the server

    found: list[dict[str, Any]] = []
    try:
        document = pypdfium2.PdfDocument(data)
        pages = min(len(document), MOST_PAGES)
        for number in range(pages):
            page = document[number]
            longer = max(page.get_size())
            scale = min(DOTS_PER_INCH / 72, LONGEST_SIDE / max(longer, 1))
            found += _codes(
                page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil().convert("L")
            )
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a broken file may raise anything, and nothing depends on which
        return {"drawn": False, "codes": found}
    return {"drawn": pages > 0, "codes": found}


def _on_white(picture: Any) -> Any:
    """Return *picture* in grey, with transparent parts as white."""
    from PIL import Image  # slow import: loaded by the server

    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Image.new("RGBA", layer.size, "white")
        picture.alpha_composite(layer)
    return picture.convert("L")


def _codes(picture: Any) -> list[dict[str, Any]]:
    """Return the `text` of each QR code, which is empty for one that can't be read. A small
    version is tried first, then the full one.
    """
    from PIL import ImageOps  # slow import: loaded by the server

    small = picture.copy()
    small.thumbnail((_FIRST_SIDE, _FIRST_SIDE))
    unread: list[dict[str, Any]] = []
    for attempt in (lambda: small, lambda: picture, lambda: ImageOps.autocontrast(small, cutoff=2)):
        found = _read(attempt())
        if texts := [one for one in found if one["text"]]:
            return texts
        unread = unread or found
    return unread[:1]


def _read(picture: Any) -> list[dict[str, Any]]:
    import zxingcpp  # slow import: loaded by the server

    read = zxingcpp.read_barcodes(
        picture,
        formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]),
        return_errors=True,
    )
    return [{"text": one.text[:_LONGEST_TEXT] if one.valid else ""} for one in read[:_MOST_CODES]]
