"""What taking the staged rows over would do, worked out against the recorded persons: once for the
dry run, again under the lock.

All in statements over the staged rows, so that 50,000 of them take a second or two. Nothing but the
staging tables is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from core import clock
from core.text import same_name
from imports.workflows.faults import add_world_faults, count_remarks
from office.enums import Effect
from office.models import RowRemark, SheetImport, StagedRow
from org.enums import LIVE
from org.models import Employer, Employment, Membership, OrgUnit
from org.models.unit import name_words
from org.queries import list_subtree
from org.rules.days import day_before
from people import crypto
from people.models import FormerName, IdentityDocument, Person

GOOD = (Effect.NEW, Effect.POSSIBLE, Effect.UPDATE)


def decide_effects(run: SheetImport) -> str:
    """Work out the effect of each staged row of *run* and its faults against the world; return a
    digest of the whole.

    The caller holds a transaction. Two calls with the same world give the same digest.
    """
    run.key_name = crypto.key_name()
    rows = StagedRow.objects.filter(run=run)
    RowRemark.objects.filter(run=run, of_world=True).delete()
    _find_persons(rows)
    _find_changes(rows, clock.today())
    for code, hits in (
        ("same_number", _same_number(rows)),
        ("other_name", _other_name(rows)),
        ("member_elsewhere", _member_elsewhere(run, rows)),
        ("union_closed", _union_closed(run, rows)),
    ):
        add_world_faults(
            run, [(row, code, params, key, written) for row, params, key, written in hits]
        )
    return _digest(rows)


def _find_persons(rows: QuerySet[StagedRow]) -> None:
    def holder(column: str) -> Subquery:
        found = IdentityDocument.objects.filter(
            **{"kind": OuterRef("id_kind"), column: OuterRef(column)}
        )
        return Subquery(found.values_list(Coalesce("person__merged_into", "person"))[:1])

    rows.update(
        person=Coalesce(holder("number_hash"), holder("newest_hash")),
        effect=Effect.NEW, has_account=False, old_mobile="", old_union=None, old_membership=None, starts_on=F("joined"), old_ends_on=None,
        employer_row=None, new_mobile=False, moves=True, hired=False,
    )  # fmt: skip
    person = Person.objects.filter(pk=OuterRef("person_id"))
    open_row = Membership.objects.filter(person_id=OuterRef("person_id"), ends_on=None)
    rows.exclude(person=None).update(
        has_account=Exists(person.exclude(user=None)),
        old_mobile=Coalesce(Subquery(person.values("mobile")[:1]), Value("")),
        old_membership=Subquery(open_row.values("pk")[:1]),
        old_union=Subquery(open_row.values("org_unit")[:1]),
    )
    named = Employer.objects.filter(name_key=OuterRef("employer_key")).order_by(
        F("merged_into").asc(nulls_first=True), "pk"
    )
    rows.exclude(employer="").update(
        employer_row=Subquery(named.values_list(Coalesce("merged_into", "pk"))[:1])
    )


def _find_changes(rows: QuerySet[StagedRow], today: date) -> None:
    known = rows.exclude(person=None)
    # Who has an account changes the number there: a roster must not lead another one's codes to its
    # own phone.
    known.filter(has_account=False).exclude(mobile="").exclude(mobile=F("old_mobile")).update(
        new_mobile=True
    )
    known.filter(old_union=F("union")).update(moves=False)
    # The sheet's day of joining is often the first ever: a transfer can't begin before the
    # membership it ends.
    since = Membership.objects.filter(pk=OuterRef("old_membership_id")).values("starts_on")[:1]
    leaving = known.filter(moves=True).exclude(old_membership=None)
    leaving.annotate(since=Subquery(since)).filter(joined__lte=F("since")).update(
        starts_on=today, old_ends_on=day_before(today)
    )
    leaving.filter(old_ends_on=None).update(old_ends_on=F("joined_eve"))
    late = Membership.objects.filter(
        pk=OuterRef("old_membership_id"), starts_on__gt=OuterRef("old_ends_on")
    )
    leaving.filter(Exists(late)).update(old_ends_on=Subquery(since))
    working = Employment.objects.filter(
        person_id=OuterRef("person_id"), employer_id=OuterRef("employer_row_id"), ends_on=None
    )
    rows.exclude(employer="").filter(~Exists(working)).update(hired=True)
    changed = Q(new_mobile=True) | Q(moves=True) | Q(hired=True)
    known.update(effect=Case(When(changed, then=Value(Effect.UPDATE)), default=Value(Effect.SAME)))
    alike = Person.objects.filter(name_key=OuterRef("name_key"), merged_into=None)
    rows.filter(person=None).filter(
        Exists(alike.filter(birth=OuterRef("birth")))
        | (~Q(mobile="") & Exists(alike.filter(mobile=OuterRef("mobile"))))
    ).update(effect=Effect.POSSIBLE)


Hits = list[
    tuple[int, dict[str, Any], str, str]
]  # row, parameters, key of the column, what is written


def _same_number(rows: QuerySet[StagedRow]) -> Hits:
    twice = (
        rows.values("id_kind", "number_hash")
        .annotate(n=Count("pk"), first=Min("row"))
        .filter(n__gt=1)
        .order_by()
    )
    first = {
        (kind, hashed): row
        for kind, hashed, row in twice.values_list("id_kind", "number_hash", "first")
    }
    if not first:
        return []
    same = rows.filter(number_hash__in=twice.values("number_hash")).values_list(
        "row", "id_kind", "number_hash", "tail"
    )
    return [
        (row, {"row": str(first[kind, hashed])}, "id_number", f"…{tail[-2:]}")
        for row, kind, hashed, tail in same
        if row != first.get((kind, hashed), row)
    ]


def _other_name(rows: QuerySet[StagedRow]) -> Hits:
    formerly = FormerName.objects.filter(
        person_id=OuterRef("person_id"), name_key=OuterRef("name_key")
    )
    differ = (
        rows.exclude(person=None).exclude(person__name_key=F("name_key")).filter(~Exists(formerly))
    )
    return [
        (row, {}, "name", name)
        for row, name, recorded in differ.values_list("row", "name", "person__name")
        if not same_name(name, recorded)
    ]


def _member_elsewhere(run: SheetImport, rows: QuerySet[StagedRow]) -> Hits:
    outside = rows.filter(old_union__status__in=LIVE).exclude(
        old_union__path__startswith=run.org.path
    )
    return [(row, {}, "union", name) for row, name in outside.values_list("row", "union__name")]


def _union_closed(run: SheetImport, rows: QuerySet[StagedRow]) -> Hits:
    reachable = list_subtree(run.org).filter(status__in=LIVE)
    units = set(rows.values_list("union", flat=True).distinct().order_by()) - set(
        reachable.values_list("pk", flat=True)
    )
    if not units:
        return []
    return [
        (row, {}, "union", name)
        for row, name in rows.filter(union__in=units).values_list("row", "union__name")
    ]


def _digest(rows: QuerySet[StagedRow]) -> str:
    digest = hashlib.sha256(str(rows.filter(effect=Effect.NEW).count()).encode())
    told = rows.exclude(effect=Effect.NEW).order_by("row")
    columns = (
        "row",
        "effect",
        "person_id",
        "old_mobile",
        "old_union_id",
        "new_mobile",
        "moves",
        "hired",
    )
    for values in told.values_list(*columns).iterator(chunk_size=5000):
        digest.update(repr(values).encode())
    return digest.hexdigest()


def summarise_effects(run: SheetImport) -> dict[str, int]:
    """Return the counts the dry run shows. Counts only: no names, no numbers."""
    rows = StagedRow.objects.filter(run=run)
    by_effect = dict(rows.values_list("effect").annotate(n=Count("pk")).order_by())
    fresh = rows.filter(effect__in=(Effect.NEW, Effect.POSSIBLE))
    good = rows.filter(effect__in=GOOD)
    return {
        "rows": run.rows,
        "new": by_effect.get(Effect.NEW, 0),
        "possible": by_effect.get(Effect.POSSIBLE, 0),
        "updated": by_effect.get(Effect.UPDATE, 0),
        "same": by_effect.get(Effect.SAME, 0),
        **count_remarks(run),
        "unions": fresh.values("union").distinct().count(),
        "new_employers": good.filter(hired=True, employer_row=None)
        .values("employer_key")
        .distinct()
        .count(),
        "kept_mobiles": rows.filter(has_account=True)
        .exclude(mobile="")
        .exclude(mobile=F("old_mobile"))
        .count(),
    }


def count_good_rows(summary: Mapping[str, int]) -> int:
    """Return how many rows taking over would write."""
    return summary.get("new", 0) + summary.get("possible", 0) + summary.get("updated", 0)


def group_unions_by_name(units: Iterable[OrgUnit]) -> dict[str, list[OrgUnit]]:
    """Return the unions by the key of everything a sheet may call them: our code, the unified
    code, the name, the short name.
    """
    found: dict[str, list[OrgUnit]] = {}
    for unit in units:
        for text in dict.fromkeys(
            name_words(text) for text in (unit.code, unit.uscc, unit.name, unit.short_name) if text
        ):
            found.setdefault(text, []).append(unit)
    return found
