"""Move the clock of the product in tests (ADR 56).

It moves for the live server, the worker, commands in other processes and the browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from core.clock import local_now, now, today


class Clock:
    """Moves `core.clock` of every process of this run. It goes on from wherever it was moved to,
    unless it was stopped.

    Django, Wagtail and allauth go on by the system's clock: sessions and cookies don't run out
    when days are played.
    """

    def __init__(self) -> None:
        self._file: Path = settings.CLOCK_FILE
        self._contexts: list[Any] = []
        self._stands = False

    def now(self) -> datetime:
        """Return the moment it shows."""
        return now()

    def today(self) -> date:
        """Return the day it shows."""
        return today()

    def move_to(self, moment: date) -> None:
        """Show *moment*; of a day: the same hour of that day."""
        at = (
            moment
            if isinstance(moment, datetime)
            else datetime.combine(moment, local_now().timetz())
        )
        self._write(
            f"at {at.isoformat()}"
            if self._stands
            else f"by {(at - timezone.now()).total_seconds()}"
        )

    def move_by(self, step: timedelta | None = None, **steps: float) -> None:
        """Go on by *step*, or by `days=…`, `minutes=…`; backwards if it is negative."""
        self.move_to(now() + (step or timedelta(**steps)))

    def stop(self) -> None:
        """Stand still from now on; `move_to` and `move_by` still move it."""
        self._stands = True
        self.move_to(now())

    def follow(self, context: Any) -> None:
        """Let the pages of Playwright's *context* show the same time. Their timers run on, and
        service workers keep the system's clock.
        """
        self._contexts.append(context)
        context.on("close", lambda closed: self._contexts.remove(closed))
        if self._file.exists():
            self._tell(context)

    def reset(self) -> None:
        """Show the system's time again."""
        self._file.unlink(missing_ok=True)

    def _write(self, line: str) -> None:
        draft = self._file.with_suffix(".draft")
        draft.write_text(line, encoding="ascii")
        draft.replace(self._file)  # whole, whoever reads it meanwhile
        for context in self._contexts:
            self._tell(context)

    def _tell(self, context: Any) -> None:
        tell = context.clock.set_fixed_time if self._stands else context.clock.set_system_time
        tell(now())


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The clock of the product, which the test may move. Afterwards it shows the system's time."""
    one = Clock()
    yield one
    one.reset()


@pytest.fixture
def stopped_clock(clock: Clock) -> Clock:
    """The same clock, standing still until the test moves it."""
    clock.stop()
    return clock
