"""Declaration of the personal data in the audit log.

The log is append-only, so nothing here is changed or removed.
"""

from functools import partial

from django.utils.translation import gettext_lazy as _

from core.personal import (
    Basis,
    Category,
    PersonalField,
    ProcessingPurpose,
    Seen,
    declare_keeping,
    declare_not_personal,
    declare_personal_fields,
)

declare_keeping(
    "audit",
    label=_("Audit record"),
    why=_(
        "The law requires network logs to be kept for at least six months. Rows are never "
        "deleted one by one. Old parts are moved as a whole into sealed files."
    ),
)
_deed = partial(
    PersonalField,
    Category.TRACE,
    ProcessingPurpose.ACCOUNTABILITY,
    Basis.LAW,
    "audit",
    seen_by=Seen.ADMINS,
)

declare_personal_fields(
    "audit.Event",
    {
        "at": _deed(),
        "kind": _deed(),
        "actor": _deed(export=False),
        "actor_label": _deed(),
        "address": _deed(),
        "reason": _deed(),
        "before": _deed(export=False),
        "after": _deed(export=False),
        "target_id": _deed(export=False),
    },
    account="actor",
)
declare_not_personal("audit.Event", "target_type", "request_number", "source", "digest")
declare_not_personal("audit.Link", "value")
declare_not_personal("audit.Tally", "digest")
declare_not_personal("audit.Head", "value", "signature")
declare_not_personal("audit.Check", "head", "fault_name")
declare_not_personal("audit.Archive", "start_value", "end_value", "name", "sha256")
