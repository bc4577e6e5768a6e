#!/usr/bin/env bash
# PDFium drops the adjustments at the end of a TJ array once an empty string stands there; what is shown next stands too far left.
# MuPDF moves.
#
# ISO 32000-1, 9.4.3: every number of a TJ array moves the text position, whatever stands beside it. Programs that set text glyph by glyph
# (WeasyPrint 70 for a run that changes its font) do write such arrays. The four pages below are valid and mean the same place for "C".
#
# Seen on 2026-11-29 with pypdfium2 5.15.2 and PyMuPDF 1.26.6, right edge of "C" in pixels: PDFium 93, 73, 73, 93; MuPDF 92 four times.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pypdfium2==5.15.2 PyMuPDF==1.26.6 Pillow==12.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import pymupdf
import pypdfium2


def page(text: str) -> bytes:
    """Return a PDF of one page that shows *text*, operators between BT and ET, in 40 point Helvetica from x = 20."""
    content = f"BT /F1 40 Tf 20 40 Td {text} ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    written, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(written)
    written += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return written + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start


def right_edge(image) -> int:
    """Return the last column with ink."""
    grey = image.convert("L")
    return max(x for x in range(grey.width) if min(grey.crop((x, 0, x + 1, grey.height)).tobytes()) < 128)


def by_pdfium(data: bytes) -> int:
    return right_edge(pypdfium2.PdfDocument(data)[0].render(scale=1).to_pil())


def by_mupdf(data: bytes) -> int:
    return right_edge(pymupdf.open(stream=data, filetype="pdf")[0].get_pixmap().pil_image())


seen = {}
for words in ("[(B) -500] TJ [(C)] TJ", "[(B) -500 ()] TJ [(C)] TJ", "[(B) -250 () -250] TJ [(C)] TJ", "[(B)] TJ [-500 () (C)] TJ"):
    seen[words] = (by_pdfium(page(words)), by_mupdf(page(words)))
    print(f"{words:34} right edge of C: PDFium {seen[words][0]}, MuPDF {seen[words][1]}")
plain, before_empty, between, leading = seen.values()
assert plain[1] == before_empty[1] == between[1] == leading[1], "MuPDF no longer agrees with itself"
assert plain[0] - before_empty[0] == plain[0] - between[0] == 20, "PDFium has changed: moves at the end, beside an empty string"
assert plain[0] == leading[0], "PDFium has changed: an empty string before other text"
print("still so")
PYTHON
