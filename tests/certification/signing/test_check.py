from __future__ import annotations

import hashlib
import io
import time
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from certification.rendering.classes import CertificatePrinter
from certification.rendering.pdf import Renderer
from certification.rendering.print_data import PrintData
from certification.signing import check
from certification.signing.check import PdfCause, verify_pdf_signature
from tests.certification.signing.pki import AT, Signer, signer
from tests.certification.signing.test_pades import ATTACHED

Make = Callable[..., PrintData]


@pytest.fixture(scope="module")
def genuine(renderer: Renderer) -> bytes:
    return _printed(renderer, signer())


def _printed(renderer: Renderer, one: Signer | None, attached: object = ATTACHED) -> bytes:
    import datetime

    face = PrintData(
        title="培训合格证书",
        holder="欧阳示例",
        body=("特发此证。",),
        number="330106-XL-2026-001837-F",
        issued_on=datetime.date(2026, 9, 26),
        issuer="某市总工会职工学校",
        verify_url="craftpath.example.cn/verify",
        qr="HTTPS://CRAFTPATH.EXAMPLE.CN/V/0123456789ABCDEF",
    )
    return CertificatePrinter(renderer, signer=one).print(face, attached, at=AT).pdf  # type: ignore[arg-type]  # any sequence of them


def judged(data: bytes) -> PdfCause:
    began = time.monotonic()
    found = verify_pdf_signature(data, [signer().chain[0]])
    assert time.monotonic() - began < check.SECONDS + 3
    assert found.genuine or (found.number, found.signer) == ("", b"")
    return found.cause


def test_genuine_certificate_gives_its_number_and_attachments(genuine: bytes) -> None:
    found = verify_pdf_signature(genuine, [signer("rsa").chain[0], signer().chain[0]])
    assert found.genuine
    assert found.number == "330106-XL-2026-001837-F"
    assert found.signer == signer().chain[0]
    assert found.attachments == {item.name: item.data for item in ATTACHED}


@pytest.mark.parametrize("part", [0.003, 0.1, 0.3, 0.5, 0.7, 0.97])
def test_byte_changed_anywhere_is_refused(genuine: bytes, part: float) -> None:
    at = int(len(genuine) * part)
    assert judged(genuine[:at] + bytes([genuine[at] ^ 1]) + genuine[at + 1 :]) in {
        PdfCause.CHANGED,
        PdfCause.DAMAGED,
        PdfCause.INCOMPLETE,
    }


def test_signature_value_changed_is_refused(genuine: bytes) -> None:
    at = genuine.index(b"/Contents<") + 10
    end = genuine.index(b">", at)
    digits = bytearray(genuine[at:end])
    digits[-20] = ord("1") if digits[-20] != ord("1") else ord("2")
    assert judged(genuine[:at] + bytes(digits) + genuine[end:]) in {
        PdfCause.CHANGED,
        PdfCause.DAMAGED,
    }


def test_overlay_by_an_incremental_update_is_refused(genuine: bytes) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(genuine))
    page, _ = writer.find_page_for_modification(0)
    stamp = writer.add_object(generic.StreamObject(stream_data=b"0 0 0 rg 100 100 200 60 re f"))
    page.get_object()["/Contents"] = generic.ArrayObject([*page.get_object()["/Contents"], stamp])
    writer.update_container(page.get_object())
    target = io.BytesIO()
    writer.write(target)
    assert target.getvalue().startswith(genuine)
    assert judged(target.getvalue()) is PdfCause.SEVERAL_PARTS
    ends = {
        hashlib.sha256(target.getvalue()[:end]).digest()
        for end in check.find_file_ends(target.getvalue())
    }
    assert (
        hashlib.sha256(genuine).digest() in ends
    )  # so whoever has its fingerprint on record knows what it was


def test_attachment_stripped_by_rewriting_is_refused(genuine: bytes) -> None:
    with pikepdf.open(io.BytesIO(genuine)) as document:
        del document.attachments["register.tlog-proof"]
        target = io.BytesIO()
        document.save(target)
    assert judged(target.getvalue()) in {PdfCause.CHANGED, PdfCause.ADDED_TO}


def test_signed_file_without_its_attachments_is_no_certificate(renderer: Renderer) -> None:
    assert judged(_printed(renderer, signer(), ATTACHED[:2])) is PdfCause.INCOMPLETE


def test_foreign_certificate_of_the_same_names_is_foreign(renderer: Renderer) -> None:
    assert judged(_printed(renderer, Signer())) is PdfCause.FOREIGN


def test_file_signed_by_nobody_is_unsigned(renderer: Renderer) -> None:
    assert judged(_printed(renderer, None)) is PdfCause.UNSIGNED


def test_encrypted_copy_is_refused(genuine: bytes) -> None:
    with pikepdf.open(io.BytesIO(genuine)) as document:
        target = io.BytesIO()
        document.save(target, encryption=pikepdf.Encryption(owner="a", user="b"))
    assert judged(target.getvalue()) is PdfCause.ENCRYPTED


def test_truncated_file_is_refused(genuine: bytes) -> None:
    assert judged(genuine[:-2000]) is PdfCause.DAMAGED
    assert judged(genuine[: len(genuine) // 2] + b"%%EOF") is PdfCause.DAMAGED


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 an office file", b'{"type":"VerifiableCredential"}', b"\x00" * 5000]
)
def test_file_of_another_kind_is_no_pdf(data: bytes) -> None:
    assert judged(data) is PdfCause.NOT_PDF


def test_two_hundred_megabytes_are_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check.sandbox, "examine", lambda *_a, **_k: pytest.fail("read"))
    assert judged(b"%PDF-1.7\n" + bytes(200 << 20)) is PdfCause.TOO_LARGE


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data + b"\nstartxref\n9\n%%EOF\n",
        lambda data: data.replace(b"%%EOF", b"% /ByteRange[0 1 2 3]\n%%EOF"),
        lambda data: data + b"%%EOF",
    ],
    ids=["startxref", "byte range", "end"],
)
def test_signed_file_built_as_none_of_ours_is_refused_unread(
    genuine: bytes, change: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check.sandbox, "examine", lambda *_a, **_k: pytest.fail("read"))
    assert judged(change(genuine)) is PdfCause.SEVERAL_PARTS


def test_contract_that_others_signed_is_foreign_whatever_was_added(renderer: Renderer) -> None:
    """Not “changed”, and not one that lacks our attachments: none of that is ours to say."""
    assert judged(_printed(renderer, Signer(), [])) is PdfCause.FOREIGN


def test_place_of_the_signature_written_otherwise_leaves_what_was_signed(genuine: bytes) -> None:
    hole = genuine.index(b"/Contents<") + len(b"/Contents<")
    end = genuine.index(b">", hole)
    other = genuine[:hole] + genuine[hole:end].upper() + genuine[end:]
    assert other != genuine
    # What was signed is ours. That it isn't our file byte for byte is for the fingerprint to say.
    assert verify_pdf_signature(other, [signer().chain[0]]).genuine


# --- files made to exhaust ---------------------------------------------------------------------------------------------


def pdf_of(objects: list[bytes], *, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """Return a file of these objects, numbered from 1."""
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        data
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d%s>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            len(objects) + 1,
            rows,
            len(objects) + 1,
            trailer,
            len(data),
        )
    )


def packed(size: int, layers: int = 1) -> bytes:
    body = bytes(size)
    for _ in range(layers):
        body = zlib.compress(body, 9)
    return body


def field_tree(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def test_deflate_bomb_is_refused_in_its_limits() -> None:
    body = packed(1 << 30, 2)
    bomb = b"<</Type/Catalog/Names 3 0 R/AcroForm 3 0 R>>"
    stream = (
        b"<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]/Length %d>>\nstream\n%s\nendstream"
        % (len(body), body)
    )
    assert judged(pdf_of([bomb, stream, stream])) in {
        PdfCause.TOO_COMPLEX,
        PdfCause.DAMAGED,
        PdfCause.UNSIGNED,
    }


def test_object_stream_bomb_is_refused_in_its_limits() -> None:
    body = packed(1 << 30, 2)
    stream = (
        b"<</Type/ObjStm/N 100000/First 9999999/Filter[/FlateDecode/FlateDecode]/Length %d>>\nstream\n%s\nendstream"
        % (
            len(body),
            body,
        )
    )
    data = b"%PDF-1.7\n"
    stream_at = len(data)
    data += b"2 0 obj\n" + stream + b"\nendobj\n"
    table_at = len(data)
    rows = (
        b"\x00\x00\x00\x00\x00"
        + b"\x02\x00\x00\x02\x00"
        + b"\x01"
        + stream_at.to_bytes(3, "big")
        + b"\x00"
        + b"\x01"
        + table_at.to_bytes(3, "big")
        + b"\x00"
    )
    data += (
        b"3 0 obj\n<</Type/XRef/W[1 3 1]/Size 4/Root 1 0 R/Length %d>>\nstream\n%s\nendstream\nendobj\n"
        % (len(rows), rows)
    )
    assert judged(data + b"startxref\n%d\n%%%%EOF\n" % table_at) in {
        PdfCause.TOO_COMPLEX,
        PdfCause.DAMAGED,
    }


def test_cross_reference_bomb_is_refused_in_its_limits() -> None:
    body = zlib.compress(bytes(5 * 40_000_000), 9)
    head = (
        b"1 0 obj\n<</Type/XRef/W[1 3 1]/Size 40000000/Root 2 0 R/Filter/FlateDecode/Length %d>>\nstream\n"
        % len(body)
    )
    data = b"%PDF-1.7\n" + head
    assert judged(data + body + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n") in {
        PdfCause.TOO_COMPLEX,
        PdfCause.DAMAGED,
    }


@pytest.mark.parametrize("depth", [2_000, 300_000])
def test_deep_nesting_is_refused_in_its_limits(depth: int) -> None:
    found = judged(pdf_of([b"<</Type/Catalog/AcroForm<</Fields%s>>>>" % field_tree(depth)]))
    assert found in {PdfCause.TOO_COMPLEX, PdfCause.DAMAGED, PdfCause.UNSIGNED}


@pytest.mark.parametrize(
    "objects",
    [
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>"],
        [
            b"<</Type/Catalog/AcroForm 2 0 R>>",
            b"<</Fields[3 0 R]>>",
            b"<</FT/Sig/T(a)/Kids[3 0 R]/Parent 3 0 R>>",
        ],
        [b"<</Type/Catalog/AcroForm 2 0 R>>", b"2 0 R"],
    ],
    ids=["pages", "fields", "reference"],
)
def test_tree_that_bites_its_tail_is_refused_in_its_limits(objects: list[bytes]) -> None:
    assert judged(pdf_of(objects)) in {PdfCause.TOO_COMPLEX, PdfCause.DAMAGED, PdfCause.UNSIGNED}


def test_chain_of_previous_tables_without_end_is_refused() -> None:
    data = pdf_of([b"<</Type/Catalog>>"], trailer=b"/Root 1 0 R/Prev 60")
    start = data.index(b"xref\n")
    assert judged(data.replace(b"/Prev 60", b"/Prev %d" % start)) in {
        PdfCause.TOO_COMPLEX,
        PdfCause.DAMAGED,
        PdfCause.UNSIGNED,
        PdfCause.ADDED_TO,
    }


def test_refused_file_leaves_nothing_of_the_reader_behind(genuine: bytes) -> None:
    assert PdfFileReader(io.BytesIO(genuine)).total_revisions == 1
    found = verify_pdf_signature(genuine, [])
    assert (found.cause, found.number, found.signer) == (PdfCause.FOREIGN, "", b"")
