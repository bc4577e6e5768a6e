"""What taking a sheet over would do: its rows held against each other, against what is recorded,
and against the persons.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import Count

from certification.enums import CertificateState, HistoricEffect, Provenance, Reason
from certification.models import Certificate, HistoricImport, HistoricRemark, HistoricRow
from imports.workflows.faults import add_world_faults, count_remarks
from people.models import FormerName, Person
from people.queries.person import known_hashes

CHUNK = 1000
_COLUMNS = ("pk", "row", "number_key", "name_key", "title", "issued_on", "id_hash", "newest_hash")
_RECORDED = (
    "org_id",
    "number_key",
    "holder_key",
    "title",
    "issued_on",
    "provenance",
    "state",
    "state_reason",
)


class Staged(NamedTuple):
    """A staged row as it is held against the world."""

    pk: int
    row: int
    number_key: str
    name_key: str
    title: str
    issued_on: Any
    id_hash: str
    newest_hash: str


class Recorded(NamedTuple):
    """A recorded certificate with one of the numbers."""

    org_id: int
    number_key: str
    holder_key: str
    title: str
    issued_on: Any
    provenance: str
    state: str
    state_reason: str

    @property
    def answers(self) -> bool:
        """Say whether it still holds its number (`models.certificate.ANSWERS`)."""
        wrong = self.state == CertificateState.REVOKED and self.state_reason == Reason.IMPORT_ERROR
        return self.state != CertificateState.WITHDRAWN and not wrong


Fault = tuple[int, str, dict[str, str], str]


def decide_effects(run: HistoricImport) -> str:
    """Work out the effect and the person of each staged row; return a digest of it. In the
    caller's transaction.

    A fixed number of queries for each thousand rows.
    """
    HistoricRemark.objects.filter(run=run, of_world=True).delete()
    rows = HistoricRow.objects.filter(run=run)
    rows.exclude(effect=HistoricEffect.NEW).update(effect=HistoricEffect.NEW)
    rows.exclude(person=None).update(person=None)
    digest = hashlib.sha256()
    doubles = dict(_doubles(run))
    for chunk in _chunks(run):
        same, faults, persons = _held(run, chunk, doubles)
        _write(run, chunk, same, faults, persons)
        digest.update(
            repr([(one.row, one.row in same, persons.get(one.pk)) for one in chunk]).encode()
        )
        digest.update(repr(sorted(faults)).encode())
    return digest.hexdigest()


def _chunks(run: HistoricImport) -> Iterator[list[Staged]]:
    last = 0
    while True:
        rows = (
            HistoricRow.objects.filter(run=run, row__gt=last).order_by("row").values_list(*_COLUMNS)
        )
        chunk = [Staged(*values) for values in rows[:CHUNK]]
        if not chunk:
            return
        yield chunk
        last = chunk[-1].row


def _doubles(run: HistoricImport) -> Iterator[tuple[int, tuple[str, int]]]:
    """Yield (row, (fault, other row)) for numbers that stand in the sheet more than once.

    The same certificate twice: the later rows. Two certificates with one number: all of them, for
    who knows which is right.
    """
    rows = HistoricRow.objects.filter(run=run)
    twice = (
        rows.values("number_key")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .order_by()
        .values("number_key")
    )
    groups: dict[str, list[tuple[Any, ...]]] = {}
    for values in (
        rows.filter(number_key__in=twice)
        .order_by("row")
        .values_list("row", "number_key", "name_key", "title", "issued_on")
    ):
        groups.setdefault(values[1], []).append(values)
    for group in groups.values():
        first = group[0]
        if all(one[2:] == first[2:] for one in group):
            yield from ((one[0], ("same_row", first[0])) for one in group[1:])
        else:
            yield from (
                (one[0], ("same_number", (group[1] if one is first else first)[0])) for one in group
            )


def _held(
    run: HistoricImport, chunk: Sequence[Staged], doubles: dict[int, tuple[str, int]]
) -> tuple[set[int], list[Fault], dict[int, int]]:
    """Return the rows that are recorded already, the faults, and row key → person."""
    recorded: dict[str, list[Recorded]] = {}
    found = Certificate.objects.filter(number_key__in={one.number_key for one in chunk}).order_by(
        "pk"
    )
    for one in (Recorded(*values) for values in found.values_list(*_RECORDED)):
        if one.answers:
            recorded.setdefault(one.number_key, []).append(one)
    people, strangers = _persons(chunk)
    same: set[int] = set()
    faults: list[Fault] = []
    for row in chunk:
        if row.row in doubles:
            code, other = doubles[row.row]
            faults.append((row.row, code, {"row": str(other)}, "number"))
            continue
        code = _recorded_as(run, row, recorded.get(row.number_key, ()))
        if code == HistoricEffect.SAME:
            same.add(row.row)
        elif code:
            faults.append((row.row, code, {}, "number"))
        elif row.pk in strangers:
            faults.append((row.row, "other_name", {}, "id_number"))
    return same, faults, people


def _recorded_as(run: HistoricImport, row: Staged, recorded: Sequence[Recorded]) -> str:
    for one in recorded:
        if one.org_id == run.org_id:
            of_paper = one.provenance != Provenance.ISSUED
            alike = (one.holder_key, one.title, one.issued_on) == (
                row.name_key,
                row.title,
                row.issued_on,
            )
            return HistoricEffect.SAME if of_paper and alike else "number_taken"
        if one.holder_key == row.name_key:
            return "number_elsewhere"
    return ""


def _persons(chunk: Sequence[Staged]) -> tuple[dict[int, int], set[int]]:
    """Return row key → person for identity numbers that are recorded under the same name (or a
    former one), and rows under another.
    """
    hashes = {value for one in chunk for value in (one.id_hash, one.newest_hash) if value}
    by_hash: dict[str, int] = {}
    asked = sorted(hashes)
    for at in range(0, len(asked), CHUNK):
        by_hash |= known_hashes(asked[at : at + CHUNK])
    found = {
        one.pk: person
        for one in chunk
        if (person := by_hash.get(one.id_hash) or by_hash.get(one.newest_hash))
    }
    names = names_of(set(found.values()))
    right = {
        one.pk: found[one.pk]
        for one in chunk
        if one.pk in found and one.name_key in names[found[one.pk]]
    }
    return right, set(found) - set(right)


def names_of(persons: set[int]) -> dict[int, set[str]]:
    """Return the name of each person and those they bore before, folded for comparison. Two
    queries.
    """
    names: dict[int, set[str]] = {}
    for pk, key in (
        Person.objects.filter(pk__in=persons).values_list("pk", "name_key") if persons else ()
    ):
        names[pk] = {key}
    for pk, key in (
        FormerName.objects.filter(person__in=persons).values_list("person_id", "name_key")
        if persons
        else ()
    ):
        names[pk].add(key)
    return names


def _write(
    run: HistoricImport,
    chunk: Sequence[Staged],
    same: set[int],
    faults: Sequence[Fault],
    persons: dict[int, int],
) -> None:
    rows = HistoricRow.objects.filter(run=run)
    add_world_faults(run, [(*fault, "") for fault in faults])
    if same:
        rows.filter(row__in=same).update(effect=HistoricEffect.SAME)
    linked = [
        HistoricRow(pk=one.pk, person_id=persons[one.pk]) for one in chunk if one.pk in persons
    ]
    if linked:
        HistoricRow.objects.bulk_update(linked, ["person"], batch_size=500)


def summarise_effects(run: HistoricImport) -> dict[str, int]:
    """Return the counts the dry run shows. Counts only: no names, no numbers."""
    rows = HistoricRow.objects.filter(run=run)
    by_effect = dict(rows.values_list("effect").annotate(n=Count("pk")).order_by())
    fresh = rows.filter(effect=HistoricEffect.NEW)
    return {
        "rows": run.rows,
        "new": by_effect.get(HistoricEffect.NEW, 0),
        "same": by_effect.get(HistoricEffect.SAME, 0),
        **count_remarks(run),
        "linked": fresh.exclude(person=None).count(),
        "known_later": fresh.filter(person=None).exclude(id_hash="").count(),
        "nameless": fresh.filter(id_hash="").count(),
    }
