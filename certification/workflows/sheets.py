"""Check spreadsheets of certificates. They are taken in, answered part by part, and can be asked
again.

No name is kept, only what is needed to compare with it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from access.checks import require
from certification.enums import SHEET_MOVES, SheetCheckState, VerificationAnswer, VerificationWay
from certification.errors import TooOften, UnreadableSheet
from certification.grants import VERIFY_BATCH
from certification.models import BatchCheck, LookUp, Misses, SheetPart
from certification.queries import sheets as queries
from certification.queries.verification import Asked
from certification.rules import sheet as rules
from certification.workflows.verification import address_hash
from core import clock
from core.actors import Actor
from core.states import lock, move
from jobs.workflows import start_job
from org.models import Employer, OrgUnit
from people.accounts import require_account

JOB = "certification.check_sheet"
KEEP_CHECKS_DAYS = 90


@transaction.atomic
def check_sheet(
    *,
    actor: Actor,
    scope: Employer | OrgUnit,
    file_name: str,
    rows: Sequence[tuple[int, Asked]],
    address: str | None,
    unasked: Mapping[int, rules.UnaskedRow] | None = None,
) -> BatchCheck:
    """Answer every row of a spreadsheet and keep the answers for 90 days. Needs
    `certification.verify_batch` on *scope*.

    *rows* are (row number in the sheet, what was typed). Up to 300 are answered at once, more in
    the background, 500 at a time.

    *unasked*: rows with an empty or unreadable cell, by row number. They are kept and shown, but
    not looked up.

    Raises `UnreadableSheet` for a sheet that tries out names, and `TooOften` when the day's misses
    are used up.
    """
    require(actor, VERIFY_BATCH, scope)
    kept = queries.prepare_sheet_rows(rows, unasked)
    if guessed := rules.guessed_numbers(
        (row["number"], row["key"]) for row in kept if row["key"] and rules.could_be_registered(row)
    ):
        sentence = _(
            "The number %(number)s appears with more than %(names)s different names. A "
            "certificate has one holder, so keep one row for it."
        ) % {"number": guessed[0], "names": rules.NAMES_FOR_A_NUMBER}
        raise UnreadableSheet("many_names", sentence, fields={"file": sentence})
    return _begin(actor=actor, scope=scope, file_name=file_name, kept=kept, address=address)


@transaction.atomic
def repeat_sheet_check(*, actor: Actor, check: BatchCheck, address: str | None) -> BatchCheck:
    """Ask the rows of an earlier check again, as of today. Answers that have changed since are
    marked.

    Needs `certification.verify_batch` on the scope of the earlier check.
    """
    scope: Any = check.employer or check.org
    require(actor, VERIFY_BATCH, scope)
    kept = queries.repeat_sheet_rows(queries.list_answered_rows(check))
    return _begin(
        actor=actor,
        scope=scope,
        file_name=check.file_name,
        kept=kept,
        address=address,
        previous=check,
    )


def _begin(
    *,
    actor: Actor,
    scope: Employer | OrgUnit,
    file_name: str,
    kept: list[dict[str, Any]],
    address: str | None,
    previous: BatchCheck | None = None,
) -> BatchCheck:
    BatchCheck.objects.filter(at__lt=clock.now() - timedelta(days=KEEP_CHECKS_DAYS)).delete()
    if previous is None and not queries.count_misses_left(actor, today=clock.today()):
        raise build_quota_refusal()
    check = BatchCheck.objects.create(
        actor=require_account(actor),
        employer=scope if isinstance(scope, Employer) else None,
        org=scope if isinstance(scope, OrgUnit) else None,
        file_name=file_name[:120],
        total=len(kept),
        counts={},
        previous=previous,
    )
    begins = range(0, len(kept), rules.PART_ROWS)
    SheetPart.objects.bulk_create(
        SheetPart(check_of=check, position=position, rows=kept[begin : begin + rules.PART_ROWS])
        for position, begin in enumerate(begins, start=1)
    )
    hashed = address_hash(address)
    if len(kept) <= rules.AT_ONCE_ROWS:
        return answer_sheet_part(check=check, position=1, hashed=hashed)
    start_job(
        kind=JOB,
        keys=[str(position) for position in range(1, len(begins) + 1)],
        actor=actor,
        title=_("Check of a spreadsheet, %(reference)s") % {"reference": check.reference},
        payload={"check": check.pk, "address": hashed},
    )
    return check


@transaction.atomic
def answer_sheet_part(*, check: BatchCheck, position: int, hashed: str) -> BatchCheck:
    """Answer one part of *check*. It is safe to call again, since a part is answered once.

    When the day's misses are used up the check stops there.
    """
    check = lock(check)
    part = SheetPart.objects.filter(check_of=check, position=position, answered_at=None).first()
    if part is None or check.state != SheetCheckState.RUNNING:
        return check
    began = time.perf_counter()
    answered = queries.answer_sheet_rows(part.rows, today=clock.today())
    if not count_daily_misses(account=check.actor, count=rules.count_quota_misses(answered)):
        return _end(check, SheetCheckState.STOPPED)
    part.rows, part.answered_at = answered, clock.now()
    part.save(update_fields=["rows", "answered_at"])
    LookUp.objects.bulk_create(
        [
            LookUp(
                way=VerificationWay.BATCH,
                answer=row["answer"],
                certificate_id=row.get("certificate"),
                writing=row["writing"],
                reference=check.reference,
                address_hash=hashed,
            )
            for row in answered
            if row["answer"] != rules.NOT_ASKED
        ],
        batch_size=500,
    )
    check.counts = dict(Counter(check.counts) + Counter(row["answer"] for row in answered))
    check.answered += len(answered)
    check.changed += sum(bool(row.get("changed")) for row in answered)
    check.milliseconds += max(1, round((time.perf_counter() - began) * 1000))
    check.save(update_fields=["counts", "answered", "changed", "milliseconds"])
    return _end(check, SheetCheckState.FINISHED) if check.answered == check.total else check


def _end(check: BatchCheck, state: str) -> BatchCheck:
    move(check, state, table=SHEET_MOVES)
    SheetPart.objects.filter(
        check_of=check, answered_at=None
    ).delete()  # what wasn't asked isn't kept
    audit.record(
        "certification.batch_checked",
        actor=check.actor,
        target=check,
        after={"rows": check.answered, "counts": check.counts},
    )
    return check


@transaction.atomic
def count_daily_misses(*, account: Any, count: int) -> bool:
    """Count *count* more misses of *account* today. If that is more than the day allows, nothing
    is counted and the result is False.
    """
    if not count:
        return True
    today = clock.today()
    Misses.objects.filter(account=account, day__lt=today).delete()
    Misses.objects.get_or_create(account=account, day=today)
    row = Misses.objects.select_for_update().get(account=account, day=today)
    if row.count + count > rules.MISSES_A_DAY:
        return False
    row.count += count
    row.save(update_fields=["count"])
    return True


def build_quota_refusal() -> TooOften:
    """Return the error for an account that has used up the misses of the day."""
    midnight = clock.local_now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
        days=1
    )
    return TooOften(
        "misses_used_up",
        _(
            "Today %(count)s of your correctly written numbers led to no certificate. More "
            "are answered from tomorrow. Compare the numbers with the certificates "
            "themselves. You can check single certificates by their QR code at any time."
        )
        % {"count": rules.MISSES_A_DAY},
        retry_after=max(60, int((midnight - clock.now()).total_seconds())),
    )


def row_needs_attention(row: dict[str, Any]) -> bool:
    """Say whether HR should look at this row first."""
    return bool(row["answer"] != VerificationAnswer.VALID)
