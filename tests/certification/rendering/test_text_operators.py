from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise

import pikepdf
import pypdfium2
import pytest

from certification.rendering.classes import CertificatePrinter
from certification.rendering.pdf import Renderer
from certification.rendering.print_data import PrintData, Signatory
from certification.rendering.text_operators import merge_adjustments

Make = Callable[..., PrintData]
AT = datetime.datetime(2026, 9, 26, 12, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("written", "merged"),
    [
        (b"[<0539>-60<>-61.4<0967>1] TJ", b"[<0539>-121.4<0967>1] TJ"),
        (b"[<>-30.7<206d>-29<>-30.7<87f2>-29] TJ", b"[-30.7<206d>-59.7<87f2>-29] TJ"),
        (b"[<>-30<>30<206d>] TJ", b"[<206d>] TJ"),
        (b"[<206d>5<>-5<206e>] TJ", b"[<206d><206e>] TJ"),
        (b"[<0014>-9<>-10.214285714285714<0014>] TJ", b"[<0014>-19.2143<0014>] TJ"),
        (b"[<0014>1e-07<><0015>2E2<>] TJ", b"[<0014><0015>200] TJ"),
        (b"[<>] TJ", b"[] TJ"),
    ],
)
def test_adjustments_side_by_side_become_their_sum(written: bytes, merged: bytes) -> None:
    assert merge_adjustments(written) == merged


@pytest.mark.parametrize(
    "broken", [b"[<0014>-60-61.4<0015>] TJ", b"[<0014>(a)] TJ", b"[<0014>/F] TJ"]
)
def test_array_of_anything_else_is_not_guessed_at(broken: bytes) -> None:
    with pytest.raises(ValueError, match="adjustment"):
        merge_adjustments(broken)


def _content_streams(page: pikepdf.Object) -> Iterator[pikepdf.Object]:
    yield page
    for form in page.get("/Resources", {}).get("/XObject", {}).values():
        if form.get("/Subtype") == "/Form":
            yield from _content_streams(form)


def text_arrays(pdf: bytes) -> list[list[object]]:
    """Return the operands of all text arrays of the first page and its forms, as pikepdf parses
    them; it raises for what is no PDF.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [
            list(instruction.operands[0])
            for stream in _content_streams(document.pages[0].obj)
            for instruction in pikepdf.parse_content_stream(stream)
            if str(instruction.operator) == "TJ"
        ]


@pytest.mark.parametrize("way", ["class", "full"])
def test_every_text_array_alternates_between_strings_and_single_numbers(
    renderer: Renderer, face: Make, way: str
) -> None:
    one = face(
        holder="张䶮𠮷 3", title="某市𬭎䶮培训证书", signatories=(Signatory("主任", "李䶮甲"),)
    )
    press = CertificatePrinter(renderer, pays_from=1 if way == "class" else 100)
    press.plan([one])
    made = press.print(one, at=AT)
    assert made.way == way
    arrays = text_arrays(made.pdf)
    assert len(arrays) > 15
    for array in arrays:
        kinds = [isinstance(element, int | Decimal) for element in array]
        assert True not in {before and after for before, after in pairwise(kinds)}
        assert all(
            kind or bytes(element) for kind, element in zip(kinds, array, strict=True)
        )  # no empty string


def _horizontal_places(pdf: bytes) -> list[float]:
    """Return where PDFium begins each character of the page, in points, line by line as they are
    written.
    """
    document = pypdfium2.PdfDocument(pdf)
    text = document[0].get_textpage()
    return [text.get_charbox(index, loose=True)[0] for index in range(text.count_chars())]


def test_pdfium_moves_nothing_behind_a_rare_character(renderer: Renderer, face: Make) -> None:
    """A character of the rare face takes the same place as one of the main face, so whatever
    follows must stand where it stood.
    """
    rare, common = (
        renderer.render(face(holder=holder, signatories=(Signatory("主任", signatory),))).pdf
        for holder, signatory in (("李䶮某", "䶮某某"), ("李某某", "某某某"))
    )
    assert _horizontal_places(rare) == pytest.approx(_horizontal_places(common), abs=0.05)
