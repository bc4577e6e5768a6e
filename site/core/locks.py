"""Define the order in which rows are locked everywhere in the project. Code that follows it can't
deadlock with other code that does.

The rows are locked in this order.

* 1. the union tree (`org.tree`, one row), then the rosters (`office.roster`), then the timetable
  (`courses.timetable`)
* 2. the union
* 3. persons, in the order of their keys (`people.locks.hold_persons`), wherever a rule spans
  several rows of one person, such as "no two classes at once". Code that holds a class or event
  already may only *try* a person (`wait=False`) and must do without if the person is locked
* 4. the class, event or batch, then, of rights on it, review, proposal, role, and last the account
  a role is given to, then the lesson reading of a person (`courses.ReadingLease`)
* 5. the enrolment, entry or application
* 6. the sheet, attempt or certificate
* 7. counters (`core.NamedCounter`)
* 8. job rows
"""

from __future__ import annotations

from typing import Any

from django.db import models, transaction

from core.models import NamedLock


def acquire_named_lock(name: str) -> None:
    """Hold the lock called *name* until the surrounding transaction ends (works on every
    database).
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("take() needs a transaction")
    NamedLock.objects.get_or_create(name=name)
    NamedLock.objects.select_for_update().get(name=name)


def hold_rows(rows: models.QuerySet[Any], *, wait: bool = True) -> set[int]:
    """Lock *rows* in the order of their primary keys until the surrounding transaction ends, and
    return the keys locked.

    Rows that refer to them can still be inserted (`FOR NO KEY UPDATE`). Without *wait*, rows that
    another transaction holds are left out instead of being waited for, which can't deadlock
    whatever is held already. On SQLite a writing transaction is alone anyway.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("hold_rows() needs a transaction")
    locked = rows.order_by("pk").select_for_update(no_key=True, skip_locked=not wait, of=("self",))
    return set(locked.values_list("pk", flat=True))
