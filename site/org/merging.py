"""What higher apps must do when a union or an employer ends.

They register it here in `AppConfig.ready()`, for example
`merging.register_follower(hand_over_roles, key="roles", label=_("roles"), count=roles_on)`, and
`org` calls it.

*apply* runs inside the transaction of the merger or dissolution, after the members have gone over.
It is called as `apply(actor=…, gone=…, successor=…, on=…)`, where *successor* is None for a
dissolution without one. It returns how many things it touched, or None. *count* is called as
`count(gone)` and says beforehand how many that would be, for the page that asks for confirmation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from core.actors import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Apply = Callable[..., int | None]
Count = Callable[[Any], int]


@dataclass(frozen=True, slots=True)
class Follower:
    """One app's part in the end of a union."""

    key: str
    label: str | _StrPromise
    apply: Apply
    count: Count | None


_followers: dict[str, Follower] = {}


def register_follower(
    apply: Apply, *, key: str = "", label: str | _StrPromise = "", count: Count | None = None
) -> None:
    """Declare that *apply* runs when a union or employer is merged or dissolved. A second call
    with the same *key* replaces the first.
    """
    name = key or f"{apply.__module__}.{apply.__qualname__}"
    _followers[name] = Follower(name, label, apply, count)


def list_followers() -> Iterator[Follower]:
    """Yield the registered followers, ordered by key."""
    yield from (_followers[key] for key in sorted(_followers))


def run_followers(*, actor: Actor, gone: Any, successor: Any | None, on: date) -> dict[str, int]:
    """Let every follower do its part, and return how many things each touched, by key."""
    done = {
        follower.key: follower.apply(actor=actor, gone=gone, successor=successor, on=on)
        for follower in list_followers()
    }
    return {key: number for key, number in done.items() if number is not None}
