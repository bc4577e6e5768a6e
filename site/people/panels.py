"""Panels that other domains show on a person's page at the office.

Each domain registers one panel. This module knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.actors import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from people.models import Person


@dataclass(frozen=True, slots=True)
class PanelLine:
    """One line of a panel, with what it is, when and where, its state as a word with a tone, and a
    link.
    """

    title: str
    under: str = ""
    state: str = ""
    tone: str = ""
    url: str = ""


Lines = Callable[["Person", Any], Sequence[PanelLine]]


@dataclass(frozen=True, slots=True)
class Panel:
    """A registered panel."""

    key: str
    label: str | _StrPromise
    lines: Lines
    order: int


@dataclass(frozen=True, slots=True)
class Filled:
    """A panel with its lines for one person."""

    key: str
    label: str
    lines: tuple[PanelLine, ...]


_panels: dict[str, Panel] = {}


def register_panel(key: str, label: str | _StrPromise, lines: Lines, *, order: int = 100) -> None:
    """Declare a panel.

    *lines* is called with the person and the viewer and answers in one or two queries. A second
    call for a key replaces the first.
    """
    _panels[key] = Panel(key, label, lines, order)


def fill_panels(person: Person, viewer: Actor) -> list[Filled]:
    """Return every panel for *person* as *viewer* may see it, in order.

    An empty panel is included, because it says that there is nothing.
    """
    return [
        Filled(panel.key, str(panel.label), tuple(panel.lines(person, viewer)))
        for panel in sorted(_panels.values(), key=lambda panel: (panel.order, panel.key))
    ]
