"""Names as people and old systems write them (../shared/domain.md 6). A name is never normalised: two repairs are made, and both are told.

1. Look-alike dots between two characters become `·` (U+00B7, 民委发〔2016〕33号).
2. Code points that GBK-era systems kept in the private use area become the characters they always meant (GB 18030-2022, appendix D):
   `U+E863` is 䶮 (`U+4DAE`). Those of the first standard come from Python's own codec; the fourteen that moved later stand below.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from core.text import name_with_middle_dot, search_key, unwritable

DOT, PRIVATE_USE = "dot", "private_use"
_FIRST, _LEAD = 0xE815, 0xFE
_MOVED_LATER = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7,
    0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip
# Surnames that are read otherwise than the same character elsewhere.
_SURNAMES = {
    "单": "shan", "仇": "qiu", "区": "ou", "解": "xie", "任": "ren", "曾": "zeng", "查": "zha", "朴": "piao", "尉迟": "yuchi",
    "万俟": "moqi", "盖": "ge", "种": "chong", "缪": "miao", "覃": "qin", "翟": "zhai", "员": "yun", "乐": "yue", "召": "shao",
    "华": "hua", "葛": "ge", "繁": "po", "洗": "xian", "冼": "xian", "宓": "mi", "幺": "yao", "长孙": "zhangsun", "尉": "wei",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadName:
    """A name ready to store; *hints* says what was repaired (`dot`, `private_use`), *bad* lists characters that can't be written."""

    text: str
    hints: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def private_use_table() -> dict[int, int]:
    """Return private code point → character, for the 80 places of GBK's row FE50–FEA0."""
    table = dict(_MOVED_LATER)
    trails = [*range(0x50, 0x7F), *range(0x80, 0xA1)]
    for offset, trail in enumerate(trails):
        meant = ord(bytes([_LEAD, trail]).decode("gb18030"))
        if not 0xE000 <= meant <= 0xF8FF:
            table[_FIRST + offset] = meant
    return table


def read_name(raw: str) -> ReadName:
    """Return *raw* as it is kept, with what was repaired. Spaces around it go; nothing else is touched."""
    mapped = raw.strip().translate(private_use_table())
    dotted = name_with_middle_dot(mapped)
    hints = (*((PRIVATE_USE,) if mapped != raw.strip() else ()), *((DOT,) if dotted != mapped else ()))
    return ReadName(dotted, hints, tuple(unwritable(dotted)))


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
