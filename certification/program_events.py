"""Publish events about certificates to programs.

They go to the programs of employers that watch the certificates, and of the union that issued them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certification.enums import CertificateState, VerificationAnswer
from certification.models import Certificate
from certification.rules import status
from certification.rules.status import StatusFacts
from core import clock
from notify import registry
from notify.program_events import ProgramEvent, publish_event, register_event
from notify.rendering import render_message_for_programs
from notify.workflows.sending import link_of, plain_context

_SAMPLE = {
    "certificate": "6f0c1f3e-9a57-4f0a-8a3e-2f6f7c1f9b11",
    "number": "330106-PX-2026-001837-Y",
    "old": "valid",
    "new": "revoked",
    "at": "2026-11-30T10:15:00+08:00",
    "reason": "issuing_error",
    "replaced_by": None,
    "valid_until": "2029-11-29",
    "watch": "0d5c2f9e-3c1f-4a86-9f0f-b1a7f6b0c9a2",
    "subject": "关注的证书 330106-PX-2026-001837-Y 已撤销",
    "text": "……",
    "url": "https://craftpath.example/verify/watch-list/",
}
SUSPENDED = register_event(
    "certificate.suspended", label=_("A certificate is suspended"), sample=_SAMPLE
)
REINSTATED = register_event(
    "certificate.reinstated", label=_("A suspended certificate is valid again"), sample=_SAMPLE
)
REVOKED = register_event(
    "certificate.revoked", label=_("A certificate has been revoked"), sample=_SAMPLE
)
SUPERSEDED = register_event(
    "certificate.superseded",
    label=_("A certificate has been replaced by a newer one"),
    sample=_SAMPLE,
)
EXPIRES_SOON = register_event(
    "certificate.expires_soon",
    label=_("A watched certificate expires within 30 days"),
    sample=_SAMPLE,
)
EXPIRES = register_event(
    "certificate.expires", label=_("A watched certificate reaches its last day"), sample=_SAMPLE
)
WATCH_OBJECTED = register_event(
    "watch.objected", label=_("A holder objects to a watch-list entry"), sample=_SAMPLE
)
WATCH_ENDED = register_event(
    "watch.ended_by_holder", label=_("A holder has ended a watch-list entry"), sample=_SAMPLE
)

CHANGES = {
    CertificateState.SUSPENDED: SUSPENDED,
    CertificateState.ISSUED: REINSTATED,
    CertificateState.REVOKED: REVOKED,
    CertificateState.SUPERSEDED: SUPERSEDED,
}
OF_MESSAGES = {
    "certification.watched_suspended": SUSPENDED,
    "certification.watched_reinstated": REINSTATED,
    "certification.watched_revoked": REVOKED,
    "certification.watched_superseded": SUPERSEDED,
    "certification.watched_expires": EXPIRES_SOON,
    "certification.watched_expired": EXPIRES,
    "certification.watch_objected": WATCH_OBJECTED,
    "certification.watch_ended_by_holder": WATCH_ENDED,
}


def build_event_fields(
    certificate: Certificate, *, old: str, at: datetime, reason: str
) -> dict[str, Any]:
    """Return the fields of an event.

    These are number and public identifier, the answer before and now (`VerificationAnswer`), when,
    and why. *old* is the state before, or "" if the state didn't change. They name nobody.
    """
    today = timezone.localdate(at)
    now = status.determine_verdict(certificate.standing, today=today)
    return {
        "certificate": str(certificate.public_id),
        "number": certificate.number,
        "old": str(_answer_before(certificate, old, today) if old else now.answer),
        "new": str(now.answer),
        "at": timezone.localtime(at).isoformat(timespec="seconds"),
        "reason": reason or None,
        "replaced_by": now.replaced_by or None,
        "valid_until": certificate.valid_until.isoformat() if certificate.valid_until else None,
    }


def _answer_before(certificate: Certificate, old: str, today: date) -> VerificationAnswer:
    return status.determine_verdict(
        StatusFacts(state=old, valid_until=certificate.valid_until), today=today
    ).answer


def publish_to_employer(
    message: str,
    *,
    employer: Any,
    watch: Any,
    certificate: Certificate,
    key: str,
    context: Mapping[str, Any],
    old: str,
    reason: str,
) -> None:
    """Publish the event that belongs to the *message* to the employer's people, with its words and
    its fields.
    """
    at = clock.now()
    kind, language = registry.get_message_kind(message), settings.LANGUAGE_CODE
    plain = plain_context(context, language)
    subject, text = render_message_for_programs(kind, plain, language=language)
    said = {
        "watch": str(watch.public_id),
        "subject": subject,
        "text": text,
        "url": f"{settings.BASE_URL}{link_of(kind, context)}",
    }
    publish_event(
        ProgramEvent(
            OF_MESSAGES[message].key,
            key,
            at,
            employer,
            build_event_fields(certificate, old=old, at=at, reason=reason) | said,
        )
    )


def publish_to_union(certificate: Certificate, *, change: int, old: str, reason: str) -> None:
    """Publish a status change to the programs of the union that issued the certificate, and of
    those above it.
    """
    kind = CHANGES.get(CertificateState(certificate.state))
    if kind is None:
        return
    at = clock.now()
    subject = f"{kind.label}: {certificate.number}"
    said = {
        "watch": None,
        "subject": subject,
        "text": subject,
        "url": f"{settings.BASE_URL}/v/{certificate.code}/",
    }
    publish_event(
        ProgramEvent(
            kind.key,
            f"change:{change}",
            at,
            certificate.org,
            build_event_fields(certificate, old=old, at=at, reason=reason) | said,
        )
    )
