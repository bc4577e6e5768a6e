"""Locks for closing an account.

The rows that depend on an account are locked before the account itself, in the general lock order
(`core.locks`). Closing ends roles and lapses proposals. Those are kept by an app above this one
(`access`), with locks that come before the account's. An app that keeps such rows registers how
they are locked. Code that closes an account calls `lock_closing_accounts` first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import DomainError

TRIES = 5
# Locks what stands above these accounts and returns names of it all; called again without locking,
# it only names.
Above = Callable[..., frozenset[Hashable]]
_above: list[Above] = []


def register_account_dependents(above: Above) -> None:
    """Declare rows that are locked before an account that is closed.

    `above(user_ids, locked: bool)` returns the names of these rows, and locks them if *locked*.
    """
    if above not in _above:
        _above.append(above)


class _Changed(Exception):
    """Something was given to the account while its lock was awaited, so the locks taken before are
    released.
    """


def lock_closing_accounts(*accounts: Any) -> dict[int, Any]:
    """Lock the rows that depend on *accounts* and then the accounts, and return the accounts, read
    again, by primary key.

    It needs a transaction. A role or a proposal that came while the account's lock was awaited
    would be locked too late. In that case all locks are released (by a savepoint) and taken again
    with it included. Raises `DomainError` if that happens five times in a row.
    """
    keys = sorted({account.pk for account in accounts if account is not None})
    if not keys:
        return {}
    for _again in range(TRIES):
        try:
            with transaction.atomic():
                return _hold(keys)
        except _Changed:
            continue
    raise DomainError(
        "account_busy",
        _("The roles of this account are being changed right now. Try again in a minute."),
    )


def _hold(keys: Collection[int]) -> dict[int, Any]:
    locked = [above(keys, locked=True) for above in _above]
    # Not against those who only write the account's number into rows of their own (the record
    # does): they look at it when they commit, with everything else locked already.
    found = (
        get_user_model()
        ._default_manager.select_for_update(no_key=True)
        .filter(pk__in=keys)
        .order_by("pk")
    )
    accounts = {account.pk: account for account in found}
    if any(
        not above(keys, locked=False) <= before
        for above, before in zip(_above, locked, strict=True)
    ):
        raise _Changed
    return accounts
