"""Words that people use for one another. A site adds its own with the setting `SEARCH_SYNONYMS` (a
list of tuples).

Applied to what is typed, not to what is indexed: a change needs no rebuild.
"""

from __future__ import annotations

from itertools import chain

from django.conf import settings

GROUPS: tuple[tuple[str, ...], ...] = (
    ("钳工", "装配钳工"),
    ("师带徒", "名师带徒", "导师带徒", "技能帮带"),
    ("等级认定", "技能鉴定"),
    ("一级", "1级", "高级技师"),
    ("二级", "2级", "技师"),
    ("三级", "3级", "高级工"),
    ("四级", "4级", "中级工"),
    ("五级", "5级", "初级工"),
    ("技能竞赛", "技能大赛", "技术比武"),
    ("数控车工", "数控车床操作工"),
    ("电焊工", "焊工"),
)
MAX_VARIANTS = 6


def list_synonym_variants(text: str) -> list[str]:
    """Return *text* with one word replaced by each of its synonyms, at most `MAX_VARIANTS`,
    without *text* itself.

    The longest word wins where one contains another, so that 高级技师 is not read as 高级 + 技师.
    """
    groups = (*GROUPS, *getattr(settings, "SEARCH_SYNONYMS", ()))
    words = sorted(set(chain.from_iterable(groups)), key=lambda word: (-len(word), word))
    taken = [False] * len(text)
    out: list[str] = []
    for word in words:
        start = text.find(word)
        if start < 0 or any(taken[start : start + len(word)]):
            continue
        taken[start : start + len(word)] = [True] * len(word)
        for group in groups:
            if word in group:
                out += [
                    text[:start] + other + text[start + len(word) :]
                    for other in group
                    if other != word
                ]
    return list(dict.fromkeys(out))[:MAX_VARIANTS]
