"""Chinese names and numbers as people write them. Names are kept as given; only search keys are normalised."""

from __future__ import annotations

import unicodedata

# The usual compound surnames; a masked name keeps them whole (../shared/domain.md 7).
COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "闾丘",
        "子车",
        "亓官",
        "司寇",
        "巫马",
        "公西",
        "颛孙",
        "壤驷",
        "公良",
        "漆雕",
        "乐正",
        "宰父",
        "谷梁",
        "拓跋",
        "夹谷",
        "轩辕",
        "令狐",
        "段干",
        "百里",
        "呼延",
        "东郭",
        "南门",
        "羊舌",
        "微生",
        "公户",
        "公玉",
        "公仪",
        "梁丘",
        "公仲",
        "公上",
        "公门",
        "公山",
        "公坚",
        "左丘",
        "公伯",
        "西门",
        "公祖",
        "第五",
        "公乘",
        "贯丘",
        "公皙",
        "南荣",
        "东里",
        "东宫",
        "仲长",
        "子书",
        "子桑",
        "即墨",
        "达奚",
        "褚师",
        "吴铭",
    ]
)
# Dots that people and old systems write for the separator U+00B7 of names (民委发〔2016〕33号).
UNWRITABLE = frozenset({"Cc", "Co", "Cs", "Cn"})
NAME_DOTS = "•・‧●．.·"


def mask_name(name: str) -> str:
    """Return *name* for the public: surname kept, the rest as stars; a name with `·` keeps its first segment."""
    name = name.strip()
    if "·" in name:
        first, *rest = name.split("·")
        return "·".join([first, *("*" * len(part) for part in rest)])
    if len(name) <= 1:
        return name
    keep = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    if name.isascii():
        keep = 1
    return name[:keep] + "*" * (len(name) - keep)


def mask_number(number: str, *, head: int = 4, tail: int = 2) -> str:
    """Return an identity number with its middle as stars (HR's view: `3301**********12`)."""
    if len(number) <= head + tail:
        return "*" * len(number)
    return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]


def mask_mobile(mobile: str) -> str:
    """Return a mobile number as `138****1234`."""
    return mobile[:3] + "*" * max(len(mobile) - 7, 0) + mobile[-4:] if len(mobile) >= 7 else "*" * len(mobile)


def name_with_middle_dot(name: str) -> str:
    """Return *name* with every look-alike dot between two characters as `·` (U+00B7); nothing else is touched."""
    stripped = name.strip()
    if stripped.isascii():
        return stripped  # "J. Smith" keeps its full stop
    return "".join("·" if ch in NAME_DOTS and 0 < i < len(stripped) - 1 else ch for i, ch in enumerate(stripped))


def search_key(text: str) -> str:
    """Return the comparison form of *text*: width and case folded, dots and spaces gone. Never shown, never stored as a name."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(ch for ch in folded if not ch.isspace() and ch not in NAME_DOTS)


def same_name(left: str, right: str) -> bool:
    """Say whether two spellings are one name for a look-up (dots, width, case and spaces don't count)."""
    return search_key(left) == search_key(right)


def unwritable(text: str) -> list[str]:
    """Return the characters of *text* no name may hold: controls, private use, surrogates, unassigned, variation selectors."""
    return [ch for ch in text if unicodedata.category(ch) in UNWRITABLE or "\ufe00" <= ch <= "\ufe0f" or "\U000e0100" <= ch <= "\U000e01ef"]
