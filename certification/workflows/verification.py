"""Verifications, each logged: by code, by number and name. Spreadsheets have a module of their own."""

from __future__ import annotations

from django.utils import timezone
from django.utils.crypto import salted_hmac

from certification.enums import Way
from certification.models import LookUp
from certification.queries import verification as queries
from certification.queries.verification import Found


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
