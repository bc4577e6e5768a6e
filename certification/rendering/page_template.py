"""One WeasyPrint rendering with gaps, which is the certificate of a class as bytes without what is
personal.

The placeholder of the class (see `PlaceholderTable`) is laid out and painted once by the public
renderer. Its glyph runs are in the content stream in the order of the text, so following the text
through them shows which glyphs are personal, and those become gaps. Everything else of the file is
put at its front as finished bytes, with its offsets in the cross-reference table known and its hash
begun.

Whatever is not as expected, be it an object, an operator or the place of a glyph, raises
`UnexpectedPdf`. Such a class is not used, and its certificates are rendered in full.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pydyf
import weasyprint

from certification.rendering import picture
from certification.rendering.font_subsets import COUNT, SubsetFont, format_stream_object
from certification.rendering.fonts import BOLD, MAIN, REGULAR
from certification.rendering.labels import LABELS
from certification.rendering.layers import SerialisedObject
from certification.rendering.pdf import Attached, Captured, Renderer, draw_image
from certification.rendering.placeholders import Key, PlaceholderTable, is_rare_placeholder
from certification.rendering.print_data import Personal, PrintData, Strong
from certification.rendering.sheet import SHEETS, PageGeometry
from certification.rendering.structure import FIELD_PARENT
from certification.signing.pades import PadesSigner, field_widget

if TYPE_CHECKING:
    from hashlib import _Hash

TESTED_WITH = "70.0"
COMMON = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-.%/"
"""Numbers and scores are set in one font that all files share; only other characters need a font of their own."""

_QUICK = 1  # of zlib: signatures and hashes don't shrink, and the rest is a tenth of the file
_HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
_FONT = re.compile(rb"/(\S+) ([\d.]+) Tf")
_RUNS = re.compile(rb"<([0-9a-f]*)>")
_CATALOG = frozenset(
    {
        "Type",
        "Pages",
        "Lang",
        "Metadata",
        "OutputIntents",
        "StructTreeRoot",
        "MarkInfo",
        "ViewerPreferences",
        "AcroForm",
    }
)
"""What the catalog of a certificate may hold; anything else is not understood here."""
_BLANK = picture.PdfImage(1, 1, b"/ColorSpace/DeviceGray/BitsPerComponent 8", b"\xff")
_Slot = tuple[int, bool]
"""A font of the certificate's own: its weight, and whether it is cut from the rare face."""

_RESOURCE: dict[_Slot, bytes] = {
    (REGULAR, False): b"OwnR",
    (BOLD, False): b"OwnB",
    (REGULAR, True): b"RareR",
    (BOLD, True): b"RareB",
}
_SHARED = b"Shared"


class UnexpectedPdf(Exception):
    """WeasyPrint's file is not built as this module expects. The argument says where."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A glyph of a personal text.

    `field` is the index in `list_personal_texts`, `position` the index of the character.
    """

    field: int
    position: int


def is_supported_weasyprint() -> bool:
    """Return whether this WeasyPrint is the version the page templates were tested with."""
    return bool(weasyprint.__version__ == TESTED_WITH)


def list_personal_texts(face: PrintData) -> list[str]:
    """Return the personal texts of *face*, in the order of the page."""
    return [
        face.holder,
        *(run for runs in face.paragraphs() for run in runs if isinstance(run, Personal)),
        face.number,
    ]


class PageTemplate:
    """The rendering of one class. It is immutable once made, so threads may share it."""

    def __init__(
        self,
        renderer: Renderer,
        ins: PlaceholderTable,
        shared: SubsetFont,
        key: Key,
        *,
        seal: PadesSigner | None,
        field: bool = False,
    ) -> None:
        """Render the placeholder of *key*, with an empty signature field if *field* is set and no
        seal is given.

        Raises `UnexpectedPdf`, or what the renderer raises for the placeholder.
        """
        self._ins, self._seal, self._shared = ins, seal, shared
        self.stand_in, kinds = key
        face = self.stand_in
        self._sheet = SHEETS[face.orientation]
        self._weights = [
            BOLD,
            *(_weight(kind) for row in kinds for kind in row if issubclass(kind, Personal)),
            REGULAR,
        ]
        texts = list_personal_texts(face)
        self._common = [
            weight == REGULAR and set(text) <= set(COMMON)
            for text, weight in zip(texts, self._weights, strict=True)
        ]
        self._rare = [
            [position for position, one in enumerate(text) if is_rare_placeholder(one)]
            for text in texts
        ]
        self._own: list[_Slot] = sorted(
            {
                (weight, is_rare_placeholder(one))
                for text, weight, common in zip(texts, self._weights, self._common, strict=True)
                if not common
                for one in text
            }
        )
        captured = renderer.capture(
            face, None if face.photo is None else _BLANK, _BLANK, field=field or seal is not None
        )
        self._take(captured)

    @property
    def weight(self) -> int:
        """Return roughly how many bytes the template occupies."""
        return len(self._front) + 2000

    # --- making -------------------------------------------------------------------------------------------------------

    def _take(self, captured: Captured) -> None:
        objects, page = captured.objects, captured.page
        under, text = (int(reference.split()[0]) for reference in page["Contents"])
        resources = objects[int(page["Resources"].split()[0])]
        fonts = objects[int(resources["Font"].split()[0])]
        pictures = {
            name: int(resources["XObject"][name].split()[0])
            for name in ("Photo", "Code")
            if name in resources["XObject"]
        }
        if ("Photo" in pictures) is (self.stand_in.photo is None) or "Code" not in pictures:
            raise UnexpectedPdf("pictures")
        if set(captured.catalog) - _CATALOG or ("Annots" in page) is (captured.widget is None):
            raise UnexpectedPdf("catalog")
        self._photo_mark = captured.marks.photo
        self._pieces = list(self._holes(objects[text].stream, captured.fonts))
        if {piece.field for piece in self._pieces if isinstance(piece, _Place)} != set(
            range(len(self._weights))
        ):
            raise UnexpectedPdf("personal text that is not on the page")
        numbers = iter(range(len(objects), len(objects) + 100))
        self._content = text
        self._photo, self._code = pictures.get("Photo"), pictures["Code"]
        self._info, self._catalog_number = next(numbers), captured.catalog.number
        self._metadata = int(captured.catalog["Metadata"].split()[0])
        shared = [next(numbers) for _ in range(COUNT)]
        self._fonts = {slot: [next(numbers) for _ in range(COUNT)] for slot in self._own}
        fonts[_SHARED.decode()] = b"%d 0 R" % shared[0]
        for slot, (first, *_rest) in self._fonts.items():
            fonts[_RESOURCE[slot].decode()] = b"%d 0 R" % first
        extra: dict[int, bytes] = dict(zip(shared, self._shared.objects(shared[0]), strict=True))
        catalog = dict(captured.catalog)
        self._signature: int | None = None
        if self._seal is not None and captured.widget is not None:
            self._signature = next(numbers)
            value, widget = b"%d 0 R" % self._signature, b"%d 0 R" % captured.widget
            objects[captured.widget] = SerialisedObject(
                field_widget(
                    page.reference,
                    label=LABELS[self.stand_in.language].field,
                    parent=FIELD_PARENT,
                    signature=value,
                )
            )
            catalog |= self._seal.catalog_entries(widget, value)
        under_stream = pydyf.Stream([b"q /Fixed Do Q"], compress=True)
        draw_image(
            under_stream,
            "Code",
            picture.PdfImage(1, 1, b"", b""),
            self._sheet.qr,
            self._sheet,
            mark=captured.marks.code,
        )
        under_stream.number = under
        objects[under] = under_stream
        self._catalog = pydyf.Dictionary(catalog).data[:-2]
        self._title, self._about = self._description(captured, objects[self._metadata])
        changing = {text, self._catalog_number, self._metadata, *pictures.values()}
        constant = [
            (number, item.data)
            for number, item in enumerate(objects)
            if number and number not in changing
        ]
        self._write_front(constant + list(extra.items()), next(numbers))

    def _description(
        self, captured: Captured, metadata: Any
    ) -> tuple[Callable[[str], bytes], tuple[bytes, bytes]]:
        """Return a function that makes the information dictionary from a title, and the XMP before
        and after the title.
        """
        title = f"{self.stand_in.title} {self.stand_in.number}"
        if captured.info["Title"].string != title:
            raise UnexpectedPdf("title")
        data = b"\n".join(pydyf._to_bytes(piece) for piece in metadata.stream)
        before, mark, after = data.partition(escape(title).encode())
        if not mark or escape(title).encode() in after:
            raise UnexpectedPdf("title in the XMP")
        # The title is put between two constant pieces: writing the whole dictionary again takes ten
        # times as long.
        hole = b"<title>"
        first, mark, last = bytes(
            pydyf.Dictionary({**captured.info, "Title": hole}).data
        ).partition(hole)
        if not mark or hole in last:
            raise UnexpectedPdf("title in the information")
        return lambda words: first + pydyf.String(words).data + last, (before, after)

    def _write_front(self, constant: list[tuple[int, bytes]], first_free: int) -> None:
        self._first_free = first_free
        parts, offset = [_HEADER], len(_HEADER)
        self._table: list[bytes | None] = [b"0000000000 65535 f \n"] + [None] * (first_free - 1)
        for number, data in constant:
            part = b"%d 0 obj\n%s\nendobj\n" % (number, data)
            self._table[number] = b"%010d 00000 n \n" % offset
            parts.append(part)
            offset += len(part)
        self._front = b"".join(parts)
        self._hash: _Hash = hashlib.sha256(self._front)

    def _holes(self, items: Sequence[Any], fonts: dict[Any, Any]) -> Iterator[bytes | _Place]:
        """Yield the content stream as bytes, with the places of personal text between them."""
        faces = {font.hash.encode(): font for font in fonts.values()}
        follower = _Follower(self.stand_in, self._ins)
        constant: list[bytes] = []
        font = size = b""
        for item in map(pydyf._to_bytes, items):
            if match := _FONT.fullmatch(item):
                font, size = match.groups()
            if not item.endswith(b" TJ"):
                if item.endswith((b" Tj", b" Ts")):
                    raise UnexpectedPdf("text operator")
                constant.append(item)
                continue
            now: tuple[int, bool] | None = None  # the personal text, and whether in the rare face
            constant.append(b"[")
            for index, piece in enumerate(_RUNS.split(item[1:-4])):
                if index % 2 == 0:
                    constant.append(piece)
                    continue
                for start in range(0, len(piece), 4):
                    code = piece[start : start + 4]
                    if font not in faces:
                        raise UnexpectedPdf("font")
                    field, position = follower.step(faces[font], int(code, 16))
                    part = None if field is None else (field, position in self._rare[field])
                    if part != now:
                        name = font if part is None else self._resource(*part)
                        constant.append(b"] TJ\n/%s %s Tf\n[" % (name, size))
                        now = part
                    if field is None:
                        constant.append(b"<" + code + b">")
                    else:
                        yield b"\n".join(constant) + b"<"
                        yield _Place(field, position)
                        constant = [b">"]
            if now is None:
                constant.append(b"] TJ")
            else:
                constant.append(b"] TJ\n/%s %s Tf" % (font, size))
        follower.finish()
        yield b"\n".join(constant) + b"\n"

    def _resource(self, field: int, rare: bool) -> bytes:
        return _SHARED if self._common[field] else _RESOURCE[self._weights[field], rare]

    # --- casting ------------------------------------------------------------------------------------------------------

    def cast(
        self, face: PrintData, attachments: Sequence[Attached], *, at: datetime | None
    ) -> tuple[bytes, str, str]:
        """Return the certificate of *face*, a member of the class, as bytes, with its fingerprint
        and its fingerprint without the signature.

        Raises `LookupError` for characters for which no font can be subset, and `UnreadablePhoto`.
        """
        texts = list_personal_texts(face)
        cuts = self._cuts(texts)
        known: dict[int, dict[str, bytes]] = {}
        for (weight, _rare), cut in cuts.items():
            known.setdefault(weight, {}).update(cut.codes)
        codes = [
            self._shared.codes if common else known[weight]
            for weight, common in zip(self._weights, self._common, strict=True)
        ]
        photo = None if face.photo is None else picture.make_photo_image(face.photo)
        content = b"".join(
            [
                piece
                if piece.__class__ is bytes
                else codes[piece.field][texts[piece.field][piece.position]]  # type: ignore[union-attr]  # bytes or a place
                for piece in self._pieces
            ]
        )
        if photo is not None and self._photo_mark is not None:
            content = (
                _photo_operators(photo.width, photo.height, self._sheet, self._photo_mark) + content
            )
        title = f"{face.title} {face.number}"
        code = picture.make_qr_image(face.qr)
        made: list[tuple[int, bytes]] = [
            (
                self._content,
                format_stream_object(b"/Filter/FlateDecode", zlib.compress(content, _QUICK)),
            ),
            (self._code, format_stream_object(code.dictionary(), code.data)),
            (self._info, self._title(title)),
            (
                self._metadata,
                format_stream_object(
                    b"/Type/Metadata/Subtype/XML",
                    self._about[0] + escape(title).encode() + self._about[1],
                ),
            ),
        ]
        if photo is not None and self._photo is not None:
            made.append((self._photo, format_stream_object(photo.dictionary(), photo.data)))
        for slot, numbers in self._fonts.items():
            made += zip(numbers, cuts[slot].objects(numbers[0]), strict=True)
        entries, files, last = _attached(attachments, face, self._first_free)
        made += files
        made.append((self._catalog_number, self._catalog + entries + b">>"))
        if self._signature is not None and self._seal is not None:
            if at is None:
                raise ValueError("a signature needs its moment")
            made.append((self._signature, self._seal.dictionary(at)))
        return self._finish(made, last)

    def _cuts(self, texts: Sequence[str]) -> dict[_Slot, SubsetFont]:
        characters: dict[_Slot, set[str]] = {slot: set() for slot in self._own}
        for text, weight, common, rare in zip(
            texts, self._weights, self._common, self._rare, strict=True
        ):
            if not common and not rare:
                characters[weight, False].update(text)
            elif not common:
                for position, one in enumerate(text):
                    characters[weight, position in rare].add(one)
        return {slot: self._ins.knife(*slot).cut(some) for slot, some in characters.items()}

    def _finish(self, made: list[tuple[int, bytes]], count: int) -> tuple[bytes, str, str]:
        table = self._table + [None] * (count - self._first_free)
        parts, offset = [self._front], len(self._front)
        for number, data in made:
            part = b"%d 0 obj\n%s\nendobj\n" % (number, data)
            table[number] = b"%010d 00000 n \n" % offset
            parts.append(part)
            offset += len(part)
        identity = hashlib.sha256(b"".join(parts[1:3]) + made[2][1]).hexdigest()[:32].encode()
        parts.append(b"xref\n0 %d\n" % count)
        parts += table  # type: ignore[arg-type]  # every number was given: a gap fails here and not in a reader
        parts.append(
            b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n"
            % (count, self._catalog_number, self._info, identity, identity, offset)
        )
        whole = bytearray().join(parts)
        if self._seal is None:
            digest = self._hash.copy()
            digest.update(memoryview(whole)[len(self._front) :])
            return bytes(whole), digest.hexdigest(), digest.hexdigest()
        signed = self._seal.sign(whole, start=(self._hash, len(self._front)))
        return signed.pdf, signed.sha256, signed.unsigned_sha256


class _Follower:
    """Walks through the text of the print data as its glyphs appear on the page."""

    def __init__(self, face: PrintData, ins: PlaceholderTable) -> None:
        self._ins = ins
        self._text: list[
            tuple[str, int | None, int]
        ] = []  # character, personal text or none, position in it
        self._at = 0
        fields = iter(range(1000))

        def add(text: str, *, personal: bool = False) -> None:
            field = next(fields) if personal else None
            self._text += [(character, field, position) for position, character in enumerate(text)]

        add(face.lead)
        add(face.holder, personal=True)
        add(face.salutation)
        add(face.distinction)
        for runs in face.paragraphs():
            for run in runs:
                add(run, personal=isinstance(run, Personal))
        add(face.number, personal=True)

    def step(self, font: Any, glyph: int) -> tuple[int | None, int]:
        """Return which personal text the next glyph belongs to, and its position in it. The first
        is None for the words of the form.
        """
        while self._at < len(self._text):
            character, field, position = self._text[self._at]
            self._at += 1
            if self._is(font, glyph, character):
                return field, position
            if not character.isspace():
                break
        raise UnexpectedPdf("text that doesn't follow the words")

    def finish(self) -> None:
        """Raise `UnexpectedPdf` if words are left that were not painted."""
        if any(not character.isspace() for character, *_ in self._text[self._at :]):
            raise UnexpectedPdf("words that were not painted")

    def _is(self, font: Any, glyph: int, character: str) -> bool:
        if font.family == MAIN:
            return (
                self._ins.knives[BOLD if font.weight > REGULAR else REGULAR].glyphs.get(character)
                == glyph
            )
        return bool(font.to_unicode.get(glyph) == character)


def _weight(kind: type) -> int:
    return BOLD if issubclass(kind, Strong) else REGULAR


@lru_cache(maxsize=256)
def _photo_operators(width: int, height: int, sheet: PageGeometry, mark: int) -> bytes:
    drawn = pydyf.Stream()
    draw_image(
        drawn, "Photo", picture.PdfImage(width, height, b"", b""), sheet.photo, sheet, mark=mark
    )
    return b"\n".join(map(pydyf._to_bytes, drawn.stream)) + b"\n"


@lru_cache(maxsize=256)
def _named(name: str, description: str) -> tuple[bytes, bytes, bytes]:
    """Return type, name and description of an attachment as the file writes them.

    They are cached, because all certificates have the same three.
    """
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return (
        kind.replace("/", "#2f").encode("ascii"),
        pydyf.String(name).data,
        pydyf.String(description).data,
    )


def _attached(
    attachments: Sequence[Attached], face: PrintData, first: int
) -> tuple[bytes, list[tuple[int, bytes]], int]:
    """Return the catalog's entries for *attachments*, their objects numbered from *first*, and the
    next free number.
    """
    if not attachments:
        return b"", [], first
    made: list[tuple[int, bytes]] = []
    names: list[bytes] = []
    day = f"(D:{face.issued_on:%Y%m%d}000000Z)".encode("ascii")
    number = first
    for item in sorted(attachments, key=lambda item: item.name):
        kind, label, description = _named(item.name, item.description)
        params = b"<</Size %d/CheckSum<%s>/CreationDate%s/ModDate%s>>" % (
            len(item.data),
            hashlib.md5(item.data, usedforsecurity=False).hexdigest().encode(),
            day,
            day,
        )
        body = format_stream_object(
            b"/Type/EmbeddedFile/Subtype/%s/Filter/FlateDecode/Params%s" % (kind, params),
            zlib.compress(item.data, _QUICK),
        )
        made.append((number, body))
        made.append(
            (
                number + 1,
                b"<</Type/Filespec/F%s/UF%s/EF<</F %d 0 R/UF %d 0 R>>/Desc%s/AFRelationship/%s>>"
                % (label, label, number, number, description, item.relationship.encode()),
            )
        )
        names.append(b"%s %d 0 R" % (label, number + 1))
        number += 2
    references = b" ".join(b"%d 0 R" % (first + 1 + 2 * index) for index in range(len(names)))
    return (
        b"/Names<</EmbeddedFiles<</Names[%s]>>>>/AF[%s]" % (b" ".join(names), references),
        made,
        number,
    )
