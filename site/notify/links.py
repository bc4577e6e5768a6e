"""Signed links that work without signing in. They hold a random identifier and a kind, and never a
person.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core import signing
from django.urls import reverse

from notify.models import Settings

SALT = "notify.unsubscribe"
SECONDS = 400 * 24 * 3600


def unsubscribe_path(user_id: int, kind: str, channel: str) -> str:
    """Return the path that switches *kind* off for *channel*. An empty *kind* means every kind
    that can be switched off.
    """
    chosen, _made = Settings.objects.get_or_create(user_id=user_id)
    token = signing.dumps([chosen.public_id.hex, kind, str(channel)], salt=SALT)
    return reverse("notify:unsubscribe", args=[token])


def read_unsubscribe_token(token: str) -> tuple[Any, str, str] | None:
    """Return (account, kind, channel) from a token that this site signed, or None for any other."""
    try:
        number, kind, channel = signing.loads(token, salt=SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = (
        get_user_model()
        .objects.filter(
            pk__in=Settings.objects.filter(public_id=number).values("user"), is_active=True
        )
        .first()
    )
    return (user, str(kind), str(channel)) if user else None
