"""Handing out the file is a deed on record."""

from __future__ import annotations

from typing import Any

from django.db import transaction

import audit
from certification.models import Certificate


@transaction.atomic
def record_download(*, actor: Any, certificate: Certificate) -> None:
    """Record that *actor* took the file. The caller has shown that it is the holder's own."""
    audit.record("certification.downloaded", actor=actor, target=certificate)
