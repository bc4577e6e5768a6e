"""Verifications, each logged: by code, by number and name, by spreadsheet."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

import audit
from access.checks import require
from certification.enums import Answer, Way
from certification.grants import VERIFY_BATCH
from certification.models import BatchCheck, LookUp
from certification.queries import verification as queries
from certification.queries.verification import Asked, Found
from core.text import mask_name
from org.models import Employer, OrgUnit

KEEP_CHECKS_DAYS = 90


def look_up_by_code(*, code: str, address: str | None) -> tuple[LookUp, Found]:
    """Answer the code on a certificate and log it. One query and one insert."""
    found = queries.verify_by_code(code, today=timezone.localdate())
    return _log(found, way=Way.CODE, address=address), found


def look_up_by_number_and_name(*, number: str, name: str, address: str | None) -> tuple[LookUp, Found]:
    """Answer number and name and log it: the same work whether the number is unknown or the name is wrong."""
    found = queries.verify_by_number_and_name(number, name, today=timezone.localdate())
    return _log(found, way=Way.FORM, address=address), found


def _log(found: Found, *, way: str, address: str | None) -> LookUp:
    return LookUp.objects.create(
        way=way, answer=found.verdict.answer, certificate=found.certificate, writing=found.writing, address_hash=address_hash(address)
    )


def address_hash(address: str | None) -> str:
    """Return a keyed hash of *address*, another every day: enough to see abuse, too little to follow anybody."""
    if not address:
        return ""
    return salted_hmac(f"certification.look_up:{timezone.localdate()}", address, algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def check_sheet(
    *, actor: Any, scope: Employer | OrgUnit, file_name: str, rows: Sequence[tuple[int, Asked]], address: str | None
) -> BatchCheck:
    """Answer every row of a spreadsheet and keep the answers for 90 days, names masked. Needs `certification.verify_batch` on *scope*.

    *rows* are (row number in the sheet, what was typed).
    """
    require(actor, VERIFY_BATCH, scope)
    began = time.perf_counter()
    answers = queries.verify_many([asked for _row, asked in rows], today=timezone.localdate())
    took = time.perf_counter() - began
    BatchCheck.objects.filter(at__lt=timezone.now() - timedelta(days=KEEP_CHECKS_DAYS)).delete()
    check = BatchCheck(
        actor=actor,
        employer=scope if isinstance(scope, Employer) else None,
        org=scope if isinstance(scope, OrgUnit) else None,
        file_name=file_name[:120],
        total=len(rows),
        counts=dict(Counter(str(found.verdict.answer) for found in answers)),
        rows=[_kept(row, asked, found) for (row, asked), found in zip(rows, answers, strict=True)],
        milliseconds=round(took * 1000),
    )
    check.save()
    hashed = address_hash(address)
    LookUp.objects.bulk_create(
        [
            LookUp(
                way=Way.BATCH,
                answer=found.verdict.answer,
                certificate=found.certificate,
                writing=found.writing,
                reference=check.reference,
                address_hash=hashed,
            )
            for found in answers
        ],
        batch_size=500,
    )
    audit.record("certification.batch_checked", actor=actor, target=check, after={"rows": len(rows), "counts": check.counts})
    return check


def _kept(row: int, asked: Asked, found: Found) -> dict[str, Any]:
    verdict, certificate = found.verdict, found.certificate
    kept: dict[str, Any] = {
        "row": row,
        "number": queries.canonical(asked.number),
        "name": mask_name(asked.name),
        "answer": str(verdict.answer),
    }
    if certificate is None:
        return kept | {"writing": found.writing}
    return kept | {
        "title": certificate.title,
        "occupation": certificate.occupation_name,
        "level": certificate.level,
        "since": verdict.since.isoformat() if verdict.since else None,
        "until": verdict.valid_until.isoformat() if verdict.valid_until else None,
        "days_left": verdict.days_left,
        "reason": verdict.reason,
        "replaced_by": verdict.replaced_by,
    }


def needs_a_look(row: dict[str, Any]) -> bool:
    """Say whether HR should look at this row first."""
    return bool(row["answer"] != Answer.VALID)
