"""Declare the personal data in the tables of background work.

A batch says who started it. An item says something about the subject it handled.
"""

from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.personal import (
    Basis,
    Category,
    PersonalField,
    ProcessingPurpose,
    Seen,
    declare_acting_staff,
    declare_keeping,
    declare_not_personal,
    declare_personal_fields,
)

declare_keeping(
    "batches",
    label=_("Background batches"),
    why=_(
        "Proves that a batch was completed. Its items refer to their subjects only by identifiers."
    ),
)
_item = partial(
    PersonalField,
    Category.TRACE,
    ProcessingPurpose.ACCOUNTABILITY,
    Basis.DUTY,
    "batches",
    export=False,
    seen_by=Seen.STAFF,
)

declare_not_personal("jobs.Job", "kind")
declare_personal_fields("jobs.Job", {"title": _item(), "payload": _item()})
declare_acting_staff("jobs.Job", "actor")
declare_not_personal("jobs.JobItem", "error_code")
declare_personal_fields(
    "jobs.JobItem",
    {
        "key": _item(label=pgettext_lazy("job", "subject")),
        "result": _item(label=pgettext_lazy("job", "result")),
        "error": _item(label=_("cause of the error")),
    },
)
