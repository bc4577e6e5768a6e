"""The last steps of issuing: the file at its place, the row that says so.

The name of a file is written to its row before the file is stored. Whoever comes after a worker that ended in between finds the name
there, uses the file if it is the same, and removes it if it isn't (a service stamped another moment, a layout class came or went).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Case, CharField, Value, When
from django.utils import timezone

import audit
from certification.enums import CERTIFICATE_MOVES, CertificateState
from certification.models import Certificate, StatusChange
from certification.rendering.classes import Printed
from certification.rendering.version import RENDERER_VERSION
from certification.workflows.telling import tell_issued
from core.errors import DomainError
from core.states import move_all


@transaction.atomic
def reserve(rows: Mapping[int, Certificate], made: Mapping[int, Printed]) -> tuple[dict[int, str], dict[int, str]]:
    """Write to the rows what their files are called; return these names, and those that an earlier attempt may have left a file at.

    A row that isn't approved any more is in neither: another worker has finished it.
    """
    names: dict[int, str] = {}
    left: dict[int, str] = {}
    for pk, old in _approved(made).values_list("pk", "pdf"):
        row = rows[pk]
        names[pk] = f"certificates/{row.issued_on.year}/{row.public_id}-{made[pk].sha256[:12]}.pdf"
        if old and old != names[pk]:
            left[pk] = old
    if names:
        Certificate.objects.filter(pk__in=names).update(pdf=_each(names))
    return names, left


def store(name: str, printed: Printed) -> None:
    """Put the file at its one place. A whole file from an earlier attempt is kept, a torn one replaced."""
    storage = storages["private"]
    if storage.exists(name):
        with storage.open(name) as file:
            if hashlib.sha256(file.read()).hexdigest() == printed.sha256:
                return
        storage.delete(name)
    put = storage.save(name, ContentFile(printed.pdf))
    if put != name:  # another worker stored the same bytes at the same moment
        storage.delete(put)


def mark_issued(*, actor: Any, names: Mapping[int, str], made: Mapping[int, Printed], left: Mapping[int, str]) -> dict[int, Certificate]:
    """Mark the certificates whose files are stored as issued; return every row of *made* as it is now. Files nobody names are removed."""
    found = {row.pk: row for row in _mark(actor, names, made)}
    found |= Certificate.objects.in_bulk([pk for pk in made if pk not in found])
    kept = {row.pdf.name for row in found.values()}
    for name in {*names.values(), *left.values()} - kept:
        storages["private"].delete(name)
    return found


@transaction.atomic
def _mark(actor: Any, names: Mapping[int, str], made: Mapping[int, Printed]) -> list[Certificate]:
    keys = list(_approved(names).values_list("pk", flat=True))  # of the others another worker was here first
    if not keys:
        return []
    now = timezone.now()
    move_all(
        Certificate.objects.filter(pk__in=keys),
        CertificateState.APPROVED,
        CertificateState.ISSUED,
        table=CERTIFICATE_MOVES,
        pdf=_each({pk: names[pk] for pk in keys}),
        sha256=_each({pk: made[pk].sha256 for pk in keys}),
        unsigned_sha256=_each({pk: made[pk].unsigned_sha256 for pk in keys}),
        signature_level=_each({pk: made[pk].level for pk in keys}),
        printed_by=_each({pk: made[pk].way for pk in keys}),
        renderer_version=RENDERER_VERSION,
        hold_code="",
        hold_reason="",
        updated_at=now,
    )
    old, new = str(CertificateState.APPROVED), str(CertificateState.ISSUED)
    rows = list(Certificate.objects.filter(pk__in=keys).order_by("pk"))
    StatusChange.objects.bulk_create([StatusChange(certificate=row, old=old, new=new, actor_id=getattr(actor, "pk", None)) for row in rows])
    deeds = [(row, {"state": old}, {"state": new, "number": row.number, "sha256": row.sha256}) for row in rows]
    audit.record_many("certification.issued", actor=actor, deeds=deeds)
    tell_issued(rows)
    return rows


@transaction.atomic
def hold(*, actor: Any, stopped: Mapping[int, DomainError]) -> None:
    """Write to approved rows what *stopped* them. What a row says already isn't said again: a batch may wait for a day."""
    why = {pk: (error.code[:80], str(error.message)[:500]) for pk, error in stopped.items()}
    rows = list(_approved(stopped))
    for reason in sorted(set(why.values())):
        held = [row for row in rows if why[row.pk] == reason and (row.hold_code, row.hold_reason) != reason]
        changes = {"hold_code": reason[0], "hold_reason": reason[1], "updated_at": timezone.now()}
        Certificate.objects.filter(pk__in=[row.pk for row in held]).update(**changes)
        audit.record_many("certification.held", actor=actor, deeds=[(row, None, {"code": reason[0]}) for row in held])


def _approved(keys: Iterable[int]) -> Any:
    """Return those rows of *keys* that wait for their file, locked in the order of their keys."""
    return Certificate.objects.select_for_update().filter(pk__in=list(keys), state=CertificateState.APPROVED).order_by("pk")


def _each(values: Mapping[int, str]) -> Case | Value:
    """Return the expression that gives each row its own of *values*."""
    if len(set(values.values())) == 1:
        return Value(next(iter(values.values())))
    return Case(*(When(pk=pk, then=Value(value)) for pk, value in values.items()), output_field=CharField())
