"""Declare the kinds of audit events of competitions. Rows about blind numbers hold numbers and
counts, never who is behind one.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.registry import register
from audit.words import choice_word, register_field
from competitions.enums import CodeState, CorrectionKind, RequestKind, RequestState, SheetState

EVENT_CREATED = register("competitions.event_created", label=_("Competition created"))
EVENT_CHANGED = register("competitions.event_changed", label=_("Competition changed"))
REGISTRATION_OPENED = register("competitions.registration_opened", label=_("Registration opened"))
EVENT_CANCELLED = register("competitions.event_cancelled", label=_("Competition cancelled"))
SCHEME_IMPORTED = register("competitions.scheme_imported", label=_("Marking scheme imported"))
SCHEME_FROZEN = register("competitions.scheme_frozen", label=_("Marking scheme frozen"))
ENTRY_SET_ASIDE = register("competitions.entry_set_aside", label=_("Second entry of one person set aside"), personal=True)
ENTRY_REGISTERED = register("competitions.entry_registered", label=_("Entry handed in"), personal=True)
ENTRY_DECIDED = register("competitions.entry_decided", label=_("Entry decided"), personal=True)
CODES_DRAWN = register("competitions.codes_drawn", label=_("Blind numbers drawn"))
CODE_BOOK_READ = register("competitions.code_book_read", label=_("Blind numbers looked up"))
CODE_BOOK_ASKED = register("competitions.code_book_asked", label=_("Looking up the blind numbers asked for"))
CODE_BOOK_OPENED = register("competitions.code_book_opened", label=_("Looking up the blind numbers agreed to"))
SEATS_TAKEN_AWAY = register("competitions.seats_taken_away", label=_("Vacant seats taken away"))
CORRECTION_ASKED = register("competitions.correction_asked", label=_("Correction of results asked for"))
RESULTS_CORRECTED = register("competitions.results_corrected", label=_("Results corrected"))
SEATS_VACATED = register("competitions.seats_vacated", label=_("Unsigned sheets came back: a judge's role ended"))
SUBSTITUTE_NAMED = register("competitions.substitute_named", label=_("Substitute seated"))
JUDGE_ASSIGNED = register("competitions.judge_assigned", label=_("Judge seated"))
RECUSAL_DECLARED = register("competitions.recusal_declared", label=_("Recusal declared"))
SCORING_OPENED = register("competitions.scoring_opened", label=_("Marking opened"))
MARKS_SAVED = register("competitions.marks_saved", label=_("Marks saved"))
REMARK_ADDED = register("competitions.remark_added", label=_("Remark added"))
RESCORE_ORDERED = register("competitions.rescore_ordered", label=_("New round of judging ordered"))
TIME_RECORDED = register("competitions.time_recorded", label=_("Time recorded"))
SHEET_SIGNED = register("competitions.sheet_signed", label=_("Sheet signed"))
SIGNATURE_WITHDRAWN = register("competitions.signature_withdrawn", label=_("Signature withdrawn"))
SHEETS_LOCKED = register("competitions.sheets_locked", label=_("Sheets locked"))
DAY_CLOSED = register("competitions.day_closed", label=_("Day of marking closed"))
MARKS_LOCKED = register("competitions.marks_locked", label=_("All marks locked"))
REOPEN_ASKED = register("competitions.reopen_asked", label=_("Opening a locked sheet asked for"))
SHEET_REOPENED = register("competitions.sheet_reopened", label=_("Locked sheet opened again"))
UNSEAL_ASKED = register("competitions.unseal_asked", label=_("Opening the blind numbers asked for"))
CODES_UNSEALED = register("competitions.codes_unsealed", label=_("Blind numbers opened"))
REQUEST_REFUSED = register("competitions.request_refused", label=_("Request refused"))
TOTALS_IMPORTED = register("competitions.totals_imported", label=_("Totals imported"))
RESULTS_COMPUTED = register("competitions.results_computed", label=_("Results worked out"))
RESULTS_CONFIRMED = register("competitions.results_confirmed", label=_("Results confirmed"))
RESULTS_PUBLISHED = register("competitions.results_published", label=_("Results published"))
CODE_TAKEN_OUT = register("competitions.code_taken_out", label=_("Blind number taken out or put back"))
STAFF_ASSIGNED = register("competitions.staff_assigned", label=_("Office of a competition given"))

# What the keys of before/after are called on the screens.
for _key, _label in {
    "seat": pgettext_lazy("in the record", "Seat"),
    "modules": pgettext_lazy("in the record", "Modules"),
    "recusals": pgettext_lazy("in the record", "Recusals"),
    "number": pgettext_lazy("in the record", "Blind number"),
    "module": pgettext_lazy("in the record", "Module"),
    "commitment": pgettext_lazy("in the record", "Commitment"),
    "entries": pgettext_lazy("in the record", "Entries"),
    "sheets": pgettext_lazy("in the record", "Mark sheets"),
    "signed": pgettext_lazy("in the record", "Signatures so far"),
    "of": pgettext_lazy("in the record", "Signatures needed"),
    "request": pgettext_lazy("in the record", "Request"),
    "own": pgettext_lazy("in the record", "Handed in by the competitor"),
    "left": pgettext_lazy("in the record", "Sheets still vacant"),
    "numbers": pgettext_lazy("in the record", "Blind numbers"),
    "again": pgettext_lazy("in the record", "After a withdrawal"),
    "was": pgettext_lazy("in the record", "Before"),
    "becomes": pgettext_lazy("in the record", "Corrected to"),
    "agreed_by": pgettext_lazy("in the record", "Second person"),
    "photo": pgettext_lazy("in the record", "With a photo"),
    "aspects": pgettext_lazy("in the record", "Number of aspects"),
    "aspect": pgettext_lazy("in the record", "Aspect"),
    "round": pgettext_lazy("in the record", "Round"),
    "total": pgettext_lazy("in the record", "Total"),
    "day": pgettext_lazy("in the record", "Day"),
}.items():
    register_field(_key, _label, of="competitions.")

# States of what the row's own model isn't.
_state = pgettext_lazy("in the record", "State")
register_field("state", _state, word=choice_word(CodeState), of="competitions.code_taken_out")
register_field("state", _state, word=choice_word(RequestState), of="competitions.request_refused")
register_field("kind", pgettext_lazy("in the record", "Request"), word=choice_word(RequestKind), of="competitions.request_refused")
register_field("kind", pgettext_lazy("in the record", "Correction"), word=choice_word(CorrectionKind), of="competitions.correction_asked")


def _state_or_mark(value: object) -> str:
    """Return in words what a correction replaces, which is a state of a number or a sheet, or else
    a mark unchanged.
    """
    for states in (CodeState, SheetState):
        if value in states.values:
            return str(states(value).label)
    return str(value)


for _key, _label in {"was": pgettext_lazy("in the record", "Before"), "becomes": pgettext_lazy("in the record", "Corrected to")}.items():
    register_field(_key, _label, word=_state_or_mark, of="competitions.correction_asked")
register_field("request", pgettext_lazy("in the record", "Request"), word=choice_word(RequestState), of="competitions.")
register_field("counts", pgettext_lazy("in the record", "Entry that counts"), of="competitions.entry_set_aside")
