"""Rules for names as people and old systems write them (民委发〔2016〕33号, GB 18030-2022).

A name is never normalised. `core.text.clean_text` decides about single characters. Two more repairs
belong to names. Each repair is reported:

- Look-alike dots between two characters become `·` (U+00B7).
- Blanks between two Chinese characters or around a `·` are removed. Any other run of blanks becomes
  one plain blank.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from core.characters import is_han, private_use_table
from core.readings import read_each, read_with_tone
from core.text import (
    BLANK,
    INVISIBLE,
    PRIVATE_USE,
    RADICAL,
    clean_text,
    form_key,
    name_with_middle_dot,
    search_key,
)
from people.rules.surnames import COMPOUND, SINGLE

__all__ = [
    "BLANK",
    "DOT",
    "INVISIBLE",
    "PRIVATE_USE",
    "RADICAL",
    "ReadName",
    "are_names_alike",
    "order_key",
    "pinyin_key",
    "private_use_table",
    "read_name",
]
DOT = "dot"
SYLLABLE = 6  # letters of the longest syllables: zhuang, chuang, shuang
ORDERED = 10
ORDER_LENGTH = ORDERED * (SYLLABLE + 1 + 6)
SOUND_LENGTH = 120


@dataclass(frozen=True, slots=True)
class ReadName:
    """A name ready to store.

    *hints* says what was repaired (`dot`, `blank`, and the notes of `core.text`), *bad* lists the
    characters it can't be stored with.
    """

    text: str
    hints: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()


def read_name(raw: str) -> ReadName:
    """Return *raw* as it is kept, with what was repaired.

    Surrounding blanks are removed. Nothing else is changed.
    """
    cleaned = clean_text(raw)
    dotted = name_with_middle_dot(cleaned.text)
    closed = _without_inner_blanks(dotted)
    hints = dict.fromkeys(note for note in cleaned.notes if note != BLANK)
    if closed != dotted or BLANK in cleaned.notes:
        hints[BLANK] = None
    if dotted != cleaned.text:
        hints[DOT] = None
    return ReadName(closed, tuple(hints), cleaned.bad)


def _without_inner_blanks(name: str) -> str:
    parts = name.split()
    out = parts[0] if parts else ""
    for part in parts[1:]:
        joined = (is_han(out[-1]) and is_han(part[0])) or "·" in (out[-1], part[0])
        out += part if joined else f" {part}"
    return out


@lru_cache(maxsize=1024)
def read_sounds(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways *name* is read, the usual one first, with a syllable for each character.

    A character without a known reading stands for itself. Surnames are read as surnames. One that
    has two readings (覃 as qin and as tan) gives both.
    """
    form = form_key(name)
    if not form:
        return ()
    usual = tuple(sound or ch for sound, ch in zip(read_each(form), form, strict=True))
    plain = search_key(name)
    if len(plain) > 2 and plain[:2] in COMPOUND:
        return ((*COMPOUND[plain[:2]].split(), *usual[2:]),)
    return tuple((head, *usual[1:]) for head in SINGLE.get(plain[0], usual[:1]))


def pinyin_key(name: str) -> str:
    """Return ` zhangweiqiang zwq` for 张伟强.

    This is what people type to find a name by sound, whole or by initials, each after a space.
    """
    plain = search_key(name)
    if not plain or plain.isascii():
        return f" {plain}" if plain else ""
    forms = [
        form
        for sounds in read_sounds(name)
        for form in ("".join(sounds)[:SOUND_LENGTH], "".join(sound[0] for sound in sounds))
    ]
    return "".join(f" {form}" for form in dict.fromkeys(forms))


def order_key(name: str) -> str:
    """Return the sort key of a name, in the order people know, which is syllable, tone and
    character, one character after the other.

    It has only small letters and digits of fixed width, so that every collation of every database
    orders it alike. A name longer than ten characters is ordered by its first ten. Characters
    without a reading come last.
    """
    ways = read_sounds(name)
    if not ways:
        return ""
    form = form_key(name)
    return "".join(
        _order_one(ch, sound) for ch, sound in zip(form[:ORDERED], ways[0][:ORDERED], strict=True)
    )


def _order_one(character: str, sound: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    if not (sound.isascii() and sound.isalpha()):
        return f"{'z' * SYLLABLE}9{ord(character):06x}"
    toned = read_with_tone(character)
    tone = toned[-1] if toned[:-1] == sound else "0"
    return f"{sound:0<{SYLLABLE}}{tone}{ord(character):06x}"


def are_names_alike(left: str, right: str) -> bool:
    """Say whether two names may be one person's.

    They have the same key, or the same sound in as many characters (张伟 and 章玮).
    """
    if search_key(left) == search_key(right):
        return True
    if len(search_key(left)) != len(search_key(right)):
        return False
    return bool(sound := pinyin_key(left)) and sound == pinyin_key(right)
