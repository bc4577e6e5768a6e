"""Pure rules that say which two records may be one person.

They are bounded by blocking, so that 60,000 persons take seconds. No Django here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from people.rules.names import pinyin_key

SAME_NUMBER, NEAR_NUMBER, NAME_BIRTH, MOBILE_NAME = (
    "same_number",
    "near_number",
    "name_birth",
    "mobile_name",
)
KINDS = (SAME_NUMBER, NEAR_NUMBER, NAME_BIRTH, MOBILE_NAME)
WEIGHT = {SAME_NUMBER: 5, NEAR_NUMBER: 4, MOBILE_NAME: 3, NAME_BIRTH: 3}
LARGEST_BLOCK = 40  # more alike records than this in one block say something about the block, not about two of them


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared of one person.

    *numbers* are (kind, number) pairs in clear, in memory only. *sound* is the pinyin key, computed
    here if it isn't given.
    """

    pk: int
    name: str
    name_key: str
    birth: date | None = None
    mobile: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    sound: str = ""


Pair = tuple[int, int]


def differ_by_typing_error(left: str, right: str) -> bool:
    """Say whether two numbers of one length differ by a typing error, which is one wrong character
    or two neighbours exchanged.

    The check character of an 18-digit number follows from the rest and is left out, so that a
    number that was altered to fit counts too.
    """
    if len(left) != len(right) or left == right:
        return False
    if len(left) == 18:
        left, right = left[:17], right[:17]
        if left == right:
            return True
    different = [at for at, (a, b) in enumerate(zip(left, right, strict=True)) if a != b]
    if len(different) == 1:
        return True
    if len(different) != 2 or different[1] != different[0] + 1:
        return False
    at = different[0]
    return (left[at], left[at + 1]) == (right[at + 1], right[at])


def same_name_and_birth(people: Iterable[Facts]) -> Iterator[Pair]:
    """Yield pairs with one name key and one date of birth."""
    yield from _in_blocks(((p.name_key, p.birth), p.pk) for p in people if p.birth and p.name_key)


def same_mobile_and_name(people: Iterable[Facts]) -> Iterator[Pair]:
    """Yield pairs with one mobile number and one name key.

    A mobile number alone proves nothing, because families share it.
    """
    yield from _in_blocks(((p.mobile, p.name_key), p.pk) for p in people if p.mobile and p.name_key)


def same_number_of_another_kind(people: Iterable[Facts]) -> Iterator[Pair]:
    """Yield pairs that hold one number under different kinds of documents (a residence permit
    recorded as an identity card).
    """
    yield from _in_blocks(((number, p.pk) for p in people for _kind, number in p.numbers))


def near_numbers(people: Sequence[Facts]) -> Iterator[Pair]:
    """Yield pairs with alike names whose numbers differ by a typing error.

    With two neighbouring places left out, any such two numbers are equal in one of the positions.
    Each position is one pass over a dictionary, so the cost is (length × persons). A block holds
    only alike names with numbers that differ in those two places.
    """
    seen: set[Pair] = set()
    by_length: dict[int, list[tuple[Hashable, str, int]]] = defaultdict(list)
    for p in people:
        for _kind, number in p.numbers:
            by_length[len(number)].append((_sounding(p), number, p.pk))
    for length, rows in by_length.items():
        body = 17 if length == 18 else length
        for at in range(body - 1):
            blocks: dict[Hashable, list[tuple[str, int]]] = defaultdict(list)
            for sound, number, pk in rows:
                blocks[sound, number[:at] + number[at + 2 : body]].append((number, pk))
            for block in blocks.values():
                if 1 < len(block) <= LARGEST_BLOCK:
                    for pair in _near_in(block):
                        if pair not in seen:
                            seen.add(pair)
                            yield pair


def _sounding(p: Facts) -> Hashable:
    """Return what alike names share (`names.are_names_alike`).

    That is their sound and length, or the name itself where there is no sound.
    """
    sound = p.sound or pinyin_key(p.name)
    return (len(p.name_key), sound) if sound else p.name_key


def _near_in(block: list[tuple[str, int]]) -> Iterator[Pair]:
    for index, (number, pk) in enumerate(block):
        for other, other_pk in block[index + 1 :]:
            if pk != other_pk and differ_by_typing_error(number, other):
                yield (min(pk, other_pk), max(pk, other_pk))


def _in_blocks(keyed: Iterable[tuple[Hashable, int]]) -> Iterator[Pair]:
    blocks: dict[Hashable, set[int]] = defaultdict(set)
    for key, pk in keyed:
        blocks[key].add(pk)
    for members in blocks.values():
        if 1 < len(members) <= LARGEST_BLOCK:
            listed = sorted(members)
            for index, pk in enumerate(listed):
                yield from ((pk, other) for other in listed[index + 1 :])


FINDERS = {
    SAME_NUMBER: same_number_of_another_kind,
    NEAR_NUMBER: near_numbers,
    NAME_BIRTH: same_name_and_birth,
    MOBILE_NAME: same_mobile_and_name,
}


def find_duplicate_pairs(
    kind: str, people: Sequence[Facts], *, changed: frozenset[int] | None = None
) -> list[Pair]:
    """Return the pairs (smaller key first, sorted) that *kind* of evidence finds.

    With *changed*, only pairs that contain one of these keys are returned.
    """
    found = {
        pair
        for pair in FINDERS[kind](people)
        if changed is None or pair[0] in changed or pair[1] in changed
    }
    return sorted(found)


def weigh_evidence(kinds: Iterable[str]) -> int:
    """Return how much *kinds* of evidence weigh together (3 is one weak sign, 15 all of them)."""
    return sum(WEIGHT[kind] for kind in set(kinds))
