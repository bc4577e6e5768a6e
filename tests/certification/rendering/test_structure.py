"""What a screen reader is told, as poppler and pikepdf read it. veraPDF judges the same files in
tests/certification/outside.
"""

from __future__ import annotations

import datetime
import io
import subprocess
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest

from certification.rendering import reading_order
from certification.rendering.classes import CertificatePrinter
from certification.rendering.pdf import Renderer
from certification.rendering.print_data import PrintData, Signatory, Strong
from tests.certification.rendering.conftest import picture
from tests.certification.signing.pki import signer

Make = Callable[..., PrintData]
AT = datetime.datetime(2026, 9, 26, 12, tzinfo=datetime.UTC)
FULL: dict[str, Any] = {
    "holder": "张䶮",
    "lead": "兹证明",
    "distinction": "一等奖",
    "facts": ("职业：焊工", ("等级：", Strong("三级"))),
    "body_en": ("has completed the training.",),
    "signatories": (Signatory("主任", "李示例", picture(kind="PNG")), Signatory("校长", "王示例")),
    "seal": picture((300, 300), kind="PNG"),
}


def printed(renderer: Renderer, face: PrintData, way: str) -> bytes:
    press = CertificatePrinter(renderer, signer=signer(), pays_from=1 if way == "class" else 100)
    press.plan([face])
    made = press.print(face, at=AT)
    assert made.way == way, made.why
    return made.pdf


def spoken(pdf: bytes) -> list[tuple[str, str]]:
    """Return the elements that poppler finds, in order, each with the text in it."""
    told = subprocess.run(
        ["pdfinfo", "-struct-text", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    found: list[tuple[str, str]] = []
    for line in told.splitlines():
        words = line.strip()
        if words.startswith('"'):
            found[-1] = (found[-1][0], found[-1][1] + words[1:-1])
        elif words and line.startswith("  ") and not words.startswith(("/", "Object")):
            found.append((words.split()[0].rstrip(":"), ""))
    return found


def elements(pdf: bytes) -> list[dict[str, str]]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked
        assert document.Root.ViewerPreferences.DisplayDocTitle
        (root,) = document.Root.StructTreeRoot.K
        assert root.Lang == document.Root.Lang
        return [
            {key: str(kid[f"/{key}"]) for key in ("S", "Lang", "Alt") if f"/{key}" in kid}
            for kid in root.K
        ]


@pytest.mark.parametrize("way", ["class", "full"])
def test_page_is_read_in_order_by_another_program(renderer: Renderer, face: Make, way: str) -> None:
    assert spoken(printed(renderer, face(**FULL), way)) == [
        ("H1", "培训合格证书"),
        ("P", "CERTIFICATE OF TRAINING COMPLETION"),
        ("P", "兹证明"),
        ("P", "张䶮同志"),
        ("Figure", ""),
        ("P", "一等奖"),
        ("P", "职业：焊工"),
        ("P", "等级：三级"),
        (
            "P",
            "于二〇二六年六月一日至九月二十日参加焊工（三级／高级工）技能提升培训，修满六十学时，理论成绩86分、实操成绩91分，考核合格，特发此证。",
        ),
        ("P", "has completed the training."),
        ("Figure", ""),
        ("P", "主任 李示例"),
        ("P", "校长 王示例"),
        ("Figure", ""),
        ("P", "某市总工会职工学校"),
        ("P", "二〇二六年九月二十六日"),
        ("P", "证书编号330106-XL-2026-001837-F"),
        ("Figure", ""),
        ("P", "扫码或登录 craftpath.example.cn/verify 核对真伪。本证书不是国家职业技能等级证书。"),
        ("Form", ""),
    ]


@pytest.mark.parametrize("way", ["class", "full"])
def test_pictures_have_words_and_english_its_language(
    renderer: Renderer, face: Make, way: str
) -> None:
    found = elements(printed(renderer, face(**FULL), way))
    assert [one["Alt"] for one in found if one["S"] == "/Figure"] == [
        "持证人照片",
        "李示例的签名",
        "某市总工会职工学校的印章",
        "核验本证书的二维码",
    ]
    assert [one.get("Lang", "") for one in found if one["S"] in {"/H1", "/P"}] == [
        "",
        "en",
        *[""] * 6,
        "en",
        *[""] * 6,
    ]


def test_star_where_no_seal_is_on_file_is_no_seal_to_a_screen_reader(
    renderer: Renderer, face: Make
) -> None:
    assert [one["Alt"] for one in elements(renderer.render(face()).pdf) if "Alt" in one] == [
        "持证人照片",
        "核验本证书的二维码",
    ]


def test_chinese_name_on_an_english_certificate_is_read_as_chinese(
    renderer: Renderer, face: Make
) -> None:
    def name(holder: str) -> dict[str, str]:
        return elements(
            renderer.render(
                face(language="en", lead="This is to certify that", salutation="", holder=holder)
            ).pdf
        )[3]

    assert (name("张䶮"), name("Maria Example")) == ({"S": "/P", "Lang": "zh-Hans"}, {"S": "/P"})


@pytest.mark.parametrize(
    "change",
    [
        {"body": ("", "特发此证。", " ")},
        {"facts": ("",)},
        {"title_en": " "},
        {"salutation": " "},
        {"lead": "\u3000"},
    ],
)
def test_empty_words_leave_no_element_and_no_error(
    renderer: Renderer, face: Make, change: dict[str, Any]
) -> None:
    assert spoken(renderer.render(face(**change)).pdf)[0] == ("H1", "培训合格证书")


def test_signature_field_is_named_and_belongs_to_the_tree(renderer: Renderer, face: Make) -> None:
    with pikepdf.open(io.BytesIO(printed(renderer, face(), "class"))) as document:
        (widget,) = document.pages[0].Annots
        form = list(document.Root.StructTreeRoot.K[0].K)[-1]
        assert (str(widget.TU), document.pages[0].Tabs, form.S) == (
            "签发单位的数字签名",
            "/S",
            "/Form",
        )
        assert form.K.Obj.objgen == widget.objgen
        parents = document.Root.StructTreeRoot.ParentTree.Nums
        assert (
            dict(zip(map(int, list(parents)[::2]), list(parents)[1::2], strict=True))[
                int(widget.StructParent)
            ].objgen
            == form.objgen
        )


def test_template_that_differs_from_the_order_of_reading_is_an_error(
    renderer: Renderer, face: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = reading_order._wording_parts
    monkeypatch.setattr(reading_order, "_wording_parts", lambda one: parts(one)[1:])
    with pytest.raises(ValueError, match="template"):
        renderer.render(face())
