"""Where somebody holds several deeds, read once: for the few lists so long that the database must know the place while it plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from access import registry
from access.models import OrgUnitGroupPermission
from access.queries.rights import AFTER, _held, below
from access.sync import codename_of

FEW = 30  # unions held apart from each other, up to which their paths stand in the query
NAMED = 3_000  # unions below them, up to which their numbers stand in it


@dataclass(frozen=True, slots=True)
class Reach:
    """The highest unions on which one deed is held, as tree paths in order, and, where they are many, the numbers of all below."""

    paths: tuple[str, ...] = ()
    numbers: tuple[int, ...] | None = None

    def __bool__(self) -> bool:
        return bool(self.paths)

    @property
    def is_wide(self) -> bool:
        """Say whether it lies scattered over so many unions that walking a sorted list would look at most rows in vain."""
        return len(self.paths) > FEW

    def covers(self, union: str = "org_unit") -> Q:
        """Return the condition that the look-up *union* leads to one of these unions or one below."""
        if not self.is_wide:
            return below(self.paths, f"{union}__path")
        if self.numbers is not None:
            return Q(**{f"{union}__in": self.numbers})
        return Q(**{f"{union}__in": _below(self.paths)})


def _below(paths: Sequence[str]) -> RawSQL:
    return RawSQL(*_written_out(paths))  # noqa: S611 - see there


def _numbers(paths: Sequence[str]) -> tuple[int, ...] | None:
    sql, params = _written_out(paths)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT {NAMED + 1}", params)
        found = tuple(row[0] for row in cursor.fetchall())
    return found if len(found) <= NAMED else None


def _written_out(paths: Sequence[str]) -> tuple[str, list[str]]:
    # From each path by the index of paths to what lies below it; as so many ranges joined by OR each union met each of them.
    table = apps.get_model(registry.ORG)._meta.db_table
    values = ", ".join(["(%s)"] * len(paths))
    sql = (
        f"SELECT lower.id FROM (VALUES {values}) AS held "  # noqa: S608 - the table of our own model; every value is a parameter
        f'JOIN "{table}" lower ON lower.path >= held.column1 AND lower.path <= held.column1 || %s'
    )
    return sql, [*paths, AFTER]


def reach_of(user: Any, *codenames: str) -> dict[str, Reach]:
    """Return where *user* holds each of *codenames* today, in one query (two, if it lies scattered over many unions).

    For one page: hand it to the lists that page shows, and forget it. A superuser's is empty here; ask before.
    """
    keys = {codename_of(codename): codename for codename in codenames}
    found: dict[str, list[str]] = {codename: [] for codename in codenames}
    if getattr(user, "is_active", False):
        rows = _held(OrgUnitGroupPermission, user, None).filter(permission__codename__in=keys)
        named = rows.values_list("content_object__path", "permission__codename").distinct().order_by("content_object__path")
        for path, key in named:
            highest = found[keys[key]]
            if not (highest and path.startswith(highest[-1])):
                highest.append(path)
    numbers: dict[tuple[str, ...], tuple[int, ...] | None] = {}
    answer = {}
    for codename, highest in found.items():
        paths = tuple(highest)
        if len(paths) > FEW and paths not in numbers:
            numbers[paths] = _numbers(paths)
        answer[codename] = Reach(paths, numbers.get(paths))
    return answer
