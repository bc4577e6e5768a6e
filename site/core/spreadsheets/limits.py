"""Limit how much of a spreadsheet is read. Each limit is above what a list of people needs and
below what hurts a web process.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

MAX_UNPACKED_BYTES = (
    200 * 1024 * 1024
)  # of one part: a list of 50,000 rows and 20 columns unpacks to about 60 MB
MAX_PARTS = 10_000  # files inside the .xlsx; pictures count too
MAX_SHEET_COLUMNS = 16_384  # Excel's own limit: a row with more cells is made to hurt
MAX_FILLED_COLUMNS = 200  # a filled cell further to the right belongs to no list
MAX_BLANK_CELLS = 8_000_000  # cells that are only formatted
MAX_CELL_CHARACTERS = 32_767  # Excel's own limit
MAX_SHARED_TEXTS = 3_000_000
MAX_CHARACTERS = 80_000_000  # of all cells together
MAX_MERGES = 50_000
MAX_FORMATS = 65_490  # Excel's own limit of cell formats
MAX_WORKSHEETS = 1_000
MAX_DEPTH = 64  # of elements in each other
MAX_SECONDS = 60  # of processor time for one file
CHUNK = 64 * 1024  # bytes unpacked and parsed at a time
SPARE_ROWS = 60  # rows above and between the data that don't count against the limit of rows


@dataclass(slots=True)
class Budget:
    """What one reading may still use. *rows* is how many rows below the header the caller accepts."""

    rows: int
    deadline: float = field(default_factory=lambda: time.thread_time() + MAX_SECONDS)

    @property
    def last_row(self) -> int:
        """The last row (1 is the first) in which a filled cell may lie."""
        return self.rows + SPARE_ROWS

    def is_out_of_time(self) -> bool:
        """Return whether reading has used more processor time than any real list needs."""
        return time.thread_time() > self.deadline
