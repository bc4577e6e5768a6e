"""Answer what programs of employers ask through the API, in plain values.

The questions, limits and log are the same as on the screens.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from access.checks import require
from certification.enums import Provenance, VerificationAnswer, VerificationWay
from certification.errors import UnreadableSheet
from certification.grants import VERIFY_BATCH, WATCH
from certification.models import Certificate, LookUp, Watch
from certification.models.verification import new_reference
from certification.queries import sheets as sheet_queries
from certification.queries import verification as queries
from certification.queries import watching
from certification.queries.verification import Asked, VerificationResult
from certification.rules import sheet as rules
from certification.rules import status, wording
from certification.workflows import sheets
from certification.workflows import watching as watch_workflows
from certification.workflows.verification import address_hash
from core import clock
from core.actors import Actor
from core.errors import NotFound
from core.text import mask_name
from org.models import Employer, OrgUnit


def verify_for_program(
    *, actor: Actor, scope: Employer | OrgUnit, number: str, name: str, address: str | None
) -> dict[str, Any]:
    """Answer a number and a name for a program.

    Needs `certification.verify_batch` on *scope*. A miss counts against the account's daily quota.
    """
    require(actor, VERIFY_BATCH, scope)
    found = queries.verify_by_number_and_name(number, name, today=clock.today())
    if found.certificate is None:
        watch_workflows.count_account_miss(account=actor, number=number, name=name, address=address)
    return _told(found, _log(found, address))


def verify_code_for_program(
    *, actor: Actor, scope: Employer | OrgUnit, code: str, address: str | None
) -> dict[str, Any]:
    """Answer the code in a QR code for a program. Needs `certification.verify_batch` on *scope*."""
    require(actor, VERIFY_BATCH, scope)
    found = queries.verify_by_code(code, today=clock.today())
    return _told(found, _log(found, address))


def verify_rows_for_program(
    *, actor: Actor, scope: Employer | OrgUnit, rows: Sequence[tuple[str, str]], address: str | None
) -> dict[str, Any]:
    """Answer many (number, name) pairs in their order.

    Needs `certification.verify_batch` on *scope*. Raises `UnreadableSheet` if a number comes with
    too many different names. Raises `TooOften`, with nothing answered, if the misses are more than
    the day allows.
    """
    require(actor, VERIFY_BATCH, scope)
    kept = sheet_queries.prepare_sheet_rows(
        (at, Asked(number, name)) for at, (number, name) in enumerate(rows)
    )
    if guessed := rules.guessed_numbers(
        (row["number"], row["key"]) for row in kept if rules.could_be_registered(row)
    ):
        raise UnreadableSheet(
            "many_names",
            _("The number %(number)s appears with too many different names.")
            % {"number": guessed[0]},
        )
    answered = sheet_queries.answer_sheet_rows(kept, today=clock.today())
    if not sheets.count_daily_misses(account=actor, count=rules.count_quota_misses(answered)):
        raise sheets.build_quota_refusal()
    reference, hashed = new_reference(), address_hash(address)
    LookUp.objects.bulk_create(
        [
            LookUp(
                way=VerificationWay.API,
                answer=row["answer"],
                certificate_id=row.get("certificate"),
                writing=row["writing"],
                reference=reference,
                address_hash=hashed,
            )
            for row in answered
        ],
        batch_size=500,
    )
    return {
        "reference": reference,
        "checked_at": _now(),
        "results": [_row(row) for row in answered],
    }


def _row(row: dict[str, Any]) -> dict[str, Any]:
    told = {"number": row["number"], "answer": row["answer"]}
    written = row.get("written") or row["number"]
    if row["answer"] == VerificationAnswer.NO_MATCH:
        return told | {"hint": row["writing"]}
    return told | {
        "certificate": {
            "number": written,
            "holder": row["name"],
            "title": row["title"],
            "trade": wording.format_trade(row["occupation"], row["level"]),
            "valid_until": row["until"],
            "provenance": row.get("provenance", str(Provenance.ISSUED)),
        },
        "since": row["since"],
        "reason": row["reason"] or None,
        "replaced_by": row["replaced_by"] or None,
        "days_left": row["days_left"],
    }


def _log(found: VerificationResult, address: str | None) -> LookUp:
    return LookUp.objects.create(
        way=VerificationWay.API,
        answer=found.verdict.answer,
        certificate=found.certificate,
        writing=found.writing,
        address_hash=address_hash(address),
    )


def _now() -> str:
    return clock.local_now().isoformat(timespec="seconds")


def _day(day: date | datetime | None) -> str | None:
    return day.isoformat() if day else None


def _told(found: VerificationResult, look_up: LookUp) -> dict[str, Any]:
    return {"reference": look_up.reference, "checked_at": _now()} | describe_verdict(
        found.verdict, found.certificate, hint=found.writing
    )


def describe_verdict(
    verdict: status.Verdict, certificate: Certificate | None, *, hint: str = ""
) -> dict[str, Any]:
    """Return an answer in plain values. Names are masked.

    *hint* says how the typed number is written, nothing else.
    """
    if certificate is None:
        return {"answer": str(verdict.answer)} | ({"hint": hint} if hint else {})
    return {
        "answer": str(verdict.answer),
        "certificate": {
            "number": certificate.number,
            "holder": mask_name(certificate.holder_name),
            "title": certificate.title,
            "trade": wording.format_trade(certificate.occupation_name, certificate.level),
            "issuer": certificate.issuer_name,
            "issued_on": _day(certificate.issued_on),
            "valid_until": _day(certificate.valid_until),
            "provenance": str(certificate.provenance),
            "taken_over_on": _day(timezone.localdate(certificate.created_at))
            if certificate.of_paper
            else None,
            "compared_on": _day(certificate.provenance_on),
        },
        "since": _day(verdict.since),
        "reason": verdict.reason or None,
        "replaced_by": verdict.replaced_by or None,
        "days_left": verdict.days_left,
    }


def list_watch_entries(
    *, actor: Actor, employer: Employer, page: int, size: int
) -> tuple[list[dict[str, Any]], int]:
    """Return one page of the watch-list and the number of all entries. Needs `certification.watch`
    on *employer*.
    """
    require(actor, WATCH, employer)
    rows = watching.list_employer_watches(employer)
    today = clock.today()
    return [_entry(row, today) for row in rows[(page - 1) * size : page * size]], rows.count()


def _entry(watch: Watch, today: date) -> dict[str, Any]:
    return {
        "id": str(watch.public_id),
        "watched_since": _day(watch.added_on),
        "watched_until": _day(watch.ends_on),
    } | describe_verdict(watching.judge_watched_certificate(watch, today=today), watch.certificate)


def add_watch_entry(
    *, actor: Actor, employer: Employer, number: str, name: str, address: str | None
) -> dict[str, Any]:
    """Put a certificate on the watch-list by number and name. One that is on it already is kept
    for another year.
    """
    made = watch_workflows.watch_by_number_and_name(
        actor=actor, employer=employer, number=number, name=name, address=address
    )
    return _entry(made, clock.today())


def remove_watch_entry(*, actor: Actor, employer: Employer, public_id: Any) -> None:
    """Remove an entry of *employer* from its watch-list. Raises `NotFound`."""
    found = watching.find_employer_watch(actor, public_id)
    if found is None or found.employer_id != employer.pk:
        raise NotFound
    watch_workflows.remove_watch(actor=actor, watch=found)
