"""Declare the personal data in the tables of background work.

A batch says who started it. An item says something about the subject it handled.
"""

from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.personal import Basis, Category, Field, Purpose, Seen, acted, declare, keeping, not_personal

keeping(
    "batches",
    label=_("Background batches"),
    why=_("Shows that a batch was done completely; items name their subjects by identifiers."),
)
_item = partial(Field, Category.TRACE, Purpose.ACCOUNTABILITY, Basis.DUTY, "batches", export=False, seen_by=Seen.STAFF)

not_personal("jobs.Job", "kind")
declare("jobs.Job", {"title": _item(), "payload": _item()})
acted("jobs.Job", "actor")
not_personal("jobs.JobItem", "error_code")
declare(
    "jobs.JobItem",
    {
        "key": _item(label=pgettext_lazy("job", "subject")),
        "result": _item(label=pgettext_lazy("job", "result")),
        "error": _item(label=_("what went wrong")),
    },
)
