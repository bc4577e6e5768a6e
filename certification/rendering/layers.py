"""A page that is laid out once and kept as serialised PDF objects, which can be put under any
number of other pages.

It works on the `pydyf` objects that WeasyPrint passes to its public `finisher`. Nothing internal to
WeasyPrint is touched.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import pydyf

from certification.rendering.text_operators import repair_all_text

_REFERENCE = re.compile(rb"(?<![\d.])(\d+) 0 R\b")
_SUBSET_TAG = re.compile(rb"/[A-Z]{6}\+")


class SerialisedObject(pydyf.Object):
    """A PDF object that is already serialised."""

    def __init__(self, data: bytes, *, stream: bool = False) -> None:
        super().__init__()
        self._data = data
        self._stream = stream

    @property
    def data(self) -> bytes:
        """Return the bytes between `obj` and `endobj`."""
        return self._data

    @property
    def compressible(self) -> bool:
        """Return whether the object may be in an object stream, which no stream may."""
        return not self._stream


def make_serialised_stream(entries: bytes, body: bytes) -> SerialisedObject:
    """Return a stream object of the dictionary *entries* and the encoded *body*."""
    return SerialisedObject(
        b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(body), body), stream=True
    )


def finish_streams(pdf: Any) -> None:
    """Replace each stream of *pdf*, a `pydyf.PDF`, by its serialised bytes.

    Otherwise pydyf would compress everything twice if the file has an identifier.
    """
    for number, item in enumerate(pdf.objects):
        if isinstance(item, pydyf.Stream):
            pdf.objects[number] = done = SerialisedObject(_encoded(item), stream=True)
            done.number = number


def _encoded(item: Any) -> bytes:
    """Return the bytes of a stream. Those of the colour profile are cached, because they are the
    same in every file.
    """
    if "N" not in item.extra or len(item.stream) != 1:
        return bytes(item.data)
    key = hashlib.sha256(item.stream[0]).digest()
    if key not in _PROFILES:
        _PROFILES[key] = bytes(item.data)
    return _PROFILES[key]


_PROFILES: dict[bytes, bytes] = {}


@dataclass(frozen=True, slots=True)
class _Part:
    pieces: tuple[
        bytes | int, ...
    ]  # bytes, and between them the place of another part in the layer
    body: bytes
    stream: bool


class Layer:
    """One page as a form XObject with everything it needs."""

    def __init__(self, pdf: Any, *, parents: int) -> None:
        """Take the only page of *pdf*, a finished `pydyf.PDF`. *parents* is the key of its marked
        content in the parent tree.
        """
        repair_all_text(pdf.objects)
        page = pdf.objects[int(pdf.page_references[0].split()[0])]
        content = pdf.objects[int(page["Contents"].split()[0])]
        content.extra = pydyf.Dictionary(
            {
                **content.extra,
                "Type": "/XObject",
                "Subtype": "/Form",
                "BBox": page["MediaBox"],
                "Resources": page["Resources"],
                "StructParents": parents,
            }
        )
        places: dict[int, int] = {}
        taken: list[tuple[bytes, bytes, bool]] = []
        self._walk(pdf, content.number, places, taken)
        # A subset font of the same name with other glyphs will stand in the same file: give ours
        # tags of their own.
        tag = _tag(b"".join(head + body for head, body, _ in taken))
        self._parts = tuple(
            _Part(_with_places(_SUBSET_TAG.sub(b"/" + tag + b"+", head), places), body, stream)
            for head, body, stream in taken
        )

    def _walk(
        self, pdf: Any, number: int, places: dict[int, int], taken: list[tuple[bytes, bytes, bool]]
    ) -> None:
        if number in places:
            return
        places[number] = len(taken)
        head, mark, body = pdf.objects[number].data.partition(b"\nstream\n")
        taken.append((head, mark + body, bool(mark)))
        for reference in _REFERENCE.findall(head):
            self._walk(pdf, int(reference), places, taken)

    def add_to(self, pdf: Any) -> bytes:
        """Add the objects to *pdf* and return the reference of the form."""
        base = len(pdf.objects)
        for part in self._parts:
            head = b"".join(
                b"%d 0 R" % (base + piece) if isinstance(piece, int) else piece
                for piece in part.pieces
            )
            pdf.add_object(SerialisedObject(head + part.body, stream=part.stream))
        return b"%d 0 R" % base


def _with_places(head: bytes, places: dict[int, int]) -> tuple[bytes | int, ...]:
    return tuple(
        places[int(piece)] if index % 2 else piece
        for index, piece in enumerate(_REFERENCE.split(head))
    )


def _tag(content: bytes) -> bytes:
    """Return six capital letters derived from *content*."""
    return bytes(65 + byte % 26 for byte in hashlib.sha256(content).digest()[:6])
