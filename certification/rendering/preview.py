"""A finished page as a picture, for people to look at."""

from __future__ import annotations

import io

import pypdfium2


def drawn(pdf: bytes, *, width: int) -> bytes:
    """Return the first page of *pdf* as PNG, *width* pixels across."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        picture = page.render(scale=width / page.get_width()).to_pil()
    finally:
        document.close()
    target = io.BytesIO()
    picture.convert("RGB").quantize(128).save(target, "PNG", optimize=True)
    return target.getvalue()
