"""Certificates are drawn alike: by pdf.js, PDFium, mupdf and poppler as they draw WeasyPrint's own
file of the same page.

WeasyPrint's own picture is its unchanged output for the whole page as one HTML document, in the
same fonts, drawn by the same reader: so the readers' different ways of smoothing don't count, and
any difference is ours. One exception: PDFium loses the last adjustment of a text array that has an
empty string in it, and thus draws WeasyPrint's own file wrongly behind a rare character. For
PDFium, pikepdf takes the empty strings out of the reference.

The bound: poppler, mupdf and PDFium draw the same pixels, not one differs. pdf.js leaves the
letters to the browser, whose hinting (FreeType) aligns a letter with the others of its font; the
fonts of a layout class hold only a few, so digits may be a pixel higher or lower. Of its pixels at
most one in a thousand may differ by more than 64 of 255 (measured: 0.03 %; the old fault: 0.6 % and
more).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf.exceptions import PdfParsingError
from PIL import Image, ImageChops

from certification.rendering import report, text_operators
from certification.rendering.pdf import Renderer, get_renderer
from certification.rendering.report import render_report_pdf
from certification.signing.pades import PadesSigner
from tests.certification.outside import readers, samples
from tests.certification.outside.conftest import unavailable
from tests.certification.pictures import without_code
from tests.certification.signing.pki import signer

pytestmark = pytest.mark.slow

TOLERATED = {"poppler": (0, 0.0), "mupdf": (0, 0.0), "PDFium": (0, 0.0), "pdf.js": (64, 0.001)}
"""By reader: by how much a pixel may differ without being counted, and the share of the page that may be counted."""

Samples = dict[str, samples.Sample]


def share_of_other_pixels(one: Image.Image, other: Image.Image, beyond: int) -> float:
    """Return which share of the pixels differs by more than *beyond* of 255."""
    assert one.size == other.size
    shades = ImageChops.difference(one, other).convert("L").histogram()
    return sum(shades[beyond + 1 :]) / sum(shades)


def chosen(printed: Samples, reader: str) -> Samples:
    """Return the samples that *reader* draws: all; of pdf.js, which takes two seconds a page, one
    of each kind, on different sheets.
    """
    return {
        name: one
        for index, (name, one) in enumerate(printed.items())
        if reader != "pdf.js" or index % 3 == index // 3 % 3
    }


def without_empty_strings(array: Any) -> pikepdf.Array:
    return pikepdf.Array(
        [element for element in array if isinstance(element, int | Decimal) or bytes(element)]
    )


@pytest.fixture(scope="module")
def references(
    printed: Samples, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], dict[str, Image.Image]]:
    """Return what draws WeasyPrint's own files by a reader, once each."""
    kept: dict[str, dict[str, Image.Image]] = {}

    def of(reader: str) -> dict[str, Image.Image]:
        if why := readers.missing(reader):
            unavailable(why)
        if reader not in kept:
            files = {name: sample.reference for name, sample in chosen(printed, reader).items()}
            if reader == "PDFium":
                files = {
                    name: samples.rewritten(pdf, without_empty_strings)
                    for name, pdf in files.items()
                }
            kept[reader] = readers.pictures(
                readers.READERS[reader], files, tmp_path_factory.mktemp("references")
            )
        return kept[reader]

    return of


def test_every_content_stream_is_parsed_and_its_arrays_alternate_between_strings_and_numbers(
    printed: Samples,
) -> None:
    for name, sample in printed.items():
        for pdf in (sample.by_class, sample.alone, *sample.stamped.values()):
            arrays = list(_text_arrays(pdf))
            assert len(arrays) > 10, name
            for array in arrays:
                numbers = [isinstance(element, int | Decimal) for element in array]
                assert not any(before and after for before, after in pairwise(numbers)), (
                    name,
                    array,
                )
                assert all(
                    abs(element) < 5000
                    for element, number in zip(array, numbers, strict=True)
                    if number
                ), (name, array)


def _text_arrays(pdf: bytes) -> Iterator[list[Any]]:
    known = {
        "TJ",
        "Tf",
        "Tm",
        "BT",
        "ET",
        "q",
        "Q",
        "cm",
        "Do",
        "re",
        "W",
        "W*",
        "n",
        "f",
        "f*",
        "rg",
        "RG",
        "gs",
        "d",
        "w",
        "J",
        "j",
        "M",
    }
    known |= {
        "m",
        "l",
        "c",
        "h",
        "S",
        "BDC",
        "BMC",
        "EMC",
        "Tr",
        "s",
        "B",
        "B*",
        "v",
        "y",
        "i",
        "scn",
        "SCN",
        "cs",
        "CS",
    }
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for stream in samples.streams_of(document.pages[0].obj):
            for instruction in pikepdf.parse_content_stream(stream):
                assert str(instruction.operator) in known
                if str(instruction.operator) == "TJ":
                    yield list(instruction.operands[0])


@pytest.mark.parametrize("reader", readers.READERS)
def test_every_kind_is_drawn_as_weasyprints_own_file_is(
    printed: Samples,
    references: Callable[[str], dict[str, Image.Image]],
    tmp_path: Path,
    reader: str,
) -> None:
    expected = references(reader)
    files = {f"class: {name}": sample.by_class for name, sample in chosen(printed, reader).items()}
    for name, sample in chosen(printed, "pdf.js").items():
        files[f"full: {name}"] = sample.alone
        files |= {f"{way}, LT: {name}": pdf for way, pdf in sample.stamped.items()}
    assert len(files) > 10
    beyond, tolerated = TOLERATED[reader]
    drawn = readers.pictures(readers.READERS[reader], files, tmp_path)
    cover = without_code if reader == "poppler" else Image.Image.copy
    shares = {
        name: share_of_other_pixels(cover(page), cover(expected[name.partition(": ")[2]]), beyond)
        for name, page in drawn.items()
    }
    assert {name: share for name, share in shares.items() if share > tolerated} == {}


@pytest.mark.parametrize("reader", ["poppler", "mupdf", "pdf.js"])
def test_report_is_drawn_as_without_the_repair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: str
) -> None:
    """These readers draw the empty strings of WeasyPrint's file rightly (PDFium doesn't:
    test_text_operators).
    """
    if why := readers.missing(reader):
        unavailable(why)
    markup = (
        "<html lang=zh-Hans><title>核验报告</title><h1>核验报告</h1>"
        "<p style='letter-spacing: .1em'>李䶮𠮷某 No. 42</p><p>王㛃</p></html>"
    )

    def made() -> bytes:
        seal = PadesSigner(signer())
        return render_report_pdf(
            markup,
            "html { font-family: FAMILIES }",
            label="签名",
            attached=("a.jwt", b"a"),
            seal=seal,
            at=samples.AT,
            renderer=get_renderer(),
        )

    ours = made()
    assert all(array for array in _text_arrays(ours))
    monkeypatch.setattr(report, "repair_all_text", lambda _objects: None)
    drawn = readers.pictures(readers.READERS[reader], {"ours": ours, "reference": made()}, tmp_path)
    beyond, tolerated = TOLERATED[reader]
    assert share_of_other_pixels(drawn["ours"], drawn["reference"], beyond) <= tolerated


@pytest.mark.parametrize("reader", ["mupdf", "PDFium", "pdf.js"])
def test_glued_numbers_of_before_are_seen_by_this_test(
    printed: Samples,
    references: Callable[[str], dict[str, Image.Image]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reader: str,
) -> None:
    """The control: with the fault put back, every page is beyond the bound, and pikepdf can't
    parse it. (poppler reads two numbers.)
    """
    expected = references(reader)
    monkeypatch.setattr(
        text_operators, "merge_adjustments", lambda operator: operator.replace(b"<>", b"")
    )
    faulty = Renderer(get_renderer().fonts)
    files = {
        name: faulty.render(sample.face, variant="pdf/a-3u").pdf
        for name, sample in list(chosen(printed, "pdf.js").items())[:3]
    }
    for pdf in files.values():
        with pytest.raises((PdfParsingError, TypeError)):
            list(_text_arrays(pdf))
    draw = (
        readers.READERS[reader]
        if reader != "pdf.js"
        else lambda asked: readers.draw_with_pdfjs(asked, lenient=True)
    )
    beyond, tolerated = TOLERATED[reader]
    drawn = readers.pictures(draw, files, tmp_path)
    assert all(
        share_of_other_pixels(page, expected[name], beyond) > 2 * tolerated
        for name, page in drawn.items()
    )
