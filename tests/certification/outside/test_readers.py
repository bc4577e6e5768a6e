"""The printed code in the hands of other readers: ZXing, ZBar, OpenCV and jsQR, from a picture of the page at 100 dpi.

ZXing, ZBar and jsQR read every page. OpenCV's detector loses one code in forty (ADR 34): it may miss two of ten.
"""

import json
import shutil
import subprocess
from pathlib import Path

import numpy
import pypdfium2
import pytest
import zxingcpp

from tests.certification.outside.conftest import unavailable
from tests.certification.outside.world import HOST, TEN

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FOLDER = Path(__file__).parent / "npm"


@pytest.fixture(scope="module", params=[100, 150, 200])
def pictures(request, world):
    """The ten pages as grey pictures, and what each code holds."""
    drawn = {}
    for name in TEN:
        page = pypdfium2.PdfDocument(world.good[name].pdf)[0]
        drawn[name] = page.render(scale=request.param / 72).to_pil().convert("L")
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
    asked = [{"path": str(files[name]), "width": picture.width, "height": picture.height} for name, picture in pictures.items()]
    done = subprocess.run(
        [node, "readqr.mjs"], cwd=FOLDER, input=json.dumps(asked), capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    read = dict(zip(pictures, json.loads(done.stdout), strict=True))
    assert [name for name in pictures if not expected(world, name, read[name] or "")] == []
