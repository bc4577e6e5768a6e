"""What the tests at the door have in common."""

from __future__ import annotations

import re
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.utils import timezone

from core.sms import MemoryGateway
from tests.factories.ground import UserFactory

PASSWORD = "correct horse"
NEW = "Brass anvil 27"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PHONE = "13812345678"


def member(**facts: Any) -> Any:
    """Return an account whose number is confirmed."""
    return UserFactory(**{"phone": PHONE, "phone_verified_at": timezone.now(), **facts})


def last_code(to: str = PHONE) -> str:
    """Return the six digits of the last message to *to*."""
    found = re.search(
        r"(?<!\d)(\d{6})(?!\d)", [sent for sent in MemoryGateway.outbox if sent.to == to][-1].text
    )
    assert found
    return found[1]


def with_app(user: Any) -> Any:
    """Set up an authenticator app for *user*."""
    TOTP.activate(user, SECRET)
    return user


def app_code(steps: int = 0) -> str:
    """Return what the app shows now, or *steps* periods later."""
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps))


def spare_codes(user: Any) -> list[str]:
    """Return new recovery codes of *user*."""
    return RecoveryCodes.activate(user).get_unused_codes()


def factors(user: Any) -> list[str]:
    """Return the kinds of second factors *user* has."""
    return sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def sign_in(client: Any, user: Any, password: str = PASSWORD, **more: Any) -> Any:
    """Go through the front door."""
    return client.post("/sign-in/", {"username": user.username, "password": password, **more})


def make_old(client: Any, minutes: int = 11) -> None:
    """Let the last proof of the session be *minutes* old."""
    session = client.session
    session["people_confirmed_at"] -= minutes * 60
    session.save()
