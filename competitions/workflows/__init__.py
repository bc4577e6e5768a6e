"""Change competitions, with one function for each use case."""

from competitions.workflows.correction import correction_of, request_correction
from competitions.workflows.entry import (
    CodeBookLine,
    change_competing_state,
    draw_blind_codes,
    qualify_entry,
    read_code_book,
    register_entry,
    reject_entry,
    withdraw_entry,
)
from competitions.workflows.event import (
    assign_staff,
    cancel_event,
    create_event,
    open_registration,
    update_event,
)
from competitions.workflows.panel import (
    assign_judge,
    declare_recusal,
    recuse_from_number,
    recuse_oneself,
)
from competitions.workflows.remarks import add_remark
from competitions.workflows.request import (
    approve_request,
    refuse_request,
    request_code_book,
    request_reopen,
    request_unseal,
)
from competitions.workflows.result import (
    OUTCOME_PUBLISHED,
    TotalsReport,
    compute_results,
    confirm_results,
    import_raw_totals,
    publish_results,
)
from competitions.workflows.saving_marks import (
    AppliedMark,
    MarkConflict,
    MarkInput,
    RefusedMark,
    SaveOutcome,
    save_marks,
)
from competitions.workflows.scheme import (
    ProblemLine,
    SchemeReport,
    check_scheme,
    freeze_scheme,
    import_scheme,
)
from competitions.workflows.sheet import (
    close_day,
    lock_event,
    lock_module,
    open_scoring,
    order_rescore,
    record_minutes,
)
from competitions.workflows.signing import ShownSheet, sign_sheet, withdraw_signature
from competitions.workflows.substitutes import (
    HandedOver,
    count_vacatable_sheets,
    drop_vacant_seats,
    name_substitute,
    vacate_unsigned_sheets,
)

__all__ = [
    "OUTCOME_PUBLISHED",
    "AppliedMark",
    "CodeBookLine",
    "HandedOver",
    "MarkConflict",
    "MarkInput",
    "ProblemLine",
    "RefusedMark",
    "SaveOutcome",
    "SchemeReport",
    "ShownSheet",
    "TotalsReport",
    "add_remark",
    "approve_request",
    "assign_judge",
    "assign_staff",
    "cancel_event",
    "change_competing_state",
    "check_scheme",
    "close_day",
    "compute_results",
    "confirm_results",
    "correction_of",
    "count_vacatable_sheets",
    "create_event",
    "declare_recusal",
    "draw_blind_codes",
    "drop_vacant_seats",
    "freeze_scheme",
    "import_raw_totals",
    "import_scheme",
    "lock_event",
    "lock_module",
    "name_substitute",
    "open_registration",
    "open_scoring",
    "order_rescore",
    "publish_results",
    "qualify_entry",
    "read_code_book",
    "record_minutes",
    "recuse_from_number",
    "recuse_oneself",
    "refuse_request",
    "register_entry",
    "reject_entry",
    "request_code_book",
    "request_correction",
    "request_reopen",
    "request_unseal",
    "save_marks",
    "sign_sheet",
    "update_event",
    "vacate_unsigned_sheets",
    "withdraw_entry",
    "withdraw_signature",
]
