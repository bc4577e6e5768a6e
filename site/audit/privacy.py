"""Declaration of the personal data in the audit log.

The log is append-only, so nothing here is changed or removed.
"""

from functools import partial

from django.utils.translation import gettext_lazy as _

from core.personal import Basis, Category, Field, Purpose, Seen, declare, keeping, not_personal

keeping(
    "audit",
    label=_("Audit record"),
    why=_(
        "The law wants network logs kept for six months at least. No row is ever taken out alone; old ones move whole into sealed files."
    ),
)
_deed = partial(Field, Category.TRACE, Purpose.ACCOUNTABILITY, Basis.LAW, "audit", seen_by=Seen.ADMINS)

declare(
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
not_personal("audit.Event", "target_type", "request_number", "source", "digest")
not_personal("audit.Link", "value")
not_personal("audit.Tally", "digest")
not_personal("audit.Head", "value", "signature")
not_personal("audit.Check", "head", "fault_name")
not_personal("audit.Archive", "start_value", "end_value", "name", "sha256")
