#!/usr/bin/env bash
# OpenCV's QRCodeDetector loses dense QR codes whose modules aren't a whole number of pixels wide; ZXing reads the same pictures.
#
# A certificate carries more than an address in its code (number, name, award, signature: some 500 characters, 57 by 57 modules). Drawn
# 27 mm wide at 100 dpi, as in a screenshot of a page, such a code has 2.9 pixels a module. The pictures here are clean: modules in black and
# white with a quiet zone, scaled without rotation, noise or compression. A printed code meant for such readers should have modules of whole
# pixels at the resolutions people use: 0.762 mm is three pixels at 100 dpi.
#
# Seen on 2026-11-30 with opencv-python-headless 5.0.0.93 and zxing-cpp 3.1.1, of 24 codes: ZXing 24 at every size; OpenCV 0 at 2.9 and at
# 3.07 pixels a module, 22 at 3, 24 at 4 and at 6.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check opencv-python-headless==5.0.0.93 zxing-cpp==3.1.1 numpy==2.3.4 Pillow==12.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import random

import cv2
import numpy
import zxingcpp
from PIL import Image

digits = random.Random(20261130)
TEXTS = [("https://cert.example.cn/V/ABCDEFGHJKLMNPQR#" + "".join(digits.choices("0123456789", k=480))) for _ in range(24)]


def drawn(text: str, pixels_a_module: float) -> numpy.ndarray:
    """Return the code of *text* at version 10, level L, with a quiet zone of four modules, in grey."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="L", version=10)
    modules = numpy.array(zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=True))
    modules = modules if modules.ndim == 2 else modules[:, :, 0]
    if pixels_a_module == int(pixels_a_module):
        return numpy.kron(modules, numpy.ones((int(pixels_a_module),) * 2, numpy.uint8))
    side = round(modules.shape[0] * pixels_a_module)
    return numpy.array(Image.fromarray(modules).resize((side, side), Image.Resampling.BILINEAR))


seen = {}
for pixels in (2.9, 3, 3.07, 4, 6):
    pictures = [(text, drawn(text, pixels)) for text in TEXTS]
    by_zxing = sum(any(one.text == text for one in zxingcpp.read_barcodes(picture)) for text, picture in pictures)
    by_opencv = sum(cv2.QRCodeDetector().detectAndDecode(picture)[0] == text for text, picture in pictures)
    seen[pixels] = (by_zxing, by_opencv)
    print(f"{pixels} pixels a module: of {len(TEXTS)} codes ZXing reads {by_zxing}, OpenCV {by_opencv}")
assert all(by_zxing == len(TEXTS) for by_zxing, _by_opencv in seen.values()), "ZXing has changed"
assert seen[2.9][1] <= 2, "OpenCV has changed: 2.9 pixels"
assert seen[3.07][1] <= 2, "OpenCV has changed: 3.07 pixels"
assert min(seen[3][1], seen[4][1], seen[6][1]) >= 20, "OpenCV has changed: whole pixels"
print("still so")
PYTHON
