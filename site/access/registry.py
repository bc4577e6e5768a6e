"""Roles and what they may do, declared by each app's `grants.py` when Django starts.

A codename is written `app.verb_noun` (`competitions.manage_event`). A role belongs to one scope
model. A union role (scope `org.OrgUnit`) extends to everything whose `org` is in its subtree. A
site role (scope `access.WholeSite`) extends to everything for the codenames it names. Other roles
extend to their own object only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ORG = "org.OrgUnit"
EMPLOYER = "org.Employer"
SITE = "access.WholeSite"
GRANT, APPOINT = "access.grant_role", "access.appoint_admin"


@dataclass(slots=True)
class Role:
    """A role with its key, its label, the model it is given on and its codenames.

    *strong*: holders sign in with a second factor. *two_people*: one person proposes and another
    agrees. Otherwise one person gives it (a seat in a class or an event, given by those who manage
    that). *exclusive_with*: keys of roles nobody may hold beside it, anywhere.
    """

    key: str
    label: str | _StrPromise
    scope: str
    codenames: set[str] = field(default_factory=set)
    platform_group: str = (
        ""  # a plain Django group that holders join too (Wagtail's own rights hang on it)
    )
    strong: bool = False
    two_people: bool = True
    exclusive_with: frozenset[str] = frozenset()

    @property
    def granted_with(self) -> str:
        """Return the codename that a person needs on the scope to give, agree to, extend or
        withdraw this role.
        """
        return APPOINT if self.scope == SITE else GRANT


_roles: dict[str, Role] = {}
_extensions: dict[str, set[str]] = {}
_on_end: list[Callable[..., Any]] = []
_says: list[Callable[..., str]] = []


def declare_role(
    key: str,
    *,
    label: str | _StrPromise,
    scope: str,
    codenames: Iterable[str] = (),
    platform_group: str = "",
    strong: bool = False,
    two_people: bool | None = None,
    exclusive_with: Iterable[str] = (),
) -> Role:
    """Declare the role *key* given on the model *scope* (`app.Model`).

    *two_people* is true for unions, employers and the site, and false for what runs for some weeks
    (a class, an event, a batch), unless said otherwise. Raises `ValueError` if the role is declared
    on two scopes.
    """
    needs_two = scope in (ORG, EMPLOYER, SITE) if two_people is None else two_people
    made = _roles.setdefault(
        key,
        Role(
            key,
            label,
            scope,
            platform_group=platform_group,
            strong=strong,
            two_people=needs_two,
            exclusive_with=frozenset(exclusive_with),
        ),
    )
    if made.scope != scope:
        msg = f"role {key} is declared on two scopes"
        raise ValueError(msg)
    made.codenames |= set(codenames) | _extensions.pop(key, set())
    return made


def add_role_codenames(key: str, codenames: Iterable[str]) -> None:
    """Let the role *key* of a lower app do *codenames* too, in any order of declaration."""
    if key in _roles:
        _roles[key].codenames |= set(codenames)
    else:
        _extensions.setdefault(key, set()).update(codenames)


def get_role(key: str) -> Role:
    """Return the role *key*.

    An undeclared key is a programming mistake and raises `KeyError`.
    """
    return _roles[key]


def find_role(key: str) -> Role | None:
    """Return the role *key*, or None where a row names a role this installation no longer has."""
    return _roles.get(key)


def get_role_label(key: str) -> str:
    """Return the label of the role *key*, or the key of one that is no longer declared."""
    return str(_roles[key].label) if key in _roles else key


def all_roles() -> Iterator[Role]:
    """Yield every declared role, by key."""
    yield from (_roles[key] for key in sorted(_roles))


def all_codenames() -> frozenset[str]:
    """Return every codename a role holds."""
    return frozenset().union(*(role.codenames for role in _roles.values()))


def roles_with(codename: str) -> list[Role]:
    """Return the roles that hold *codename*."""
    return [role for role in all_roles() if codename in role.codenames]


def strong_keys() -> frozenset[str]:
    """Return the keys of the roles whose holders need a second factor."""
    return frozenset(role.key for role in _roles.values() if role.strong)


def excluded_by(key: str) -> frozenset[str]:
    """Return the keys of the roles nobody may hold beside *key*, whichever of the two roles
    declares it.
    """
    own = _roles[key].exclusive_with
    return own | frozenset(role.key for role in _roles.values() if key in role.exclusive_with)


def when_role_ends(fn: Callable[..., Any]) -> None:
    """Call `fn(actor=…, user=…, role=…, scope=…)` once when a role has ended, so that open work is
    handed over.

    It is called in the transaction that ends the role before its day, or by the sweeper where the
    role simply ran out. The same person may hold the role there by another row, so *fn* has to
    check.
    """
    if fn not in _on_end:
        _on_end.append(fn)


def announce_end(**what: Any) -> None:
    """Call the functions registered with `when_role_ends`."""
    for fn in _on_end:
        fn(**what)


def before_role_ends(fn: Callable[..., str]) -> None:
    """Let `fn(user=…, role=…, scope=…)` say in a sentence what the end of a role would hand back.

    It is asked before the role is withdrawn. An empty string means nothing.
    """
    if fn not in _says:
        _says.append(fn)


def list_role_end_consequences(**what: Any) -> list[str]:
    """Return the sentences of the functions registered with `before_role_ends`."""
    return [sentence for fn in _says if (sentence := fn(**what))]
