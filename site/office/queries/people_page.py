"""The numbers and pages of the unfiltered list of members, written in SQL (ADR 18).

It is the longest list in the product and everybody's first page. When the ORM built its queries,
this took longer than the database needs to answer them. They say the same as `list_visible_people`,
`list_duplicate_pairs` and `list_merge_proposals`, and tests compare them.
"""

# ruff: noqa: S608 - the texts hold tables of our own models and each other; every value is a
# parameter
from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models.expressions import RawSQL

from access.queries import Held, Reach
from core.actors import Actor
from office.people_grants import APPROVE, PROPOSE, VIEW
from office.queries import people as reads
from org.models import Membership, OrgUnit
from people.enums import MergeState, PairState
from people.models import MergeProposal, Person, SuspectedPair

Written = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Totals:
    """The numbers above the list of members, which are records, pairs that may be one person, and
    proposed merges.
    """

    people: int
    pairs: int = 0
    merges: int = 0


def count_desk_totals(user: Actor, held: Held, *, doubles: bool = False) -> Totals:
    """Return how many records *user* sees and, with *doubles*, how many pairs and merges. One
    query.

    *held* is what `load_reach` returned. Records are counted from memberships alone, because a
    person has at most one open one.
    """
    parts = [_everybody() if reads.sees_all(user) else _people(held[VIEW])]
    if doubles:
        parts += [_pairs(user, held), _merges(user, held)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(sql for sql, _ in parts),
            [value for _, values in parts for value in values],
        )
        return Totals(*(int(number) for number in cursor.fetchone()))


class ByName:
    """Everybody *user* may see, ordered by name, in the form a paginator reads. The number was
    counted before.

    The database's planner can't know how many of the first people by name are within the user's
    reach, so the query's form tells it. Few people are joined and sorted. From `MANY` people on,
    the index of names is walked, which ends after a page.
    """

    MANY = 5_000
    ordered = True

    def __init__(self, user: Actor, held: Held, total: int) -> None:
        self.user, self.held, self.total = user, held, total

    def count(self) -> int:
        """Return how many there are."""
        return self.total

    def __getitem__(self, wanted: slice) -> list[Person]:
        if reads.sees_all(self.user):
            return list(reads.list_filtered_people(self.user)[wanted])
        where = self.held[VIEW]
        if not where:
            return []
        first = wanted.start or 0
        here, params = (
            _near(where) if not where.is_wide else _far(where, walked=self.total >= self.MANY)
        )
        sql = _sql("SELECT p.id FROM {person} p WHERE p.merged_into_id IS NULL AND ") + here
        sql += " ORDER BY p.name_order, p.name_key, p.id LIMIT %s OFFSET %s"
        page = RawSQL(sql, [*params, wanted.stop - first, first])  # noqa: S611 - the text is ours, every value a parameter
        return list(reads.prefetch_list_columns(Person.objects.filter(pk__in=page)))


@cache
def _tables() -> dict[str, str]:
    named: dict[str, type[models.Model]] = {
        "person": Person,
        "membership": Membership,
        "union": OrgUnit,
        "pair": SuspectedPair,
        "merge": MergeProposal,
    }
    return {name: f'"{model._meta.db_table}"' for name, model in named.items()}


def _sql(sql: str) -> str:
    return sql.format(**_tables())


# Somebody in no union now is the business of the union he left last.
_NONE_OPEN = (
    "NOT EXISTS (SELECT 1 FROM {membership} o WHERE o.person_id = m.person_id AND o.ends_on IS "
    "NULL)"
)


def _everybody() -> Written:
    return _sql("(SELECT COUNT(*) FROM {person} WHERE merged_into_id IS NULL)"), []


def _people(where: Reach) -> Written:
    here, params = where.written("m.org_unit_id")
    sql = _sql(
        "(SELECT COUNT(*) FROM {membership} m WHERE m.ends_on IS NULL AND " + here + ")"
        " - (SELECT COUNT(*) FROM {membership} m JOIN {person} p ON p.id = m.person_id AND p.merged_into_id IS NOT NULL"
        " WHERE m.ends_on IS NULL AND " + here + ")"
        " + (SELECT COUNT(DISTINCT m.person_id) FROM {membership} m JOIN {person} p ON p.id = m.person_id AND p.merged_into_id IS NULL"
        " WHERE m.ends_on IS NOT NULL AND " + here + " AND " + _NONE_OPEN + ")"
    )
    return sql, params * 3


def _one_of(where: Reach, persons: str) -> Written:
    # Pairs and proposals are few: each is looked at by itself.
    here, params = where.written("m.org_unit_id")
    sql = _sql(
        "EXISTS (SELECT 1 FROM {membership} m JOIN {person} p ON p.id = m.person_id AND p.merged_into_id IS NULL"
        f" WHERE m.person_id IN ({persons}) AND {here} AND (m.ends_on IS NULL OR {_NONE_OPEN}))"
    )
    return sql, params


def _pairs(user: Actor, held: Held) -> Written:
    mine, params = (
        ("1 = 1", []) if reads.sees_all(user) else _one_of(held[PROPOSE], "d.first_id, d.second_id")
    )
    return _sql("(SELECT COUNT(*) FROM {pair} d WHERE d.state = %s AND " + mine + ")"), [
        PairState.OPEN,
        *params,
    ]


def _merges(user: Actor, held: Held) -> Written:
    mine, params = "1 = 1", list[Any]()
    if not reads.sees_all(user):
        mine, params = _one_of(held[APPROVE], "d.keep_id")
        mine, params = f"(d.proposed_by_id = %s OR {mine})", [user.pk, *params]
    return _sql("(SELECT COUNT(*) FROM {merge} d WHERE d.state = %s AND " + mine + ")"), [
        MergeState.PROPOSED,
        *params,
    ]


def _near(where: Reach) -> Written:
    # With the paths before its eyes the planner knows how many they are: it walks the names in
    # order, or sorts a few.
    ranges = " OR ".join(["(u.path >= %s AND u.path <= %s)"] * len(where.paths))
    sql = _sql(
        (
            "EXISTS (SELECT 1 FROM {membership} m JOIN {union} u ON u.id = m.org_unit_id WHERE "
            "m.person_id = p.id AND (")
        + ranges + ") AND (m.ends_on IS NULL OR " + _NONE_OPEN + "))"
    )  # fmt: skip
    return sql, [end for path in where.paths for end in where.ends(path)]


def _far(where: Reach, *, walked: bool) -> Written:
    here, params = where.written("m.org_unit_id")
    stays = _sql("SELECT m.person_id FROM {membership} m WHERE m.ends_on IS NULL AND ") + here
    left = _sql(
        "SELECT m.person_id FROM {membership} m WHERE m.ends_on IS NOT NULL AND "
        + here
        + " AND "
        + _NONE_OPEN
    )
    # Joined by OR they are two sets to look into, not a join: so the index of names keeps its
    # order.
    sql = (
        f"(p.id IN ({stays}) OR p.id IN ({left}))"
        if walked
        else f"p.id IN ({stays} UNION ALL {left})"
    )
    return sql, params * 2
