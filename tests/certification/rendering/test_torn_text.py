"""Glued numbers in content streams are found by the grammar alone."""

from __future__ import annotations

import pytest

from certification.rendering import layers
from certification.rendering import pdf as pdf_module
from certification.rendering.pdf import Renderer
from certification.rendering.torn_text import (
    UnreadablePage,
    find_malformed_numbers,
    iterate_malformed_operands,
)


@pytest.mark.parametrize(
    ("content", "bad"),
    [
        (b"[<0539>-60-61.4<0967>] TJ", [b"-60-61.4"]),
        (b"[<0539>-60<>-61.4<0967>] TJ", []),
        (b"1 0 0 -1 0 .5 cm +3. -.25 10.0 w", []),
        (b"1e-07 0 Td 1.2.3 5-", [b"1e-07", b"1.2.3", b"5-"]),
        (b"(text -60-61.4 \\) (inner 1.2.3) end) Tj /F1-2.3.4 12 Tf % 9-9\n<< /MCID 0 >> BDC", []),
        (b"BI /W 1 /H 1 ID 1-1 9.9.9\nEI Q 7-7", [b"7-7"]),
        (b"(never closed 1-1", []),
        (b"", []),
    ],
)
def test_what_begins_like_a_number_and_is_none_is_found(content, bad):
    assert list(iterate_malformed_operands(content)) == bad


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"no pdf at all", b"%PDF-1.7\n" + b"\x00" * 4096]
)
def test_file_that_cannot_be_read_is_said_to_be_so(data):
    with pytest.raises(UnreadablePage):
        find_malformed_numbers(data)


def put_the_fault_back(monkeypatch) -> None:
    """Draw as before renderer version 1: empty strings are taken out, and numbers on both sides of
    them stick together.
    """

    def drop(text) -> None:
        text.stream = [
            item.replace(b"<>", b"") if isinstance(item, bytes) and item.endswith(b" TJ") else item
            for item in text.stream
        ]

    def drop_all(objects) -> None:
        for item in objects:
            if hasattr(item, "stream"):
                drop(item)

    monkeypatch.setattr(pdf_module, "repair_text", drop)
    monkeypatch.setattr(layers, "repair_all_text", drop_all)


def test_page_drawn_with_the_old_fault_is_found_and_one_drawn_now_is_sound(monkeypatch, face):
    with monkeypatch.context() as patch:
        put_the_fault_back(patch)
        old = Renderer().render(face(), variant="pdf/a-3u").pdf
    assert any("-" in token[1:] for token in find_malformed_numbers(old))
    assert find_malformed_numbers(Renderer().render(face(), variant="pdf/a-3u").pdf) == []
