"""Scans for records that may be one person.

There is one background item for each kind of evidence. Earlier decisions are remembered.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.actors import Actor
from jobs.models import Job, JobItem
from jobs.workflows import start_job
from people.enums import PairState
from people.models import IdentityDocument, Person, SuspectedPair
from people.queries import list_living_persons
from people.rules import duplicates

JOB = "people.find_duplicates"
TITLE = _("Find duplicate records")
EVERY = timedelta(hours=24)


def start_scan(*, actor: Actor, everything: bool = False) -> Job:
    """Queue a scan of what changed since the last finished scan, or of *everything*.

    If a scan is running, it is returned instead of a second one.
    """
    with transaction.atomic():
        running = Job.objects.filter(kind=JOB, finished_at=None).order_by("-pk").first()
        if running:
            return running
        last = None if everything else last_scan()
        payload = {"since": last.isoformat() if last else None}
        return start_job(
            kind=JOB, keys=duplicates.KINDS, actor=actor, title=str(TITLE), payload=payload
        )


def last_scan() -> datetime | None:
    """Return when the last finished scan was started, or None.

    It has seen everything that was written before.
    """
    at: datetime | None = (
        Job.objects.filter(kind=JOB).exclude(finished_at=None).aggregate(at=Max("created_at"))["at"]
    )
    return at


def scan_due() -> bool:
    """Say whether the last scan is a day old and something was written since (for the sweeper)."""
    last = last_scan()
    if last is None:
        return Person.objects.exists() and not Job.objects.filter(kind=JOB).exists()
    if clock.now() - last < EVERY or Job.objects.filter(kind=JOB, finished_at=None).exists():
        return False
    return Person.objects.filter(updated_at__gte=last).exists()


def run_scan_item(item: JobItem) -> dict[str, Any]:
    """Process one item of a scan, whose *key* is the kind of evidence.

    It is safe to run twice.
    """
    since = item.job.payload.get("since")
    return scan_evidence(item.key, since=datetime.fromisoformat(since) if since else None)


def scan_evidence(kind: str, *, since: datetime | None = None) -> dict[str, Any]:
    """Find and store the pairs of one *kind* of evidence.

    With *since*, only pairs are found that contain a record written since then.
    """
    changed = None
    if since is not None:
        written = list_living_persons().filter(
            Q(updated_at__gte=since) | Q(identity_documents__updated_at__gte=since)
        )
        changed = frozenset(written.values_list("pk", flat=True))
        if not changed:
            return {"pairs": 0, "new": 0}
    found = duplicates.find_duplicate_pairs(
        kind,
        load_person_facts(numbers=kind in (duplicates.SAME_NUMBER, duplicates.NEAR_NUMBER)),
        changed=changed,
    )
    return {"pairs": len(found), "new": _keep(kind, found)}


def load_person_facts(*, numbers: bool) -> list[duplicates.Facts]:
    """Return what is compared of every person that isn't merged into another.

    With *numbers*, identity numbers are decrypted into memory, which they never leave.
    """
    by_person: dict[int, list[tuple[str, str]]] = defaultdict(list)
    if numbers:
        rows = IdentityDocument.objects.select_related("person").filter(person__merged_into=None)
        for row in rows.only("kind", "number_encrypted", "person__public_id", "person_id").iterator(
            chunk_size=2000
        ):
            try:
                by_person[row.person_id].append((row.kind, row.number()))
            except InvalidTag:
                continue
    people = (
        list_living_persons()
        .order_by("pk")
        .values_list("pk", "name", "name_key", "birth", "mobile", "pinyin_key")
    )
    return [
        duplicates.Facts(pk, name, key, birth, mobile, tuple(by_person.get(pk, ())), sound)
        for pk, name, key, birth, mobile, sound in people.iterator(chunk_size=5000)
    ]


def _keep(kind: str, found: list[duplicates.Pair]) -> int:
    new = 0
    for begin in range(0, len(found), 500):
        part = found[begin : begin + 500]
        with transaction.atomic():
            known = {
                (row.first_id, row.second_id): row
                for row in SuspectedPair.objects.select_for_update().filter(
                    first_id__in=[first for first, _second in part]
                )
            }
            for first, second in part:
                row = known.get((first, second))
                if row is None:
                    SuspectedPair.objects.create(
                        first_id=first,
                        second_id=second,
                        evidence=[kind],
                        score=duplicates.weigh_evidence([kind]),
                    )
                    new += 1
                elif kind not in row.evidence and row.state != PairState.MERGED:
                    row.evidence = [
                        known_kind
                        for known_kind in duplicates.KINDS
                        if known_kind in {*row.evidence, kind}
                    ]
                    row.score = duplicates.weigh_evidence(row.evidence)
                    row.save(update_fields=["evidence", "score", "updated_at"])
    return new
