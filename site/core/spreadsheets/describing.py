"""Say what a reader should know of a spreadsheet before it is imported, such as what was read
although it is hidden and what was skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core.spreadsheets.grid import Grid, GridNote, Header, short_ranges

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOTES: dict[str, str | _StrPromise] = {
    "text_named_xlsx": _(
        "The file name ends in .xlsx, but the file is a text table (CSV). It was read as a "
        "text table."
    ),
    "other_worksheets": _(
        "The worksheet “%(sheet)s” was read. These worksheets also have content but were "
        "not read: %(others)s. If they belong to the list, save them as separate files and "
        "upload those."
    ),
    "hidden_worksheets": _("Hidden worksheets were not read: %(sheets)s."),
    "hidden_rows": _(
        "%(count)s hidden or filtered rows were also read: %(rows)s. If they don't belong "
        "to the list, delete them and upload the spreadsheet again."
    ),
    "hidden_columns": _("Hidden columns were also read: %(columns)s."),
    "formulas": _(
        "%(count)s cells contain formulas. The values shown when the file was saved were read."
    ),
    "pictures": _("%(count)s cells contain pictures, which were not read."),
    "remark_rows": _(
        "These rows contain a remark, a total or repeated headings and were not read: %(rows)s."
    ),
}


def notes_of(grid: Grid, header: Header) -> list[dict[str, Any]]:
    """Return what to say of *grid*, as it is kept with an import."""
    notes = list(grid.notes)
    if rows := grid.remark_rows(header):
        notes.append(GridNote("remark_rows", {"rows": short_ranges(rows)}))
    return [note.as_json() for note in notes]


def describe_notes(notes: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return kept notes as sentences in the reader's language."""
    comma = pgettext("between values", ", ")
    found = []
    for note in notes:
        params = {
            key: comma.join(value) if isinstance(value, list) else value
            for key, value in note["params"].items()
        }
        if note["code"] in NOTES:
            found.append(str(NOTES[note["code"]]) % params)
    return found
