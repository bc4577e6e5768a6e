"""The certificate typefaces, which are small files subset once from Noto Serif CJK SC, in a folder
named by what they were made from.

They are subset because the cost of a PDF depends on the highest glyph id of the font, not on the
characters used, so a face of 65,535 glyphs makes every certificate slow and large. There are two
faces for each weight. *Main* holds what nearly every certificate needs, *rare* the rest of the
source, so that 䶮, 𬭎 and 㛃 are set in the same design and only certificates with such characters pay
for it.

Main is GB 2312, which takes 19 ms for a certificate, against 25 ms with GBK. A name with a
character beyond it costs 26 ms with either. Main is TrueType, whose subsets are small and quick.
Rare keeps its CFF outlines, because converting 37,000 glyphs twice would delay a machine's first
start by half a minute, to save 0.1 MB in the file of one holder in fifty (see `renumber_cids` for
how its glyphs are named).

This module reads no settings before a folder is needed, and uses no database.
"""

from __future__ import annotations

import array
import contextlib
import ctypes.util
import fcntl
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import uharfbuzz as hb
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

from certification.rendering.errors import FontsUnavailable
from certification.rendering.outlines import renumber_cids

# Change this when anything below changes what comes out: it is part of the folder's name.
_MAIN_SET = "gb2312"
_FEATURES = ("kern", "liga", "ccmp")
_DROPPED = ("vhea", "vmtx", "VORG", "BASE", "DSIG")
_TOLERANCE = (
    1.0  # units of 1/1000 em that a quadratic curve may stray: far below a printer's dot at 36 pt
)
RECIPE = {
    "version": 3,
    "main": _MAIN_SET,
    "features": _FEATURES,
    "dropped": _DROPPED,
    "outlines": {"main": "truetype", "rare": "cff"},
    "tolerance": _TOLERANCE,
    "digits": "tabular",
}
MAIN, RARE = "Craftpath Song", "Craftpath Song Rare"
FAMILIES = (MAIN, RARE)
REGULAR, BOLD = 400, 700
_SOURCE_FAMILIES = ("Noto Serif CJK SC", "Source Han Serif SC")
_SOURCE_STYLES = {REGULAR: "Regular", BOLD: "Bold"}
_KNOWN_FOLDERS = (
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/noto-cjk",
    "/usr/local/share/fonts",
)
# Signs a certificate uses that GB 2312 lacks: the round zero of Chinese dates, and the ordinary
# separators of names.
_ALWAYS = frozenset(map(ord, "〇·／－～％＋—…“”‘’"))
# Pango sets a blank in the face of the character before it, whatever the list of families says: 张㛃
# Li.
_IN_BOTH = frozenset({0x20})

_TRUETYPE_LIMITS = (  # of instructions and composites, which these glyphs don't have
    "maxTwilightPoints",
    "maxStorage",
    "maxFunctionDefs",
    "maxInstructionDefs",
    "maxStackElements",
    "maxSizeOfInstructions",
    "maxComponentElements",
    "maxComponentDepth",
)

Report = Callable[[int, int], None]
"""Told the glyphs done and the glyphs in all."""


@dataclass(frozen=True, slots=True)
class FaceFile:
    """One derived file and the code points it can set."""

    family: str
    weight: int
    path: Path
    characters: frozenset[int]


@dataclass(frozen=True, slots=True)
class FontSet:
    """The derived files of one version."""

    digest: str
    faces: tuple[FaceFile, ...]

    def characters(self, *, bold: bool = False) -> frozenset[int]:
        """Return the code points that the regular (or the bold) faces can set."""
        weight = BOLD if bold else REGULAR
        return frozenset().union(*(face.characters for face in self.faces if face.weight == weight))

    def css(self) -> str:
        """Return the `@font-face` rules that pin these files."""
        return "".join(
            f'@font-face{{font-family:"{face.family}";font-weight:{face.weight};src:url("{face.path.as_uri()}")}}\n'
            for face in self.faces
        )


def ensure_fonts(progress: Report | None = None, *, folder: Path | None = None) -> FontSet:
    """Return the derived faces, making them first if this source and recipe were not made before.

    It is safe when two processes start at once. The second waits and then reads what the first
    made. *progress* is called with (glyphs done, glyphs in all). Without it a bar is shown if
    standard error is a terminal. *folder* defaults to `settings.FONT_FOLDER`. Raises
    `FontsUnavailable` with a sentence for the operator.
    """
    check_subsetter()
    folder = (folder or _settings_folder()).absolute()
    sources = find_sources()
    digest = _digest(sources)
    target = folder / digest
    if not (target / "faces.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder / ".lock"):
            if not (target / "faces.json").exists():
                _make(sources, target, progress)
    return _load(target)


def find_missing_characters(text: str, *, bold: bool = False) -> tuple[str, ...]:
    """Return the characters of *text*, each once and in order, that no face of this weight can set.

    Control characters, variation selectors, private-use and unassigned code points are among them,
    because none has a glyph.
    """
    able = _able(bold)
    return tuple(dict.fromkeys(c for c in text if ord(c) not in able))


def check_subsetter() -> None:
    """Raise `FontsUnavailable` if HarfBuzz's subset library is absent.

    WeasyPrint would only warn, and take thirty times as long.
    """
    if ctypes.util.find_library("harfbuzz-subset") is None:
        raise FontsUnavailable.no_subsetter()


def find_sources() -> dict[int, tuple[Path, int]]:
    """Return for each weight the source file of the Song face and the index of the face in it.
    Raises `FontsUnavailable`.
    """
    found = {}
    for weight, style in _SOURCE_STYLES.items():
        for path in _candidates(style):
            index = _face_index(path)
            if index is not None:
                found[weight] = (path, index)
                break
        else:
            raise FontsUnavailable.no_source()
    return found


@cache
def _able(bold: bool) -> frozenset[int]:
    return ensure_fonts().characters(bold=bold)


def _settings_folder() -> Path:
    from django.conf import settings  # slow import: the fonts can be cut before Django is set up

    return Path(settings.FONT_FOLDER)


def _candidates(style: str) -> Iterator[Path]:
    """Yield the files that may hold the face, the usual places first because they need no
    subprocess.
    """
    for folder in _KNOWN_FOLDERS:
        for name in (
            f"NotoSerifCJK-{style}.ttc",
            f"NotoSerifCJKsc-{style}.otf",
            f"SourceHanSerifSC-{style}.otf",
        ):
            path = Path(folder) / name
            if path.is_file():
                yield path
    program = shutil.which("fc-list")
    if program is None:
        return
    for family in _SOURCE_FAMILIES:
        answer = subprocess.run(  # noqa: S603 - a fixed program and fixed words
            [program, f":family={family}:style={style}", "file"],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        for line in sorted(answer.stdout.splitlines()):
            path = Path(line.strip().rstrip(":"))
            if path.is_file():
                yield path


def _face_index(path: Path) -> int | None:
    """Return the index of the simplified Chinese face with CFF outlines in *path*."""
    blob = hb.Blob.from_file_path(str(path))
    index = 0
    while (face := hb.Face(blob, index)).glyph_count:
        if (
            face.get_name(hb.OTNameIdPredefined.FONT_FAMILY) in _SOURCE_FAMILIES
            and "CFF " in face.table_tags
        ):
            return index
        index += 1
    return None


def _digest(sources: dict[int, tuple[Path, int]]) -> str:
    what = {
        "recipe": RECIPE,
        "sources": [
            [weight, index, hashlib.sha256(path.read_bytes()).hexdigest()]
            for weight, (path, index) in sorted(sources.items())
        ],
    }
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on the file *path*. The system releases it if the process dies."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _encodable(codec: str) -> frozenset[int]:
    def can(code: int) -> bool:
        try:
            chr(code).encode(codec)
        except UnicodeEncodeError:
            return False
        return True

    return frozenset(
        code for code in range(0x80, 0x10000) if not 0xD800 <= code < 0xE000 and can(code)
    )


def _make(sources: dict[int, tuple[Path, int]], target: Path, progress: Report | None) -> None:
    """Make all faces in a folder beside *target* and rename it, so that nobody ever sees half a
    set.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    wanted_main = frozenset(range(0x20, 0x7F)) | _encodable(_MAIN_SET) | _ALWAYS
    cuts = []
    for weight, (path, index) in sorted(sources.items()):
        face = hb.Face(hb.Blob.from_file_path(str(path)), index)
        able = frozenset(face.unicodes)
        for family, wanted in ((MAIN, able & wanted_main), (RARE, (able - wanted_main) | _IN_BOTH)):
            cuts.append((family, weight, _subset(face, wanted)))
    total = sum(hb.Face(data).glyph_count for family, *_, data in cuts if family == MAIN)
    manifest = []
    try:
        with _reporting(progress, total) as tick:
            for family, weight, data in cuts:
                name = f"{family.replace(' ', '-').lower()}-{weight}"
                file = f"{name}.{'ttf' if family == MAIN else 'otf'}"
                if family == RARE:
                    data = renumber_cids(data)
                font: Any = TTFont(io.BytesIO(data), recalcTimestamp=False)
                if family == MAIN:
                    _make_truetype(font, hb.Font(hb.Face(data)), tick)
                    _set_digits_tabular(font)
                _rename(font, family, weight)
                font.save(draft / file)
                (draft / f"{name}.cmap").write_bytes(
                    _pack(hb.Face(data).unicodes)
                )  # with the mirrored forms that came along
                manifest.append(
                    {"family": family, "weight": weight, "file": file, "characters": f"{name}.cmap"}
                )
        (draft / "faces.json").write_text(
            json.dumps({"recipe": RECIPE, "faces": manifest}, indent=1), encoding="utf-8"
        )
        shutil.rmtree(target, ignore_errors=True)  # half a set from a copy that was broken off
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _load(target: Path) -> FontSet:
    manifest = json.loads((target / "faces.json").read_text(encoding="utf-8"))
    return FontSet(
        digest=target.name,
        faces=tuple(
            FaceFile(
                row["family"],
                row["weight"],
                target / row["file"],
                frozenset(_unpack((target / row["characters"]).read_bytes())),
            )
            for row in manifest["faces"]
        ),
    )


def _pack(codes: Iterable[int]) -> bytes:
    packed = array.array("I", sorted(codes))
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def _unpack(data: bytes) -> Iterable[int]:
    packed = array.array("I")
    packed.frombytes(data)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed


@contextlib.contextmanager
def _reporting(progress: Report | None, total: int) -> Iterator[Callable[[], None]]:
    """Yield the function to call after each glyph."""
    done = 0
    with contextlib.ExitStack() as stack:
        if progress is None and sys.stderr.isatty():
            from core.progress import (
                progress_bar,
            )  # slow import, needed once in the life of a machine

            bar = stack.enter_context(progress_bar())
            row = bar.add_task("Certificate fonts", total=total)

            def progress(now: int, _all: int) -> None:
                bar.update(row, completed=now)

        def tick() -> None:
            nonlocal done
            done += 1
            if progress is not None and (done % 500 == 0 or done == total):
                progress(done, total)

        yield tick


def _tag(name: str) -> int:
    return int.from_bytes(name.encode("ascii"), "big")


def _subset(face: hb.Face, characters: Iterable[int]) -> bytes:
    """Subset *face* to *characters*, without `locl`, which would keep the Japanese and Korean
    forms of every character.
    """
    wish = hb.SubsetInput()
    wish.unicode_set.update(characters)
    wish.drop_table_tag_set.update(map(_tag, _DROPPED))
    wish.layout_feature_tag_set.clear()
    wish.layout_feature_tag_set.update(map(_tag, _FEATURES))
    wish.flags = (
        hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE | hb.SubsetFlags.DESUBROUTINIZE
    )
    return bytes(wish.subset(face).blob.data)


def _make_truetype(font: Any, outlines: hb.Font, tick: Callable[[], None]) -> None:
    """Replace the CFF outlines of *font* by quadratic ones.

    They are read from *outlines*, the same font in HarfBuzz, which is three times as fast.
    """
    order = font.getGlyphOrder()
    glyphs = {}
    for index, name in enumerate(order):
        pen = TTGlyphPen(None)
        outlines.draw_glyph_with_pen(index, Cu2QuPen(pen, _TOLERANCE, reverse_direction=True))
        glyphs[name] = pen.glyph()
        tick()
    font["loca"] = newTable("loca")
    font["glyf"] = table = newTable("glyf")
    table.glyphOrder, table.glyphs = order, glyphs
    for name in order:
        glyphs[name].recalcBounds(table)
    del font["CFF "]
    metrics = font["hmtx"].metrics
    for name in order:
        metrics[name] = (metrics[name][0], getattr(glyphs[name], "xMin", 0))
    limits = font["maxp"]
    limits.tableVersion = 0x00010000
    for key in _TRUETYPE_LIMITS:
        setattr(limits, key, 0)
    limits.maxZones = 1
    font["post"].formatType = 3.0
    font["head"].glyphDataFormat = 0
    font.sfntVersion = "\0\1\0\0"


def _set_digits_tabular(font: Any) -> None:
    """Give the ten digits the same width, so that numbers of the same length align."""
    names = [
        font.getBestCmap()[ord(digit)] for digit in "0123456789" if ord(digit) in font.getBestCmap()
    ]
    if not names:
        return
    metrics, table = font["hmtx"].metrics, font["glyf"]
    width = max(metrics[name][0] for name in names)
    for name in names:
        glyph = table.glyphs[name]
        glyph.coordinates.translate(((width - metrics[name][0]) // 2, 0))
        glyph.recalcBounds(table)
        metrics[name] = (width, glyph.xMin)


def _rename(font: Any, family: str, weight: int) -> None:
    """Give the font our name.

    It is a changed version, and fontconfig must not take it for the original.
    """
    style = _SOURCE_STYLES[weight]
    texts = {
        1: family,
        2: style,
        4: f"{family} {style}",
        6: f"{family.replace(' ', '')}-{style}",
        16: family,
        17: style,
    }
    table = font["name"]
    for number, text in texts.items():
        table.removeNames(nameID=number)
        if number < 16:
            table.setName(text, number, 3, 1, 0x409)
