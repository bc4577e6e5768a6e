"""Draw a paper from the bank by a stored seed.

The same seed and the same bank give the same paper, on any Python version and in whatever order the
database returns the rows. That is why the order comes from SHA-256 and not from `random`, whose
`sample` has changed between versions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class BankTooSmallError(ValueError):
    """The bank holds fewer questions than the paper wants."""

    def __init__(self, *, topic: str, wanted: int, there: int) -> None:
        super().__init__(f"{topic or 'bank'}: {wanted} wanted, {there} there")
        self.topic, self.wanted, self.there = topic, wanted, there


@dataclass(frozen=True)
class Shortage:
    """A topic of which the bank holds fewer questions than a paper needs. `topic` is empty for the
    bank as a whole.
    """

    topic: str
    wanted: int
    there: int


def find_shortages(
    there: Mapping[str, int], *, count: int, per_topic: Mapping[str, int] | None = None
) -> tuple[Shortage, ...]:
    """Return what keeps a bank from serving a paper, which is empty if `draw_paper` will succeed.
    *there* maps topics to the number of questions in the bank.
    """
    short = [
        Shortage(topic, wanted, there.get(topic, 0))
        for topic, wanted in sorted((per_topic or {}).items())
        if there.get(topic, 0) < wanted
    ]
    total = sum(there.values())
    if total < count:
        short.append(Shortage("", count, total))
    return tuple(short)


@dataclass(frozen=True)
class BankItem:
    """A question as the draw sees it. `fixed_order` keeps the options as written (true/false)."""

    id: str
    topic: str
    options: tuple[str, ...] = ()
    fixed_order: bool = False


@dataclass(frozen=True)
class DrawnQuestion:
    """A question on the paper with its options in the order shown."""

    id: str
    options: tuple[str, ...]


def _rank(seed: str, *names: str) -> bytes:
    return hashlib.sha256("\x1f".join((seed, *names)).encode()).digest()


def draw_paper(
    bank: Sequence[BankItem], *, seed: str, count: int, per_topic: Mapping[str, int] | None = None
) -> tuple[DrawnQuestion, ...]:
    """Draw `count` questions, first the fixed numbers `per_topic`, then the rest from everything
    left.

    Raises `BankTooSmallError` when the bank can't serve it.
    """
    if len({item.id for item in bank}) != len(bank):
        msg = "a question stands twice in the bank"
        raise ValueError(msg)
    ranked = sorted(bank, key=lambda item: _rank(seed, "question", item.id))
    chosen: list[BankItem] = []
    for topic, wanted in sorted((per_topic or {}).items()):
        of_topic = [item for item in ranked if item.topic == topic]
        if len(of_topic) < wanted:
            raise BankTooSmallError(topic=topic, wanted=wanted, there=len(of_topic))
        chosen += of_topic[:wanted]
    if len(chosen) > count:
        msg = "the topics ask for more questions than the paper has"
        raise ValueError(msg)
    left = [item for item in ranked if item not in chosen]
    rest = count - len(chosen)
    if len(left) < rest:
        raise BankTooSmallError(topic="", wanted=count, there=len(bank))
    chosen += left[:rest]
    chosen.sort(key=lambda item: _rank(seed, "place", item.id))
    return tuple(DrawnQuestion(item.id, _options(item, seed)) for item in chosen)


def _options(item: BankItem, seed: str) -> tuple[str, ...]:
    if item.fixed_order:
        return item.options
    return tuple(sorted(item.options, key=lambda option: _rank(seed, "option", item.id, option)))
