"""Say why a file is refused, in a sentence that names the file, the worksheet and the cell, and
says what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.errors import InvalidInput

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class UnreadableSpreadsheet(InvalidInput):
    """A file that can't be read as a spreadsheet, or not safely. `cell` is where, if it is one
    cell (`B17`).
    """

    def __init__(
        self, code: str, sentence: str | _StrPromise, *, sheet: str = "", cell: str = ""
    ) -> None:
        super().__init__(code, sentence)
        self.sheet, self.cell = sheet, cell

    def in_file(self, name: str) -> UnreadableSpreadsheet:
        """Return the same refusal led by the *name* of the file and the place."""
        values = {
            "file": name,
            "sheet": self.sheet,
            "cell": self.cell,
            "sentence": str(self.message),
        }
        if self.cell and self.sheet:
            words = _("“%(file)s”, worksheet “%(sheet)s”, cell %(cell)s: %(sentence)s") % values
        elif self.cell:
            words = _("“%(file)s”, cell %(cell)s: %(sentence)s") % values
        elif self.sheet:
            words = _("“%(file)s”, worksheet “%(sheet)s”: %(sentence)s") % values
        else:
            words = _("“%(file)s”: %(sentence)s") % values
        return UnreadableSpreadsheet(self.code, words, sheet=self.sheet, cell=self.cell)


def refuse_unreadable(sheet: str = "") -> UnreadableSpreadsheet:
    """Return the refusal of a torn or foreign workbook."""
    return UnreadableSpreadsheet(
        "sheet_unreadable",
        _(
            "This file can't be read. Open it in a spreadsheet program, save it as .xlsx "
            "and upload it again."
        ),
        sheet=sheet,
    )


def refuse_far_cell(sheet: str, cell: str) -> UnreadableSpreadsheet:
    """Return the refusal of a filled cell far outside any list."""
    return UnreadableSpreadsheet(
        "sheet_far_cell",
        _(
            "Cell %(cell)s is far outside the list. Delete its contents and upload the "
            "spreadsheet again."
        )
        % {"cell": cell},
        sheet=sheet,
        cell=cell,
    )


def refuse_long_sheet(rows: int, sheet: str = "") -> UnreadableSpreadsheet:
    """Return the refusal of a worksheet with more than *rows* rows."""
    sentence = _(
        "The spreadsheet has more than %(max)s rows. Split it and upload the parts one by one."
    ) % {"max": rows}
    return UnreadableSpreadsheet("sheet_too_long", sentence, sheet=sheet)


def refuse_swollen(sheet: str = "", cell: str = "") -> UnreadableSpreadsheet:
    """Return the refusal of a file that unpacks to far more than it shows."""
    return UnreadableSpreadsheet(
        "sheet_bomb",
        _(
            "The file is far larger than any real list, and most of it is empty. Copy the "
            "list into a new spreadsheet and upload that."
        ),
        sheet=sheet,
        cell=cell,
    )
