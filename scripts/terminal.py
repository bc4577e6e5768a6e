"""Words and bars for the person at the terminal. Standard library only: it runs before anything is
installed.
"""

from __future__ import annotations

import sys
import time
from typing import NoReturn

WIDTH = 28


def say(sentence: str) -> None:
    """Print one line at once."""
    print(sentence, flush=True)


def fail(sentence: str, *, code: int = 3) -> NoReturn:
    """End the program with a sentence that says what to do."""
    print(f"\n{sentence}", file=sys.stderr, flush=True)
    raise SystemExit(code)


class Bar:
    """A progress bar; in a log, which can't be redrawn, a line at the start, at every quarter and
    at the end.

    `advance_to` takes a fraction between 0 and 1 and never moves backwards.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.began = time.monotonic()
        self.fraction = 0.0
        self.live = sys.stdout.isatty()
        self.quarter = 0
        self._draw("")
        if not self.live:
            say(f"  {title} …")

    def advance_to(self, fraction: float, detail: str = "") -> None:
        """Show that *fraction* is done and what is being done."""
        self.fraction = max(self.fraction, min(fraction, 1.0))
        if self.live:
            self._draw(detail)
        elif int(self.fraction * 4) > self.quarter and self.fraction < 1:
            self.quarter = int(self.fraction * 4)
            say(f"  {self.title}: {self.quarter * 25} %")

    def done(self, note: str = "") -> None:
        """Close the bar with the time it took."""
        self.fraction = 1.0
        took = time.monotonic() - self.began
        if self.live:
            self._draw("")
            print()
        say(f"  {self.title}: {note or 'done'}, {took:.1f} s") if not self.live else None

    def _draw(self, detail: str) -> None:
        if not self.live:
            return
        full = round(self.fraction * WIDTH)
        filled = "━" * full + "╌" * (WIDTH - full)
        seconds = time.monotonic() - self.began
        line = f"  {self.title:<26} {filled} {self.fraction:4.0%} {seconds:5.0f} s  {detail}"
        print(f"\r\033[K{line[:110]}", end="", flush=True)
