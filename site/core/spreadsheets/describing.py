"""Say what a reader should know of a spreadsheet before it is imported, such as what was read
although it is hidden and what was skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core.spreadsheets.grid import Grid, Header, Note, short_ranges

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOTES: dict[str, str | _StrPromise] = {
    "text_named_xlsx": _("The file is called .xlsx but is a text table (CSV). It was read as one."),
    "other_worksheets": _(
        "The worksheet “%(sheet)s” was read. There is something in these too, and it was not read: %(others)s. "
        "Send them as files of their own if they belong to the list."
    ),
    "hidden_worksheets": _("Hidden worksheets were not read: %(sheets)s."),
    "hidden_rows": _(
        "%(count)s hidden or filtered rows were read too: %(rows)s. Delete them from the sheet if they don't belong to the list."
    ),
    "hidden_columns": _("Hidden columns were read too: %(columns)s."),
    "formulas": _("%(count)s cells hold formulas; the values the sheet showed when it was saved were read."),
    "pictures": _("%(count)s cells hold pictures; they were passed over."),
    "remark_rows": _("These rows hold a remark, a total or the headings once more, and were passed over: %(rows)s."),
}


def notes_of(grid: Grid, header: Header) -> list[dict[str, Any]]:
    """Return what to say of *grid*, as it is kept with an import."""
    notes = list(grid.notes)
    if rows := grid.remark_rows(header):
        notes.append(Note("remark_rows", {"rows": short_ranges(rows)}))
    return [note.as_json() for note in notes]


def describe_notes(notes: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return kept notes as sentences in the reader's language."""
    comma = pgettext("between values", ", ")
    found = []
    for note in notes:
        params = {key: comma.join(value) if isinstance(value, list) else value for key, value in note["params"].items()}
        if note["code"] in NOTES:
            found.append(str(NOTES[note["code"]]) % params)
    return found
