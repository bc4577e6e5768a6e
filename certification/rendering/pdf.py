"""The renderer, which turns print data into the bytes of a one-page PDF, the same bytes every time.

What never changes within a batch (paper, border, title, seal, issuer, date) is laid out once and
kept as a layer of PDF objects. For each certificate WeasyPrint lays out only the name, the wording
and the number, and photo and QR code are added as ready image objects by its `finisher`.
`render_plain_pdf` makes the same certificate the ordinary way, as the measure of speed and of
correctness.

Only WeasyPrint's public API is used. The page is signed in the same write if a seal is given
(`signing.pades`). Nothing is stored.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import io
import math
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal
from unicodedata import east_asian_width

import pydyf
from django.template import Context, Engine
from PIL import Image
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from certification.rendering import ornament, picture
from certification.rendering.errors import TextTooLong, UnsettableText
from certification.rendering.fonts import FAMILIES, FontSet, ensure_fonts
from certification.rendering.labels import LABELS, format_certificate_date
from certification.rendering.layers import Layer, finish_streams, make_serialised_stream
from certification.rendering.print_data import PrintData, Strong
from certification.rendering.reading_order import Marks, order_elements, picture_marks
from certification.rendering.sheet import SHEETS, Box, PageGeometry
from certification.rendering.signature_field import add_signature_field
from certification.rendering.structure import (
    DECORATION,
    LAYER_PARENTS,
    Block,
    begin_figure,
    declare_accessible,
    take_blocks,
    write_tree,
)
from certification.rendering.text_operators import repair_text
from certification.signing.pades import PadesSigner

Variant = Literal["pdf", "pdf/a-3u"]

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "certification" / "print"
_POINTS = 72 / 25.4  # in a millimetre
_PIXELS = 96 / 25.4
WITH_ROSETTE = frozenset({"award", "honour", "title", "level"})
_KEPT_TOGETHER = 5  # characters: 特发此证。
_LAYERS_KEPT = 32  # of some 100 KB each


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside a PDF/A-3 certificate, such as its verifiable credential."""

    name: str
    data: bytes
    description: str = ""
    relationship: Literal["Source", "Data", "Alternative", "Supplement", "Unspecified"] = "Data"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished certificate. `fonts` are the families that were used.

    `unsigned_sha256` is the digest of all but the signature, and is the same at every printing.
    Without a signature it equals `sha256`.
    """

    pdf: bytes
    sha256: str
    unsigned_sha256: str
    pages: int
    fonts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Captured:
    """The `pydyf` objects of a certificate before they are written, by their numbers, and the
    fonts WeasyPrint used.

    `marks` are the numbers of the pictures' content. `widget` is the number of the signature field,
    if there is one.
    """

    objects: list[Any]
    catalog: Any
    info: Any
    page: Any
    fonts: dict[Any, Any]
    marks: Marks
    widget: int | None


@dataclass(frozen=True, slots=True)
class _Fixed:
    """What the certificates of a batch share, which is the layer, its blocks, and its font
    families.
    """

    layer: Layer
    blocks: list[Block]
    fonts: frozenset[str]


class Renderer:
    """Keeps what all certificates of a worker process share. There is one per process (see
    `get_renderer()`).
    """

    def __init__(self, fonts: FontSet | None = None) -> None:
        """Load the derived fonts (making them on a machine's first use) and parse the style sheet."""
        self.fonts = fonts or ensure_fonts()
        self._able = {bold: self.fonts.characters(bold=bold) for bold in (False, True)}
        self._config = FontConfiguration()
        self._sheet = CSS(string=_sheet(self.fonts), font_config=self._config)
        self._fetcher = (
            URLFetcher()
        )  # WeasyPrint would make one for each certificate; only our own data addresses are asked
        self._layers: OrderedDict[tuple[object, ...], _Fixed] = OrderedDict()
        self._lock = threading.Lock()

    def render(
        self,
        face: PrintData,
        *,
        variant: Variant = "pdf",
        attachments: Sequence[Attached] = (),
        seal: PadesSigner | None = None,
        at: datetime.datetime | None = None,
        field: bool = False,
    ) -> Rendered:
        """Return the certificate as PDF, signed by *seal* at the moment *at*.

        It is PDF/A-3u if asked, and only that may hold *attachments*. With *field* and without a
        seal it has an empty field, for a signature that is added later. The same print data gives
        the same bytes in every process. Raises `UnsettableText` if a character has no glyph in our
        fonts, `TextTooLong` if a text does not fit its place at the smallest size, and
        `UnreadablePhoto` for a broken photo.
        """
        if attachments and variant != "pdf/a-3u":
            raise ValueError("attachments need the variant pdf/a-3u")
        self.check(face)
        photo = None if face.photo is None else picture.make_photo_image(face.photo)
        code = picture.make_qr_image(face.qr)

        def add_field(pdf: Any, page: Any) -> bytes | None:
            if seal is None and not field:
                return None
            return add_signature_field(
                pdf, page, label=LABELS[face.language].field, seal=seal, at=at
            )

        def finish(_document: Any, pdf: Any, _page: Any, _marks: Marks) -> None:
            finish_streams(pdf)

        data, pages, used = self._compose(
            face, photo, code, variant, attachments, add_field, finish
        )
        if seal is None:
            digest = hashlib.sha256(data).hexdigest()
            return Rendered(data, digest, digest, pages, used)
        signed = seal.sign(bytearray(data))
        return Rendered(signed.pdf, signed.sha256, signed.unsigned_sha256, pages, used)

    def capture(
        self,
        face: PrintData,
        photo: picture.PdfImage | None,
        code: picture.PdfImage,
        *,
        field: bool,
    ) -> Captured:
        """Return the PDF/A-3u objects of *face* before they are written, with *photo* and *code*
        as its pictures.

        With *field* there is an empty signature field.
        """
        self.check(face)
        kept: list[Captured] = []
        widgets: list[int] = []

        def add_field(pdf: Any, page: Any) -> bytes | None:
            if not field:
                return None
            reference = add_signature_field(pdf, page, label=LABELS[face.language].field)
            widgets.append(int(reference.split()[0]))
            return reference

        def finish(document: Any, pdf: Any, page: Any, marks: Marks) -> None:
            widget = widgets[0] if widgets else None
            kept.append(
                Captured(
                    list(pdf.objects),
                    pdf.catalog,
                    pdf.info,
                    page,
                    dict(document.fonts),
                    marks,
                    widget,
                )
            )

        self._compose(face, photo, code, "pdf/a-3u", (), add_field, finish)
        return kept[0]

    def _compose(
        self,
        face: PrintData,
        photo: picture.PdfImage | None,
        code: picture.PdfImage,
        variant: Variant,
        attachments: Sequence[Attached],
        add_field: Callable[[Any, Any], bytes | None],
        last: Callable[[Any, Any, Any, Marks], None],
    ) -> tuple[bytes, int, frozenset[str]]:
        """Return the bytes of the page with all its layers, the number of pages and the fonts used.

        *add_field* may add a signature field and returns its reference. *last* is called with the
        objects.
        """
        with (
            self._lock
        ):  # WeasyPrint gains nothing from threads, and its image and font state is shared
            fixed = self._layer(face)
            used = fixed.fonts

            def finish(document: Any, pdf: Any) -> None:
                nonlocal used
                used |= _families(document)
                page = pdf.objects[int(pdf.page_references[0].split()[0])]
                repair_text(pdf.objects[int(page["Contents"].split()[0])])
                blocks = take_blocks(pdf, height=SHEETS[face.orientation].height * _POINTS)
                marks = picture_marks(face, blocks)
                layer = fixed.layer.add_to(pdf)
                _add_pictures(pdf, page, layer, photo, code, marks, SHEETS[face.orientation])
                field = add_field(pdf, page)
                elements = order_elements(face, fixed.blocks, blocks, marks)
                write_tree(
                    pdf, page.reference, elements, language=face.language, layer=layer, field=field
                )
                declare_accessible(pdf)
                _forget_places(pdf.catalog)
                last(document, pdf, page, marks)

            document = self._fitted(face)
            _describe(document, face)
            data = document.write_pdf(
                finisher=finish,
                pdf_tags=True,
                pdf_variant=None if variant == "pdf" else variant,
                # a tree of names is sorted
                attachments=[
                    _attachment(item, face.issued_on, self._fetcher)
                    for item in sorted(attachments, key=lambda item: item.name)
                ],
            )
        return data, len(document.pages), used

    def check(self, face: PrintData) -> None:
        """Raise `UnsettableText` if a text of *face* holds a character that our fonts of that
        weight can't set.
        """
        labels = LABELS[face.language]
        fixed = (
            labels.number + labels.verify + format_certificate_date(face.issued_on, face.language)
        )
        texts = {False: face.regular_text() + fixed, True: face.bold_text()}
        if all(self._able[bold].issuperset(map(ord, text)) for bold, text in texts.items()):
            return
        raise UnsettableText.characters(
            dict.fromkeys(
                c for bold, text in texts.items() for c in text if ord(c) not in self._able[bold]
            )
        )

    def _layer(self, face: PrintData) -> _Fixed:
        """Return the fixed layer of *face*, made at the first certificate of its kind."""
        key = (
            face.layout,
            face.orientation,
            face.seal,
            face.signatories,
            face.language,
            face.title,
            face.title_en,
            face.issuer,
            face.issued_on,
            face.verify_url,
            face.disclaimer,
            face.photo is None,
        )
        if key in self._layers:
            self._layers.move_to_end(key)
            return self._layers[key]
        kept: list[_Fixed] = []
        sheet = SHEETS[face.orientation]
        document = next(
            self._fits(
                face, _title_steps(face), lambda made: not _unfitting(made, sheet), fixed=True
            ),
            None,
        )
        if document is None:
            raise TextTooLong.place(
                _unfitting(self._lay_out(face, _title_steps(face)[-1], fixed=True), sheet)
            )

        def finish(made: Any, pdf: Any) -> None:
            blocks = take_blocks(pdf, height=sheet.height * _POINTS)
            kept.append(_Fixed(Layer(pdf, parents=LAYER_PARENTS), blocks, _families(made)))

        document.write_pdf(finisher=finish, pdf_tags=True)
        self._layers[key] = kept[0]
        while len(self._layers) > _LAYERS_KEPT:
            self._layers.popitem(last=False)
        return kept[0]

    def _fitted(self, face: PrintData) -> Any:
        sheet = SHEETS[face.orientation]
        document = next(
            self._fits(
                face, _wording_steps(face), lambda made: _wording_fits(made, sheet), text=True
            ),
            None,
        )
        if document is None:
            raise TextTooLong.place("wording")
        return document

    def _fits(
        self, face: PrintData, steps: Iterable[str], fits: Callable[[Any], bool], **layers: bool
    ) -> Iterator[Any]:
        """Yield the layouts of *face* in which every text fits its place, the largest type first."""
        for step in steps:
            document = self._lay_out(face, step, **layers)
            if fits(document):
                yield document

    def _lay_out(self, face: PrintData, step: str, **layers: bool) -> Any:
        markup = _html(face, step, fixed=layers.get("fixed", False), text=layers.get("text", False))
        return HTML(string=markup, url_fetcher=self._fetcher).render(
            font_config=self._config, stylesheets=[self._sheet]
        )


def get_renderer() -> Renderer:
    """Return this process's renderer.

    A forked child makes its own, because the parent would remove the font files it uses.
    """
    return _renderer_of(os.getpid())


@cache
def _renderer_of(_process: int) -> Renderer:
    return Renderer()


def build_plain_html(face: PrintData, *, fonts: FontSet | None = None) -> str:
    """Return the same certificate as one HTML document that contains everything."""
    return _html(
        face,
        f"{_title_steps(face)[0]} {_wording_steps(face)[0]}",
        style=_sheet(fonts),
        fixed=True,
        images=True,
        text=True,
    )


def render_plain_pdf(face: PrintData, *, fonts: FontSet | None = None, **options: Any) -> bytes:
    """Return the same certificate made the ordinary way, from one HTML string by
    `HTML(string=…).write_pdf()`.

    It is set in the system's own Noto Serif CJK SC unless derived *fonts* are given, as the
    comparison of pixels needs.
    """
    return bytes(HTML(string=build_plain_html(face, fonts=fonts)).write_pdf(**options))


# --- markup -----------------------------------------------------------------------------------------------------------


@cache
def _template() -> Any:
    return Engine(dirs=[str(_TEMPLATES)]).get_template("certificate.html")


@cache
def _css() -> str:
    return (_TEMPLATES / "certificate.css").read_text(encoding="utf-8")


def _sheet(fonts: FontSet | None) -> str:
    families = (
        '"Noto Serif CJK SC", serif'
        if fonts is None
        else ", ".join(f'"{family}"' for family in FAMILIES)
    )
    return ("" if fonts is None else fonts.css()) + _css().replace("FAMILIES", families)


def _html(
    face: PrintData,
    step: str,
    *,
    style: str = "",
    fixed: bool = False,
    images: bool = False,
    text: bool = False,
) -> str:
    labels, sheet = LABELS[face.language], SHEETS[face.orientation]
    context: dict[str, object] = {
        "face": face,
        "classes": f"{face.layout} {face.orientation} {step}{'' if face.photo is None else ' photographed'}",
        "rosette_shown": face.layout in WITH_ROSETTE,
        "style": style,
        "decoration": DECORATION,
        "fixed": fixed,
        "images": images,
        "text": text,
    }
    if style:
        context["created"] = face.issued_on.isoformat()
    if fixed:
        context |= {
            "labels": labels,
            "date": format_certificate_date(face.issued_on, face.language),
            "verify": labels.verify.format(url=face.verify_url),
            "border": _svg_uri(ornament.draw_border(sheet.width, sheet.height)),
            "rosette": _svg_uri(ornament.draw_rosette()),
            "ribbon": _svg_uri(ornament.draw_title_rule()),
            "seal": _svg_uri(ornament.draw_plain_seal())
            if face.seal is None
            else _uri("image/png", face.seal),
            "signatories": [
                (one, _uri("image/png", one.picture) if one.picture else "")
                for one in face.signatories
            ],
        }
    if images:
        context |= {
            "photo": None if face.photo is None else _uri("image/jpeg", face.photo),
            "qr": _uri("image/png", _qr_png(face.qr)),
        }
    if text:
        lines = [_runs(runs, face, place) for place, runs in enumerate(face.paragraphs())]
        facts, english = len(face.facts), len(face.body_en)
        context |= {
            "facts": lines[:facts],
            "paragraphs": lines[facts : len(lines) - english],
            "english": lines[len(lines) - english :],
        }
    return str(_template().render(Context(context)))


def _runs(runs: tuple[str, ...], face: PrintData, place: int) -> list[tuple[str, str]]:
    """Return the runs of a paragraph with their classes.

    The last words of a Chinese paragraph stay on one line, so that 证。 is never alone on one.
    """
    marked: list[tuple[str, str]] = []
    for run in runs:
        kind = "strong" if isinstance(run, Strong) else ""
        if marked and marked[-1][1] == kind:  # whether a run is personal must not show
            marked[-1] = (marked[-1][0] + run, kind)
        else:
            marked.append((str(run), kind))
    text, kind = marked[-1]
    chinese = face.language == "zh-Hans" and len(face.facts) <= place < len(face.facts) + len(
        face.body
    )
    if chinese and not kind and len(text) > 2 * _KEPT_TOGETHER:
        marked[-1:] = [(text[:-_KEPT_TOGETHER], ""), (text[-_KEPT_TOGETHER:], "kept")]
    return marked


def _svg_uri(drawing: str) -> str:
    return _uri("image/svg+xml", drawing.encode())


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


def _qr_png(payload: str) -> bytes:
    side, pixels = picture.printed_qr_pixels(payload)
    target = io.BytesIO()
    Image.frombytes("L", (side, side), pixels).save(target, "PNG")
    return target.getvalue()


# --- fitting ----------------------------------------------------------------------------------------------------------


def _ems(text: str) -> float:
    """Return the approximate width of *text* in ems.

    A Chinese character is one, a Latin letter a little more than half.
    """
    return sum(1.0 if east_asian_width(c) in "WFA" else 0.56 for c in text)


def _title_steps(face: PrintData) -> list[str]:
    ems = _ems(face.title)
    first = 0 if ems <= 13.5 else 1 if ems <= 19 else 2 if ems <= 58 else 3
    small = _ems(face.issuer) > 38
    return [f"t{size} i{int(small)}" for size in range(first, 4)] + ([] if small else ["t3 i1"])


def _wording_steps(face: PrintData) -> list[str]:
    """Return the sizes of name and wording to try. The first is nearly always right, and each is
    checked after layout.
    """
    sheet = SHEETS[face.orientation]
    width = (
        sheet.wording_width if face.photo is None else sheet.wording_width_beside_photo
    ) * _POINTS
    paragraphs = face.paragraphs()
    chinese = paragraphs[len(face.facts) : len(paragraphs) - len(face.body_en)]
    beside = _ems(face.salutation) * 15 + 20
    name = _ems(face.holder)
    holder = (
        0
        if name * 32 + beside <= width
        else 1
        if name * 22.5 + beside <= width
        else 2
        if name <= 64
        else 3
    )
    height = (sheet.wording_end - sheet.wording_start) * _POINTS - (58, 45, 58, 46)[holder]
    height -= (
        (21 if face.lead else 0) + (40 if face.distinction else 0) + 20 * -(-len(face.facts) // 2)
    )
    height -= sum(
        -(-_ems("".join(runs)) * 10 // width) * 15 + 6
        for runs in paragraphs[len(paragraphs) - len(face.body_en) :]
    )
    steps = []
    for size, (points, leading) in enumerate(((15.5, 1.95), (13.5, 1.8), (11.5, 1.7), (9.5, 1.55))):
        lines = sum(-(-(_ems("".join(runs)) + 2) * points // width) for runs in chinese)
        if lines * points * leading <= height or size == 3:
            steps.append(f"h{holder} b{size}")
    return [*steps, "h3 b3"]


def _below(document: Any, anchor: str) -> float:
    """Return how far *anchor* is from the top of the page in mm, or infinity if it was pushed off
    the page.
    """
    place = document.pages[0].anchors.get(anchor)
    return math.inf if place is None else float(place[1]) / _PIXELS


def _unfitting(document: Any, sheet: PageGeometry) -> str:
    if _below(document, "heading") < sheet.heading_start:
        return "title"
    if _below(document, "issuer") < sheet.issuer_start:
        return "issuer"
    return "notes" if _below(document, "notes-end") > sheet.notes_end else ""


def _wording_fits(document: Any, sheet: PageGeometry) -> bool:
    return len(document.pages) == 1 and _below(document, "wording-end") <= sheet.wording_end


# --- finishing --------------------------------------------------------------------------------------------------------


def _describe(document: Any, face: PrintData) -> None:
    """Write the document's metadata, without the holder's name.

    It is written here and not in a `<head>`, because each element there costs a cascade.
    """
    data = document.metadata
    data.title, data.authors = f"{face.title} {face.number}", [face.issuer]
    data.created = data.modified = face.issued_on.isoformat()


def _families(document: Any) -> frozenset[str]:
    """Return the font families of *document*. Raises `UnsettableText` for a glyph that was missing
    or came from elsewhere.

    WeasyPrint silently falls back to any font of the system, so what was used is checked, not only
    what was asked for.
    """
    lacking = sorted({code for font in document.fonts.values() for code in font.missing})
    if lacking:
        raise UnsettableText.characters(map(chr, lacking))
    families = frozenset(font.family for font in document.fonts.values())
    if foreign := families - set(FAMILIES):
        raise UnsettableText.foreign_fonts(foreign)
    return families


def _add_pictures(
    pdf: Any,
    page: Any,
    layer: bytes,
    photo: picture.PdfImage | None,
    code: picture.PdfImage,
    marks: Marks,
    sheet: PageGeometry,
) -> None:
    """Draw the fixed *layer*, *photo* and *code* under the text of *page*."""
    drawn = pdf.objects[int(page["Resources"].split()[0])]["XObject"]
    drawn["Fixed"] = layer
    under = pydyf.Stream([b"q /Fixed Do Q"])
    for name, image, box, mark in (
        ("Photo", photo, sheet.photo, marks.photo),
        ("Code", code, sheet.qr, marks.code),
    ):
        if image is not None and mark is not None:
            held = make_serialised_stream(image.dictionary(), image.data)
            pdf.add_object(held)
            drawn[name] = held.reference
            draw_image(under, name, image, box, sheet, mark=mark)
    pdf.add_object(under)
    page["Contents"] = pydyf.Array([under.reference, page["Contents"]])


def draw_image(
    stream: Any, name: str, image: picture.PdfImage, box: Box, sheet: PageGeometry, *, mark: int
) -> None:
    """Draw *image* over the whole *box* as the marked content *mark*, clipping what sticks out.

    PDF counts upwards, the box from the top left in mm. A square picture in a square box, such as
    the printed code, is not clipped, because poppler blurs the edges of a clipped picture and moves
    its pixels, after which OpenCV read none of ten codes (ADR 44).
    """
    x, y, width, height = (value * _POINTS for value in box)
    bottom = sheet.height * _POINTS - y - height
    scale = max(width / image.width, height / image.height)
    across, up = image.width * scale, image.height * scale
    begin_figure(stream, mark)
    stream.push_state()
    if (width, image.width) != (height, image.height):
        stream.rectangle(x, bottom, width, height)
        stream.clip()
        stream.end()
    stream.set_matrix(across, 0, 0, up, x - (across - width) / 2, bottom - (up - height) / 2)
    stream.draw_x_object(name)
    stream.pop_state()
    stream.end_marked_content()


def _forget_places(catalog: Any) -> None:
    """Remove the named destinations that were used to measure the text."""
    names = catalog.get("Names", {})
    names.pop("Dests", None)
    if "Names" in catalog and not names:
        del catalog["Names"]


def _attachment(item: Attached, day: datetime.date, fetcher: URLFetcher) -> Attachment:
    moment = datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC)
    return Attachment(
        file_obj=io.BytesIO(item.data),
        name=item.name,
        description=item.description,
        created=moment,
        modified=moment,
        relationship=item.relationship,
        url_fetcher=fetcher,
    )
