"""Names as people and old systems write them (domain rules: 民委发〔2016〕33号, GB 18030-2022). A name is never normalised.

`core.text.clean_text` decides about single characters; two more repairs belong to names. Each repair is told:

1. Look-alike dots between two characters become `·` (U+00B7).
2. Blanks between two Chinese characters or around a `·` go; any other stretch of blanks is one plain blank.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.characters import is_han, private_use_table
from core.text import BLANK, INVISIBLE, PRIVATE_USE, RADICAL, clean_text, name_with_middle_dot, search_key

__all__ = ["BLANK", "DOT", "INVISIBLE", "PRIVATE_USE", "RADICAL", "ReadName", "alike", "pinyin_key", "private_use_table", "read_name"]
DOT = "dot"
# Surnames that are read otherwise than the same character elsewhere.
_SURNAMES = {
    "单": "shan", "仇": "qiu", "区": "ou", "解": "xie", "任": "ren", "曾": "zeng", "查": "zha", "朴": "piao", "尉迟": "yuchi",
    "万俟": "moqi", "盖": "ge", "种": "chong", "缪": "miao", "覃": "qin", "翟": "zhai", "员": "yun", "乐": "yue", "召": "shao",
    "华": "hua", "葛": "ge", "繁": "po", "洗": "xian", "冼": "xian", "宓": "mi", "幺": "yao", "长孙": "zhangsun", "尉": "wei",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadName:
    """A name ready to store.

    *hints* says what was repaired (`dot`, `blank`, and the notes of `core.text`), *bad* lists the characters it can't be stored with.
    """

    text: str
    hints: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()


def read_name(raw: str) -> ReadName:
    """Return *raw* as it is kept, with what was repaired. Blanks around it go; nothing else is touched."""
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


def pinyin_key(name: str) -> str:
    """Return ` zhangweiqiang zwq` for 张伟强: what one types to find a name by sound, whole or by initials, each after a space."""
    from pypinyin import lazy_pinyin  # slow import

    plain = search_key(name)
    if not plain or plain.isascii():
        return f" {plain}" if plain else ""
    head = next((key for key in (plain[:2], plain[:1]) if key in _SURNAMES), "")
    rest = [part for part in lazy_pinyin(plain[len(head) :], errors="ignore") if part]
    sounds = [*([_SURNAMES[head]] if head else []), *rest]
    if not sounds:
        return ""
    initials = "".join(part[0] for part in sounds) if len(head) < 2 else sounds[0][0] + "".join(part[0] for part in rest)
    return f" {''.join(sounds)} {initials}"


def alike(left: str, right: str) -> bool:
    """Say whether two names may be one person's: the same key, or the same sound in as many characters (张伟 and 章玮)."""
    if search_key(left) == search_key(right):
        return True
    if len(search_key(left)) != len(search_key(right)):
        return False
    return bool(sound := pinyin_key(left)) and sound == pinyin_key(right)
