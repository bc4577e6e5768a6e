"""Compare a certificate made from a page template with the full rendering, by pixels, text and QR
code.

Pages are drawn by PDFium (`pypdfium2`), a renderer that has nothing in common with what made the
file. Where it is not installed, poppler's programs are used, at six times the cost. Where neither
is available no class can be compared, and all certificates are rendered in full.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import zxingcpp
from PIL import Image

from certification.rendering.print_data import PrintData

SCALE = 1.5  # 108 dpi: a stroke of the smallest type is one pixel, a module of a large QR code more than one


@dataclass(frozen=True, slots=True)
class PageAppearance:
    """What a reader sees, as picture and text without white space."""

    image: Image.Image
    text: str


class PageReader(Protocol):
    """Draws and reads the single page of a file."""

    def look(self, pdf: bytes) -> PageAppearance:
        """Return the page drawn and read."""

    def read(self, pdf: bytes) -> str:
        """Return the text alone."""


PDFIUM = threading.Lock()
"""PDFium is for one thread at a time, whoever calls it."""


class _PDFium:
    def __init__(self, module: Any) -> None:
        self._module = module

    def look(self, pdf: bytes) -> PageAppearance:
        return PageAppearance(self._page(pdf, draw=True), self.read(pdf))

    def read(self, pdf: bytes) -> str:
        return str(self._page(pdf, draw=False))

    def _page(self, pdf: bytes, *, draw: bool) -> Any:
        with PDFIUM:
            return self._of_page(pdf, draw=draw)

    def _of_page(self, pdf: bytes, *, draw: bool) -> Any:
        document = self._module.PdfDocument(pdf)
        try:
            page = document[0]
            try:
                if draw:
                    bitmap = page.render(scale=SCALE)
                    try:
                        return bitmap.to_pil().copy()
                    finally:
                        bitmap.close()
                text = page.get_textpage()
                try:
                    return "".join(text.get_text_range().split())
                finally:
                    text.close()
            finally:
                page.close()
        finally:
            document.close()


class _Poppler:
    def look(self, pdf: bytes) -> PageAppearance:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "page.pdf"
            path.write_bytes(pdf)
            self._run(
                "pdftoppm",
                "-singlefile",
                "-r",
                str(round(72 * SCALE)),
                str(path),
                str(path.with_suffix("")),
            )
            with Image.open(path.with_suffix(".ppm")) as image:
                image.load()
                return PageAppearance(image.copy(), self._text(path))

    def read(self, pdf: bytes) -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "page.pdf"
            path.write_bytes(pdf)
            return self._text(path)

    def _text(self, path: Path) -> str:
        return "".join(self._run("pdftotext", "-enc", "UTF-8", str(path), "-").decode().split())

    @staticmethod
    def _run(*command: str) -> bytes:
        return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout  # noqa: S603 - our own file, fixed words


@cache
def get_page_reader() -> PageReader | None:
    """Return the `PageReader` that works on this machine, or None."""
    try:
        import pypdfium2  # slow import: only issuing in batches needs it
    except ImportError:
        return _Poppler() if shutil.which("pdftoppm") and shutil.which("pdftotext") else None
    return _PDFium(pypdfium2)


def compare_pages(ours: bytes, reference: bytes, face: PrintData) -> str:
    """Return in what the page *ours* differs from *reference*, or "" if in nothing.

    The result is `pixels`, `text`, `code` or `name`, and `no renderer` where pages can't be drawn.
    """
    watcher = get_page_reader()
    if watcher is None:
        return "no renderer"
    one, other = watcher.look(ours), watcher.look(reference)
    if one.image.size != other.image.size or one.image.tobytes() != other.image.tobytes():
        return "pixels"
    if one.text != other.text:
        return "text"
    if lacks_name_or_number(one.text, face):
        return "name"
    codes = zxingcpp.read_barcodes(one.image, formats=zxingcpp.BarcodeFormat.QRCode)  # type: ignore[arg-type]  # one is a set of one
    return "" if face.qr in {code.text for code in codes} else "code"


def lacks_name_or_number(text: str, face: PrintData) -> bool:
    """Return whether name or number of *face* are missing in *text*."""
    return not all(
        "".join(words.split()) in text for words in (face.holder + face.salutation, face.number)
    )
