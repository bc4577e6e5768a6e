"""Undo a roster within a week.

New persons are removed and changed values restored. A person whom something else refers to by now
stays and is listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

import audit
from access.checks import require
from core import clock, locks
from core.errors import DomainError
from core.states import lock, move
from office import undo
from office.enums import IMPORT_MOVES, Effect, ImportState, Undone
from office.grants import IMPORT_ROSTER
from office.models import SheetImport, StagedRow, TakenRow
from office.workflows.importing.apply import ROSTER_LOCK
from org.models import Employment, Membership
from org.workflows import bulk as org_bulk
from people.models import IdentityDocument, Person
from people.workflows import bulk as people_bulk

CHUNK = 500
# Rows that go with the person: made by the import itself, or derived from the record.
GOES_ALONG = {
    "office.TakenRow",
    "office.StagedRow",
    "org.Membership",
    "org.Employment",
    "people.IdentityDocument",
    "people.SuspectedPair",
}


def refuse_late_undo(run: SheetImport) -> None:
    """Raise `DomainError` with a sentence if the time for undoing *run* is over."""
    if run.state == ImportState.APPLIED and not run.undoable:
        raise DomainError(
            "undo_too_late",
            _(
                "It is too late to undo this import. Correct individual people in their records, "
                "or upload a new roster."
            ),
        )


@transaction.atomic
def take_back_roster(run: SheetImport, generation: int) -> dict[str, Any] | None:
    """Take back all that can be taken back, at one time."""
    locks.acquire_named_lock(ROSTER_LOCK)
    run = lock(run)
    if run.state != ImportState.UNDOING or run.generation != generation:
        return None
    require(run.undone_by, IMPORT_ROSTER, run.org)
    rows = TakenRow.objects.filter(run=run)
    stays = _referred_to(rows) | _changed_since(rows)
    _note(rows, stays)
    back, removed = rows.exclude(undone=Undone.KEPT), rows.filter(undone=Undone.REMOVED)
    restored = rows.filter(undone=Undone.RESTORED)
    people_bulk.set_mobiles(source=restored.filter(mobile_changed=True), column="old_mobile")
    belonging = {name: _keys(back, name) for name in ("joined", "ended", "hired")}
    persons = _keys(removed, "person")
    _let_go(run, back, removed)
    org_bulk.take_back_joining(**belonging)
    people_bulk.remove_persons(pks=persons)
    org_bulk.take_back_employers(
        made=run.made.get("employers", ()), links=run.made.get("links", ())
    )
    return _finish(run, Counter(rows.values_list("undone", flat=True)))


def _keys(rows: QuerySet[TakenRow], name: str) -> list[int]:
    return list(rows.exclude(**{name: None}).values_list(f"{name}_id", flat=True))


def _note(rows: QuerySet[TakenRow], stays: dict[int, str]) -> None:
    """Write down what becomes of each row.

    *stays* says why a person stays, by the row's key.
    """
    rows.filter(effect=Effect.UPDATE).update(undone=Undone.RESTORED)
    rows.exclude(effect=Effect.UPDATE).update(undone=Undone.REMOVED)
    by_reason: dict[str, list[int]] = {}
    for pk, reason in stays.items():
        by_reason.setdefault(reason[:200], []).append(pk)
    for reason, keys in by_reason.items():
        for chunk in _chunks(keys):
            rows.filter(pk__in=chunk).update(undone=Undone.KEPT, reason=reason)


def _let_go(run: SheetImport, back: QuerySet[TakenRow], removed: QuerySet[TakenRow]) -> None:
    """Remove the references of our rows to what is deleted now.

    Another dry run that knew these persons works its rows out again before it writes.
    """
    persons = TakenRow.objects.filter(run=run).values("person")
    StagedRow.objects.filter(person__in=persons).update(
        person=None, old_membership=None, old_union=None
    )
    StagedRow.objects.filter(employer_row__in=run.made.get("employers", ())).update(
        employer_row=None
    )
    back.update(joined=None, ended=None, hired=None)
    TakenRow.objects.exclude(run=run).filter(person__in=removed.values("person")).update(
        person=None, joined=None, ended=None, hired=None
    )
    removed.update(person=None)


def _finish(run: SheetImport, counts: Counter[str]) -> dict[str, Any]:
    move(run, ImportState.UNDONE, table=IMPORT_MOVES)
    run.undone_at = clock.now()
    told = {
        "removed": counts[Undone.REMOVED],
        "restored": counts[Undone.RESTORED],
        "kept": counts[Undone.KEPT],
    }
    run.summary = {**run.summary, **told}
    run.save(update_fields=["undone_at", "summary", "updated_at"])
    audit.record(
        "office.import_undone",
        actor=run.undone_by,
        target=run,
        before={"state": ImportState.APPLIED},
        after=told,
    )
    return told


def _changed_since(rows: QuerySet[TakenRow]) -> dict[int, str]:
    """Return the rows whose record was changed after the import, so that their person stays."""
    several = _several(rows)
    columns = (
        "pk", "effect", "person_id", "person__merged_into_id", "person__mobile", "person__created_at", "person__updated_at",
        "new_mobile", "mobile_changed", "joined_id", "joined__ends_on", "joined__created_at", "joined__updated_at",
        "hired_id", "hired__ends_on", "hired__created_at", "hired__updated_at",
    )  # fmt: skip
    stays: dict[int, str] = {}
    for row in rows.values(*columns).iterator(chunk_size=2000):
        fresh = row["effect"] != Effect.UPDATE
        if row["person_id"] is None:
            stays[row["pk"]] = "gone"
        elif row["person__merged_into_id"]:
            stays[row["pk"]] = "merged"
        elif (
            (fresh and (_touched(row, "person") or row["person_id"] in several))
            or (row["mobile_changed"] and row["person__mobile"] != row["new_mobile"])
            or any(
                row[f"{name}_id"] and (row[f"{name}__ends_on"] or _touched(row, name))
                for name in ("joined", "hired")
            )
        ):
            stays[row["pk"]] = "changed"
    return stays


def _touched(row: Mapping[str, Any], name: str) -> bool:
    return bool(row[f"{name}__created_at"] != row[f"{name}__updated_at"])


def _several(rows: QuerySet[TakenRow]) -> set[int]:
    """Return new persons who meanwhile have more belongings or documents than the import gave
    them.
    """
    fresh = rows.exclude(effect=Effect.UPDATE).exclude(person=None)
    hired = set(fresh.exclude(hired=None).values_list("person_id", flat=True))
    found: set[int] = set()
    for model in (Membership, Employment, IdentityDocument):
        counted: Any = model._default_manager.filter(person__in=fresh.values("person")).order_by()
        for person, count in counted.values_list("person").annotate(n=Count("pk")):
            most = 1 if model is not Employment or person in hired else 0
            if count > most:
                found.add(person)
    return found


def _referred_to(rows: QuerySet[TakenRow]) -> dict[int, str]:
    """Return the rows of new persons to whom something else refers by now.

    That may be an account, a class, a contest or a certificate.
    """
    fresh = rows.exclude(effect=Effect.UPDATE).exclude(person=None)
    by_person = dict(fresh.values_list("person_id", "pk"))
    found = dict.fromkeys(
        fresh.exclude(person__user=None).values_list("person_id", flat=True), "account"
    )
    for model, name in _relations():
        for person in (
            model._base_manager.filter(**{f"{name}__in": fresh.values("person")})
            .values_list(name, flat=True)
            .distinct()
            .order_by()
        ):
            found.setdefault(person, f"in_{model._meta.app_label}")
    found = undo.list_kept_persons(by_person) | found
    return {by_person[person]: reason for person, reason in found.items()}


def _relations() -> Iterable[tuple[Any, str]]:
    for found in Person._meta.related_objects:
        relation: Any = found
        model = relation.related_model
        if relation.many_to_many:
            yield relation.through, relation.field.m2m_reverse_field_name()
        elif model._meta.label not in GOES_ALONG:
            yield model, relation.field.name


def _chunks(keys: list[int]) -> Iterable[list[int]]:
    return (keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK))
