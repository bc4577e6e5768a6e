"""Four PDF readers that have nothing in common: each draws the first pages of files. They are
programs or libraries of others.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pypdfium2
from PIL import Image

from certification.rendering.proof import PDFIUM
from tests.certification.outside.draw_with_pdfjs import PACKAGE

DPI = 108
"""A stroke of the smallest type is one pixel wide."""

Files = Mapping[Path, Path]
"""The PNG to write, by the PDF."""


def draw_with_poppler(files: Files) -> None:
    """Draw by `pdftoppm`."""
    for source, target in files.items():
        subprocess.run(
            ["pdftoppm", "-png", "-r", str(DPI), "-singlefile", source, target.with_suffix("")],
            check=True,
            capture_output=True,
        )


def draw_with_mupdf(files: Files) -> None:
    """Draw by `mutool`, a program of mupdf: called, never linked, since its licence is the AGPL."""
    for source, target in files.items():
        subprocess.run(
            ["mutool", "draw", "-q", "-r", str(DPI), "-o", target, source, "1"],
            check=True,
            capture_output=True,
        )


def draw_with_pdfium(files: Files) -> None:
    """Draw by PDFium, the reader of Chromium."""
    for source, target in files.items():
        with PDFIUM:
            document = pypdfium2.PdfDocument(source)
            document[0].render(scale=DPI / 72).to_pil().save(target)
            document.close()


def draw_with_pdfjs(files: Files, *, lenient: bool = False) -> None:
    """Draw by pdf.js, the reader of Firefox and of viewers inside apps and web pages; *lenient*:
    its warnings are no error.
    """
    asked = {
        "scale": DPI / 72,
        "files": {str(source): str(target) for source, target in files.items()},
        "lenient": lenient,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.certification.outside.draw_with_pdfjs"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr


READERS: dict[str, Callable[[Files], None]] = {
    "poppler": draw_with_poppler,
    "mupdf": draw_with_mupdf,
    "PDFium": draw_with_pdfium,
    "pdf.js": draw_with_pdfjs,
}


def missing(reader: str) -> str:
    """Return what a reader lacks on this machine, or nothing."""
    if reader == "mupdf" and shutil.which("mutool") is None:
        return "mutool isn't here: python3 -m scripts.setup services"
    if reader == "pdf.js" and not PACKAGE.is_dir():
        return "pdf.js isn't here: python3 -m scripts.setup services"
    return ""


def pictures(
    reader: Callable[[Files], None], pdfs: Mapping[str, bytes], folder: Path
) -> dict[str, Image.Image]:
    """Return the pages of *pdfs* as *reader* draws them, on white."""
    files: dict[Path, Path] = {}
    for pdf in pdfs.values():
        source = folder / f"{len(files):03d}.pdf"
        source.write_bytes(pdf)
        files[source] = source.with_suffix(".png")
    reader(files)
    drawn = {}
    for name, target in zip(pdfs, files.values(), strict=True):
        with Image.open(target) as image:
            drawn[name] = image.convert("RGB")
    return drawn
