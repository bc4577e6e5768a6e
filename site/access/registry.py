"""Roles and what they may do, declared by each app's `grants.py` when Django starts.

A codename is written `app.verb_noun` (`competitions.manage_event`). A role belongs to one scope model. A union role
(scope `org.OrgUnit`) reaches everything whose `org` lies in its subtree; a site role (scope `access.WholeSite`) reaches
everything for the codenames it names; other roles reach their own object only.
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
    """A role: its key, its label, the model it is given on, and its codenames.

    *strong*: holders sign in with a second factor. *two_people*: one proposes, another agrees; otherwise one person gives it
    (a seat in a class or an event, by whoever manages that). *exclusive_with*: keys of roles nobody may hold beside it, anywhere.
    """

    key: str
    label: str | _StrPromise
    scope: str
    codenames: set[str] = field(default_factory=set)
    platform_group: str = ""  # a plain Django group that holders join too (Wagtail's own rights hang on it)
    strong: bool = False
    two_people: bool = True
    exclusive_with: frozenset[str] = frozenset()

    @property
    def granted_with(self) -> str:
        """Return the codename that whoever gives, agrees to, extends or withdraws this role needs on the scope."""
        return APPOINT if self.scope == SITE else GRANT


_roles: dict[str, Role] = {}
_extensions: dict[str, set[str]] = {}
_on_end: list[Callable[..., Any]] = []
_says: list[Callable[..., str]] = []


def role(
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

    *two_people* is true for unions, employers and the site, false for what runs for some weeks (a class, an event, a batch),
    unless said otherwise.
    """
    needs_two = scope in (ORG, EMPLOYER, SITE) if two_people is None else two_people
    made = _roles.setdefault(
        key,
        Role(
            key, label, scope, platform_group=platform_group, strong=strong, two_people=needs_two, exclusive_with=frozenset(exclusive_with)
        ),
    )
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


def find(key: str) -> Role | None:
    """Return the role *key*, or None where a row names a role this installation no longer has."""
    return _roles.get(key)


def label_of(key: str) -> str:
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
    """Return the keys nobody may hold beside *key*: said on either side."""
    own = _roles[key].exclusive_with
    return own | frozenset(role.key for role in _roles.values() if key in role.exclusive_with)


def when_role_ends(fn: Callable[..., Any]) -> None:
    """Call `fn(actor=…, user=…, role=…, scope=…)` once when a role has ended (hand over what lies on the desk).

    In the transaction that ends it before its day; where it simply ran out, by the sweeper. The same person may hold the role there
    by another row: *fn* asks.
    """
    if fn not in _on_end:
        _on_end.append(fn)


def announce_end(**what: Any) -> None:
    """Tell whoever asked that a role has ended."""
    for fn in _on_end:
        fn(**what)


def before_role_ends(fn: Callable[..., str]) -> None:
    """Let `fn(user=…, role=…, scope=…)` say in a sentence what the end of a role would hand back ("": nothing), before it is withdrawn."""
    if fn not in _says:
        _says.append(fn)


def consequences(**what: Any) -> list[str]:
    """Return these sentences."""
    return [sentence for fn in _says if (sentence := fn(**what))]
