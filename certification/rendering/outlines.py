"""The names of glyphs in CFF outlines (Adobe Technical Note 5176).

A glyph of a font keyed by CID has an index in the file and a name, its CID. WeasyPrint writes
indexes into a PDF, and poppler and PDFium look for indexes too. But ISO 32000-1, 9.7.4.2 tells
readers to look for names, and one that did would set another character into somebody's name. So
name and index are made the same.
"""

from __future__ import annotations

import struct

_CHARSET, _ESCAPE, _REAL = 15, 12, 30
_WORDS = {28: 2, 29: 4}  # operands of a fixed length, by their first byte


def renumber_cids(font: bytes) -> bytes:
    """Return the OpenType *font* with CFF outlines keyed by CID, with each glyph's CID set to its
    index. Raises `ValueError`.
    """
    data = bytearray(font)
    tables = {
        bytes(data[entry : entry + 4]): (entry, *struct.unpack_from(">II", data, entry + 8))
        for entry in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16)
    }
    if b"CFF " not in tables:
        raise ValueError("no CFF outlines")
    entry, start, length = tables[b"CFF "]
    glyphs = struct.unpack_from(">H", data, tables[b"maxp"][1] + 4)[0]
    at = start + _charset(bytes(data[start : start + length]))
    before = _checksum(data[start : start + length])
    charset = _in_order(data[at], glyphs)
    data[at : at + len(charset)] = charset
    after = _checksum(data[start : start + length])
    struct.pack_into(">I", data, entry + 4, after)
    head = (
        tables[b"head"][1] + 8
    )  # the sum over the file: table and its entry in the directory both changed
    struct.pack_into(
        ">I", data, head, (struct.unpack_from(">I", data, head)[0] - 2 * (after - before)) % 2**32
    )
    return bytes(data)


def _in_order(kind: int, glyphs: int) -> bytes:
    """Return a charset that names *glyphs* 1, 2, 3 …, no longer than the shortest one of format
    *kind* for as many.
    """
    if kind == 0:
        return struct.pack(f">B{glyphs - 1}H", 0, *range(1, glyphs))
    if kind == 1 and glyphs <= 257:
        return struct.pack(">BHB", 1, 1, glyphs - 2)
    if kind in {1, 2}:
        return struct.pack(">BHH", 2, 1, glyphs - 2)
    raise ValueError("no charset")


def _charset(cff: bytes) -> int:
    """Return the offset of the charset, which is an operand of the Top DICT, the first item of the
    second INDEX.
    """
    _, position = _first(cff, cff[2])
    top, _ = _first(cff, position)
    numbers: list[int] = []
    at = 0
    while at < len(top):
        byte = top[at]
        if byte <= 21:
            if byte == _CHARSET:
                return numbers[-1]
            at += 2 if byte == _ESCAPE else 1
            numbers.clear()
        elif byte in _WORDS:
            width = _WORDS[byte]
            numbers.append(int.from_bytes(top[at + 1 : at + 1 + width], "big", signed=True))
            at += 1 + width
        elif byte == _REAL:
            while top[at + 1] & 0xF != 0xF:
                at += 1
            at += 2
        elif byte <= 246:
            numbers.append(byte - 139)
            at += 1
        else:
            more = top[at + 1]
            numbers.append(
                (byte - 247) * 256 + more + 108 if byte <= 250 else -(byte - 251) * 256 - more - 108
            )
            at += 2
    raise ValueError("no charset")


def _first(cff: bytes, position: int) -> tuple[bytes, int]:
    """Return the first item of the INDEX at *position*, and the offset where the INDEX ends."""
    count, size = struct.unpack_from(">HB", cff, position)
    offsets = [
        int.from_bytes(cff[(at := position + 3 + size * index) : at + size], "big")
        for index in range(count + 1)
    ]
    base = position + 2 + size * (count + 1)
    return cff[base + offsets[0] : base + offsets[1]], base + offsets[-1]


def _checksum(table: bytes | bytearray) -> int:
    padded = bytes(table) + bytes(-len(table) % 4)
    return sum(struct.unpack(f">{len(padded) // 4}I", padded)) % 2**32
