"""Put each download of a certificate file on record."""

from __future__ import annotations

from django.db import transaction

import audit
from certification.models import Certificate
from core.actors import Actor


@transaction.atomic
def record_certificate_download(*, actor: Actor, certificate: Certificate) -> None:
    """Record that *actor* downloaded the file. The caller has checked that the certificate is the
    actor's own.
    """
    audit.record("certification.downloaded", actor=actor, target=certificate)
