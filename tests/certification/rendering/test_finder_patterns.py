"""The printed code leaves OpenCV's detector three corners to find, never four."""

import random

import cv2
import numpy
import pytest
import zxingcpp
from PIL import Image

from certification.rendering import picture
from certification.rendering.finder_patterns import has_false_corner

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def payload(seed):
    chance = random.Random(seed)
    code, digits = (
        "".join(chance.choices(SIGNS, k=16)),
        "".join(chance.choices("0123456789", k=430)),
    )
    return f"https://cert.example.cn/V/{code}#{digits}"


def read_by_opencv(side, pixels):
    """What the detector reads of the code in a picture of the page at 100 dpi: a pixel of the
    picture is one of the page.
    """
    page = numpy.full((827, 1170), 255, numpy.uint8)
    page[567 : 567 + side, 118 : 118 + side] = numpy.frombuffer(pixels, numpy.uint8).reshape(
        side, side
    )
    return cv2.QRCodeDetector().detectAndDecode(page)[0]


def test_printed_codes_are_read_by_opencv_every_one():
    payloads = [payload(seed) for seed in range(60)]
    assert [
        text for text in payloads if read_by_opencv(*picture.printed_qr_pixels(text)) != text
    ] == []


def test_code_with_a_false_corner_is_the_one_opencv_loses():
    """With one mask for all, what is lost and what has a false corner are the same codes."""
    lost, told = [], []
    for seed in range(60):
        modules = picture._printed_modules(payload(seed), 3)
        image = picture._enlarged(modules).convert("L")
        lost.append(read_by_opencv(image.width, image.tobytes()) != payload(seed))
        told.append(has_false_corner(modules))
    assert sum(told) > 0
    assert [a for a, b in zip(lost, told, strict=True) if a and not b] == []


@pytest.mark.parametrize("version", [1, 2, 5, 10, 20, 40])
def test_corners_of_the_code_itself_are_none(version):
    """Also where columns end with a module that the last byte is nearly filled by."""
    code = zxingcpp.create_barcode(
        "1", zxingcpp.BarcodeFormat.QRCode, ec_level="L", version=version
    )
    modules = numpy.array(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))
    plain = numpy.full_like(modules, 255)
    for top, left in ((0, 0), (0, -7), (-7, 0)):
        rows, columns = (slice(at, at + 7 or None) for at in (top, left))
        plain[rows, columns] = modules[rows, columns]
    assert not has_false_corner(Image.fromarray(plain))
    if version >= 5:
        plain[10:17, 12:19] = modules[:7, :7]
        assert has_false_corner(Image.fromarray(plain))
