"""Find operands of a page that look like numbers and are no PDF numbers.

Text drawn with one is torn apart in some readers and whole in others. Until renderer version 1
`-60` and `-61.4` were written side by side as `-60-61.4`. That parses as one wrong number, as two,
or not at all, and neither veraPDF nor a text extractor reports it. So the content streams are read
by the grammar itself (ISO 32000-1, 7.2 and 7.3.3).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

_TOKEN = re.compile(
    rb"%[^\r\n]*"  # comment
    rb"|<<|>>|<[0-9A-Fa-f\s]*>"  # dictionary, hexadecimal string
    rb"|/[^\s()<>\[\]{}/%]*"  # name
    rb"|[\[\]{}]"
    rb"|(?P<string>\()"
    rb"|(?P<plain>[^\s()<>\[\]{}/%]+)"
)
_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)")
_LOOKS_LIKE_NUMBER = re.compile(rb"[+\-.\d]")
_END_OF_INLINE_IMAGE = re.compile(rb"\sEI(?=\s|$)")
_DEPTH = 5


class UnreadablePage(ValueError):
    """The file isn't a PDF, or its first page has no content that can be read."""


def find_malformed_numbers(pdf: bytes) -> list[str]:
    """Return the malformed numbers on the first page of *pdf* and in its forms, at most ten.
    Raises `UnreadablePage`.
    """
    found: list[str] = []
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        page = reader.root["/Pages"]["/Kids"][0]
        for stream in _streams(page):
            found += [token.decode("latin-1")[:40] for token in iterate_malformed_operands(stream)]
            if len(found) >= 10:
                break
    except (
        PdfError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        ValueError,
        RecursionError,
    ) as error:
        raise UnreadablePage(type(error).__name__) from error
    return found[:10]


def iterate_malformed_operands(content: bytes) -> Iterator[bytes]:
    """Yield the operands in *content* that begin like a number and aren't one."""
    at = 0
    while (match := _TOKEN.search(content, at)) is not None:
        at = match.end()
        if match["string"]:
            at = _end_of_string(content, at)
        elif (token := match["plain"]) is not None:
            if token == b"ID":
                end = _END_OF_INLINE_IMAGE.search(content, at)
                at = end.end() if end else len(content)
            elif _LOOKS_LIKE_NUMBER.match(token) and not _NUMBER.fullmatch(token):
                yield token


def _end_of_string(content: bytes, at: int) -> int:
    depth = 1
    while at < len(content) and depth:
        sign = content[at : at + 1]
        at += 2 if sign == b"\\" else 1
        depth += {b"(": 1, b")": -1}.get(sign, 0)
    return at


def _streams(page: Any) -> Iterator[bytes]:
    """Yield the decoded content of a page and of the forms it draws."""
    content = page["/Contents"]
    parts = content if isinstance(content, generic.ArrayObject) else [content]
    # The parts of a page's content are one stream: a number may not go on in the next, but an array
    # may.
    yield b"\n".join(part.get_object().data for part in parts)
    yield from _forms(_member(page, "/Resources"), 0)


def _forms(resources: Any, depth: int) -> Iterator[bytes]:
    if resources is None or depth > _DEPTH:
        return
    for item in (_member(resources, "/XObject") or {}).values():
        drawn = item.get_object()
        if _member(drawn, "/Subtype") == "/Form":
            yield drawn.data
            yield from _forms(_member(drawn, "/Resources"), depth + 1)


def _member(holder: Any, name: str) -> Any:
    """Return the member *name* itself, which `get` would leave as a reference, or None if there is
    none.
    """
    return holder[name] if name in holder else None  # noqa: SIM401 - `get` leaves a reference
