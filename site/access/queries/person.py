"""What a person may do, as roles on the tree, as sentences, and with the origin of each role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from access import permission_labels, registry
from access.enums import LIVE, ProposalState
from access.models import RoleAssignment, RoleProposal, WholeSite
from access.queries import scopes
from access.queries.scopes import filter_visible_rows
from access.rules import terms
from access.words import join_words
from core import clock
from core.actors import Actor
from org.models import OrgUnit

SHOWN = 3  # deeds of a line in sight


@dataclass(frozen=True, slots=True)
class Status:
    """A word and its tone."""

    word: str
    tone: str


@dataclass(slots=True)
class RoleTreeNode:
    """One union of the tree.

    *tags* are (word, tone, note). *rest* says how many further unions are below it and by which
    role.
    """

    unit: OrgUnit
    tags: list[tuple[str, str, str]] = field(default_factory=list)
    children: list[RoleTreeNode] = field(default_factory=list)
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line of what the person can or can't do, which names the permissions, the place and the
    reason.

    A long line shows the first few and folds the rest.
    """

    named: tuple[str, ...]
    where: str
    because: str

    @property
    def deeds(self) -> str:
        """Return all permissions of the line as one text."""
        return join_words(self.named)

    @property
    def first(self) -> str:
        """Return the permissions that are shown at once."""
        return join_words(self.named[:SHOWN] if self.more else self.named)

    @property
    def more(self) -> str:
        """Return the permissions that are folded.

        A single one is never folded.
        """
        return join_words(self.named[SHOWN:]) if len(self.named) > SHOWN + 1 else ""

    @property
    def count(self) -> int:
        """Return how many permissions are folded."""
        return len(self.named) - SHOWN


@dataclass(slots=True)
class PersonRights:
    """Everything the screen about a person's rights shows."""

    rows: list[Any]
    past: list[Any]
    proposals: list[Any]
    tree: list[RoleTreeNode]
    elsewhere: list[tuple[str, str, str]]
    can: list[Sentence]
    cannot: list[Sentence]
    running: int = 0
    soon: int = 0
    as_of: Any = None


def status_of(row: RoleAssignment, today: date | None = None) -> Status:
    """Return the state of an assignment in words."""
    today = today or clock.today()
    if row.withdrawn_at is not None:
        return Status(pgettext("role", "withdrawn"), "bad")
    if row.starts_on > today:
        return Status(_("not yet started"), "info")
    if row.ends_on is None:
        return Status(_("in force"), "ok")
    left = (row.ends_on - today).days
    if left < 0:
        return Status(_("has expired"), "")
    if left == 0:
        return Status(_("expires today"), "warn")
    if left <= terms.SOON_DAYS:
        return Status(
            ngettext("expires in %(days)s day", "expires in %(days)s days", left) % {"days": left},
            "warn",
        )
    return Status(_("in force"), "ok")


def build_person_rights(viewer: Actor, subject: Any) -> PersonRights:
    """Return what *viewer* may see of *subject*'s roles.

    These are the roles on scopes where the viewer sees roles, or all of them if the viewer is the
    subject.
    """
    today = clock.today()
    assignments: QuerySet[Any] = RoleAssignment.objects.filter(user=subject).filter(
        Q(ends_on=None) | Q(ends_on__gte=today - timedelta(days=terms.USUAL_DAYS))
    )
    proposals: QuerySet[Any] = RoleProposal.objects.filter(
        user=subject, state__in=LIVE, lapses_on__gte=today
    )
    if viewer.pk != subject.pk:
        assignments, proposals = (
            filter_visible_rows(viewer, assignments),
            filter_visible_rows(viewer, proposals),
        )
    people = ("granted_by__person", "agreed_by__person", "withdrawn_by__person")
    rows: list[Any] = scopes.attach_scopes(
        assignments.select_related(*people).order_by("ends_on", "starts_on", "pk")
    )
    waiting: list[Any] = scopes.attach_scopes(
        proposals.select_related("proposed_by__person", "assignment").order_by("pk")
    )
    for row in rows:
        row.status = status_of(row, today)
    live = [
        row
        for row in rows
        if row.withdrawn_at is None and (row.ends_on is None or row.ends_on >= today)
    ]
    units = list(
        {
            unit.pk: unit for row in (*live, *waiting) if (unit := scopes.union_of(row.scope))
        }.values()
    )
    below = scopes.count_unions_below([row.scope for row in live if isinstance(row.scope, OrgUnit)])
    for row in (*live, *waiting):
        row.where = where_of(
            row.scope, below.get(row.scope.pk, 0) if isinstance(row.scope, OrgUnit) else 0
        )
    running = [row for row in live if row.counts_on(today)]
    return PersonRights(
        rows=live,
        past=[row for row in rows if row not in live],
        proposals=waiting,
        tree=_tree(live, waiting, units, below),
        elsewhere=[
            (row.label, str(row.scope), _tone(row))
            for row in live
            if scopes.union_of(row.scope) is None
        ],
        can=_can(running),
        cannot=_cannot(running, waiting),
        running=len(running),
        soon=sum(row.status.tone == "warn" for row in running),
        as_of=clock.now(),
    )


def where_of(scope: Any, below: int = 0) -> str:
    """Return the scope in words.

    A union is named with the number of unions below it.
    """
    if isinstance(scope, WholeSite):
        return _("the whole site")
    if isinstance(scope, OrgUnit) and below:
        return ngettext(
            "%(union)s and %(count)s union below it",
            "%(union)s and %(count)s unions below it",
            below,
        ) % {
            "union": scope,
            "count": below,
        }
    return str(scope)


def _tone(row: Any) -> str:
    return "warn" if row.status.tone == "warn" else "info"


def _tree(
    live: list[Any], waiting: list[Any], units: list[OrgUnit], below: dict[int, int]
) -> list[RoleTreeNode]:
    steps = OrgUnit.steplen
    paths = {unit.path[:end] for unit in units for end in range(steps, len(unit.path) + 1, steps)}
    nodes = {
        unit.path: RoleTreeNode(unit)
        for unit in OrgUnit.objects.filter(path__in=paths).order_by("path")
    }
    for row in live:
        unit = scopes.union_of(row.scope)
        if unit is None or unit.path not in nodes:
            continue
        left = row.days_left
        word = (
            f"{row.label} {row.status.word}"
            if row.status.tone == "warn" and left is not None
            else row.label
        )
        note = "" if row.scope == unit else _("only %(scope)s") % {"scope": row.scope}
        nodes[unit.path].tags.append((word, _tone(row), note))
    for row in waiting:
        unit = scopes.union_of(row.scope)
        if unit is not None and unit.path in nodes:
            word = _("extension needed") if row.assignment_id else _("waiting for approval")
            nodes[unit.path].tags.append((f"{row.label} {word}", "warn", ""))
    roots: list[RoleTreeNode] = []
    for path, node in nodes.items():
        parent = nodes.get(path[:-steps])
        (parent.children if parent else roots).append(node)
    for row in live:
        if not isinstance(row.scope, OrgUnit) or not row.status.tone:
            continue
        node = nodes[row.scope.path]
        shown = sum(path.startswith(row.scope.path) and path != row.scope.path for path in nodes)
        rest = below.get(row.scope.pk, 0) - shown
        if rest > 0 and not node.rest:
            node.rest = ngettext(
                "%(count)s more union, through “%(role)s” above",
                "%(count)s more unions, through “%(role)s” above",
                rest,
            ) % {
                "count": rest,
                "role": row.label,
            }
    return roots


def _by_area(codenames: Iterable[str]) -> list[list[permission_labels.PermissionLabel]]:
    grouped: dict[str, list[permission_labels.PermissionLabel]] = {}
    for deed in permission_labels.sort_permission_labels(set(codenames)):
        grouped.setdefault(deed.area, []).append(deed)
    return list(grouped.values())


def _breadth(row: Any) -> int:
    # The widest first: the site, then down the tree.
    return len(getattr(scopes.union_of(row.scope), "path", ""))


def _covers(above: Any, row: Any) -> bool:
    unit = scopes.union_of(row.scope)
    lasts = above.ends_on is None or (row.ends_on is not None and above.ends_on >= row.ends_on)
    return bool(lasts and unit is not None and unit.path.startswith(above.scope.path))


def _can(running: list[Any]) -> list[Sentence]:
    lines: list[Sentence] = []
    wider: list[Any] = []
    for row in sorted(running, key=_breadth):
        declared = row.declared
        codenames = frozenset(declared.codenames if declared else ())
        # What a role further up gives here too, and for as long, isn't said again.
        for above in wider:
            if above.declared and _covers(above, row):
                codenames -= above.declared.codenames
        if isinstance(row.scope, OrgUnit):
            wider.append(row)
        because = _("through “%(role)s”") % {"role": row.label}
        if row.status.tone == "warn":
            because = _("%(because)s, until %(day)s") % {
                "because": because,
                "day": row.ends_on.isoformat(),
            }
        areas = _by_area(codenames)
        lines += [
            Sentence(tuple(str(deed.sentence) for deed in group), row.where, because)
            for group in areas
        ]
    return lines


def _cannot(running: list[Any], waiting: list[Any]) -> list[Sentence]:
    held: set[str] = set()
    for row in running:
        held |= row.declared.codenames if row.declared else set()
    coming: dict[str, str] = {}
    for row in waiting:
        declared = registry.find_role(row.role)
        if declared and row.state == ProposalState.PROPOSED:
            coming |= dict.fromkeys(declared.codenames, row.label)
    soon: list[Sentence] = []
    others: list[Sentence] = []
    for group in _by_area(registry.all_codenames() - held):
        # Deeds of one line take the same roles: else nobody could tell which takes which.
        parts: dict[tuple[bool, tuple[str, ...]], list[str]] = {}
        for deed in group:
            later = deed.codename in coming
            roles = (
                (coming[deed.codename],)
                if later
                else tuple(sorted({str(role.label) for role in registry.roles_with(deed.codename)}))
            )
            parts.setdefault((later, roles), []).append(str(deed.sentence))
        for (later, roles), named in parts.items():
            if later:
                because = _("once “%(role)s” above is approved") % {"role": roles[0]}
            elif len(roles) > 1:
                because = _("needs one of: %(roles)s") % {"roles": join_words(roles)}
            else:
                because = _("needs: %(roles)s") % {"roles": join_words(roles)}
            (soon if later else others).append(Sentence(tuple(named), "", because))
    return [*soon, *others]
