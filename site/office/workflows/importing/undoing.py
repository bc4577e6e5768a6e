"""Undo a roster within a week: new persons are removed, changed values restored; whoever meanwhile counts elsewhere stays and is listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import audit
from access.checks import require
from core import locks
from core.errors import DomainError
from core.states import lock, move
from jobs.models import JobItem
from jobs.workflows import start
from office import undo
from office.enums import IMPORT_MOVES, Effect, ImportState, Undone
from office.grants import IMPORT_ROSTER
from office.models import SheetImport, TakenRow
from office.workflows.importing import checking
from office.workflows.importing.taking import ROSTER_LOCK
from org.models import Employment, Membership
from org.workflows import bulk as org_bulk
from people.models import IdentityDocument, Person
from people.workflows import bulk as people_bulk

UNDO_JOB = "office.import_undo"
CHUNK = 500
# Rows that go with the person: made by the import itself, or derived from the record.
GOES_ALONG = {"office.TakenRow", "office.StagedRow", "org.Membership", "org.Employment", "people.IdentityDocument", "people.SuspectedPair"}


@transaction.atomic
def undo_import(*, actor: Any, run: SheetImport) -> SheetImport:
    """Let the background undo a roster that was taken over. Refused when the week is over."""
    run = lock(run)
    require(actor, IMPORT_ROSTER, run.org)
    if run.state in (ImportState.UNDOING, ImportState.UNDONE):
        return run  # a second click
    if run.state == ImportState.APPLIED and not run.undoable:
        raise DomainError(
            "undo_too_late", _("The time for undoing this import is over. Correct single persons in their records, or send a new roster.")
        )
    move(run, ImportState.UNDOING, table=IMPORT_MOVES)
    run.generation += 1
    run.undone_by_id, run.note = getattr(actor, "pk", None), ""
    run.job = start(
        kind=UNDO_JOB, keys=[f"{run.pk}-{run.generation}"], actor=actor, title=_("Undoing of %(file)s") % {"file": run.filename},
        payload={"run": run.pk, "generation": run.generation},
    )  # fmt: skip
    run.save()
    return run


def take_back(item: JobItem) -> dict[str, Any] | None:
    """Undo the import named in the job of *item*. The job's handler: done twice, it does nothing the second time."""
    run = SheetImport.objects.select_related("org", "undone_by").filter(pk=item.job.payload["run"]).first()
    if run is None:
        return None
    try:
        return write(run, item.job.payload["generation"])
    except DomainError as error:
        checking.refused_in_job(run, error)
        raise


@transaction.atomic
def write(run: SheetImport, generation: int) -> dict[str, Any] | None:
    """Take back all that can be taken back, at one time."""
    locks.take(ROSTER_LOCK)
    run = lock(run)
    if run.state != ImportState.UNDOING or run.generation != generation:
        return None
    require(run.undone_by, IMPORT_ROSTER, run.org)
    rows = list(TakenRow.objects.filter(run=run).order_by("row"))
    stays = _changed_since(rows) | _kept_new(rows)
    for row in rows:
        row.reason = stays.get(row.pk, "")
        row.undone = Undone.KEPT if row.reason else Undone.RESTORED if row.effect == Effect.UPDATE else Undone.REMOVED
    back = [row for row in rows if not row.reason]
    TakenRow.objects.bulk_update(rows, ["undone", "reason"], batch_size=CHUNK)
    updated = TakenRow.objects.filter(run=run, undone=Undone.RESTORED)
    people_bulk.set_mobiles(source=updated.filter(mobile_changed=True), column="old_mobile")
    org_bulk.take_back_joining(
        joined=[row.joined_id for row in back if row.joined_id],
        ended=[row.ended_id for row in back if row.ended_id],
        hired=[row.hired_id for row in back if row.hired_id],
    )
    people_bulk.remove_persons(pks=[row.person_id for row in back if row.undone == Undone.REMOVED and row.person_id])
    org_bulk.take_back_employers(made=run.made.get("employers", ()), links=run.made.get("links", ()))
    return _finish(run, Counter(row.undone for row in rows))


def _finish(run: SheetImport, counts: Counter[str]) -> dict[str, Any]:
    move(run, ImportState.UNDONE, table=IMPORT_MOVES)
    run.undone_at = timezone.now()
    told = {"removed": counts[Undone.REMOVED], "restored": counts[Undone.RESTORED], "kept": counts[Undone.KEPT]}
    run.summary = {**run.summary, **told}
    run.save(update_fields=["undone_at", "summary", "updated_at"])
    audit.record("office.import_undone", actor=run.undone_by, target=run, before={"state": ImportState.APPLIED}, after=told)
    return told


def _changed_since(rows: Sequence[TakenRow]) -> dict[int, str]:
    """Return the rows whose record was changed after the import: their person stays as she is."""
    persons = _by_pk(Person.objects, [row.person_id for row in rows], "pk", "mobile", "merged_into_id", "created_at", "updated_at")
    joined = _by_pk(Membership.objects, [row.joined_id for row in rows], "pk", "ends_on", "created_at", "updated_at")
    hired = _by_pk(Employment.objects, [row.hired_id for row in rows], "pk", "ends_on", "created_at", "updated_at")
    several = _several(rows)
    stays: dict[int, str] = {}
    for row in rows:
        person = persons.get(row.person_id or 0)
        fresh = row.effect != Effect.UPDATE
        if person is None:
            stays[row.pk] = "gone"
        elif person["merged_into_id"]:
            stays[row.pk] = "merged"
        elif (
            (fresh and (person["updated_at"] != person["created_at"] or row.person_id in several))
            or (row.mobile_changed and person["mobile"] != row.new_mobile)
            or not _untouched(joined.get(row.joined_id or 0), row.joined_id)
            or not _untouched(hired.get(row.hired_id or 0), row.hired_id)
        ):
            stays[row.pk] = "changed"
    return stays


def _untouched(values: dict[str, Any] | None, pk: int | None) -> bool:
    return pk is None or (values is not None and values["ends_on"] is None and values["created_at"] == values["updated_at"])


def _several(rows: Sequence[TakenRow]) -> set[int]:
    """Return new persons who meanwhile have more belongings or documents than the import gave them."""
    fresh = {row.person_id: row for row in rows if row.effect != Effect.UPDATE and row.person_id}
    found: set[int] = set()
    limits: tuple[tuple[Any, Any], ...] = (
        (Membership, lambda row: 1),
        (Employment, lambda row: 1 if row.hired_id else 0),
        (IdentityDocument, lambda row: 1),
    )
    for model, most in limits:
        for chunk in _chunks(list(fresh)):
            counts = model.objects.filter(person__in=chunk).values_list("person").annotate(n=models.Count("pk")).order_by()
            found |= {person for person, count in counts if count > most(fresh[person])}
    return found


def _kept_new(rows: Sequence[TakenRow]) -> dict[int, str]:
    """Return the rows of new persons to whom something else refers by now: an account, a class, a contest, a certificate."""
    by_person = {row.person_id: row.pk for row in rows if row.effect != Effect.UPDATE and row.person_id}
    persons = list(by_person)
    stays: dict[int, str] = {}
    for chunk in _chunks(persons):
        found = dict.fromkeys(Person.objects.filter(pk__in=chunk).exclude(user=None).values_list("pk", flat=True), "account")
        for model, field in _relations():
            for pk in model._base_manager.filter(**{f"{field}__in": chunk}).values_list(field, flat=True).distinct().order_by():
                found.setdefault(pk, f"in_{model._meta.app_label}")
        found = undo.kept(chunk) | found
        stays |= {by_person[pk]: reason for pk, reason in found.items()}
    return stays


def _relations() -> Iterable[tuple[Any, str]]:
    for relation in Person._meta.related_objects:
        model: Any = relation.related_model
        if relation.many_to_many:
            yield relation.through, relation.field.m2m_reverse_field_name()  # type: ignore[union-attr]  # many to many, as asked
        elif model._meta.label not in GOES_ALONG:
            yield model, relation.field.name


def _by_pk(manager: Any, pks: Iterable[int | None], *columns: str) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for chunk in _chunks([pk for pk in pks if pk is not None]):
        found |= {values["pk"]: values for values in manager.filter(pk__in=chunk).values(*columns)}
    return found


def _chunks(keys: list[int]) -> Iterable[list[int]]:
    return (keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK))
