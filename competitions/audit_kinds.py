"""Declare the kinds of audit events of competitions. Rows about blind numbers hold numbers and
counts, never who is behind one.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.registry import register_audit_kind
from audit.words import choice_word, register_field
from competitions.enums import (
    CodeState,
    CorrectionKind,
    MarkingSheetState,
    TwoPersonRequestKind,
    TwoPersonRequestState,
)

EVENT_CREATED = register_audit_kind("competitions.event_created", label=_("Competition created"))
EVENT_CHANGED = register_audit_kind("competitions.event_changed", label=_("Competition changed"))
REGISTRATION_OPENED = register_audit_kind(
    "competitions.registration_opened", label=_("Registration opened")
)
EVENT_CANCELLED = register_audit_kind(
    "competitions.event_cancelled", label=_("Competition cancelled")
)
SCHEME_IMPORTED = register_audit_kind(
    "competitions.scheme_imported", label=_("Marking scheme imported")
)
SCHEME_FROZEN = register_audit_kind("competitions.scheme_frozen", label=_("Marking scheme frozen"))
ENTRY_SET_ASIDE = register_audit_kind(
    "competitions.entry_set_aside", label=_("Duplicate entry set aside"), personal=True
)
ENTRY_REGISTERED = register_audit_kind(
    "competitions.entry_registered", label=_("Entry submitted"), personal=True
)
ENTRY_DECIDED = register_audit_kind(
    "competitions.entry_decided", label=_("Entry decided"), personal=True
)
CODES_DRAWN = register_audit_kind("competitions.codes_drawn", label=_("Blind numbers drawn"))
CODE_BOOK_READ = register_audit_kind(
    "competitions.code_book_read", label=_("Blind numbers looked up")
)
CODE_BOOK_ASKED = register_audit_kind(
    "competitions.code_book_asked", label=_("Request to look up the blind numbers")
)
CODE_BOOK_OPENED = register_audit_kind(
    "competitions.code_book_opened", label=_("Request to look up the blind numbers approved")
)
SEATS_TAKEN_AWAY = register_audit_kind(
    "competitions.seats_taken_away", label=_("Vacant seats removed")
)
CORRECTION_ASKED = register_audit_kind(
    "competitions.correction_asked", label=_("Correction of results requested")
)
RESULTS_CORRECTED = register_audit_kind(
    "competitions.results_corrected", label=_("Results corrected")
)
SEATS_VACATED = register_audit_kind(
    "competitions.seats_vacated",
    label=_("Unsigned score sheets returned after a judge's role ended"),
)
SUBSTITUTE_NAMED = register_audit_kind(
    "competitions.substitute_named", label=_("Substitute judge appointed")
)
JUDGE_ASSIGNED = register_audit_kind("competitions.judge_assigned", label=_("Judge appointed"))
RECUSAL_DECLARED = register_audit_kind("competitions.recusal_declared", label=_("Recusal declared"))
SCORING_OPENED = register_audit_kind("competitions.scoring_opened", label=_("Marking opened"))
MARKS_SAVED = register_audit_kind("competitions.marks_saved", label=_("Marks saved"))
REMARK_ADDED = register_audit_kind("competitions.remark_added", label=_("Remark added"))
RESCORE_ORDERED = register_audit_kind(
    "competitions.rescore_ordered", label=_("Rescoring ordered by the chief judge")
)
TIME_RECORDED = register_audit_kind("competitions.time_recorded", label=_("Time recorded"))
SHEET_SIGNED = register_audit_kind("competitions.sheet_signed", label=_("Score sheet signed"))
SIGNATURE_WITHDRAWN = register_audit_kind(
    "competitions.signature_withdrawn", label=_("Signature withdrawn")
)
SHEETS_LOCKED = register_audit_kind("competitions.sheets_locked", label=_("Score sheets locked"))
DAY_CLOSED = register_audit_kind("competitions.day_closed", label=_("Marking day closed"))
MARKS_LOCKED = register_audit_kind("competitions.marks_locked", label=_("All marks locked"))
REOPEN_ASKED = register_audit_kind(
    "competitions.reopen_asked", label=_("Reopening of a locked score sheet requested")
)
SHEET_REOPENED = register_audit_kind(
    "competitions.sheet_reopened", label=_("Locked score sheet reopened")
)
UNSEAL_ASKED = register_audit_kind(
    "competitions.unseal_asked", label=_("Unsealing of the blind numbers requested")
)
CODES_UNSEALED = register_audit_kind(
    "competitions.codes_unsealed", label=_("Blind numbers unsealed")
)
REQUEST_REFUSED = register_audit_kind("competitions.request_refused", label=_("Request refused"))
TOTALS_IMPORTED = register_audit_kind("competitions.totals_imported", label=_("Totals imported"))
RESULTS_COMPUTED = register_audit_kind(
    "competitions.results_computed", label=_("Results calculated")
)
RESULTS_CONFIRMED = register_audit_kind(
    "competitions.results_confirmed", label=_("Results confirmed")
)
RESULTS_PUBLISHED = register_audit_kind(
    "competitions.results_published", label=_("Results published")
)
CODE_TAKEN_OUT = register_audit_kind(
    "competitions.code_taken_out", label=_("Blind number removed or restored")
)
STAFF_ASSIGNED = register_audit_kind(
    "competitions.staff_assigned", label=_("Competition role assigned")
)

# What the keys of before/after are called on the screens.
for _key, _label in {
    "seat": pgettext_lazy("in the record", "Seat"),
    "modules": pgettext_lazy("in the record", "Modules"),
    "recusals": pgettext_lazy("in the record", "Recusals"),
    "number": pgettext_lazy("in the record", "Blind number"),
    "module": pgettext_lazy("in the record", "Module"),
    "commitment": pgettext_lazy("in the record", "Commitment"),
    "entries": pgettext_lazy("in the record", "Entries"),
    "sheets": pgettext_lazy("in the record", "Score sheets"),
    "signed": pgettext_lazy("in the record", "Signatures so far"),
    "of": pgettext_lazy("in the record", "Signatures needed"),
    "request": pgettext_lazy("in the record", "Request"),
    "own": pgettext_lazy("in the record", "Submitted by the competitor"),
    "left": pgettext_lazy("in the record", "Score sheets without a judge"),
    "numbers": pgettext_lazy("in the record", "Blind numbers"),
    "again": pgettext_lazy("in the record", "Entered again after a withdrawal"),
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
register_field(
    "state", _state, word=choice_word(TwoPersonRequestState), of="competitions.request_refused"
)
register_field(
    "kind",
    pgettext_lazy("in the record", "Request"),
    word=choice_word(TwoPersonRequestKind),
    of="competitions.request_refused",
)
register_field(
    "kind",
    pgettext_lazy("in the record", "Correction"),
    word=choice_word(CorrectionKind),
    of="competitions.correction_asked",
)


def _state_or_mark(value: object) -> str:
    """Return in words what a correction replaces, which is a state of a number or a sheet, or else
    a mark unchanged.
    """
    for states in (CodeState, MarkingSheetState):
        if value in states.values:
            return str(states(value).label)
    return str(value)


for _key, _label in {
    "was": pgettext_lazy("in the record", "Before"),
    "becomes": pgettext_lazy("in the record", "Corrected to"),
}.items():
    register_field(_key, _label, word=_state_or_mark, of="competitions.correction_asked")
register_field(
    "request",
    pgettext_lazy("in the record", "Request"),
    word=choice_word(TwoPersonRequestState),
    of="competitions.",
)
register_field(
    "counts", pgettext_lazy("in the record", "Entry that counts"), of="competitions.entry_set_aside"
)
