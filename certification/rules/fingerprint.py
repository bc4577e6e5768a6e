"""The fingerprint of a report.

It is computed over the values of its cells, so that it survives being opened and saved by a
spreadsheet program.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence


def fingerprint_report_rows(rows: Iterable[Sequence[object]]) -> str:
    """Return the SHA-256 of *rows* (headings first) as hex.

    Cells are joined by U+001F, rows ended by U+001E, empty cells at the end left out.
    """
    digest = hashlib.sha256()
    for row in rows:
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        digest.update("\x1f".join(cells).encode("utf-8", "surrogatepass") + b"\x1e")
    return digest.hexdigest()


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).replace("\r\n", "\n").strip()
