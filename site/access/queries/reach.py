"""Where an account holds several permissions, read once.

It is for the few lists so long that the database must know the place while it plans.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Case, OuterRef, Q, Subquery, When
from django.db.models.expressions import RawSQL

from access import registry
from access.models import RoleAssignment
from access.queries.rights import AFTER, build_subtree_filter
from core.actors import Actor

FEW = 30  # unions held apart from each other, up to which their paths stand in the query


@dataclass(frozen=True, slots=True)
class Reach:
    """The highest unions on which one permission is held, as tree paths in order."""

    paths: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.paths)

    @property
    def is_wide(self) -> bool:
        """Say whether the unions are so many and so scattered that walking a sorted list would
        look at most rows in vain.
        """
        return len(self.paths) > FEW

    @staticmethod
    def ends(path: str) -> tuple[str, str]:
        """Return the first and the last path at or below *path*."""
        return path, path + AFTER

    def covers(self, union: str = "org_unit") -> Q:
        """Return the condition that the look-up *union* leads to one of these unions or to one
        below.

        A few unions are given as paths, which the planner weighs. Many are given by their numbers.
        """
        if not self.is_wide:
            return build_subtree_filter(self.paths, f"{union}__path")
        return Q(**{f"{union}__in": RawSQL(*self._numbers())})  # noqa: S611 - see there

    def written(self, column: str) -> tuple[str, list[Any]]:
        """Return the same condition as SQL text with its parameters, for a query that is written
        out.

        *column* holds the number of a union. PostgreSQL works the array out once a query, wherever
        it is used (in an `EXISTS` of each row too), and looks it up by index.
        """
        if not self.paths:
            return "1 = 0", []
        sql, params = self._numbers()
        return (
            f"{column} = ANY(ARRAY({sql}))"
            if connection.vendor == "postgresql"
            else f"{column} IN ({sql})",
            params,
        )

    def _numbers(self) -> tuple[str, list[Any]]:
        # From each path by the index of paths to what lies below it; as so many ranges joined by OR
        # each union met each of them.
        table = apps.get_model(registry.ORG)._meta.db_table
        if connection.vendor == "postgresql":
            held, params = "unnest(%s::text[]) AS held (path)", list[Any]([[*self.paths]])
        else:
            values = ", ".join(["(%s)"] * len(self.paths))
            held, params = (
                f"(SELECT column1 AS path FROM (VALUES {values})) AS held",  # noqa: S608 - parameters only
                list(self.paths),
            )
        sql = (
            f"SELECT lower.id FROM {held} "  # noqa: S608 - the table of our own model; every value is a parameter
            f'JOIN "{table}" lower ON lower.path >= held.path AND lower.path <= held.path || %s'
        )
        return sql, [*params, AFTER]


@dataclass(frozen=True, slots=True)
class Held:
    """What an account holds today.

    *where* says where some permissions are held. *codenames* are all that are held anywhere (for
    menus and buttons).
    """

    where: dict[str, Reach] = field(default_factory=dict)
    codenames: frozenset[str] = frozenset()

    def __getitem__(self, codename: str) -> Reach:
        return self.where[codename]


def reach_of(user: Actor, *codenames: str) -> Held:
    """Return where *user* holds each of *codenames* today, and which codenames the user holds at
    all, in one query.

    The answer comes from the assignments and from what is declared of their roles, as in
    `codenames_of`. The groups' rows that `permitted` asks are kept in step with both
    (`access.sync`). It is for one request. Hand it to the lists and the menu of that page, and
    forget it. A superuser's is empty here, so check for superusers before.
    """
    found: dict[str, list[str]] = {codename: [] for codename in codenames}
    if not getattr(user, "is_active", False):
        return Held({codename: Reach() for codename in codenames})
    union = apps.get_model(registry.ORG)
    path = Subquery(union.objects.filter(pk=OuterRef("scope_id")).order_by().values("path")[:1])
    given = (
        RoleAssignment.objects.running()
        .filter(user_id=user.pk)
        .annotate(path=Case(When(scope_type=ContentType.objects.get_for_model(union), then=path)))
        .order_by("path")
        .values_list("path", "role")
    )
    known = {role.key: role.codenames for role in registry.all_roles()}
    everything: set[str] = set()
    for path_held, key in given:
        may: frozenset[str] | set[str] = known.get(key, frozenset())
        everything |= may
        for codename, highest in found.items():
            if (
                path_held
                and codename in may
                and not (highest and path_held.startswith(highest[-1]))
            ):
                highest.append(path_held)
    return Held(
        {codename: Reach(tuple(paths)) for codename, paths in found.items()}, frozenset(everything)
    )
