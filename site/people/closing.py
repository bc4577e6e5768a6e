"""Closing an account, in the lock order of the house (`core.locks`): what stands above the account is locked first, then the account.

Closing ends roles and lets proposals lapse, and those are kept above (`access`), with locks that come before the account's. Whoever
keeps such rows says how they are locked; whoever closes an account calls `hold` as the first line of the deed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import DomainError

TRIES = 5
# Locks what stands above these accounts and returns names of it all; called again without locking, it only names.
Above = Callable[..., frozenset[Hashable]]
_above: list[Above] = []


def register(above: Above) -> None:
    """Declare rows to be locked before an account that is closed: `above(user_ids, locked: bool)` returns what there is."""
    if above not in _above:
        _above.append(above)


class _Changed(Exception):
    """Something was given to the account while we waited for it: what was locked is let go."""


def hold(*accounts: Any) -> dict[int, Any]:
    """Lock what falls with *accounts* and then the accounts; return these, read anew, by key. Needs a transaction.

    A role or a proposal that came while we waited for the account would be locked too late. Then everything is let go (a savepoint
    gives its locks back) and taken again with it.
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
    raise DomainError("account_busy", _("The roles of this account are being changed at this moment. Try again in a minute."))


def _hold(keys: Collection[int]) -> dict[int, Any]:
    locked = [above(keys, locked=True) for above in _above]
    # Not against those who only write the account's number into rows of their own (the record does): they look at it when they commit,
    # with everything else locked already.
    found = get_user_model()._default_manager.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    accounts = {account.pk: account for account in found}
    if any(not above(keys, locked=False) <= before for above, before in zip(_above, locked, strict=True)):
        raise _Changed
    return accounts
