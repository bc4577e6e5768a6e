"""The order in which rows are locked, house-wide: who follows it can't deadlock with another who does.

1. the union tree (`org.tree`, one row), then the rosters (`office.roster`)
2. the union, class, event or batch; then, of rights on it: review, proposal, role, and last the account a role is given to
   then the lesson reading of a person (`courses.ReadingLease`)
3. the enrolment, entry or application
4. the sheet, attempt or certificate      5. counters (`core.NamedCounter`)   6. job rows
"""

from __future__ import annotations

from django.db import transaction

from core.models import NamedLock


def take(name: str) -> None:
    """Hold the lock called *name* until the surrounding transaction ends (works on every database)."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("take() needs a transaction")
    NamedLock.objects.get_or_create(name=name)
    NamedLock.objects.select_for_update().get(name=name)
