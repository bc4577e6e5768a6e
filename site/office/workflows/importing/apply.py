"""Apply the good rows of a roster, all of them in one transaction and in a few statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Min, OuterRef, Subquery, When

import audit
from access.checks import require
from core import clock, locks
from core.bulk import insert_select
from core.states import lock, move
from imports.workflows.check import show_result
from imports.workflows.upload import restart_check
from office.enums import IMPORT_MOVES, Effect, ImportState
from office.grants import IMPORT_ROSTER
from office.models import SheetImport, StagedRow, TakenRow
from office.workflows.importing import effects
from office.workflows.notifications import tell_import_finished
from org.models import Employer, Employment, Membership
from org.workflows import bulk as org_bulk
from people import crypto
from people.accounts import require_account
from people.models import Person
from people.workflows import bulk as people_bulk

ROSTER_LOCK = (
    "office.roster"  # one roster at a time, whoever sends it: two may name the same person
)
UNDO_DAYS = 7


@transaction.atomic
def write_roster(run: SheetImport, generation: int) -> dict[str, Any] | None:
    """Write all good rows of *run* or none. If the world has changed since the dry run, write none
    and show the new one.
    """
    locks.acquire_named_lock(ROSTER_LOCK)
    run = lock(run)
    if run.state != ImportState.APPLYING or run.generation != generation:
        return None
    require(run.applied_by, IMPORT_ROSTER, run.org)
    if run.key_name != crypto.key_name():  # the keys were changed meanwhile: encrypt the rows again
        move(run, ImportState.READY, table=IMPORT_MOVES)
        restart_check(require_account(run.applied_by), run)
        return None
    shown = run.fingerprint
    if effects.decide_effects(run) != shown:
        show_result(run, note="world_changed")
        return None
    rows = StagedRow.objects.filter(run=run)
    good = rows.filter(effect__in=effects.GOOD)
    run.made = _employers(good)
    org_bulk.lock_for_joining(source=good)
    fresh = good.filter(person=None)
    people_bulk.record_persons(source=fresh, key_name=run.key_name)
    fresh.update(
        person=Subquery(Person.objects.filter(public_id=OuterRef("public_id")).values("pk")[:1])
    )
    people_bulk.set_mobiles(source=good.filter(new_mobile=True), column="mobile")
    org_bulk.join_unions(source=good.filter(moves=True))
    org_bulk.record_employments(source=good.filter(hired=True))
    _list_taken(run, good)
    return _finish(run)


def _employers(good: Any) -> dict[str, Any]:
    unknown = (
        good.filter(hired=True, employer_row=None)
        .values_list("employer_key", "employer")
        .annotate(first=Min("row"))
    )
    # One employer, written as in the first row that has it, however it is spelt further down.
    first_written = {key: name for key, name, _row in unknown.order_by("-first")}
    made = org_bulk.record_employers(names=first_written.values())
    named = Employer.objects.filter(pk__in=made, name_key=OuterRef("employer_key")).values("pk")[:1]
    good.filter(hired=True, employer_row=None).update(employer_row=Subquery(named))
    pairs = (
        good.exclude(employer_row=None)
        .values_list("employer_row_id", "union_id")
        .distinct()
        .order_by()
    )
    return {"employers": made, "links": org_bulk.link_employers(pairs=pairs)}


def _list_taken(run: SheetImport, good: Any) -> None:
    open_row = Membership.objects.filter(
        person_id=OuterRef("person_id"), org_unit_id=OuterRef("union_id"), ends_on=None
    )
    work = Employment.objects.filter(
        person_id=OuterRef("person_id"), employer_id=OuterRef("employer_row_id"), ends_on=None
    )
    source = good.annotate(
        joined_row=Subquery(open_row.values("pk")[:1]), hired_row=Subquery(work.values("pk")[:1])
    )
    insert_select(
        TakenRow,
        source,
        {
            "run": F("run_id"),
            "row": F("row"),
            "effect": F("effect"),
            "person": F("person_id"),
            "old_mobile": F("old_mobile"),
            "new_mobile": F("mobile"),
            "mobile_changed": F("new_mobile"),
            # What was there before is not the import's to take back.
            "joined": Case(When(moves=True, then=F("joined_row"))),
            "ended": Case(When(moves=True, then=F("old_membership_id"))),
            "hired": Case(When(hired=True, then=F("hired_row"))),
        },
    )


def _finish(run: SheetImport) -> dict[str, Any]:
    move(run, ImportState.APPLIED, table=IMPORT_MOVES)
    run.applied_at = clock.now()
    run.undo_until = run.applied_at + timedelta(days=UNDO_DAYS)
    run.save(update_fields=["applied_at", "undo_until", "made", "updated_at"])
    StagedRow.objects.filter(run=run).delete()
    told = {
        "sha256": run.sha256[:16],
        **{key: count for key, count in run.summary.items() if count},
    }
    audit.record("office.roster_imported", actor=run.applied_by, target=run, after=told)
    tell_import_finished(run)
    return {"rows": effects.count_good_rows(run.summary)}


def suspected(run: SheetImport) -> Any:
    """Return the rows taken over whose person may be recorded under another number too."""
    return (
        TakenRow.objects.filter(run=run, effect=Effect.POSSIBLE)
        .select_related("person")
        .order_by("row")
    )
