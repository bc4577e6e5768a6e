"""A picture, a scan or a printed page handed in: answered by its code from the register, with the
sentence that it proves nothing.
"""

import base64
import io
from pathlib import Path

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from PIL import Image, ImageDraw, ImageOps

from access import SYSTEM
from certification.enums import CertificateState, Reason
from certification.models import Certificate, HandedIn, LookUp
from certification.sandbox.kinds import is_picture
from certification.workflows import issue
from tests.certification.pictures import draw_code, draw_page, png_that_claims, save
from tests.certification.views.test_verify_file import hand_in, report_of, words
from tests.factories.certification import make_order
from tests.factories.ground import PersonFactory

pytestmark = pytest.mark.django_db
HEIC = Path(__file__).resolve().parents[1] / "data" / "photo.heic"
HOST = "https://craftpath.example.cn"


@pytest.fixture
def certificate(db, settings):
    settings.BASE_URL = HOST
    row = issue.issue_certificate(
        actor=SYSTEM, order=make_order(person=PersonFactory(name="欧阳示例"))
    )
    Certificate.objects.filter(pk=row.pk).update(code="0123456789ABCDEF")
    row.refresh_from_db()
    return row


def address(code="0123456789ABCDEF", host=HOST):
    return f"{host}/V/{code}"


def answer(client, data, name="IMG_2031.jpg"):
    """Return (status, cause, page) of the answer to *data*."""
    page = hand_in(client, data, name)
    row = HandedIn.objects.latest("pk")
    if page.status_code == 302:
        page = client.get(page.url)
    text = page.content.decode()
    assert f'data-cause="{row.cause}"' in text
    return page.status_code, row.cause, text


def turned(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    page = draw_page(address())
    undo = {
        3: Image.Transpose.ROTATE_180,
        6: Image.Transpose.ROTATE_90,
        8: Image.Transpose.ROTATE_270,
        5: Image.Transpose.TRANSPOSE,
    }
    return save(page.transpose(undo[orientation]), "JPEG", exif=exif)


PICTURES = {
    "png": lambda: save(draw_page(address()), "PNG"),
    "jpeg": lambda: save(draw_page(address()), "JPEG", quality=60),
    "webp": lambda: save(draw_page(address()), "WEBP"),
    "heic": HEIC.read_bytes,
    "scan": lambda: save(draw_page(address()), "PDF"),
    "two pages": lambda: save(
        draw_page(), "PDF", save_all=True, append_images=[draw_page(address())]
    ),
    "dark grey on blue": lambda: save(
        ImageOps.colorize(draw_page(address()), "#222", "lightblue"), "PNG"
    ),
    "transparent": lambda: save(with_alpha(draw_page(address())), "PNG"),
    "turned by 180": lambda: turned(3),
    "turned by 90": lambda: turned(6),
    "turned by 270": lambda: turned(8),
    "mirrored": lambda: turned(5),
    "askew": lambda: save(draw_page(address()).rotate(17, expand=True, fillcolor="white"), "JPEG"),
    "48 megapixels": lambda: save(
        draw_page(address(), size=(8000, 6000), scale=14), "JPEG", quality=40
    ),
    "beside other codes": lambda: save(
        draw_page("https://weixin.qq.com/r/firm", address(), "WIFI:S:hall;;"), "PNG"
    ),
    "the same twice": lambda: save(draw_page(address(), address() + "#123"), "PNG"),
}


def with_alpha(page):
    clear = Image.new("RGBA", page.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=page.point(lambda value: 255 - value))
    return clear


@pytest.mark.parametrize("kind", PICTURES)
def test_code_on_a_picture_is_answered_from_the_register_and_the_picture_proves_nothing(
    client, certificate, kind
):
    status, cause, page = answer(client, PICTURES[kind]())
    assert (status, cause) == (200, "picture")
    assert 'data-answer="valid"' in page
    assert certificate.number in page
    assert "本身不能证明任何事" in page
    assert "与签发时逐字节一致" not in page
    assert "欧阳示例" not in page
    assert "欧阳**" in page
    assert LookUp.objects.latest("pk").way == "picture"


def test_answer_of_a_picture_in_english_says_the_same(client, certificate):
    client.cookies["django_language"] = "en"
    assert "proves nothing by itself" in answer(client, PICTURES["png"]())[2]


def test_standing_of_today_is_told_of_a_picture_too(client, certificate):
    Certificate.objects.update(
        state=CertificateState.REVOKED, state_since="2026-10-01", state_reason=Reason.FRAUD
    )
    page = answer(client, PICTURES["jpeg"]())[2]
    assert 'data-answer="revoked"' in page


def test_report_of_a_picture_says_it_was_one_and_keeps_the_name_masked(client, certificate):
    hand_in(client, PICTURES["png"]())
    report = report_of(client, LookUp.objects.latest("pk"))
    assert "欧阳**" in words(report)
    assert "欧阳示例" not in words(report)
    page = client.get(hand_in(client, report).url).content.decode()
    assert "查的是一张图片" in page


def covered():
    page = draw_page(address())
    ImageDraw.Draw(page).rectangle(
        (120, 140, 230, 250), fill="white"
    )  # a thumb over the middle, the three corners still there
    return save(page, "PNG")


REFUSED = {
    "no code": (lambda: save(draw_page(), "PNG"), "no_code", "图片里没有二维码"),
    "scan without a code": (lambda: save(draw_page(), "PDF"), "unsigned", "没有本站签名"),
    "unreadable": (covered, "code_unreadable", "二维码读不出来"),
    "of another site": (
        lambda: save(draw_page("https://other.example.cn/c/123"), "PNG"),
        "code_foreign",
        "不是本站的二维码",
    ),
    "scan of another site": (
        lambda: save(draw_page("https://other.example.cn/c/123"), "PDF"),
        "code_foreign",
        "不是本站的二维码",
    ),
    "ours on another site": (
        lambda: save(draw_page(address(host="https://craftpath.example.cn.evil.example")), "PNG"),
        "code_misleading",
        "二维码指向别的网站，不能采信",
    ),
    "of a shared link": (
        lambda: save(draw_page(address().replace("/V/", "/s/").replace("/v/", "/s/")), "PNG"),
        "code_of_page",
        "二维码指向本站的其他页面",
    ),
    "none of ours": (
        lambda: save(draw_page(address("ZZZZZZZZZZZZZZZZ")), "PNG"),
        "code_unknown",
        "二维码查不到证书，不能采信",
    ),
    "cut off": (lambda: PICTURES["jpeg"]()[:9000], "picture_damaged", "图片打不开"),
    "only a head": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(50), "picture_damaged", "图片打不开"),
    "a bomb": (lambda: png_that_claims(30_000, 30_000), "too_many_pixels", "图片太大"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_picture_without_an_answer_ends_in_a_sentence_of_its_own(client, certificate, kind):
    make, cause, sentence = REFUSED[kind]
    status, found, page = answer(client, make())
    assert (status, found) == (422, cause)
    assert sentence in page
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        english = answer(client, make())[2]
    assert sentence not in english


def test_codes_of_several_certificates_are_answered_one_by_one(client, certificate):
    other = issue.issue_certificate(actor=SYSTEM, order=make_order())
    status, cause, page = answer(client, save(draw_page(address(), address(other.code)), "PNG"))
    assert (status, cause) == (422, "codes_several")
    for row in (certificate, other):
        assert reverse("certification:code", args=[row.code]) in page
    assert LookUp.objects.latest("pk").certificate is None


def test_former_address_of_the_site_leads_to_the_register_too(client, certificate, settings):
    settings.FORMER_ADDRESSES = ["https://old.example.cn"]
    assert (
        answer(client, save(draw_page(address(host="https://old.example.cn")), "PNG"))[1]
        == "picture"
    )


def test_page_printed_by_a_browser_into_a_pdf_is_answered_like_a_scan(client, certificate):
    from weasyprint import HTML

    code = (
        "data:image/png;base64,"
        + base64.b64encode(save(draw_code(address(), scale=8), "PNG")).decode()
    )
    data = HTML(
        string=f"<p>培训合格证书 {certificate.number}<p><img src='{code}' style='width:40mm'>"
    ).write_pdf()
    assert answer(client, data, "证书.pdf")[:2] == (200, "picture")
    assert HandedIn.objects.latest("pk").kind == "scan"


def test_pdf_that_needs_a_password_is_refused_and_one_that_only_forbids_changes_is_looked_at(
    client, certificate
):
    def locked(**passwords):
        target = io.BytesIO()
        with pikepdf.open(io.BytesIO(PICTURES["scan"]())) as document:
            document.save(target, encryption=pikepdf.Encryption(**passwords))
        return target.getvalue()

    status, cause, page = answer(client, locked(owner="a", user="b"))
    assert (status, cause) == (422, "encrypted")
    assert "有密码" in page
    assert answer(client, locked(owner="a", user=""))[1] == "picture"


@pytest.mark.parametrize("name", ["证书.docx", "a.exe", "photo.gif", "noext"])
def test_content_decides_whatever_the_file_is_called(client, certificate, name):
    assert answer(client, PICTURES["png"](), name)[1] == "picture"
    page = client.post(
        reverse("certification:verify_file"),
        {"file": SimpleUploadedFile(name, b"GIF89a" + bytes(40))},
    )
    assert page.status_code == 422
    assert "只能核验" in page.content.decode()


def test_kinds_of_pictures_are_told_by_their_first_bytes():
    assert all(is_picture(PICTURES[kind]()) for kind in ("png", "jpeg", "webp", "heic"))
    assert not any(
        is_picture(data)
        for data in (
            b"",
            b"GIF89a",
            b"RIFF____WAVE",
            b"\x00\x00\x00\x18ftypmp42",
            b"%PDF-1.7",
            b"{}",
        )
    )
