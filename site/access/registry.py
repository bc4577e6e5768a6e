"""Roles and what they may do, declared by each app's `grants.py` when Django starts.

A codename is written `app.verb_noun` (`competitions.manage_event`). A role belongs to one scope model. A union role
(scope `org.OrgUnit`) reaches everything whose `org` lies in its subtree; other roles reach their own object only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ORG = "org.OrgUnit"


@dataclass(slots=True)
class Role:
    """A role: its key, its label, the model it is given on, and its codenames."""

    key: str
    label: str | _StrPromise
    scope: str
    codenames: set[str] = field(default_factory=set)
    platform_group: str = ""  # a plain Django group that holders join too (Wagtail's own rights hang on it)


_roles: dict[str, Role] = {}
_extensions: dict[str, set[str]] = {}


def role(key: str, *, label: str | _StrPromise, scope: str, codenames: Iterable[str] = (), platform_group: str = "") -> Role:
    """Declare the role *key* given on the model *scope* (`app.Model`)."""
    made = _roles.setdefault(key, Role(key, label, scope, platform_group=platform_group))
    if made.scope != scope:
        msg = f"role {key} is declared on two scopes"
        raise ValueError(msg)
    made.codenames |= set(codenames) | _extensions.pop(key, set())
    return made


def extend(key: str, codenames: Iterable[str]) -> None:
    """Let the role *key* of a lower app do *codenames* too (in any order of declaration)."""
    if key in _roles:
        _roles[key].codenames |= set(codenames)
    else:
        _extensions.setdefault(key, set()).update(codenames)


def get(key: str) -> Role:
    """Return the role *key*; an undeclared one is a programming mistake."""
    return _roles[key]


def all_roles() -> Iterator[Role]:
    """Yield every declared role, by key."""
    yield from (_roles[key] for key in sorted(_roles))


def roles_with(codename: str) -> list[Role]:
    """Return the roles that hold *codename*."""
    return [role for role in all_roles() if codename in role.codenames]
