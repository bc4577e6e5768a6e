"""The type of every `actor` and of every `user` whose rights are asked."""

from __future__ import annotations

from typing import Any, Protocol


class Actor(Protocol):
    """An account, a visitor who hasn't signed in, or the system in background work.

    A protocol, since the foundations may not import accounts. Where a row points at who did it,
    `actor.pk` is what is written: the system and visitors have none.
    """

    @property
    def pk(self) -> Any:
        """The key of the account, None for the system and for visitors."""

    @property
    def is_authenticated(self) -> bool:
        """Whether it isn't a visitor."""

    @property
    def is_active(self) -> bool:
        """Whether it may do anything at all."""

    @property
    def is_superuser(self) -> bool:
        """Whether it may do everything."""


class NoAccount:
    """A visitor or a program of the foundations, without an account and without any right.

    The record names it by *audit_label*. Background work that has rights is `access.SYSTEM`.
    """

    pk = None
    is_authenticated = False
    is_active = False
    is_superuser = False

    def __init__(self, audit_label: str) -> None:
        self.audit_label = audit_label

    def __repr__(self) -> str:
        return f"NoAccount({self.audit_label!r})"


def account_id(actor: Actor) -> int:
    """Return the key of the account of *actor*; raise `TypeError` for the system and for visitors.

    It is for lookups, where None would match the rows that belong to nobody.
    """
    key = getattr(actor, "pk", None)
    if key is None:
        msg = f"an account is needed here, not {actor!r}"
        raise TypeError(msg)
    return int(key)
