"""Read what the pages of unions and employers show, found by today's or a former name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from access.queries import permitted
from core.actors import Actor
from core.errors import NotFound
from org.enums import LIVE
from org.models import Employer, EmployerChange, Employment, Membership, OrgUnit
from org.models.unit import name_words
from org.queries.history import was_called

VIEW = "org.view_unit"
MANAGE = "org.manage_unit"
DRAWN = 800  # unions drawn at once as a tree; beyond that the deeper levels are one click away


class DrawnUnit(Protocol):
    """What the tree shows of one union, which is a row of `list_drawn_units`."""

    public_id: UUID
    name: str
    short_name: str
    code: str
    path: str
    depth: int
    level: int
    status: str
    members: int


@dataclass(slots=True, eq=False)
class UnitNode:
    """One union in the tree, with its own members, those of all unions below, and how many unions
    below aren't shown.
    """

    unit: DrawnUnit
    members: int
    total: int
    children: list[UnitNode] = field(default_factory=list)
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class UnitFilter:
    """What the list of unions is narrowed to. If all fields are empty, the tree is shown."""

    text: str = ""
    level: str = ""
    status: str = ""

    def __bool__(self) -> bool:
        return bool(self.text or self.level or self.status)


def units_visible_to(user: Actor, wanted: UnitFilter | None = None) -> QuerySet[OrgUnit]:
    """Return the unions that *user* sees, in tree order, each with `members` (open memberships).

    Ended unions are included only if asked for by their status or in a search.
    """
    counted = (
        Membership.objects.filter(org_unit=OuterRef("pk"), ends_on=None)
        .order_by()
        .values("org_unit")
        .annotate(n=Count("*"))
    )
    rows = permitted(user, VIEW, OrgUnit.objects.order_by("path")).annotate(
        members=Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)
    )
    wanted = wanted or UnitFilter()
    if wanted.text:
        rows = rows.filter(was_called(wanted.text))
    if wanted.level:
        rows = rows.filter(level=int(wanted.level))
    if wanted.status:
        return rows.filter(status=wanted.status)
    return rows if wanted.text else rows.filter(status__in=LIVE)


def list_drawn_units(rows: QuerySet[OrgUnit]) -> Iterable[DrawnUnit]:
    """Return, of *rows* (as `units_visible_to` returns them), only the columns that the tree
    shows.
    """
    return rows.values_list(*DrawnUnit.__annotations__, named=True)


def build_forest(rows: Iterable[DrawnUnit], *, limit: int = DRAWN) -> list[UnitNode]:
    """Return *rows* (in tree order, with `members`) as trees with sums. Beyond *limit* nodes the
    deepest levels are left out.
    """
    top: list[UnitNode] = []
    stack: list[UnitNode] = []
    made: list[UnitNode] = []
    for unit in rows:
        while stack and not unit.path.startswith(stack[-1].unit.path):
            stack.pop()
        own = unit.members
        node = UnitNode(unit, own, own)
        (stack[-1].children if stack else top).append(node)
        for above in stack:
            above.total += own
        stack.append(node)
        made.append(node)
    _cut(made, limit)
    return top


def _cut(nodes: list[UnitNode], limit: int) -> None:
    depths = sorted({node.unit.depth for node in nodes})
    drawn = len(nodes)
    while drawn > limit and len(depths) > 2:
        last = depths.pop()
        drawn -= sum(1 for node in nodes if node.unit.depth == last)
        for node in nodes:
            near = [child for child in node.children if child.unit.depth < last]
            if len(near) < len(node.children):
                node.hidden, node.children = len(node.children) - len(near), near


def find_visible_unit(user: Actor, public_id: UUID) -> OrgUnit:
    """Return the union if *user* sees it, or raise `NotFound`."""
    unit = (
        permitted(user, VIEW, OrgUnit.objects.select_related("merged_into"))
        .filter(public_id=public_id)
        .first()
    )
    if unit is None:
        raise NotFound
    return unit


def chain_above(user: Actor, unit: OrgUnit) -> list[tuple[OrgUnit, bool]]:
    """Return the unions above *unit* from the top, each with whether *user* sees it, for the links
    upwards.
    """
    step = OrgUnit.steplen
    paths = [unit.path[:end] for end in range(step, len(unit.path), step)]
    seen = Exists(permitted(user, VIEW, OrgUnit.objects.filter(pk=OuterRef("pk"))))
    return [
        (row, row.seen)
        for row in OrgUnit.objects.filter(path__in=paths).order_by("path").annotate(seen=seen)
    ]


def may_manage(user: Actor, unit: OrgUnit) -> tuple[bool, bool]:
    """Return whether *user* may change facts of *unit*, and whether they may decide about it from
    above (move, merge, dissolve).
    """
    step = OrgUnit.steplen
    pks = set(
        permitted(
            user, MANAGE, OrgUnit.objects.filter(Q(pk=unit.pk) | Q(path=unit.path[:-step]))
        ).values_list("pk", "path")
    )
    own = any(pk == unit.pk for pk, _path in pks)
    above = unit.depth == 1 or any(path == unit.path[:-step] for _pk, path in pks)
    return own, own and above


def match_units(user: Actor, text: str, *, codename: str = VIEW) -> list[OrgUnit]:
    """Return the live unions that *text* may mean.

    These are the one with that code, or those with exactly that name, or those whose name contains
    it.
    """
    live = permitted(user, codename, OrgUnit.objects.filter(status__in=LIVE).order_by("path"))
    code = text.rsplit("（", 1)[-1].rstrip("）") if text.endswith("）") else text
    for condition in (
        Q(code=code),
        Q(code=text),
        Q(name_key__contains=f"|{name_words(text)}|"),
        Q(name_key__contains=name_words(text)),
    ):
        rows = list(live.filter(condition)[:9])
        if rows:
            return rows
    return []


def employers_visible_to(
    user: Actor, *, text: str = "", codename: str = VIEW
) -> QuerySet[Employer]:
    """Return the employers that belong or belonged to a union *user* sees, by name, with `workers`
    (open employments).
    """
    units = permitted(user, codename, OrgUnit.objects.all())
    rows = Employer.objects.all()
    if not getattr(user, "is_superuser", False):
        now = Employer.unions.through.objects.filter(orgunit__in=units.order_by()).values(
            "employer"
        )
        once = EmployerChange.objects.filter(unit__in=units.order_by()).values("employer")
        rows = rows.filter(Q(pk__in=now) | Q(pk__in=once))
    if text:
        former = EmployerChange.objects.filter(
            employer=OuterRef("pk"), kind="renamed", old_name__icontains=text
        )
        rows = rows.filter(
            Q(name_key__contains=name_words(text)) | Q(uscc=text.upper()) | Exists(former)
        )
    counted = (
        Employment.objects.filter(employer=OuterRef("pk"), ends_on=None)
        .order_by()
        .values("employer")
        .annotate(n=Count("pk"))
    )
    workers = Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)
    return rows.annotate(workers=workers).order_by("name_order", "name", "pk")


def find_visible_employer(user: Actor, public_id: UUID) -> Employer:
    """Return the employer if *user* sees it, or raise `NotFound`."""
    row = (
        employers_visible_to(user).select_related("merged_into").filter(public_id=public_id).first()
    )
    if row is None:
        raise NotFound
    return row


def match_employers(user: Actor, text: str) -> list[Employer]:
    """Return the employers that *text* may mean, by code, by whole name, or by part of the name."""
    rows = employers_visible_to(user, codename=MANAGE).filter(merged_into=None)
    for condition in (
        Q(uscc=text.upper()) & ~Q(uscc=""),
        Q(name_key=name_words(text)),
        Q(name_key__contains=name_words(text)),
    ):
        found = list(rows.filter(condition)[:9])
        if found:
            return found
    return []


def list_unit_sheet_rows(units: Iterable[OrgUnit]) -> Iterator[list[Any]]:
    """Yield the rows of the tree's spreadsheet, whose first columns are those of the import."""
    above: dict[str, str] = {}
    for unit in units:
        above[unit.path] = unit.code
        yield [
            unit.code, unit.name, unit.short_name, unit.get_level_display(), above.get(unit.path[: -OrgUnit.steplen], ""), unit.uscc,
            unit.region_code, unit.industry_code, unit.get_unit_type_display(), unit.get_legal_person_status_display(),
            unit.established_on or "", unit.chair, unit.contact_name, unit.contact_phone, unit.get_status_display(),
            unit.members,
        ]  # fmt: skip
