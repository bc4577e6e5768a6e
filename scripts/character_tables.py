"""Write `site/core/character_tables.py` from published data; the file it writes says which.

Run it when the Unicode data or the readings change, with the folders of

* the Unicode Character Database (`EquivalentUnifiedIdeograph.txt`, `Unihan_Variants.txt`; Debian's
  package `unicode-data` has them), and
* an unpacked `pypinyin-dict` (its `zdic` table), from the Python package index:

    python -m scripts.character_tables --unicode /usr/share/unicode --readings FOLDER
"""

from __future__ import annotations

import argparse
import bz2
import importlib
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "site" / "core" / "character_tables.py"
# Kinds of variants that are read alike, the nearest first (UAX #38). Spoofing variants only look
# alike and are left out.
READ_ALIKE = (
    "kZVariant",
    "kSemanticVariant",
    "kSimplifiedVariant",
    "kTraditionalVariant",
    "kSpecializedSemanticVariant",
)
LINE = 120


def lines_of(folder: Path, name: str) -> Iterator[str]:
    """Yield the lines of the data file *name*, packed or not."""
    packed = folder / f"{name}.bz2"
    data = bz2.decompress(packed.read_bytes()) if packed.exists() else (folder / name).read_bytes()
    yield from data.decode("utf-8").splitlines()


def read_equivalents(folder: Path) -> tuple[str, dict[int, int]]:
    """Return the version of the data, and radical or stroke → the unified ideograph it looks like."""
    version, table = "", {}
    for line in lines_of(folder, "EquivalentUnifiedIdeograph.txt"):
        if line.startswith("# EquivalentUnifiedIdeograph-"):
            version = line.removeprefix("# EquivalentUnifiedIdeograph-").removesuffix(".txt")
        fields = [part.strip() for part in line.partition("#")[0].split(";")]
        if len(fields) == 2:
            first, _, last = fields[0].partition("..")
            for point in range(int(first, 16), int(last or first, 16) + 1):
                table[point] = int(fields[1], 16)
    return version, table


def read_variants(folder: Path) -> dict[int, dict[str, list[int]]]:
    """Return ideograph → kind of variant → ideographs."""
    table: dict[int, dict[str, list[int]]] = {}
    for line in lines_of(folder, "Unihan_Variants.txt"):
        if line.startswith("U+"):
            point, kind, values = line.split("\t")
            table.setdefault(_point(point), {})[kind] = [
                _point(value.split("<")[0]) for value in values.split()
            ]
    return table


def _point(text: str) -> int:
    return int(text.removeprefix("U+").rjust(6, "0"), 16)


def find_readings(
    variants: dict[int, dict[str, list[int]]], more: dict[int, str]
) -> dict[int, str]:
    """Return ideograph → reading with its tone mark for those that pypinyin doesn't read: from
    *more*, else from a variant read alike.
    """
    from pypinyin.constants import PINYIN_DICT

    syllables = {reading for readings in PINYIN_DICT.values() for reading in readings.split(",")}
    found = {}
    for point in sorted({*more, *variants}):
        if point in PINYIN_DICT or unicodedata.normalize("NFKC", chr(point)) != chr(point):
            continue
        if point in more:
            reading = more[point].split(",")[0]
            if reading in syllables:  # the table has Japanese readings too
                found[point] = reading
            continue
        alike = (
            other
            for kind in READ_ALIKE
            for other in variants[point].get(kind, ())
            if other in PINYIN_DICT
        )
        if (other := next(alike, None)) is not None:
            found[point] = PINYIN_DICT[other].split(",")[0]
    return found


def _width(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(ch) in "WFA") for ch in text)


def write_pairs(name: str, meaning: str, words: list[str]) -> Iterator[str]:
    """Yield the source of the constant *name*: *words* in lines, parted by blanks."""
    yield f"{name} = ("
    row = ""
    for word in words:
        if _width(row + word) + 1 > LINE:
            yield f'    "{row}"'
            row = ""
        row += word + " "
    yield f'    "{row.rstrip()}"'
    yield ")"
    yield f'"""{meaning}"""'


def main() -> None:
    """Write the module."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--unicode", type=Path, required=True)
    parser.add_argument("--readings", type=Path, required=True)
    given = parser.parse_args()
    sys.path.insert(0, str(given.readings))
    zdic = importlib.import_module("pypinyin_dict.pinyin_data.zdic").pinyin_dict
    version, equivalents = read_equivalents(given.unicode)
    readings = find_readings(read_variants(given.unicode), zdic)
    source = [
        '"""Tables of characters. Written by `python -m scripts.character_tables`; change that, not this."""',
        "",
        f'UNICODE = "{version}"',
        '"""The version of the Unicode Character Database the tables were made from (© Unicode, Inc., Unicode License v3)."""',
        "",
        *write_pairs(
            "EQUIVALENTS",
            "Radicals and strokes, each followed by the unified ideograph it looks like (property Equivalent_Unified_Ideograph).",
            [chr(a) + chr(b) for a, b in sorted(equivalents.items())],
        ),
        "",
        *write_pairs(
            "READINGS",
            "Ideographs that pypinyin 0.55 doesn't read, each followed by its reading:\n"
            "the table `zdic` of pypinyin-dict 0.9.0 (MIT), else the reading of a variant by Unihan that is read alike.",
            [chr(point) + sound for point, sound in sorted(readings.items())],
        ),
        "",
    ]
    TARGET.write_text("\n".join(source), encoding="utf-8")
    print(f"{len(equivalents)} radicals and strokes, {len(readings)} readings, Unicode {version}")


if __name__ == "__main__":
    main()
