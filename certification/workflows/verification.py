"""Verify certificates by code or by number and name, and log each verification. Spreadsheets have
a module of their own.
"""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.crypto import salted_hmac

from certification.enums import VerificationWay
from certification.errors import BeingWritten
from certification.models import LookUp
from certification.queries import verification as queries
from certification.queries.verification import VerificationResult
from certification.workflows import look_up_log
from core import clock


def look_up_by_code(*, code: str, address: str | None) -> tuple[LookUp, VerificationResult]:
    """Answer the code on a certificate and log it. One query.

    The log is a line on the local disk at once and a row soon after (ADR 38).
    """
    now = clock.now()
    found = queries.verify_by_code(code, today=timezone.localdate(now))
    look_up = LookUp(
        public_id=look_up_log.new_look_up_id(now),
        at=now,
        way=VerificationWay.CODE,
        answer=found.verdict.answer,
        certificate=found.certificate,
        writing=found.writing,
        address_hash=address_hash(address),
    )
    look_up_log.log_look_up(look_up)
    return look_up, found


def find_look_up(public_id: UUID) -> tuple[LookUp, VerificationResult] | None:
    """Return a look-up of the last day with its answer as of now, or None.

    Raises `BeingWritten` in the seconds before it is a row here.
    """
    now = clock.now()
    today = timezone.localdate(now)
    pair = queries.find_recent_look_up(public_id, today=today)
    if pair is None and look_up_log.is_look_up_being_written(public_id, now):
        look_up_log.drain_look_up_journal()
        pair = queries.find_recent_look_up(public_id, today=today)
        if pair is None:
            raise BeingWritten
    return pair


def look_up_by_number_and_name(
    *, number: str, name: str, address: str | None
) -> tuple[LookUp, VerificationResult]:
    """Answer number and name and log it. The work is the same whether the number is unknown or the
    name is wrong.
    """
    found = queries.verify_by_number_and_name(number, name, today=clock.today())
    return _log(found, way=VerificationWay.FORM, address=address), found


def _log(found: VerificationResult, *, way: str, address: str | None) -> LookUp:
    return LookUp.objects.create(
        way=way,
        answer=found.verdict.answer,
        certificate=found.certificate,
        writing=found.writing,
        address_hash=address_hash(address),
    )


def address_hash(address: str | None) -> str:
    """Return a keyed hash of *address* that changes every day.

    It is enough to see abuse, and too little to follow anybody.
    """
    if not address:
        return ""
    return salted_hmac(
        f"certification.look_up:{clock.today()}", address, algorithm="sha256"
    ).hexdigest()[:32]
