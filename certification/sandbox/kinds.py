"""Recognise a picture by its first bytes."""

from __future__ import annotations

_HEIC_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif"}
)


def is_picture(data: bytes) -> bool:
    """Return whether *data* begins like a JPEG, PNG, WebP or HEIC."""
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return True
    if data[:4] == b"RIFF":
        return data[8:12] == b"WEBP"
    return data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS
