from __future__ import annotations

import gc
import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from django.utils.translation import override
from PIL import Image, ImageChops

from certification.rendering import pdf
from certification.rendering.errors import TextTooLong, UnreadablePhoto, UnsettableText
from certification.rendering.fonts import MAIN, RARE, FaceFile, FontSet
from certification.rendering.pdf import Attached, Renderer, render_plain_pdf
from certification.rendering.pdf import get_renderer as process_renderer
from certification.rendering.print_data import PrintData, Strong
from certification.rendering.sheet import LANDSCAPE
from tests.certification.pictures import without_code
from tests.certification.rendering.conftest import QR, page_of, picture, text_of

Make = Callable[..., PrintData]
LONG_NAME = "阿卜杜热合曼·买买提吐尔逊·努尔艾合买提江·古丽娜尔·艾合买提江·阿依努尔·阿布都热依木·热合曼·买合木提江"


def test_page_read_by_scanner_gives_the_token_address(
    renderer: Renderer, face: Make, tmp_path: Path
) -> None:
    page = page_of(renderer.render(face()).pdf, tmp_path)
    assert [
        code.text for code in zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)
    ] == [QR]


def test_text_of_page_equals_what_was_given(renderer: Renderer, face: Make, tmp_path: Path) -> None:
    text = text_of(renderer.render(face()).pdf, tmp_path)
    for piece in (
        "培训合格证书",
        "CERTIFICATEOFTRAININGCOMPLETION",
        "欧阳示例同志",
        "于二〇二六年六月一日至九月二十日参加焊工（三级／高级工）技能提升培训，修满六十学时，理论成绩86分、实操成绩91分，考核合格，",
        "特发此证。",
        "证书编号330106-XL-2026-001837-F",
        "扫码或登录craftpath.example.cn/verify核对真伪。本证书不是国家职业技能等级证书。",
        "某市总工会职工学校",
        "二〇二六年九月二十六日",
    ):
        assert piece.replace(" ", "") in text


def test_text_of_page_equals_the_plain_rendering(
    renderer: Renderer, face: Make, tmp_path: Path, fonts: FontSet
) -> None:
    assert sorted(text_of(renderer.render(face()).pdf, tmp_path)) == sorted(
        text_of(render_plain_pdf(face(), fonts=fonts), tmp_path)
    )


@pytest.mark.parametrize("layout", ["training", "award", "honour"])
def test_page_compared_with_plain_rendering_has_the_same_pixels(
    renderer: Renderer, face: Make, tmp_path: Path, fonts: FontSet, layout: str
) -> None:
    one = face(
        layout=layout,
        distinction="" if layout == "training" else "一等奖",
        lead="" if layout == "training" else "授予",
    )
    ours, plain = (
        without_code(page_of(data, tmp_path))
        for data in (renderer.render(one).pdf, render_plain_pdf(one, fonts=fonts))
    )
    assert ImageChops.difference(ours, plain).getbbox() is None


@pytest.mark.parametrize("name", ["张䶮", "李𬭎", "王㛃", "𠮷田", "赵喆", "陈﨏"])
def test_rare_name_stands_on_the_page_in_our_fonts(
    renderer: Renderer, face: Make, tmp_path: Path, name: str
) -> None:
    made = renderer.render(face(holder=name))
    assert name in text_of(made.pdf, tmp_path)
    assert made.fonts == {MAIN, RARE}


def test_name_with_middle_dot_stands_on_the_page(
    renderer: Renderer, face: Make, tmp_path: Path
) -> None:
    made = renderer.render(face(holder="古丽娜尔·艾合买提江"))
    assert "古丽娜尔·艾合买提江" in text_of(made.pdf, tmp_path)
    assert made.fonts == {MAIN}


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("张𡵚", ["𡵚 U+21D5A"]),
        ("张\ue863", ["U+E863"]),  # 䶮 as old systems stored it
        ("葛\U000e0100城", ["U+E0100"]),
        ("张\u200b三", ["U+200B"]),
        ("张\n三", ["U+000A"]),
        ("张😀三😀", ["😀 U+1F600"]),
    ],
)
def test_character_without_glyph_is_refused_and_named(
    renderer: Renderer, face: Make, name: str, listed: list[str]
) -> None:
    with pytest.raises(UnsettableText) as refused:
        renderer.render(face(holder=name))
    assert refused.value.data == {"characters": listed}
    assert listed[0] in str(refused.value)
    assert name not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "code"),
    [("张\u200b三", "unseen_text"), ("张\x07三", "unseen_text"), ("张😀三", "unsettable_text")],
)
def test_character_that_cannot_be_seen_is_no_matter_of_fonts(
    renderer: Renderer, face: Make, name: str, code: str
) -> None:
    with pytest.raises(UnsettableText) as refused:
        renderer.render(face(holder=name))
    assert refused.value.code == code
    with override("en"):
        assert ("ask the operator for a font" in str(refused.value)) is (code == "unsettable_text")


@pytest.mark.parametrize(
    "field", ["title", "issuer", "number", "disclaimer", "lead", "salutation", "distinction"]
)
def test_every_printed_text_is_checked(renderer: Renderer, face: Make, field: str) -> None:
    with pytest.raises(UnsettableText):
        renderer.render(face(**{field: "\ue000"}))


def test_runs_of_the_body_are_checked_in_both_weights(renderer: Renderer, face: Make) -> None:
    for body in ((("甲", Strong("\ue000")),), ("\ue000",)):
        with pytest.raises(UnsettableText):
            renderer.render(face(body=body))


def test_typeface_of_the_system_slipping_in_is_refused(face: Make, fonts: FontSet) -> None:
    everything = frozenset(range(0x20, 0x110000))
    blind = FontSet(
        "blind",
        tuple(
            FaceFile(f.family, f.weight, f.path, everything)
            for f in fonts.faces
            if f.family == MAIN
        ),
    )
    with pytest.raises(UnsettableText) as refused:
        Renderer(blind).render(face(holder="张䶮"))
    assert refused.value.code in {"foreign_font", "unsettable_text"}


def test_same_face_in_other_processes_gives_the_same_bytes(
    renderer: Renderer, face: Make, tmp_path: Path
) -> None:
    script = tmp_path / "again.py"
    script.write_text(
        "import datetime, hashlib, sys\n"
        "from pathlib import Path\n"
        "from certification.rendering import fonts, pdf\n"
        "from certification.rendering.print_data import PrintData\n"
        "ours = pdf.Renderer(fonts.ensure_fonts(folder=Path(sys.argv[1])))\n"
        "face = PrintData(title='证书', holder='张䶮', body=('特发此证。',), number='A1', issued_on=datetime.date(2026, 1, 2),\n"
        "  issuer='某工会', verify_url='a.example', qr='https://a.example/v/1/')\n"
        "print(hashlib.sha256(ours.render(face).pdf).hexdigest())\n"
        "print(hashlib.sha256(ours.render(face, variant='pdf/a-3u', attachments=[pdf.Attached('c.json', b'{}')]).pdf).hexdigest())\n"
    )
    folder = renderer.fonts.faces[0].path.parent.parent
    told = [
        subprocess.run(
            [sys.executable, script, folder],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for seed in ("0", "1")
    ]
    assert told[0] == told[1]
    assert len(set(told[0])) == 2


def test_digest_is_that_of_the_bytes(renderer: Renderer, face: Make) -> None:
    first, second = renderer.render(face()), renderer.render(face())
    assert first.sha256 == hashlib.sha256(first.pdf).hexdigest() == second.sha256
    assert first.pages == 1


@pytest.mark.parametrize(
    "change",
    [
        {"holder": LONG_NAME},
        {"holder": "Maximiliana-Alexandra Konstantinopoulou-Featherstonehaugh van der Westhuizen"},
        {
            "title": "某某省某某市二〇二六年度新能源汽车动力电池及管理系统装调与维修职业技能提升专项培训结业合格证书（线上线下融合班）"
        },
        {
            "issuer": "某某省某某市总工会职工技能人才培训与评价服务中心、某某省某某市人力资源和社会保障局职业能力建设处"
        },
        {"body": ("参加焊工技能提升培训，修满六十学时，考核合格。" * 20,)},
        {
            "language": "en",
            "title": "Certificate of Training Completion and Assessment of Practical Skill for Welders",
        },
    ],
)
def test_long_text_keeps_to_its_place_on_one_page(
    renderer: Renderer, face: Make, tmp_path: Path, change: dict[str, object]
) -> None:
    made = renderer.render(face(**change))
    with pikepdf.open(io.BytesIO(made.pdf)) as document:
        assert len(document.pages) == 1
    page = page_of(made.pdf, tmp_path)
    assert [
        code.text for code in zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)
    ] == [QR]  # nothing runs over the code
    text = text_of(made.pdf, tmp_path)
    for value in change.values():
        if isinstance(value, str) and value.isascii() and len(value) > 2:
            assert all(word in text for word in value.split())
        elif isinstance(value, str) and len(value) > 2:
            assert value[:20] in text


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"body": ("考核合格。" * 400,)}, "wording_too_long"),
        ({"title": "很长的名称" * 60}, "title_too_long"),
        ({"issuer": "某某单位" * 40}, "issuer_too_long"),
        ({"disclaimer": "本证书不是国家职业技能等级证书。" * 20}, "notes_too_long"),
    ],
)
def test_text_that_fits_at_no_size_is_refused(
    renderer: Renderer, face: Make, change: dict[str, object], code: str
) -> None:
    with pytest.raises(TextTooLong) as refused:
        renderer.render(face(**change))
    assert refused.value.code == code


def test_photo_stands_in_its_frame(renderer: Renderer, face: Make, tmp_path: Path) -> None:
    left, right = picture((295, 413), "#c02020"), picture((295, 413), "#2040c0")
    half = Image.open(io.BytesIO(left))
    half.paste(Image.open(io.BytesIO(right)).crop((0, 0, 148, 413)), (147, 0))
    half.paste((255, 255, 255), (0, 207, 295, 413))
    target = io.BytesIO()
    half.save(target, "JPEG", quality=95)
    page = page_of(renderer.render(face(photo=target.getvalue())).pdf, tmp_path, dpi=100)

    def at(x: float, y: float) -> str:  # mm
        red, green, blue = page.getpixel((round(x / 25.4 * 100), round(y / 25.4 * 100)))  # type: ignore[misc]  # an RGB picture gives three
        return "white" if min(red, green, blue) > 230 else "red" if red > blue else "blue"

    x, y, width, height = LANDSCAPE.photo
    assert [
        at(x + width / 4, y + height / 4),
        at(x + 3 * width / 4, y + height / 4),
        at(x + width / 4, y + 3 * height / 4),
    ] == [
        "red",
        "blue",
        "white",
    ]


@pytest.mark.parametrize("size", [(413, 413), (300, 900), (3000, 4200)])
def test_photo_of_other_proportions_is_cut_not_stretched_nor_spilt(
    renderer: Renderer, face: Make, tmp_path: Path, size: tuple[int, int]
) -> None:
    made = renderer.render(face(photo=picture(size, "#ff00ff")))
    page = page_of(made.pdf, tmp_path, dpi=100)
    mark = page.point(lambda value: 255 if value > 200 else 0).split()
    magenta = ImageChops.multiply(
        ImageChops.multiply(mark[0], mark[2]), ImageChops.invert(mark[1])
    ).getbbox()
    x, y, width, height = (value / 25.4 * 100 for value in LANDSCAPE.photo)
    assert magenta == pytest.approx((x, y, x + width, y + height), abs=1.5)
    assert len(made.pdf) < 200_000


def test_photo_on_the_page_carries_no_place_and_no_date(renderer: Renderer, face: Make) -> None:
    exif = Image.Exif()
    exif[0x0110] = "SECRET-CAMERA"
    made = renderer.render(face(photo=picture(exif=exif)))
    assert b"SECRET-CAMERA" in picture(exif=exif)
    assert b"SECRET-CAMERA" not in made.pdf
    assert b"Exif" not in made.pdf


@pytest.mark.parametrize("data", [b"", b"not a picture", picture()[:700], b"\xff\xd8\xff\xe1"])
def test_photo_that_is_broken_is_refused(renderer: Renderer, face: Make, data: bytes) -> None:
    with pytest.raises(UnreadablePhoto):
        renderer.render(face(photo=data))


def test_certificate_without_photo_has_no_frame(
    renderer: Renderer, face: Make, tmp_path: Path
) -> None:
    page = page_of(renderer.render(face(photo=None, body=("特发此证。",))).pdf, tmp_path, dpi=100)
    x, y, width, height = (round(value / 25.4 * 100) for value in LANDSCAPE.photo)
    assert len(page.crop((x - 3, y - 3, x + width + 3, y + height + 3)).getcolors() or ()) == 1


def test_every_font_is_embedded_and_ours(renderer: Renderer, face: Make, tmp_path: Path) -> None:
    path = tmp_path / "fonts.pdf"
    path.write_bytes(renderer.render(face(holder="张䶮")).pdf)
    lines = subprocess.run(
        ["pdffonts", path], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]
    names = [line.split()[0] for line in lines]
    assert len(names) == len(set(names)) == 5  # two weights in each layer, and the rare face
    assert all(name.split("+")[1].startswith("Craftpath-Song") for name in names)
    assert all(" yes yes yes " in line for line in lines)


def test_document_data_names_the_certificate_and_not_the_holder(
    renderer: Renderer, face: Make
) -> None:
    with pikepdf.open(io.BytesIO(renderer.render(face()).pdf)) as document:
        assert {key: str(value) for key, value in document.docinfo.items()} == {
            "/Title": "培训合格证书 330106-XL-2026-001837-F",
            "/Author": "某市总工会职工学校",
            "/CreationDate": "D:20260926",
            "/ModDate": "D:20260926",
            "/Producer": "WeasyPrint 70.0",
        }
        assert document.Root.Lang == "zh-Hans"


def test_archive_variant_holds_its_attachment_and_declares_itself(
    renderer: Renderer, face: Make, tmp_path: Path
) -> None:
    made = renderer.render(
        face(),
        variant="pdf/a-3u",
        attachments=[Attached("credential.json", b'{"a":1}', "credential", "Data")],
    )
    with pikepdf.open(io.BytesIO(made.pdf)) as document:
        assert document.attachments["credential.json"].get_file().read_bytes() == b'{"a":1}'
        assert document.Root.AF[0].AFRelationship == "/Data"
        with document.open_metadata() as data:
            assert data.pdfa_status == "3U"
        assert document.Root.OutputIntents[0].S == "/GTS_PDFA1"
        for item in document.objects:
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image":
                assert item.get("/Interpolate", False) is False
    assert [
        code.text
        for code in zxingcpp.read_barcodes(
            page_of(made.pdf, tmp_path), formats=zxingcpp.BarcodeFormat.QRCode
        )
    ] == [QR]


def test_attachment_without_the_archive_variant_is_a_mistake_of_the_caller(
    renderer: Renderer, face: Make
) -> None:
    with pytest.raises(ValueError, match="pdf/a-3u"):
        renderer.render(face(), attachments=[Attached("a", b"")])


def test_markup_in_a_name_is_text(renderer: Renderer, face: Make, tmp_path: Path) -> None:
    assert "<b>甲&乙</b>" in text_of(renderer.render(face(holder="<b>甲&乙</b>")).pdf, tmp_path)


def test_layer_of_one_batch_is_not_used_for_another(
    renderer: Renderer, face: Make, tmp_path: Path
) -> None:
    first = text_of(renderer.render(face(issuer="甲市总工会")).pdf, tmp_path)
    second = text_of(renderer.render(face(issuer="乙市总工会")).pdf, tmp_path)
    assert "甲市总工会" in first
    assert "甲市总工会" not in second


def test_layers_kept_are_bounded(renderer: Renderer, face: Make) -> None:
    for index in range(pdf._LAYERS_KEPT + 2):
        renderer.render(face(photo=None, issuer=f"某市第{index}工会"))
    assert len(renderer._layers) == pdf._LAYERS_KEPT


def test_worker_asks_twice_gets_the_same_renderer() -> None:
    assert process_renderer() is process_renderer()


@pytest.mark.slow
def test_two_hundred_certificates_keep_memory_flat(renderer: Renderer, face: Make) -> None:
    def resident() -> float:
        return (
            int(Path("/proc/self/statm").read_text().split()[1])
            * os.sysconf("SC_PAGE_SIZE")
            / 2**20
        )

    def issue(first: int, count: int) -> None:
        for index in range(first, first + count):
            renderer.render(
                replace(
                    face(),
                    holder=chr(0x4E00 + index) + "某",
                    number=f"A-{index:06d}",
                    qr=f"{QR}{index}",
                )
            )
        gc.collect()

    issue(0, 60)
    before = resident()
    issue(60, 200)
    assert resident() - before < 12
