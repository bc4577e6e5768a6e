"""Layout classes. A class is the certificate with everything personal replaced by placeholders of
the same width.

One Chinese character replaces every other of its width, one digit every digit, one letter every
letter of its width, so lines break alike. Two certificates with the same placeholder have exactly
the same layout, so the placeholder is the key of the class, and it is what is laid out. No file
carries a trace of another holder.
"""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import Literal

from certification.rendering.font_subsets import FontSubsetter
from certification.rendering.fonts import BOLD, RARE, REGULAR, FontSet
from certification.rendering.print_data import (
    Paragraph,
    Personal,
    PrintData,
    Strong,
    StrongPersonal,
)

Key = tuple[PrintData, tuple[tuple[type[str], ...], ...]]
"""The stand-in, and the kinds of its runs: to Python a personal run equals a plain one."""

Weight = Literal[400, 700]
_HAN, _EM = "某", 1000
# Stands for all of the rare face: a character of few strokes, and the first, so that its font in
# the mould is a small one.
_RARE_HAN = "㐀"
_JOINED = frozenset("fijlt")  # letters of which fonts make ligatures stand for themselves


class NoPlaceholder(LookupError):
    """A personal text holds a character without placeholder, which is a rare one that isn't
    Chinese, or one that our fonts don't have.
    """


class PlaceholderTable:
    """The placeholders of characters, by weight."""

    def __init__(self, fonts: FontSet) -> None:
        """Keep the faces of both weights ready for subsetting."""
        self.knives: dict[int, FontSubsetter] = {
            weight: FontSubsetter(fonts, weight) for weight in (REGULAR, BOLD)
        }
        self.rare: dict[int, FontSubsetter] = {
            weight: FontSubsetter(fonts, weight, RARE) for weight in (REGULAR, BOLD)
        }

    def knife(self, weight: int, rare: bool) -> FontSubsetter:
        """Return the subsetter of the face of *weight*, main or rare."""
        return (self.rare if rare else self.knives)[weight]

    @cached_property
    def _tables(self) -> dict[int, dict[int, str]]:
        return {weight: _table(knife.advances) for weight, knife in self.knives.items()}

    @cached_property
    def _with_rare(self) -> dict[int, dict[int, str]]:
        """Return the tables of both faces.

        Reading the rare ones takes a tenth of a second, so it is done only when a rare character
        occurs.
        """
        return {
            weight: _rare_table(self.rare[weight].advances) | table
            for weight, table in self._tables.items()
        }

    def key(self, face: PrintData) -> Key:
        """Return the class of *face*. Raises `NoPlaceholder`."""
        # The number stands alone on its line: how wide its last sign is moves nothing.
        number = self._replace(face.number[:-1], REGULAR) + "0" if face.number else ""
        self._replace(face.number[-1:], REGULAR)
        lines: tuple[Paragraph, ...] = tuple(
            tuple(self._stood_in(run) for run in runs) for runs in face.paragraphs()
        )
        facts, english = len(face.facts), len(face.body_en)
        stand_in = dataclasses.replace(
            face,
            holder=self._replace(face.holder, BOLD),
            number=number,
            facts=lines[:facts],
            body=lines[facts : len(lines) - english],
            body_en=lines[len(lines) - english :],
            photo=None if face.photo is None else b"",
            qr="",
        )
        return stand_in, tuple(
            tuple(find_run_kind(run) for run in runs) for runs in face.paragraphs()
        )

    def _stood_in(self, run: str) -> str:
        if not isinstance(run, Personal):
            return run
        return find_run_kind(run)(self._replace(run, BOLD if isinstance(run, Strong) else REGULAR))

    def _replace(self, text: str, weight: int) -> str:
        try:
            table = self._tables[weight]
            return "".join([table[ord(character)] for character in text])
        except KeyError:
            table = self._with_rare[weight]
        try:
            return "".join([table[ord(character)] for character in text])
        except KeyError as error:
            raise NoPlaceholder(text) from error


_KINDS = frozenset({StrongPersonal, Strong, Personal, str})


def find_run_kind(run: str) -> type[str]:
    """Return which of the four kinds of run *run* is."""
    if run.__class__ in _KINDS:
        return run.__class__
    return next(kind for kind in (StrongPersonal, Strong, Personal, str) if isinstance(run, kind))


def _table(advances: dict[str, int]) -> dict[int, str]:
    """Return the placeholder of each code point of a face."""
    firsts: dict[tuple[int, bool], str] = {}
    digit = advances["0"]
    table = {}
    for character in sorted(advances):
        code, advance = ord(character), advances[character]
        if _is_han(code) and advance == _EM:
            table[code] = _HAN
        elif character in "123456789" and advance == digit:
            table[code] = "0"
        elif character.isascii() and character.isalpha() and character not in _JOINED:
            table[code] = firsts.setdefault((advance, character.isupper()), character)
        else:
            table[code] = character
    return table


def _rare_table(advances: dict[str, int]) -> dict[int, str]:
    return {
        ord(one): _RARE_HAN
        for one, advance in advances.items()
        if advance == _EM and _is_han(ord(one))
    }


def is_rare_placeholder(character: str) -> bool:
    """Return whether *character* is the placeholder of characters of the rare face."""
    return character == _RARE_HAN


def _is_han(code: int) -> bool:
    return 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or code >= 0x20000
