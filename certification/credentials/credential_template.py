"""Canonical N-Quads at a two-hundredth of the cost, for documents of the same shape.

Certificates of one kind are JSON-LD documents that differ in their texts only. For each shape PyLD
is asked once, with a mark in place of every text. For later documents the texts are put in and the
steps of RDFC-1.0 are done on the result, which are to hash each blank node from the quads that
mention it (first degree), label the nodes in the order of these hashes, and sort the lines. Where
two blank nodes have the same hash the standard needs its longer algorithm, and PyLD runs it. A new
shape is compared with PyLD's result on its first document before it is used.

Source is W3C RDF Dataset Canonicalization 1.0, 4.4.3 and 4.6.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from certification.credentials import linked_data
from certification.credentials.errors import NotSignable

_MARK = "urn:x-mould:"
_SLOT = re.compile(rf"(<{_MARK}\d+>|\"{_MARK}\d+\")")
_BLANK = re.compile(r"(_:[A-Za-z0-9]+)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ESCAPED = re.compile(r"[\\\t\n\r\"]")
# RFC 3987 leaves these out of an address; N-Quads would have to escape them.
_NOT_IN_ADDRESS = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
_SHAPES_KEPT = 64
# Their values are terms of a context, not texts: two documents that differ in one differ in shape.
_OF_THE_SHAPE = frozenset({"@context", "type", "@type", "proofPurpose", "cryptosuite"})
# No context of ours defines a prefix of these names, so an address that begins with one stands for
# itself.
_SCHEMES = ("https://", "http://", "urn:", "did:")


@dataclass(frozen=True, slots=True)
class _Slot:
    """The place of the *index*-th text of the document, used as an address or as a literal."""

    index: int
    address: bool


_Piece = str | _Slot


@dataclass(frozen=True, slots=True)
class _Quad:
    """One line of N-Quads, made of constant pieces, slots, and blank nodes (strings that begin
    with `_:`).
    """

    pieces: tuple[_Piece, ...]
    blanks: frozenset[str]


class CanonicalTemplates:
    """The shapes seen so far, as templates. One per process.

    It must not be shared between threads that use it at the same time. The worker has only one.
    """

    def __init__(self) -> None:
        self._shapes: OrderedDict[Any, _Mould | None] = OrderedDict()

    def canonical(self, document: dict[str, Any]) -> str:
        """Return what `linked_data.canonicalise_document` returns for *document*. Raises
        `NotSignable`.
        """
        texts: list[str] = []
        shape = _shape(document, texts)
        if shape in self._shapes:
            self._shapes.move_to_end(shape)
            mould = self._shapes[shape]
            cast = mould.cast(texts) if mould else None
            return linked_data.canonicalise_document(document) if cast is None else cast
        whole = linked_data.canonicalise_document(document)
        # A shape that the short way doesn't reproduce goes the long way for ever.
        self._shapes[shape] = _proven(document, texts, whole)
        while len(self._shapes) > _SHAPES_KEPT:
            self._shapes.popitem(last=False)
        return whole


def _proven(document: dict[str, Any], texts: list[str], whole: str) -> _Mould | None:
    try:
        mould = _Mould.of(document)
        return mould if mould.cast(texts) == whole else None
    except NotSignable:
        return None


_Read = Callable[[list[str]], tuple[str, ...]]


class _Mould:
    """A template for documents of one shape.

    Each line is a format string with a function that picks its values from one list of texts
    followed by blank nodes.
    """

    def __init__(self, lines: tuple[_Quad, ...]) -> None:
        self._slots = list(
            dict.fromkeys(
                piece for line in lines for piece in line.pieces if isinstance(piece, _Slot)
            )
        )
        self._blanks = sorted({blank for line in lines for blank in line.blanks})
        changing: list[_Piece] = [*self._slots, *self._blanks]
        places = {piece: place for place, piece in enumerate(changing)}
        formats = {line: _format(line, places) for line in lines}
        self._constant = [text for text, read in formats.values() if read is None]
        self._changing = [(text, read) for text, read in formats.values() if read is not None]
        self._of_blank = [
            [formats[line] for line in lines if blank in line.blanks] for blank in self._blanks
        ]

    @classmethod
    def of(cls, document: dict[str, Any]) -> _Mould:
        marked = _marked(document, iter(range(1_000_000)))
        return cls(tuple(_quad(line) for line in linked_data.write_nquads(marked).splitlines()))

    def cast(self, texts: list[str]) -> str | None:
        """Return the canonical lines with *texts* filled in.

        The result is None where two blank nodes can't be told apart by the lines that mention them.
        """
        ready = [
            _address(texts[slot.index]) if slot.address else _literal(texts[slot.index])
            for slot in self._slots
        ]
        hashes: dict[str, int] = {}
        for place, lines in enumerate(self._of_blank):
            values = ready + ["_:z"] * len(self._blanks)
            values[len(ready) + place] = "_:a"
            related = sorted({text % read(values) for text, read in lines if read is not None})
            hashes[hashlib.sha256("".join(related).encode()).hexdigest()] = place
        if len(hashes) < len(self._blanks):
            return None
        values = ready + [""] * len(self._blanks)
        for label, digest in enumerate(sorted(hashes)):
            values[len(ready) + hashes[digest]] = f"_:c14n{label}"
        return "".join(
            sorted({*self._constant, *(text % read(values) for text, read in self._changing)})
        )


def _format(line: _Quad, places: dict[_Piece, int]) -> tuple[str, _Read | None]:
    """Return *line* as a format string, and a function that picks its values from a list in the
    order of *places*.

    A line without any values is returned as it is, with None.
    """
    own = [places[piece] for piece in line.pieces if piece in places]
    if not own:
        return "".join(str(piece) for piece in line.pieces), None
    text = "".join(
        "%s" if piece in places else str(piece).replace("%", "%%") for piece in line.pieces
    )
    if len(own) == 1:
        (only,) = own
        return text, lambda values: (values[only],)
    return text, itemgetter(*own)


def _quad(line: str) -> _Quad:
    pieces: list[_Piece] = []
    for place, part in enumerate(_SLOT.split(line + "\n")):
        if place % 2:
            pieces.append(_Slot(int(part[1 + len(_MARK) : -1]), part[0] == "<"))
        else:
            # Nothing constant holds quotation marks of ours: types and predicates only, so "_:" is
            # a blank node.
            pieces += [piece for piece in _BLANK.split(part) if piece]
    return _Quad(
        tuple(pieces),
        frozenset(piece for piece in pieces if isinstance(piece, str) and piece[:2] == "_:"),
    )


def _shape(value: Any, texts: list[str], key: str = "") -> Any:
    """Return what is the same in all documents of one shape, and append their texts to *texts* in
    order.

    Contexts and types belong to the shape.
    """
    kind = value.__class__
    if key in _OF_THE_SHAPE:
        return value if kind is str else repr(value)
    if kind is str:
        texts.append(value)
        return "text"
    if kind is dict:
        return tuple([(name, _shape(one, texts, name)) for name, one in value.items()])
    if kind is list:
        return ("[]", *[_shape(one, texts) for one in value])
    return (kind.__name__, value)


def _marked(value: Any, numbers: Any, key: str = "") -> Any:
    if key in _OF_THE_SHAPE:
        return value
    if isinstance(value, dict):
        return {name: _marked(one, numbers, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_marked(one, numbers) for one in value]
    return f"{_MARK}{next(numbers)}" if isinstance(value, str) else value


def _address(text: str) -> str:
    if not text.startswith(_SCHEMES) or _NOT_IN_ADDRESS.search(text):
        msg = f"no address that we write: {text[:80]!r}"
        raise NotSignable(msg)
    return f"<{text}>"


def _literal(text: str) -> str:
    if _CONTROL.search(text):
        msg = "a control character"
        raise NotSignable(msg)
    if not _ESCAPED.search(text):
        return f'"{text}"'
    return (
        '"'
        + text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r")
        .replace('"', '\\"')
        + '"'
    )
