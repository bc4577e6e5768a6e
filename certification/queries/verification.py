"""Verify certificates by a code, by number and name, or for thousands of rows.

This module only reads. The workflow logs each verification.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, When

from certification.enums import OUT_STATES, CertificateState, Reason
from certification.models import Certificate, Credential, HistoricRecord, LookUp
from certification.rules import code as codes
from certification.rules import number, status
from certification.rules.near_miss import NumberWriting, classify_number_writing
from core import clock
from core.text import search_key

KEPT_OPEN_SECONDS = 24 * 3600
# What no stored key can equal, since keys hold no spaces: a name that is empty after folding must
# not match anything.
_NOBODY = " "
_BESIDE = (
    f"SELECT (SELECT leaf_index FROM {Credential._meta.db_table} WHERE certificate_id = %s),"  # noqa: S608 - names of our own tables
    f" (SELECT number FROM {Certificate._meta.db_table} WHERE replaced_by_id = %s)"
)
# A record that was taken over wrongly stands aside for the right one of the same paper.
STANDS_ASIDE = Case(
    When(state=CertificateState.REVOKED, state_reason=Reason.IMPORT_ERROR, then=1), default=0
)
# What the answer of a code shows. Written out and read raw: building this query by the ORM costs as
# much as all else in the view but the page. Each sub-query is one look-up by a unique key.
_SHOWN = (
    "id", "public_id", "number", "code", "state", "provenance", "provenance_on", "created_at", "holder_name", "issuer_name", "title",
    "subject", "occupation_name", "occupation_code", "level", "distinction", "issued_on", "valid_until", "state_since", "state_reason",
    "replaced_by_id", "sha256", "signature_level", "file_state",
)  # fmt: skip
_BY_CODE = (
    f"SELECT {', '.join(f'c.{name}' for name in _SHOWN)},"  # noqa: S608 - names of our own tables and columns
    f" COALESCE((SELECT leaf_index FROM {Credential._meta.db_table} WHERE certificate_id = c.id),"
    f" (SELECT leaf_index FROM {HistoricRecord._meta.db_table} WHERE certificate_id = c.id)) AS shown_entry,"
    f" (SELECT number FROM {Certificate._meta.db_table} WHERE replaced_by_id = c.id) AS shown_replaces"
    f" FROM {Certificate._meta.db_table} c WHERE c.code = %s"
)
_BESIDE_PAPER = f"SELECT leaf_index FROM {HistoricRecord._meta.db_table} WHERE certificate_id = %s"  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """The result of a verification.

    `certificate` is None for no match. `writing` says how the number is written, if one was typed.
    `entry` is the place of its credential in the public register, and `replaces` the number of the
    certificate it replaced.
    """

    verdict: status.Verdict
    certificate: Certificate | None = None
    writing: str = ""
    entry: int | None = None
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One row to verify, with the number and the name that were typed."""

    number: str
    name: str


def _found(*, today: date, writing: str = "", **key: str) -> VerificationResult:
    """Look up one row by *key*.

    The successor of a replaced certificate is read only if there is one, since a join would make
    every answer slower.
    """
    certificate = choose_answering_record(Certificate.objects.filter(**key))
    if certificate is None or certificate.state not in OUT_STATES:
        return VerificationResult(status.NO_MATCH, None, writing)
    return VerificationResult(
        status.determine_verdict(certificate.standing, today=today),
        certificate,
        writing,
        *read_entry_and_predecessor(certificate),
    )


def choose_answering_record(rows: Iterable[Certificate]) -> Certificate | None:
    """Return the one of *rows* that answers, or None.

    Of the records of one paper it is the right one, not those that were taken over wrongly before.
    """
    return min(
        rows, key=lambda row: (_stands_aside(row.state, row.state_reason), -row.pk), default=None
    )


def _stands_aside(state: str, reason: str) -> int:
    if state == CertificateState.WITHDRAWN:
        return 2
    return int(state == CertificateState.REVOKED and reason == Reason.IMPORT_ERROR)


def read_entry_and_predecessor(certificate: Certificate) -> tuple[int | None, str]:
    """Return the place of *certificate* in the register, and the number of the certificate it
    replaced.

    It is one query of two look-ups by unique keys in plain SQL. With joins, a mistake of the
    planner would slow down every answer.
    """
    key = certificate.pk
    with connection.cursor() as cursor:
        if certificate.of_paper:  # no credential, and it took nothing's place
            cursor.execute(_BESIDE_PAPER, [key])
            return (cursor.fetchone() or (None,))[0], ""
        cursor.execute(_BESIDE, [key, key])
        entry, replaced = cursor.fetchone()
    return entry, replaced or ""


def verify_by_code(code: str, *, today: date) -> VerificationResult:
    """Return what the code on a certificate answers today. One query, or two for a replaced one.

    The certificate has the columns an answer shows (`_SHOWN`). Another one is read from the
    database when it is asked for.
    """
    wanted = codes.normalise_certificate_code(code) if code.isascii() and code.isprintable() else ""
    certificate = next(iter(Certificate.objects.raw(_BY_CODE, [wanted])), None)
    if certificate is None or certificate.state not in OUT_STATES:
        return VerificationResult(status.NO_MATCH)
    verdict = status.determine_verdict(certificate.standing, today=today)
    beside: dict[str, Any] = vars(certificate)
    return VerificationResult(
        verdict, certificate, "", beside["shown_entry"], beside["shown_replaces"] or ""
    )


def verify_by_number_and_name(
    number_text: str, name_text: str, *, today: date
) -> VerificationResult:
    """Return what number and name together answer today. One query, the same for a wrong number as
    for a wrong name.

    The name matches without regard to width, case, spaces and look-alike dots. Nothing in the
    answer tells which half was wrong, since `writing` depends on the typed number alone.
    """
    return _found(
        number_key=normalise_certificate_number(number_text),
        holder_key=name_key(name_text),
        writing=classify_number_writing(number_text),
        today=today,
    )


def verify_many(rows: Sequence[Asked], *, today: date) -> list[VerificationResult]:
    """Return the answers to *rows* in their order. One query, however many rows."""
    numbers = [normalise_certificate_number(row.number) for row in rows]
    found = Certificate.objects.select_related("replaced_by").filter(
        number_key__in=set(numbers), state__in=sorted(OUT_STATES)
    )
    known: dict[tuple[str, str], list[Certificate]] = {}
    for one in found:
        known.setdefault((one.number_key, one.holder_key), []).append(one)
    answers = []
    for row, canonical_number in zip(rows, numbers, strict=True):
        certificate = choose_answering_record(known.get((canonical_number, name_key(row.name)), ()))
        answers.append(
            VerificationResult(
                status.determine_verdict(
                    certificate.standing if certificate else None, today=today
                ),
                certificate,
                classify_number_writing(row.number),
            )
        )
    return answers


def normalise_certificate_number(text: str) -> str:
    """Return the number in *text* in the form in which it is looked up.

    One of ours is as printed, and one of a paper is reduced to its letters and digits.
    """
    return number.make_number_key(text)


def name_key(name: str) -> str:
    """Return the key under which a holder's name is looked up. A name that is empty after folding
    gets a key that nobody has.
    """
    return search_key(name)[:100] or _NOBODY


def find_recent_look_up(public_id: Any, *, today: date) -> tuple[LookUp, VerificationResult] | None:
    """Return a look-up of the last day with its answer as of now, or None. Two queries."""
    row = (
        LookUp.objects.select_related("certificate__replaced_by", "handed_in")
        .filter(public_id=public_id, at__gte=clock.now() - timedelta(seconds=KEPT_OPEN_SECONDS))
        .first()
    )
    if row is None:
        return None
    verdict = status.determine_verdict(
        row.certificate.standing if row.certificate else None, today=today
    )
    return row, VerificationResult(
        verdict,
        row.certificate,
        row.writing or NumberWriting.WELL_FORMED,
        *(read_entry_and_predecessor(row.certificate) if row.certificate else ()),
    )
