"""Give the readings of Chinese characters, from pypinyin and from our own table for characters it
doesn't read (`core.character_tables`).

All code that needs a reading asks here, so that keys, orders and search agree.
"""

from __future__ import annotations

from functools import lru_cache
from types import ModuleType

from core.character_tables import READINGS


@lru_cache(maxsize=1)
def load_pypinyin() -> ModuleType:
    """Return pypinyin with our readings loaded. It is imported here because its tables take a
    quarter of a second.
    """
    import pypinyin  # slow import

    pypinyin.load_single_dict({ord(pair[0]): pair[1:] for pair in READINGS.split()})
    return pypinyin


def read_each(text: str) -> list[str]:
    """Return for each character of *text* its likeliest reading in this context, without tone
    (`lv` for 绿). The reading is empty where none is known.
    """
    found = load_pypinyin().lazy_pinyin(text, errors=lambda unknown: [""] * len(unknown))
    return found if len(found) == len(text) else [""] * len(text)


@lru_cache(maxsize=8192)
def read_with_tone(character: str) -> str:
    """Return the likeliest reading of one character with its tone as a digit (`zhang1`, 5 for no
    tone). The reading is empty where none is known.
    """
    module = load_pypinyin()
    style = module.Style.TONE3
    found = module.lazy_pinyin(
        character,
        style=style,
        neutral_tone_with_five=True,
        errors=lambda unknown: [""] * len(unknown),
    )
    return str(found[0]) if len(found) == 1 else ""
