"""Create, open and withdraw the links by which a holder shows a certificate."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

import audit
from certification.enums import VerificationWay
from certification.models import Certificate, LookUp, ShareLink
from certification.queries import holding
from certification.rules import status
from certification.workflows.verification import address_hash
from core import clock
from core.actors import Actor
from core.errors import DomainError, InvalidInput, NotFound
from people.queries import person_of

LONGEST_DAYS = 180
AT_MOST = 20
"""Open links of one certificate: more are no longer looked after."""


@transaction.atomic
def create_share_link(
    *,
    actor: Actor,
    certificate: Certificate,
    days: int,
    full_name: bool = False,
    photo: bool = False,
    wording: bool = False,
    employer: bool = False,
    phrase: str = "",
    note: str = "",
) -> ShareLink:
    """Create a link to *certificate* that ends after *days* (1 to 180). Only the holder may.

    *phrase*: what must be typed to open it. It is kept as a hash, so it can't be shown again.

    Raises `NotFound` for anybody but the holder, `InvalidInput` for a wrong number of days, and
    `DomainError` if the certificate has too many open links.
    """
    _own(actor, certificate)
    if not 1 <= days <= LONGEST_DAYS:
        sentence = _("A link is valid for at least one day and at most %(days)s days.") % {
            "days": LONGEST_DAYS
        }
        raise InvalidInput("share_days", sentence, fields={"days": sentence})
    if holding.list_open_share_links(certificate).count() >= AT_MOST:
        raise DomainError(
            "too_many_shares",
            _("There are already %(count)s active links. Withdraw one first.") % {"count": AT_MOST},
        )
    link = ShareLink(
        certificate=certificate,
        note=note.strip(),
        full_name=full_name,
        photo=photo,
        wording=wording,
        employer=employer,
        ends_at=clock.now() + timedelta(days=days),
        secret=make_password(phrase) if phrase else "",
    )
    link.full_clean()
    link.save()
    shown = [name for name in ("full_name", "photo", "wording", "employer") if getattr(link, name)]
    audit.record(
        "certification.shared",
        actor=actor,
        target=certificate,
        after={"fields": shown, "days": days, "phrase": bool(phrase)},
    )
    return link


@transaction.atomic
def withdraw_share_link(*, actor: Actor, link: ShareLink) -> ShareLink:
    """Close a link at once. Only the holder may, and a second call changes nothing."""
    link = ShareLink.objects.select_for_update().select_related("certificate").get(pk=link.pk)
    _own(actor, link.certificate)
    if link.revoked_at is None:
        link.revoked_at = clock.now()
        link.save(update_fields=["revoked_at", "updated_at"])
        audit.record("certification.share_withdrawn", actor=actor, target=link.certificate)
    return link


def check_share_phrase(link: ShareLink, phrase: str) -> bool:
    """Return whether *phrase* opens *link*. It costs a hash on purpose, and the caller limits how
    often it is asked.
    """
    return not link.secret or check_password(phrase, link.secret)


@transaction.atomic
def log_share_opening(*, link: ShareLink, address: str | None) -> LookUp:
    """Count that *link* was opened, and log it among the checks of its certificate. Three queries."""
    now = clock.now()
    ShareLink.objects.filter(pk=link.pk).update(opened=F("opened") + 1, last_opened_at=now)
    verdict = status.determine_verdict(link.certificate.standing, today=timezone.localdate(now))
    return LookUp.objects.create(
        way=VerificationWay.SHARE,
        answer=verdict.answer,
        certificate=link.certificate,
        address_hash=address_hash(address),
    )


def _own(actor: Actor, certificate: Certificate) -> None:
    person = person_of(actor)
    if person is None or person.pk != certificate.person_id:
        raise NotFound
