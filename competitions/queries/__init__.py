"""Read competitions as frozen dataclasses, with a constant number of database queries each."""

from competitions.queries.board import Board, BoardRow, ResultLine, board, result_table
from competitions.queries.code_book import code_book_request, code_book_waiting
from competitions.queries.corrections import correction_waiting, corrections_of, preview_correction, published_versions, standing_results
from competitions.queries.event import (
    EventCard,
    EventOffice,
    EventPage,
    ManagedEvent,
    OwnResult,
    event_by_id,
    event_office,
    event_page,
    managed_events,
    own_results,
    present_scheme,
    public_events,
    rights_on,
    scheme_outline,
)
from competitions.queries.judging import (
    JudgeDesk,
    Progress,
    SheetView,
    judge_desk,
    photo_of_remark,
    progress,
    sheet_for,
    sheet_of,
    sheet_state,
    sheets_of_module,
)
from competitions.queries.own import has_entry, own_marks
from competitions.queries.ranking import opened_field
from competitions.queries.review import module_review

__all__ = [
    "Board",
    "BoardRow",
    "EventCard",
    "EventOffice",
    "EventPage",
    "JudgeDesk",
    "ManagedEvent",
    "OwnResult",
    "Progress",
    "ResultLine",
    "SheetView",
    "board",
    "code_book_request",
    "code_book_waiting",
    "correction_waiting",
    "corrections_of",
    "event_by_id",
    "event_office",
    "event_page",
    "has_entry",
    "judge_desk",
    "managed_events",
    "module_review",
    "opened_field",
    "own_marks",
    "own_results",
    "photo_of_remark",
    "present_scheme",
    "preview_correction",
    "progress",
    "public_events",
    "published_versions",
    "result_table",
    "rights_on",
    "scheme_outline",
    "sheet_for",
    "sheet_of",
    "sheet_state",
    "sheets_of_module",
    "standing_results",
]
