"""The printed code in the hands of other readers: ZXing, ZBar, OpenCV and jsQR, from a picture of
the page at 100 dpi.

ZXing, ZBar and jsQR read every page, whether PDFium, poppler or mupdf has drawn it; OpenCV reads 98
or 99 of 100 at 100 dpi, 94 where a module is four and a half pixels (150 dpi), as measured with 400
codes (ADR 44). Keys and signatures are new in each run.
"""

import json
import shutil
import subprocess
from pathlib import Path

import numpy
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from tests.certification.outside.conftest import unavailable
from tests.certification.outside.world import HOST, TEN

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FOLDER = Path(__file__).parent / "npm"


def draw_with_pdfium(source, dpi):
    return pypdfium2.PdfDocument(source)[0].render(scale=dpi / 72).to_pil().convert("L")


def draw_with_poppler(source, dpi):
    target = source.with_suffix(".png")
    subprocess.run(
        ["pdftoppm", "-png", "-r", str(dpi), "-singlefile", source, target.with_suffix("")],
        check=True,
        capture_output=True,
    )
    return Image.open(target).convert("L")


def draw_with_mupdf(source, dpi):
    if shutil.which("mutool") is None:
        unavailable("mutool isn't here: python3 -m scripts.setup services")
    target = source.with_suffix(".png")
    subprocess.run(
        ["mutool", "draw", "-q", "-r", str(dpi), "-o", target, source, "1"],
        check=True,
        capture_output=True,
    )
    return Image.open(target).convert("L")


DRAWN = [
    pytest.param((draw_with_pdfium, 100), id="PDFium-100"),
    pytest.param((draw_with_pdfium, 150), id="PDFium-150"),
    pytest.param((draw_with_pdfium, 200), id="PDFium-200"),
    pytest.param((draw_with_poppler, 100), id="poppler-100"),
    pytest.param((draw_with_mupdf, 100), id="mupdf-100"),
]


@pytest.fixture(scope="module", params=DRAWN)
def pictures(request, world, tmp_path_factory):
    """The ten pages as grey pictures."""
    draw, dpi = request.param
    drawn = {}
    for name in TEN:
        source = tmp_path_factory.mktemp("page") / "page.pdf"
        source.write_bytes(world.good[name].pdf)
        drawn[name] = draw(source, dpi)
    return drawn


def expected(world, name, text):
    address, _, digits = text.partition("#")
    return address.startswith(f"{HOST}/V/") and digits == world.good[name].offline


def unread(world, pictures, read):
    return [name for name, picture in pictures.items() if not expected(world, name, read(picture))]


def test_zxing_reads_every_page(world, pictures):
    def read(picture):
        found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
        return found[0].text if found else ""

    assert unread(world, pictures, read) == []


def test_zbar_reads_every_page(world, pictures):
    try:
        from pyzbar import pyzbar
    except ImportError:
        unavailable("libzbar0 isn't here: python3 -m scripts.setup services")

    def read(picture):
        found = pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])
        return found[0].data.decode() if found else ""

    assert unread(world, pictures, read) == []


def test_opencv_reads_the_pages(world, pictures):
    import cv2

    def read(picture):
        return cv2.QRCodeDetector().detectAndDecode(numpy.asarray(picture))[0]

    assert len(unread(world, pictures, read)) <= 2


def test_jsqr_reads_every_page(world, pictures, tmp_path):
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "jsqr").is_dir():
        unavailable("Node or its packages aren't here: python3 -m scripts.setup services")
    files = {}
    for number, (name, picture) in enumerate(pictures.items()):
        files[name] = tmp_path / f"{number}.rgba"
        files[name].write_bytes(picture.convert("RGBA").tobytes())
    asked = [
        {"path": str(files[name]), "width": picture.width, "height": picture.height}
        for name, picture in pictures.items()
    ]
    done = subprocess.run(
        [node, "readqr.mjs"],
        cwd=FOLDER,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    read = dict(zip(pictures, json.loads(done.stdout), strict=True))
    assert [name for name in pictures if not expected(world, name, read[name] or "")] == []
