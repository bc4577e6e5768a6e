"""Fonts for a few characters. Personal text on a certificate is set in a font that is subset for
that one file.

Glyphs are renumbered from 1, so the file is as small as its few outlines and reveals nothing of any
other holder.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import uharfbuzz as hb

from certification.rendering.fonts import MAIN, RARE, FontSet
from certification.rendering.outlines import renumber_cids

_DROPPED = ("GSUB", "GPOS", "GDEF", "BASE", "name", "OS/2", "post", "cmap", "VORG", "vmtx", "vhea")
_TAGS = frozenset(int.from_bytes(tag.encode("ascii"), "big") for tag in _DROPPED)
MOST = 100  # characters: as many as one block of a ToUnicode table may hold
_MAP = (
    b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n<< /Registry (Adobe)\n/Ordering (UCS)\n"
    b"/Supplement 0\n>> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\n"
    b"endcodespacerange\n%d beginbfchar\n%s\nendbfchar\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
)


@dataclass(frozen=True, slots=True)
class SubsetFont:
    """A subset font, with the code of each character in hexadecimal, and the bodies of its five
    objects without their references.
    """

    codes: Mapping[str, bytes]
    name: bytes
    file: bytes
    to_unicode: bytes
    widths: bytes
    descriptor: bytes
    cff: bool = False

    def objects(self, first: int) -> list[bytes]:
        """Return the five objects, numbered from *first*, which is the number of the font itself."""
        return [
            b"<</Type/Font/Subtype/Type0/BaseFont%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
            % (self.name, first + 1, first + 4),
            b"<</Type/Font/Subtype/CIDFontType%d/BaseFont%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            b"%s/W%s/FontDescriptor %d 0 R>>"
            % (
                0 if self.cff else 2,
                self.name,
                b"" if self.cff else b"/CIDToGIDMap/Identity",
                self.widths,
                first + 2,
            ),
            b"<</Type/FontDescriptor/FontName%s%s/FontFile%d %d 0 R>>"
            % (self.name, self.descriptor, 3 if self.cff else 2, first + 3),
            self.file,
            self.to_unicode,
        ]


COUNT = 5  # objects of a cut font


class FontSubsetter:
    """Subsets the face of one weight, either the main face or the rare one, whose outlines are
    CFF.
    """

    def __init__(self, fonts: FontSet, weight: int, family: str = MAIN) -> None:
        """Read the face. Preparing it takes some milliseconds and is done once."""
        file = next(face for face in fonts.faces if face.family == family and face.weight == weight)
        self._face = hb.Face(hb.Blob.from_file_path(str(file.path)))
        self._font = hb.Font(self._face)
        self._cff = family == RARE
        self._name = f"{family.replace(' ', '-')}{'-Bold' if weight > 400 else ''}".encode("ascii")
        extents = self._font.get_font_extents("ltr")
        scale = 1000 / self._face.upem
        low, high = round(extents.descender * scale), round(extents.ascender * scale)
        self._descriptor = (
            b"/Flags 4/FontBBox[0 %d 1000 %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV 80/StemH 80"
            % (
                low,
                high,
                high,
                low,
                high,
            )
        )

    @cached_property
    def glyphs(self) -> dict[str, int]:
        """Return the glyph id of each character of the face."""
        return {chr(code): self._font.get_nominal_glyph(code) for code in self._face.unicodes}

    @cached_property
    def advances(self) -> dict[str, int]:
        """Return the advance of each character, in thousandths of the size."""
        scale = 1000 / self._face.upem
        return {
            character: round(self._font.get_glyph_h_advance(glyph) * scale)
            for character, glyph in self.glyphs.items()
        }

    @cached_property
    def _prepared(self) -> hb.Face:
        return hb.subset_preprocess(self._face)

    def cut(self, characters: Iterable[str], *, level: int = 1) -> SubsetFont:
        """Return a font of *characters*, at most `MOST`. Raises `LookupError` if one is absent or
        two share a glyph.
        """
        glyphs = {self.glyphs[character]: character for character in sorted(set(characters))}
        if len(glyphs) != len(set(characters)) or len(glyphs) > MOST:
            raise LookupError("characters that share a glyph, or too many")
        wish = hb.SubsetInput()
        wish.glyph_set.update(glyphs)
        wish.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
        wish.drop_table_tag_set.update(_TAGS)
        data = wish.subset(self._prepared).blob.data
        codes = {
            glyphs[glyph]: code for code, glyph in enumerate(sorted(glyphs), 1)
        }  # HarfBuzz keeps the order and begins behind .notdef
        tag = bytes(65 + byte % 26 for byte in hashlib.sha256("".join(codes).encode()).digest()[:6])
        rows = b"\n".join(
            b"<%04x> <%s>" % (code, one.encode("utf-16-be").hex().encode())
            for one, code in codes.items()
        )
        kind = b"/Length1 %d" % len(data)
        if self._cff:
            data, kind = renumber_cids(data), b"/Subtype/OpenType"
        return SubsetFont(
            {one: b"%04x" % code for one, code in codes.items()},
            b"/" + tag + b"+" + self._name,
            format_stream_object(b"/Filter/FlateDecode" + kind, zlib.compress(data, level)),
            format_stream_object(
                b"/Filter/FlateDecode", zlib.compress(_MAP % (len(codes), rows), level)
            ),
            b"[1[" + b" ".join(b"%d" % self.advances[one] for one in codes) + b"]]",
            self._descriptor,
            self._cff,
        )


def format_stream_object(entries: bytes, body: bytes) -> bytes:
    """Return a stream object of the dictionary *entries* and the encoded *body*."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(body), body)
