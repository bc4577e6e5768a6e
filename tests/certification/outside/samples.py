"""Certificates of every kind, worded by the templates every site has, on both sheets, with names
that few systems can write.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pikepdf
from PIL import Image, ImageDraw

from certification.enums import CertificateKind, CertificateLayout, Orientation
from certification.models import CertificateTemplate
from certification.rendering.classes import CertificatePrinter, PrintedCertificate
from certification.rendering.pdf import Attached, get_renderer, render_plain_pdf
from certification.rendering.print_data import PrintData, Signatory
from certification.signing.stamped import PadesLtSigner
from certification.workflows.sample import build_sample_print_data
from tests.certification.rendering.conftest import picture
from tests.certification.signing.pki import signer
from tests.factories.ground import OrgUnitFactory

AT = datetime.datetime(2026, 9, 26, 12, tzinfo=datetime.UTC)
LONG = "阿卜杜热合曼·买买提吐尔逊·努尔艾合买提江·古丽娜尔·艾合买提江·阿依努尔·阿布都热依木·热合曼"[
    :45
]
NAMES = (
    "𠮷田光",
    "李𬭎",
    "王㛃",
    "张䶮",
    LONG,
    "欧阳示例",
    "Maximiliana-Alexandra Konstantinopoulou",
    "阿喆·玥",
)
ATTACHED = [
    Attached("credential.json", b'{"a":1}' * 500, "credential", "Data"),
    Attached("credential.jwt", b"abc." * 900, "credential as JWT", "Alternative"),
    Attached("register.tlog-proof", b"c2sp.org/tlog-proof@v1\n" * 50, "proof", "Supplement"),
]


@dataclass(frozen=True, slots=True)
class Sample:
    """A certificate in all forms: by layout class and on its own at level B, with a timestamp, and
    as WeasyPrint writes the same page.
    """

    face: PrintData
    by_class: bytes
    alone: bytes
    reference: bytes
    stamped: dict[str, bytes] = field(default_factory=dict)


def faces() -> dict[str, PrintData]:
    """Return a face for each kind, layout and sheet, by its name."""
    org, made = OrgUnitFactory(name="示例市总工会职工学校"), {}
    for index, (kind, layout, orientation) in enumerate(_combinations()):
        template = CertificateTemplate.objects.filter(org=None, kind=kind).latest("version")
        template.layout, template.orientation = layout, orientation
        face = replace(
            build_sample_print_data(template, org),
            holder=NAMES[index % len(NAMES)],
            photo=picture() if index % 2 else None,
            seal=_drawing("#a92f20") if index % 3 else None,
            signatories=(
                Signatory("主任", "李䶮", _drawing("#1b2130")),
                Signatory("校长", "王示例"),
            )
            if index % 2 == 0
            else (),
        )
        made[f"{kind.name}, {layout}, {orientation}"] = face
    return made


def _combinations() -> Iterator[tuple[CertificateKind, CertificateLayout, Orientation]]:
    """Yield every kind and every layout, on both sheets: a kind in the layout of its name, and in
    another one on the other sheet.
    """
    layouts = list(CertificateLayout)
    for index, kind in enumerate(CertificateKind):
        yield kind, layouts[index], Orientation.LANDSCAPE
        yield kind, layouts[index], Orientation.PORTRAIT
        yield kind, layouts[(index + 1) % len(layouts)], list(Orientation)[index % 2]


def _drawing(colour: str) -> bytes:
    image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((20, 20, 280, 280), outline=colour, width=14)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def make(stamper: PadesLtSigner) -> dict[str, Sample]:
    """Print all samples."""
    alone, of_class = (
        CertificatePrinter(get_renderer(), signer=signer(), pays_from=1000),
        CertificatePrinter(get_renderer(), signer=signer(), pays_from=1),
    )
    stamped = {
        way: CertificatePrinter(get_renderer(), stamper=stamper, pays_from=pays)
        for way, pays in (("class", 1), ("full", 1000))
    }
    made: dict[str, Sample] = {}
    for index, (name, face) in enumerate(faces().items()):
        sample = Sample(
            face,
            _printed(of_class, face, "class"),
            _printed(alone, face, "full"),
            render_plain_pdf(face, fonts=get_renderer().fonts),
        )
        if (
            index % 3 == 0
        ):  # one of each kind: a stamped file takes long, and its page is one of the others
            for way, press in stamped.items():
                sample.stamped[way] = _printed(press, face, way)
        made[name] = sample
    return made


def _printed(press: CertificatePrinter, face: PrintData, way: str) -> bytes:
    press.plan([face])
    made: PrintedCertificate = press.print(face, ATTACHED, at=AT)
    assert made.way == way, made.why
    return made.pdf


def rewritten(pdf: bytes, change: Callable[[pikepdf.Object], pikepdf.Object]) -> bytes:
    """Return *pdf* with the operand of each `TJ` of its page and forms given to *change*, by a
    parser that isn't ours.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for stream in streams_of(document.pages[0].obj):
            instructions = [
                (
                    [change(one.operands[0])] if str(one.operator) == "TJ" else one.operands,
                    one.operator,
                )
                for one in pikepdf.parse_content_stream(stream)
            ]
            content = pikepdf.unparse_content_stream(instructions)
            if stream.get("/Subtype") == "/Form":
                stream.write(content)
            else:
                stream.Contents = document.make_stream(content)
        target = io.BytesIO()
        document.save(target)
        return target.getvalue()


def streams_of(page: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Yield *page* and the form XObjects in it: whatever has a content stream."""
    yield page
    for form in page.get("/Resources", {}).get("/XObject", {}).values():
        if form.get("/Subtype") == "/Form":
            yield from streams_of(form)
