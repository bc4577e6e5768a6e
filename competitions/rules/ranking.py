"""Compute ranks, tie-breaks, medals and prize tiers.

No national tie-break rule was found, so the chain is the event's own and is published with its
technical file. Competitors who are still equal at the end of the chain share the rank, and the next
rank is left out, as in 1, 1, 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

TIE_TOLERANCE = 2
MEDALLION_FROM = 700
PRIZE_SHARES = (Decimal("0.10"), Decimal("0.20"), Decimal("0.30"))

TOTAL, PRACTICAL, THEORY, TIME, MODULE = "total", "practical", "theory", "time", "module:"
DEFAULT_CHAIN = (TOTAL, PRACTICAL, TIME, THEORY)

GOLD, SILVER, BRONZE, MEDALLION = "gold", "silver", "bronze", "medallion"
FIRST, SECOND, THIRD = "first", "second", "third"


class ChainError(ValueError):
    """A tie-break chain that cannot be used. `code` says why and `link` names the part."""

    def __init__(self, code: str, link: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.link = link


@dataclass(frozen=True, slots=True)
class CompetitorResult:
    """What one competitor brings to the ranking. `number` is the blind number, `minutes` is None
    where no time was kept.
    """

    number: int
    total: Fraction
    modules: Mapping[str, Fraction] = field(default_factory=dict)
    theory_modules: frozenset[str] = frozenset()
    minutes: Decimal | None = None

    @property
    def theory(self) -> Fraction:
        """The sum of the modules the scheme calls theory."""
        return sum(
            (mark for code, mark in self.modules.items() if code in self.theory_modules),
            Fraction(0),
        )

    @property
    def practical(self) -> Fraction:
        """The sum of all other modules."""
        return sum(
            (mark for code, mark in self.modules.items() if code not in self.theory_modules),
            Fraction(0),
        )


@dataclass(frozen=True, slots=True)
class Ranked:
    """A competitor's place. `decided_by` names the link of the chain that parted them from the one
    above ("" for the first and for a shared rank).
    """

    number: int
    rank: int
    shared: bool
    decided_by: str


def check_chain(chain: Sequence[str], modules: Iterable[str] = ()) -> tuple[str, ...]:
    """Return *chain* as a tuple. Raises `ChainError` when it is empty, starts with anything but
    the total, repeats a link, or names a module the scheme does not have.
    """
    known = set(modules)
    if not chain or chain[0] != TOTAL:
        raise ChainError("total_first")
    for link in chain:
        if link.startswith(MODULE):
            if link.removeprefix(MODULE) not in known:
                raise ChainError("unknown_module", link)
        elif link not in DEFAULT_CHAIN:
            raise ChainError("unknown_link", link)
    if len(set(chain)) != len(chain):
        raise ChainError("repeated_link")
    return tuple(chain)


def _reader(link: str) -> Callable[[CompetitorResult], tuple[int, Fraction]]:
    """Return a function giving a value where larger is better. Its first number puts a missing
    time behind every kept one.
    """
    if link == TIME:
        return lambda s: (0, Fraction(0)) if s.minutes is None else (1, -Fraction(s.minutes))
    if link.startswith(MODULE):
        code = link.removeprefix(MODULE)
        return lambda s: (1, s.modules.get(code, Fraction(0)))
    readers: dict[str, Callable[[CompetitorResult], tuple[int, Fraction]]] = {
        TOTAL: lambda s: (1, s.total),
        PRACTICAL: lambda s: (1, s.practical),
        THEORY: lambda s: (1, s.theory),
    }
    return readers[link]


def rank_competitors(
    standings: Sequence[CompetitorResult], chain: Sequence[str] = DEFAULT_CHAIN
) -> tuple[Ranked, ...]:
    """Return the places, best first. Competitors who are equal to the end of *chain* share a rank
    and are in the order of their blind numbers.
    """
    readers = [(link, _reader(link)) for link in chain]
    keyed = sorted(
        ((tuple(read(s) for _, read in readers), s) for s in standings),
        key=lambda pair: pair[1].number,
    )
    keyed.sort(key=lambda pair: pair[0], reverse=True)
    places: list[tuple[int, str]] = []
    for index, (key, _) in enumerate(keyed):
        if index == 0:
            places.append((1, ""))
            continue
        above = keyed[index - 1][0]
        parted = next(
            (
                link
                for (link, _), mine, theirs in zip(readers, key, above, strict=True)
                if mine != theirs
            ),
            "",
        )
        places.append((index + 1, parted) if parted else (places[-1][0], ""))
    counts: dict[int, int] = {}
    for place, _ in places:
        counts[place] = counts.get(place, 0) + 1
    return tuple(
        Ranked(number=s.number, rank=place, shared=counts[place] > 1, decided_by=parted)
        for (_, s), (place, parted) in zip(keyed, places, strict=True)
    )


def award_medals(points: Mapping[int, int], *, tolerance: int = TIE_TOLERANCE) -> dict[int, str]:
    """Return medals by blind number from scaled points.

    A difference of no more than *tolerance* points from the top of a group ties. Two golds leave no
    silver and at least one bronze; three golds or more leave no silver, and bronze only within
    *tolerance* of the last gold; tied silvers leave bronze only within *tolerance* of the last
    silver. 700 points without a medal earn the medallion for excellence.
    """
    left = sorted(points.items(), key=lambda item: (-item[1], item[0]))
    given: dict[int, str] = {}

    def award(medal: str, floor: int) -> list[int]:
        """Give *medal* to everyone left with *floor* points or more, and return their points."""
        taken: list[int] = []
        while left and left[0][1] >= floor:
            number, value = left.pop(0)
            given[number] = medal
            taken.append(value)
        return taken

    if left:
        golds = award(GOLD, left[0][1] - tolerance)
        if len(golds) >= 3:
            award(BRONZE, golds[-1] - tolerance)
        elif len(golds) == 2:
            if left:
                award(BRONZE, left[0][1] - tolerance)
        elif left:
            silvers = award(SILVER, left[0][1] - tolerance)
            if len(silvers) > 1:
                award(BRONZE, silvers[-1] - tolerance)
            elif left:
                award(BRONZE, left[0][1] - tolerance)
    given.update({number: MEDALLION for number, value in left if value >= MEDALLION_FROM})
    return given


def prize_tiers(
    ranks: Mapping[int, int], *, shares: Sequence[Decimal] = PRIZE_SHARES
) -> dict[int, str]:
    """Return first, second and third prizes by blind number. The tiers are the given *shares* of
    the field, rounded down, and everyone tied at a cut is included.
    """
    size = len(ranks)
    given: dict[int, str] = {}
    reached = Fraction(0)
    for prize, share in zip((FIRST, SECOND, THIRD), shares, strict=True):
        reached += Fraction(share) * size
        for number, place in ranks.items():
            if place <= int(reached):
                given.setdefault(number, prize)
    return given
