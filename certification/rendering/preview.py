"""A finished page as a picture, for people to look at."""

from __future__ import annotations

import io

import pypdfium2

from certification.rendering.proof import PDFIUM


def render_png_preview(pdf: bytes, *, width: int) -> bytes:
    """Return the first page of *pdf* as PNG, *width* pixels across. Raises `ValueError` for bytes
    that are no PDF.
    """
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise ValueError("no PDF") from error
        try:
            page = document[0]
            picture = page.render(scale=width / page.get_width()).to_pil().copy()
        finally:
            document.close()
    target = io.BytesIO()
    picture.convert("RGB").quantize(128).save(target, "PNG", optimize=True)
    return target.getvalue()
