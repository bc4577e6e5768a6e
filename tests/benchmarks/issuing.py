"""How many certificates a core issues a second: one by one, in a batch, and beside other ways of
making the same page.

Three questions, each answered in one run on one machine:

* one certificate by WeasyPrint's public API (`Renderer`), against the plain loop: the same template
  and style sheet, everything in
  it, the system's own Noto Serif CJK SC, `HTML(string=…).write_pdf()` for each;
* a batch of 10,000 by layout classes (`Press`), PDF/A-3u with its three attachments, signed with
  P-256, the making and comparing of
  classes included; against the plain loop with the same attachments, signed by pyHanko as its
  manual says;
* the same page printed by Chromium and drawn by ReportLab.

CPU time (user and system, all threads and all processes) is compared, turn by turn, because a
shared machine changes its speed by half within minutes. The figure of a single certificate is the
median, that of the batch the whole divided by its certificates.

Run: python -m tests.benchmarks.issuing [--count 10000]
"""

from __future__ import annotations

import argparse
import base64
import datetime
import hashlib
import io
import os
import random
import re
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import django
from PIL import Image, ImageDraw, ImageFilter
from rich.console import Console
from rich.table import Table

from core.progress import progress_bar
from tests.support.benchmark import pick_by_size

if TYPE_CHECKING:
    from certification.rendering.pdf import Attached
    from certification.rendering.print_data import PrintData

ROUNDS, FAST_PER_ROUND, WARM_UP = 12, 5, 40
# A warm-up of the fast way is part of its use: cffi parses a C type for every new length of a glyph
# array, once per worker.
BATCH = pick_by_size(small=2_000, large=10_000)
AT = datetime.datetime(2026, 9, 26, 12, tzinfo=datetime.UTC)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
GIVEN = "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂英华玉兰红梅鹏辉玲飞燕"
OCCUPATIONS = ("焊工", "电工", "汽车维修工")
LEVELS = ("五级／初级工", "四级／中级工", "三级／高级工")

Attach = Callable[["PrintData", int], "Sequence[Attached]"]


class Row(NamedTuple):
    """One way of issuing: documents a CPU second, CPU milliseconds a document, how many times the
    plain loop, KiB a document.
    """

    name: str
    docs_per_second: float
    cpu_ms: float
    ratio: float
    kib: float


class Batch(NamedTuple):
    """A batch beside the plain signed loop: the rows, and how many certificates took which way."""

    plain: Row
    press: Row
    ways: Counter[str]
    classes: int


def portrait() -> bytes:
    """Return a made-up one-inch portrait at 250 dpi with the grain of a camera, 16 KB or so."""
    image = Image.new("RGB", (295, 413), (246, 247, 249))
    draw = ImageDraw.Draw(image)
    draw.ellipse((40, 290, 255, 560), fill=(40, 52, 80))
    draw.ellipse((85, 90, 210, 260), fill=(225, 190, 165))
    draw.pieslice((80, 70, 215, 240), 180, 360, fill=(25, 20, 20))
    image = Image.blend(
        image.filter(ImageFilter.GaussianBlur(2)),
        Image.effect_noise(image.size, 22).convert("RGB"),
        0.1,
    )
    target = io.BytesIO()
    image.save(target, "JPEG", quality=88)
    return target.getvalue()


def face_of(index: int, photo: bytes, *, qr_digits: int = 0) -> PrintData:
    """Return the certificate of the holder number *index* of a batch: nine trades, names of two to
    four characters, own scores.

    One name in eighty has a character of the rare face, one in forty is long with a middle dot.
    """
    from certification.rendering.print_data import Personal, PrintData, Strong

    luck = random.Random(index)
    name = luck.choice(SURNAMES) + "".join(luck.choices(GIVEN, k=luck.choice((1, 2, 2, 2, 3))))
    if index % 80 == 79:
        name = name[0] + luck.choice("喆赟玥珺䶮")
    elif index % 40 == 39:
        name = "古丽娜尔·艾合买提江"[: 9 + index % 2]
    digits = "".join(luck.choices("0123456789", k=qr_digits))
    return PrintData(
        title="培训合格证书",
        title_en="CERTIFICATE OF TRAINING COMPLETION",
        holder=name,
        salutation="同志",
        body=(
            (
                "于二〇二六年六月一日至九月二十日参加",
                Strong(f"{OCCUPATIONS[index % 3]}（{LEVELS[index // 3 % 3]}）"),
                "技能提升培训，修满六十学时，理论成绩",
                Personal(str(60 + index % 40)),
                "分、实操成绩",
                Personal(str(60 + index * 3 % 40)),
                "分，考核合格，特发此证。",
            ),
        ),
        number=f"330106-XL-2026-{index:06d}-{'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'[index * 7 % 36]}",
        issued_on=datetime.date(2026, 9, 26),
        issuer="某市总工会职工学校",
        # Each holder has a photo of his own: a byte of noise makes it another file, which is
        # checked and cleaned anew.
        photo=photo[:2] + b"\xff\xfe\x00\x06%04d" % (index % 10_000) + photo[2:],
        verify_url="craftpath.example.cn/verify",
        qr=f"HTTPS://CRAFTPATH.EXAMPLE.CN/V/7QM3VX9K{index:08d}" + (f"#{digits}" if digits else ""),
        disclaimer="本证书不是国家职业技能等级证书。",
    )


def made_up_attachments(face: PrintData, index: int) -> Sequence[Attached]:
    """Return files of the size and the randomness of a credential, its JWT and its register proof."""
    from certification.rendering.pdf import Attached

    noise = hashlib.shake_256(face.number.encode()).digest(2800)
    text = (
        '{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential","OpenBadgeCredential"],'
        + '"a":"b",' * 290
    )
    return [
        Attached(
            "credential.json",
            (text + f'"n":{index},"proof":"{noise[:500].hex()}"}}').encode(),
            "",
            "Data",
        ),
        Attached("credential.jwt", base64.urlsafe_b64encode(noise), "", "Alternative"),
        Attached(
            "register.tlog-proof",
            b"c2sp.org/tlog-proof@v1\n" + base64.b64encode(noise[:800]),
            "",
            "Supplement",
        ),
    ]


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measure and return one row for each way of one certificate: plain loop, our renderer, our
    renderer as PDF/A-3u with a credential.
    """
    from certification.rendering.pdf import Attached, Renderer, render_plain_pdf

    photo = portrait()
    ours = Renderer()
    credential = Attached("credential.json", b'{"proof":"' + b"x" * 1200 + b'"}')
    ways: list[tuple[str, Callable[[PrintData], bytes], int]] = [
        ("plain WeasyPrint loop", render_plain_pdf, 1),
        ("renderer", lambda one: ours.render(one).pdf, FAST_PER_ROUND),
        (
            "renderer, PDF/A-3u with attachment",
            lambda one: ours.render(one, variant="pdf/a-3u", attachments=[credential]).pdf,
            FAST_PER_ROUND,
        ),
    ]
    return _beside(ways, lambda index: face_of(index, photo), rounds)


def batch(
    count: int = BATCH, *, rounds: int = ROUNDS, attach: Attach = made_up_attachments
) -> Batch:
    """Measure a batch of *count* by layout classes against the plain loop signed by pyHanko.
    *attach* makes the attachments.

    What *attach* takes is not counted, on either side.
    """
    from certification.rendering.classes import CertificatePrinter
    from certification.rendering.pdf import Renderer
    from tests.certification.signing.pki import signer

    photo = portrait()
    one = signer()
    plain_way, plain_spent, plain_size = _plain_signed(one, attach), [], 0
    for index in range(2):
        plain_way(face_of(index, photo, qr_digits=600))
    press = CertificatePrinter(Renderer(), signer=one)
    press.print(face_of(-1, photo), at=AT)  # a worker that is up
    faces = [face_of(index, photo, qr_digits=600) for index in range(count)]
    ways: Counter[str] = Counter()
    size = 0
    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("Printing a batch by classes", total=count)
        began = _cpu()
        press.plan(faces)
        spent = _cpu() - began
        for index, face in enumerate(faces):
            files = attach(face, index)
            began = time.process_time()
            made = press.print(face, files, at=AT)
            spent += time.process_time() - began
            ways[f"{made.way}: {made.why}" if made.why else made.way] += 1
            size += len(made.pdf)
            if index % max(1, count // rounds) == 0:  # turn by turn, as everywhere here
                began = time.process_time()
                plain_size = len(plain_way(face))
                plain_spent.append((time.process_time() - began) * 1000)
            if index % 100 == 99:
                bar.advance(task, 100)
    cpu, slow = spent * 1000 / count, statistics.median(plain_spent)
    plain = Row("plain loop, signed by pyHanko", 1000 / slow, slow, 1.0, plain_size / 1024)
    return Batch(
        plain,
        Row("by layout classes, signed", 1000 / cpu, cpu, plain.cpu_ms / cpu, size / count / 1024),
        ways,
        len(press._moulds),
    )


def peers(rounds: int = 6) -> list[Row]:
    """Measure Chromium printing and ReportLab drawing the page of the plain loop."""
    from certification.rendering.pdf import render_plain_pdf

    photo = portrait()
    with ExitStack() as stack:
        ways: list[tuple[str, Callable[[PrintData], bytes], int]] = [
            ("plain WeasyPrint loop", render_plain_pdf, 1)
        ]
        if chromium := _chromium(stack):
            ways.append(("Chromium, page kept open", chromium, 1))
        ways.append(("ReportLab", _reportlab, 1))
        return _beside(ways, lambda index: face_of(index, photo), rounds)


def _beside(
    ways: Sequence[tuple[str, Callable[[PrintData], bytes], int]],
    face: Callable[[int], PrintData],
    rounds: int,
) -> list[Row]:
    """Return the median cost of each way, measured turn by turn; the first is the measure of the
    others.
    """
    spent: dict[str, list[float]] = {name: [] for name, *_ in ways}
    sizes: dict[str, list[int]] = {name: [] for name, *_ in ways}
    index = 0
    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("Issuing certificates", total=sum(rounds * times for *_, times in ways))
        for _name, issue, times in ways:
            for _warm in range(2 if times == 1 else WARM_UP // 2):
                issue(face(index))
                index += 1
        for _round in range(rounds):
            for name, issue, times in ways:
                for _time in range(times):
                    one = face(index)
                    index += 1
                    # Only a browser works in processes of its own, and their clock ticks in
                    # hundredths.
                    clock = _cpu if name.startswith("Chromium") else time.process_time
                    before = clock()
                    made = issue(one)
                    spent[name].append((clock() - before) * 1000)
                    sizes[name].append(len(made))
                    bar.advance(task)
    first = statistics.median(spent[ways[0][0]])
    rows = []
    for name, *_ in ways:
        cpu = statistics.median(spent[name])
        rows.append(Row(name, 1000 / cpu, cpu, first / cpu, statistics.median(sizes[name]) / 1024))
    return rows


_watched: set[int] = set()


def _cpu() -> float:
    """Return the CPU seconds of this process, its ended children, and the processes of a browser."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + (_browsers() if _watched else 0)


def _browsers() -> float:
    """Return the CPU seconds of all descendants of the watched process."""
    parents: dict[int, tuple[int, float]] = {}
    tick = os.sysconf("SC_CLK_TCK")
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = (
            int(fields[1]),
            (int(fields[11]) + int(fields[12])) / tick,
        )

    def ours(number: int) -> bool:
        while number in parents:
            if number in _watched:
                return True
            number = parents[number][0]
        return False

    return sum(
        spent for number, (_, spent) in parents.items() if number not in _watched and ours(number)
    )


def _plain_signed(one: Any, attach: Attach) -> Callable[[PrintData], bytes]:
    from asn1crypto import keys, x509
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore
    from weasyprint import Attachment

    from certification.rendering.pdf import render_plain_pdf

    store = SimpleCertificateStore()
    store.register(x509.Certificate.load(one.chain[1]))
    key = keys.PrivateKeyInfo.load(
        one.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    )
    stock = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(one.chain[0]), signing_key=key, cert_registry=store
    )
    meta = signers.PdfSignatureMetadata(
        field_name="Signature1", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    ready: dict[str, Sequence[Attached]] = {}

    def issue(face: PrintData) -> bytes:
        if face.number not in ready:
            ready[face.number] = attach(face, 0)
        files = [
            Attachment(string=item.data, name=item.name, relationship=item.relationship)
            for item in ready[face.number]
        ]
        plain = render_plain_pdf(face, pdf_variant="pdf/a-3u", attachments=files)
        return bytes(
            signers.PdfSigner(meta, stock)
            .sign_pdf(IncrementalPdfFileWriter(io.BytesIO(plain)))
            .getvalue()
        )

    return issue


def _chromium(stack: ExitStack) -> Callable[[PrintData], bytes] | None:
    from playwright.sync_api import sync_playwright

    from certification.rendering.pdf import build_plain_html

    if not Path("/usr/bin/chromium").exists():
        return None
    browser = stack.enter_context(sync_playwright()).chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox"]
    )
    stack.callback(browser.close)
    _watched.add(os.getpid())
    stack.callback(_watched.clear)
    page = browser.new_page()

    def issue(face: PrintData) -> bytes:
        page.set_content(build_plain_html(face), wait_until="load")
        return bytes(page.pdf(prefer_css_page_size=True, print_background=True))

    return issue


_TAG = re.compile(r"<(/?)(g|path|rect|circle)\b([^>]*?)/?>")
_VALUE = re.compile(r'([\w-]+)="([^"]*)"')
_STEP = re.compile(r"([MLHVCZl])([^MLHVCZl]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


def _reportlab(face: PrintData) -> bytes:
    """Draw the page by hand: the ornament, the photo, the code, each line of text at its place.
    Without any measuring of text.
    """
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    from certification.rendering import ornament, picture
    from certification.rendering.fonts import MAIN, ensure_fonts
    from certification.rendering.labels import LABELS, format_certificate_date

    if "Song-400" not in pdfmetrics.getRegisteredFontNames():
        for file in ensure_fonts().faces:
            if file.family == MAIN:
                pdfmetrics.registerFont(TTFont(f"Song-{file.weight}", str(file.path)))
    mm = 72 / 25.4
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(297 * mm, 210 * mm), pageCompression=1)
    canvas.setFillColor("#fbf8f1")
    canvas.rect(0, 0, 297 * mm, 210 * mm, stroke=0, fill=1)
    _draw_svg(canvas, ornament.draw_border(), 0, 0, mm)
    _draw_svg(canvas, ornament.draw_title_rule(), 108.5, 50, mm)
    _draw_svg(canvas, ornament.draw_plain_seal(), 207.5, 143.5, mm * 0.37)
    side, pixels = picture.qr_pixels(face.qr)
    canvas.drawImage(
        ImageReader(Image.frombytes("L", (side, side), pixels)), 30 * mm, 39 * mm, 27 * mm, 27 * mm
    )
    if face.photo:
        canvas.drawImage(ImageReader(io.BytesIO(face.photo)), 237 * mm, 105 * mm, 30 * mm, 42 * mm)
    words = "".join(run for runs in face.paragraphs() for run in runs)
    lines = [
        (400, 10, 100, 45, face.title_en),
        (700, 36, 95, 38, face.title),
        (700, 30, 32, 74, face.holder),
        (400, 15, 80, 74, face.salutation),
        *(
            (400, 15.5, 30, 88 + 10.6 * row, words[start : start + 33])
            for row, start in enumerate(range(0, len(words), 33))
        ),
        (400, 10.5, 30, 176, f"{LABELS[face.language].number}  {face.number}"),
        (
            400,
            9,
            30,
            182,
            LABELS[face.language].verify.format(url=face.verify_url) + face.disclaimer,
        ),
        (400, 13, 200, 168, face.issuer),
        (400, 13, 200, 176, format_certificate_date(face.issued_on, face.language)),
    ]
    canvas.setFillColor("#1b2130")
    for weight, size, x, y, text in lines:
        canvas.setFont(f"Song-{weight}", size)
        canvas.drawString(x * mm, (210 - y) * mm, text)
    canvas.save()
    return target.getvalue()


def _draw_svg(canvas: Any, drawing: str, left: float, top: float, scale: float) -> None:
    """Draw one of our ornaments: groups, paths, rectangles and circles."""
    mm = 72 / 25.4
    canvas.saveState()
    canvas.transform(scale, 0, 0, -scale, left * mm, (210 - top) * mm)
    style: dict[str, str] = {}
    for closing, tag, attributes in _TAG.findall(drawing):
        own = dict(_VALUE.findall(attributes))
        if tag == "g":
            style = {} if closing else own
            continue
        use = style | own
        stroke, fill = use.get("stroke"), use.get("fill", "#000")
        if stroke:
            canvas.setStrokeColor(stroke)
            canvas.setLineWidth(float(use.get("stroke-width", "1")))
        if fill != "none":
            canvas.setFillColor(fill)
        paint = {"stroke": int(stroke is not None), "fill": int(fill != "none")}
        if tag == "rect":
            canvas.rect(*(float(use[key]) for key in ("x", "y", "width", "height")), **paint)
        elif tag == "circle":
            canvas.circle(*(float(use[key]) for key in ("cx", "cy", "r")), **paint)
        else:
            canvas.drawPath(_path(canvas, use["d"]), **paint)
    canvas.restoreState()


def _path(canvas: Any, steps: str) -> Any:
    path, x, y = canvas.beginPath(), 0.0, 0.0
    for letter, text in _STEP.findall(steps):
        numbers = [float(one) for one in _NUMBER.findall(text)]
        if letter == "Z":
            path.close()
        elif letter == "H":
            x = numbers[0]
            path.lineTo(x, y)
        elif letter == "V":
            y = numbers[0]
            path.lineTo(x, y)
        elif letter == "C":
            path.curveTo(*numbers[:6])
            x, y = numbers[4:6]
        else:
            for at in range(0, len(numbers) - 1, 2):
                x, y = (
                    (x + numbers[at], y + numbers[at + 1])
                    if letter == "l"
                    else numbers[at : at + 2]
                )
                (path.moveTo if letter == "M" and at == 0 else path.lineTo)(x, y)
    return path


def _table(title: str, rows: Sequence[Row]) -> Table:
    table = Table(title, "docs/s per core", "CPU ms per doc", "ratio", "KiB per doc")
    for row in rows:
        table.add_row(
            row.name,
            f"{row.docs_per_second:.1f}",
            f"{row.cpu_ms:.2f}",
            f"{row.ratio:.1f}×",
            f"{row.kib:.0f}",
        )
    return table


def main(arguments: Sequence[str] = ()) -> None:
    """Print the three tables, and which way the certificates of the batch took."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--count", type=int, default=BATCH, help="certificates of the batch")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    wish = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    console = Console(file=sys.stdout)
    console.print(_table("one certificate", run(wish.rounds)))
    done = batch(wish.count, rounds=wish.rounds)
    console.print(
        _table(f"a batch of {wish.count}, attachments and signature", [done.plain, done.press])
    )
    taken = ", ".join(f"{number} {way}" for way, number in done.ways.most_common())
    console.print(f"{taken}; {done.classes} classes made and compared\n")
    beside = peers(max(3, wish.rounds // 2))
    console.print(_table("the same page by others", beside))
    for other in beside[1:]:
        console.print(
            f"by layout classes, signed: {other.cpu_ms / done.press.cpu_ms:.0f}× {other.name}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
