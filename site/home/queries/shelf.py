"""Describe what the front page and a person's own page show of the domains, in words that belong
to none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Card:
    """A class to enrol in."""

    title: str
    href: str
    place: str
    starts_on: date
    note: str
    word: str
    tone: str
    taken: int
    seats: int

    @property
    def left(self) -> int:
        """Return the free seats."""
        return max(self.seats - self.taken, 0)

    @property
    def hot(self) -> bool:
        """Say whether fewer than a fifth of the seats are left."""
        return self.taken * 5 >= self.seats * 4


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """One line of a list, such as a competition, an honour, something to do, or something that
    happened.
    """

    title: str
    href: str = ""
    text: str = ""
    word: str = ""
    tone: str = ""
    on: date | None = None
    act: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of this year and what it counts."""

    number: int
    word: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the path, which is training, mentoring, competition, level or reward."""

    title: str
    text: str
    href: str = ""
    state: str = ""  # done, now or empty


@dataclass(frozen=True, slots=True)
class ShelfCertificate:
    """A certificate as its holder sees it."""

    title: str
    number: str
    issuer: str
    issued_on: date | None
    word: str
    tone: str
    href: str
    pdf: str = ""
