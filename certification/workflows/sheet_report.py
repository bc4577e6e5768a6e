"""Sign the statement in the report of a spreadsheet check."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

import audit
from certification.credentials import statement
from certification.models import BatchCheck
from certification.queries.keys import get_issuer_did
from certification.queries.sheet_report import KIND
from certification.rules.fingerprint import fingerprint_report_rows
from certification.workflows.keys import load_announced_keys
from core.actors import Actor


def sign_sheet_report(*, actor: Actor, check: BatchCheck, rows: Sequence[Sequence[object]]) -> str:
    """Return a JWT that says that these *rows* (headings first) are what *check* answered.

    It is signed by the key of QR codes, and the signing is on record. It must not be called inside
    a transaction, since a key that isn't announced yet is announced first.
    """
    claims = {
        "jti": check.reference,
        "iat": int(check.at.timestamp()),
        "asked_by": str(check.employer or check.org),
        "rows": check.answered,
        "counts": check.counts,
        "rows_sha256": fingerprint_report_rows(rows),
    }
    token = statement.sign_statement(
        claims, signer=load_announced_keys().token, controller=get_issuer_did(), kind=KIND
    )
    with transaction.atomic():
        audit.record("certification.report_taken", actor=actor, target=check)
    return token
