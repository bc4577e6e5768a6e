"""What a certificate consists of for a screen reader, and in which order it is read.

The order is the heading, the name, the wording, then the rest. The page has two layers, and each is
laid out in the order of its template, `certificate.html`. The parts of a layer are listed here in
that order. The blocks that WeasyPrint painted are matched with them, and then all are put into
reading order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from certification.rendering.labels import LABELS
from certification.rendering.print_data import Language, PrintData
from certification.rendering.sheet import SHEETS, Box
from certification.rendering.structure import Block, Element

_POINTS = 72 / 25.4  # in a millimetre
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_COLLAPSED = " \t\n\r\f"  # white space that HTML doesn't set where nothing else stands beside it


@dataclass(frozen=True, slots=True)
class Marks:
    """The numbers of the pictures that are drawn without WeasyPrint, which are the code and the
    photo, if there is one.
    """

    code: int
    photo: int | None


def picture_marks(face: PrintData, text: Sequence[Block]) -> Marks:
    """Return the numbers of code and photo, which are the first that the blocks of *text* don't
    use.

    *text* is the layer in the page's own stream.
    """
    code = max((mark for block in text for mark in block.marks), default=-1) + 1
    return Marks(code, None if face.photo is None else code + 1)


def order_elements(
    face: PrintData, fixed: Sequence[Block], text: Sequence[Block], marks: Marks
) -> list[Element]:
    """Return the elements of the page of *face* in reading order. Raises `ValueError` if the
    blocks aren't those of the template.
    """
    labels = LABELS[face.language]
    sheet = SHEETS[face.orientation]
    form = dict(_matched(_form_parts(face), fixed))
    wording = list(_matched(_wording_parts(face), text))

    def of_form(part: str, *, language: str = "") -> Iterator[Element]:
        if part in form:
            yield Element(
                "H1" if part == "title" else "P", layer_marks=form[part].marks, language=language
            )

    elements = [
        *of_form("title"),
        *of_form("title_en", language="en" if face.language != "en" else ""),
    ]
    for part, block in wording:
        elements.append(Element("P", block.marks, language=_language_of(face, part)))
        if part == "holder" and marks.photo is not None:
            elements.append(
                Element(
                    "Figure",
                    (marks.photo,),
                    alternative=labels.photo,
                    box=_in_points(sheet.photo, sheet.height),
                )
            )
    number = elements.pop()
    for index, signatory in enumerate(face.signatories):
        if drawn := form.get(f"signature {index}"):
            alternative = labels.signature.format(name=signatory.name or signatory.office)
            elements.append(
                Element("Figure", layer_marks=drawn.marks, alternative=alternative, box=drawn.box)
            )
        elements += of_form(f"signatory {index}")
    if seal := form.get("seal"):
        elements.append(
            Element(
                "Figure",
                layer_marks=seal.marks,
                alternative=labels.seal.format(issuer=face.issuer),
                box=seal.box,
            )
        )
    elements += [*of_form("issuer"), *of_form("date")]
    elements.append(Element("P", number.marks, form["number"].marks))
    elements.append(
        Element(
            "Figure", (marks.code,), alternative=labels.code, box=_in_points(sheet.qr, sheet.height)
        )
    )
    elements += of_form("notes")
    return elements


def _matched(parts: list[tuple[str, str]], blocks: Sequence[Block]) -> Iterator[tuple[str, Block]]:
    """Yield the names of *parts*, given as (name, tag), with their blocks."""
    if [tag for _name, tag in parts] != [block.tag for block in blocks]:
        raise ValueError("the blocks of the page aren't those of its template")
    return zip((name for name, _tag in parts), blocks, strict=True)


def _form_parts(face: PrintData) -> list[tuple[str, str]]:
    parts = [("title", "H1")]
    if face.title_en.strip(_COLLAPSED):
        parts.append(("title_en", "P"))
    for index, signatory in enumerate(face.signatories):
        if signatory.picture:
            parts.append((f"signature {index}", "Figure"))
        if (signatory.office + signatory.name).strip(_COLLAPSED):
            parts.append((f"signatory {index}", "P"))
    if face.seal is not None:  # without one a star is drawn, which is nobody's seal
        parts.append(("seal", "Figure"))
    return [*parts, ("issuer", "P"), ("date", "P"), ("number", "P"), ("notes", "P")]


def _wording_parts(face: PrintData) -> list[tuple[str, str]]:
    texts = [("lead", face.lead), ("holder", face.holder), ("distinction", face.distinction)]
    english = len(face.paragraphs()) - len(face.body_en)
    for place, runs in enumerate(face.paragraphs()):
        texts.append(("english" if place >= english else "body", "".join(runs)))
    texts.append(("number", face.number))
    return [(name, "P") for name, text in texts if text.strip(_COLLAPSED)]


def _language_of(face: PrintData, part: str) -> Language | str:
    """Return the language of a part of the wording, or "" where it is the document's."""
    if part == "english" and face.language != "en":
        return "en"
    if part == "holder" and face.language == "en" and _HAN.search(face.holder):
        return "zh-Hans"
    return ""


def _in_points(box: Box, height: float) -> tuple[float, float, float, float]:
    """Return *box* (left, top, width, height in mm from the top left) as PDF counts, on a sheet of
    *height* mm.
    """
    left, top, across, down = box
    return (
        left * _POINTS,
        (height - top - down) * _POINTS,
        (left + across) * _POINTS,
        (height - top) * _POINTS,
    )
