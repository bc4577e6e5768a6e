"""How many certificates a core issues a second, against the plain way of using WeasyPrint.

The plain loop is what one writes on the first day: the same template and style sheet, everything in it, the system's own
Noto Serif CJK SC, `HTML(string=…).write_pdf()` for each certificate. Both are measured in one run, turn by turn, because a
shared machine changes its speed by half within minutes; the figure is the median of CPU time (user and system, all threads).

Run: python -m tests.benchmarks.issuing
"""

from __future__ import annotations

import datetime
import io
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import django
from PIL import Image, ImageDraw, ImageFilter
from rich.console import Console
from rich.table import Table

from core.progress import progress_bar

ROUNDS, FAST_PER_ROUND, WARM_UP = 12, 5, 40
# A warm-up of the fast way is part of its use: cffi parses a C type for every new length of a glyph array, once per worker.


class Row(NamedTuple):
    """One way of issuing: documents a CPU second, CPU milliseconds a document, how many times the plain loop, KiB a document."""

    name: str
    docs_per_second: float
    cpu_ms: float
    ratio: float
    kib: float


def portrait() -> bytes:
    """Return a made-up one-inch portrait at 250 dpi with the grain of a camera, 16 KB or so."""
    image = Image.new("RGB", (295, 413), (246, 247, 249))
    draw = ImageDraw.Draw(image)
    draw.ellipse((40, 290, 255, 560), fill=(40, 52, 80))
    draw.ellipse((85, 90, 210, 260), fill=(225, 190, 165))
    draw.pieslice((80, 70, 215, 240), 180, 360, fill=(25, 20, 20))
    image = Image.blend(image.filter(ImageFilter.GaussianBlur(2)), Image.effect_noise(image.size, 22).convert("RGB"), 0.1)
    target = io.BytesIO()
    image.save(target, "JPEG", quality=88)
    return target.getvalue()


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measure and return one row for each way: plain loop, our renderer, our renderer as PDF/A-3u with a credential inside."""
    from certification.rendering.face import Face, Strong
    from certification.rendering.pdf import Attached, Renderer, plain_pdf

    photo = portrait()
    surnames, given = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高", "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂英华玉兰红梅鹏辉玲飞燕"

    def face(index: int) -> Face:
        name = surnames[index % 20] + given[index * 7 % 33] + given[index * 5 % 33]
        return Face(
            title="培训合格证书",
            title_en="CERTIFICATE OF TRAINING COMPLETION",
            holder=name,
            salutation="同志",
            body=(
                (
                    "于二〇二六年六月一日至九月二十日参加",
                    Strong("焊工（三级／高级工）"),
                    f"技能提升培训，修满六十学时，理论成绩{60 + index % 40}分、实操成绩{60 + index * 3 % 40}分，考核合格，特发此证。",
                ),
            ),
            number=f"330106-XL-2026-{index:06d}-F",
            issued_on=datetime.date(2026, 9, 26),
            issuer="某市总工会职工学校",
            photo=photo,
            verify_url="craftpath.example.cn/verify",
            qr=f"https://craftpath.example.cn/v/7Qm3vX9kT2bLr8WcYp{index:06d}/",
            disclaimer="本证书不是国家职业技能等级证书。",
        )

    ours = Renderer()
    credential = Attached("credential.json", b'{"proof":"' + b"x" * 1200 + b'"}')
    ways: list[tuple[str, Callable[[Face], bytes], int]] = [
        ("plain WeasyPrint loop", plain_pdf, 1),
        ("renderer", lambda one: ours.render(one).pdf, FAST_PER_ROUND),
        (
            "renderer, PDF/A-3u with attachment",
            lambda one: ours.render(one, variant="pdf/a-3u", attachments=[credential]).pdf,
            FAST_PER_ROUND,
        ),
    ]
    spent: dict[str, list[float]] = {name: [] for name, *_ in ways}
    sizes: dict[str, list[int]] = {name: [] for name, *_ in ways}
    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("Issuing certificates", total=WARM_UP + 2 + rounds * (1 + 2 * FAST_PER_ROUND))
        index = 0
        for name, issue, _ in ways:
            for _warm in range(2 if name == ways[0][0] else WARM_UP // 2):
                issue(face(index))
                index += 1
                bar.advance(task)
        for _round in range(rounds):
            for name, issue, times in ways:
                for _time in range(times):
                    one = face(index)
                    index += 1
                    before = time.process_time()
                    made = issue(one)
                    spent[name].append((time.process_time() - before) * 1000)
                    sizes[name].append(len(made))
                    bar.advance(task)
    plain = statistics.median(spent[ways[0][0]])
    rows = []
    for name, *_ in ways:
        cpu = statistics.median(spent[name])
        rows.append(Row(name, 1000 / cpu, cpu, plain / cpu, statistics.median(sizes[name]) / 1024))
    return rows


def main() -> None:
    """Print the rows as a table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    table = Table("issuing", "docs/s per core", "CPU ms per doc", "ratio", "KiB per doc")
    for row in run():
        table.add_row(row.name, f"{row.docs_per_second:.1f}", f"{row.cpu_ms:.1f}", f"{row.ratio:.1f}×", f"{row.kib:.0f}")
    Console(file=sys.stdout).print(table)


if __name__ == "__main__":
    main()
