from __future__ import annotations

import datetime
import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from certification.rendering.fonts import FontSet, ensure_fonts
from certification.rendering.pdf import Renderer
from certification.rendering.print_data import PrintData, Strong

QR = "https://craftpath.example.cn/v/7Qm3vX9kT2bLr8WcYpZ4hA/"


def picture(
    size: tuple[int, int] = (295, 413), colour: str = "#3060c0", kind: str = "JPEG", **options: Any
) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, kind, **options)
    return target.getvalue()


@pytest.fixture(scope="session")
def fonts() -> FontSet:
    return ensure_fonts()


@pytest.fixture(scope="session")
def renderer(fonts: FontSet) -> Renderer:
    return Renderer(fonts)


def certificate(**changes: Any) -> PrintData:
    """Return a training certificate; keywords change it."""
    values: dict[str, Any] = {
        "title": "培训合格证书",
        "title_en": "CERTIFICATE OF TRAINING COMPLETION",
        "holder": "欧阳示例",
        "salutation": "同志",
        "body": (
            (
                "于二〇二六年六月一日至九月二十日参加",
                Strong("焊工（三级／高级工）"),
                "技能提升培训，修满六十学时，理论成绩86分、实操成绩91分，考核合格，特发此证。",
            ),
        ),
        "number": "330106-XL-2026-001837-F",
        "issued_on": datetime.date(2026, 9, 26),
        "issuer": "某市总工会职工学校",
        "photo": picture(),
        "verify_url": "craftpath.example.cn/verify",
        "qr": QR,
        "disclaimer": "本证书不是国家职业技能等级证书。",
    }
    return PrintData(**(values | changes))


@pytest.fixture
def face() -> Callable[..., PrintData]:
    """What makes a training certificate."""
    return certificate


def text_of(pdf: bytes, folder: Path) -> str:
    """Return the text of *pdf* as poppler reads it, without white space: spaced titles are split
    by it.
    """
    path = folder / "text.pdf"
    path.write_bytes(pdf)
    answer = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return "".join(answer.stdout.decode().split())


def page_of(pdf: bytes, folder: Path, dpi: int = 150) -> Image.Image:
    """Return the page as poppler draws it."""
    path = folder / "page.pdf"
    path.write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-png", "-r", str(dpi), "-singlefile", path, folder / "page"], check=True
    )
    with Image.open(folder / "page.png") as image:
        return image.convert("RGB")
