"""What the front page shows today."""

from __future__ import annotations

from dataclasses import dataclass

from home.queries.shelf import Card, Figure, Row, Stage


@dataclass(frozen=True, slots=True)
class FrontPage:
    """Everything on the front page that is not an editor's text."""

    stages: tuple[Stage, ...]
    classes: tuple[Card, ...]
    events: tuple[Row, ...]
    honours: tuple[Row, ...]
    figures: tuple[Figure, ...]


def front_page() -> FrontPage:
    """Return what the front page shows today."""
    return FrontPage((), (), (), (), ())
