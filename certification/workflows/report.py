"""Make the verification report that people keep.

It says what was asked, what was answered and when, and is signed as a PDF and, inside it, as a JWT.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language

from certification.credentials import jose, linked_data, timestamps
from certification.enums import VerificationAnswer, VerificationWay
from certification.keys import DocumentKey
from certification.models import LookUp
from certification.queries.addresses import present_address
from certification.queries.keys import get_issuer_did
from certification.queries.verification import VerificationResult
from certification.rendering.labels import LABELS
from certification.rendering.pdf import get_renderer
from certification.rendering.report import render_report_pdf
from certification.signing.pades import PadesSigner
from certification.workflows.file_check import REPORT_FILE, REPORT_TYPE
from certification.workflows.keys import load_announced_keys
from core import clock
from core.text import mask_name

_STYLE = (
    Path(__file__).resolve().parent.parent / "templates" / "certification" / "print" / "report.css"
)


def make_verification_report(
    *, look_up: LookUp, found: VerificationResult, context: dict[str, Any], full_name: bool
) -> bytes:
    """Return the report of *look_up* as it is answered now. It takes half a second, and nothing is
    stored.

    *context* is what the page of the answer shows. *full_name* says that the browser that asked
    knows the full name. Otherwise the name is masked, as on the page.
    """
    ring = load_announced_keys()
    now = clock.local_now().replace(microsecond=0)
    certificate = found.certificate
    subject = {
        "id": look_up.public_id.urn,
        "reference": look_up.reference,
        "way": look_up.way,
        "asked": timestamps.format_utc_moment(look_up.at),
        "answered": timestamps.format_utc_moment(now),
        "answer": found.verdict.answer.value,
    }
    if certificate is not None:
        subject |= {
            "number": certificate.number,
            "holder": certificate.holder_name if full_name else mask_name(certificate.holder_name),
            "title": certificate.title,
            "issued": certificate.issued_on.isoformat(),
            "issuer": certificate.issuer_name,
            "provenance": certificate.provenance,
        }
        if certificate.valid_until:
            subject["validUntil"] = certificate.valid_until.isoformat()
        if found.verdict.answer in {
            VerificationAnswer.REVOKED,
            VerificationAnswer.SUSPENDED,
            VerificationAnswer.SUPERSEDED,
        }:
            subject |= {
                "reason": found.verdict.reason,
                "since": found.verdict.since.isoformat() if found.verdict.since else "",
            }
    if look_up.way in {VerificationWay.FILE, VerificationWay.PICTURE}:
        subject |= {"fileSha256": look_up.handed_in.sha256, "found": look_up.handed_in.cause}
    document = {
        "@context": [linked_data.CREDENTIALS_V2],
        "id": f"{present_address()}/verify/result/{look_up.public_id}/",
        "type": ["VerifiableCredential", REPORT_TYPE],
        "issuer": get_issuer_did(),
        "validFrom": timestamps.format_utc_moment(now),
        "credentialSubject": subject,
    }
    token = jose.sign_credential_jwt(document, signer=ring.token, controller=get_issuer_did())
    markup = render_to_string(
        "certification/print/report.html",
        {**context, "answered_at": now, "issuer": get_issuer_did(), "site": present_address()},
    )
    return render_report_pdf(
        markup,
        _style(),
        label=LABELS["en" if get_language() == "en" else "zh-Hans"].field,
        attached=(REPORT_FILE, token.encode("ascii")),
        seal=_seal(ring.document.kid, ring.document),
        at=now,
        renderer=get_renderer(),
    )


@cache
def _style() -> str:
    return _STYLE.read_text(encoding="utf-8")


@cache
def _seal(_kid: str, key: DocumentKey) -> PadesSigner:
    return PadesSigner(key)
