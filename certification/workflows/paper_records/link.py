"""Bring records and persons together once the person is known: by the identity number and the
name, both exactly, or not at all.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

import audit
from access import SYSTEM
from certification.enums import OUT_STATES
from certification.models import Certificate, HistoricImport, HistoricRecord
from certification.workflows.paper_records.effects import names_of
from certification.workflows.paper_records.notifications import tell_linked
from people.models import IdentityDocument
from people.queries.person import known_hashes

CHUNK = 500


def find_linkable() -> QuerySet[HistoricRecord]:
    """Return records whose holder isn't known yet and may be by now: their hash is one of somebody
    recorded.
    """
    known = IdentityDocument.objects.filter(
        Q(number_hash=OuterRef("id_hash"))
        | Q(newest_hash=OuterRef("id_hash"))
        | Q(newest_hash=OuterRef("newest_hash")),
        kind=OuterRef("id_kind"),
    )
    waiting = HistoricRecord.objects.exclude(id_hash="").filter(
        certificate__person=None, certificate__state__in=sorted(OUT_STATES)
    )
    return waiting.filter(Exists(known))


def is_linking_due() -> bool:
    """Say whether there is anything to bring together (the sweeper's question)."""
    return find_linkable().exists()


def link_known_holders(run: HistoricImport | None = None) -> int:
    """Link what can be linked, of *run* or of all; return how many. Safe at any time, twice.
    Nobody's right is asked: no choice is made.
    """
    rows = find_linkable().filter(run=run) if run else find_linkable()
    linked = 0
    for chunk in _chunks(list(rows.values_list("pk", flat=True))):
        linked += _link(chunk)
    return linked


def _chunks(keys: list[int]) -> list[list[int]]:
    return [keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK)]


@transaction.atomic
def _link(keys: list[int]) -> int:
    rows = HistoricRecord.objects.filter(pk__in=keys).select_related("certificate").order_by("pk")
    by_hash = known_hashes(
        {value for row in rows for value in (row.id_hash, row.newest_hash) if value}
    )
    found = {
        row.pk: person
        for row in rows
        if (person := by_hash.get(row.id_hash) or by_hash.get(row.newest_hash))
    }
    names = names_of(set(found.values()))
    done = 0
    for row in rows:
        person = found.get(row.pk)
        if person is None or row.certificate.holder_key not in names.get(person, ()):
            continue  # the number is somebody's of another name: no link without a correction of one of the two
        if not Certificate.objects.filter(pk=row.certificate_id, person=None).update(person=person):
            continue
        HistoricRecord.objects.filter(pk=row.pk).update(id_hash="", newest_hash="")
        row.certificate.person_id = person
        audit.record(
            "certification.historic_linked",
            actor=SYSTEM,
            target=row.certificate,
            after={"person": person},
        )
        tell_linked(row.certificate)
        done += 1
    return done
