"""One-time codes, made and redeemed.

A code can be redeemed once. One conditional UPDATE of its own row decides who succeeds.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import audit
from core import clock
from core.actors import Actor
from core.errors import InvalidInput
from people.login import code_messages
from people.login.enums import CodeChannel, CodePurpose
from people.models import OneTimeCode, User

MINUTES = 5
TRIES = 5
DIGITS = 6
ACTIVATION_DAYS = 7
PAPER_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, 1/I: people copy it from paper
WRONG = gettext_lazy(
    "The code is wrong. Compare it with the message you received. Codes have six digits."
)
OVER = gettext_lazy(
    "This code is no longer valid. It has expired, has been used or was entered wrongly too "
    "often. Request a new one."
)


def code_hash(token: str, code: str) -> str:
    """Return the keyed hash under which *code* of the row *token* is kept."""
    return salted_hmac("people.one_time_code", f"{token}:{code}", algorithm="sha256").hexdigest()


@transaction.atomic
def issue_one_time_code(
    *,
    actor: Actor,
    purpose: CodePurpose,
    channel: CodeChannel,
    to: str,
    send: bool = True,
    user: User | None = None,
) -> OneTimeCode:
    """Make a code for *purpose* and send it to *to* after commit.

    If *send* is False (nobody has that number), everything happens alike, but the message is never
    sent and nobody learns the code. The caller applies the limits (`people.limits.take_code`),
    because they need the address of the request.
    """
    digits = "".join(secrets.choice("0123456789") for _n in range(DIGITS))
    row = OneTimeCode(
        purpose=purpose,
        channel=channel,
        user=user,
        expires_at=clock.now() + timedelta(minutes=MINUTES),
    )
    row.code_hash = code_hash(row.token, digits)
    row.sealed = code_messages.encrypt_message(
        row.token, build_code_message(purpose, channel, to if send else "", digits)
    )
    row.save()
    audit.record(
        "people.code_sent",
        actor=actor,
        target=row,
        after={"purpose": purpose.value, "way": channel.value},
    )
    code_messages.send_after_commit(row)
    return row


def build_code_message(
    purpose: CodePurpose, channel: CodeChannel, to: str, digits: str
) -> dict[str, Any]:
    """Return the message to send.

    It gives the code first, then what it is for, how long it is valid, and that nobody will ask for
    it.
    """
    text = _(
        "%(code)s is your code to %(purpose)s at %(site)s. It is valid for %(minutes)d "
        "minutes. No one from the union will ever ask you for it."
    ) % {
        "code": digits,
        "purpose": purpose.label,
        "site": settings.SITE_NAME,
        "minutes": MINUTES,
    }
    return {
        "to": to,
        "template": f"code_{purpose.value}",
        "params": {"code": digits, "minutes": str(MINUTES)},
        "text": text,
        "subject": _("Your code for %(site)s") % {"site": settings.SITE_NAME}
        if channel == CodeChannel.MAIL
        else "",
    }


def redeem_one_time_code(*, token: str, code: str, purpose: CodePurpose) -> OneTimeCode:
    """Use up the code of the row *token*.

    Of two simultaneous attempts exactly one succeeds. The attempt is counted first, so that no
    number of simultaneous guesses exceeds `TRIES`. Raises `InvalidInput` with a sentence that is
    the same for codes that were never sent. It is not wrapped in a transaction, because a wrong
    attempt must stay counted.
    """
    now = clock.now()
    rows = OneTimeCode.objects.filter(token=token, purpose=purpose)
    if not rows.filter(used_at=None, expires_at__gt=now, tries__lt=TRIES).update(
        tries=F("tries") + 1
    ):
        raise InvalidInput("code_over", OVER, fields={"code": OVER})
    row = rows.get()
    if not constant_time_compare(row.code_hash, code_hash(token, normalise_typed_code(code))):
        sentence = WRONG if row.tries < TRIES else OVER
        raise InvalidInput("code_wrong", sentence, fields={"code": sentence})
    if not rows.filter(used_at=None, code_hash=row.code_hash).update(used_at=now, sealed=b""):
        raise InvalidInput("code_over", OVER, fields={"code": OVER})
    row.used_at = now
    return row


def normalise_typed_code(code: str) -> str:
    """Return *code* without the blanks and hyphens people type, in capitals and with full-width
    digits as plain ones.
    """
    kept = "".join(ch for ch in code if not ch.isspace() and ch not in "-–—").upper()
    return "".join(str(int(ch)) if ch.isdecimal() else ch for ch in kept)


@transaction.atomic
def make_activation(*, actor: Actor, user: User, by_sms: bool = False) -> tuple[OneTimeCode, str]:
    """Make the code with which *user* opens the account for the first time (or again, after losing
    everything).

    It is valid for 7 days and can be used once. Returns the row and the code in clear, to be handed
    over on paper. With *by_sms* it goes to the account's number too, and redeeming it confirms that
    number. Earlier codes for the account stop working. The caller checks the right to do so,
    because `access` is above this app.
    """
    OneTimeCode.objects.filter(user=user, purpose=CodePurpose.ACTIVATE, used_at=None).update(
        expires_at=clock.now(), sealed=b""
    )
    code = "".join(secrets.choice(PAPER_ALPHABET) for _n in range(12))
    row = OneTimeCode(
        purpose=CodePurpose.ACTIVATE,
        channel=CodeChannel.SMS if by_sms and user.phone else CodeChannel.PAPER,
        user=user,
        expires_at=clock.now() + timedelta(days=ACTIVATION_DAYS),
    )
    row.code_hash = code_hash(
        "activation", code
    )  # found by the code itself: there is no session yet that could hold the token
    if row.channel == CodeChannel.SMS:
        row.sealed = code_messages.encrypt_message(row.token, activation_message(user, code))
    row.save()
    audit.record("people.activation_made", actor=actor, target=user, after={"way": row.channel})
    if row.channel == CodeChannel.SMS:
        code_messages.send_after_commit(row)
    return row, group_code(code)


def activation_message(user: User, code: str) -> dict[str, Any]:
    """Return the short message for a first sign-in."""
    text = _(
        "Your account at %(site)s is ready. User name: %(name)s, code: %(code)s. Open "
        "%(address)s within %(days)d days and set a password."
    ) % {
        "site": settings.SITE_NAME,
        "name": user.get_username(),
        "code": group_code(code),
        "address": f"{settings.BASE_URL}/sign-in/first/",
        "days": ACTIVATION_DAYS,
    }
    return {
        "to": user.phone,
        "template": "activate",
        "params": {"name": user.get_username(), "code": code},
        "text": text,
        "subject": "",
    }


def group_code(code: str) -> str:
    """Return a code in groups of four, as people read it aloud."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def find_activation(code: str) -> OneTimeCode | None:
    """Return the open row of an activation code, or None."""
    hashed = code_hash("activation", normalise_typed_code(code))
    rows = OneTimeCode.objects.select_related("user").filter(
        purpose=CodePurpose.ACTIVATE, code_hash=hashed, used_at=None
    )
    return rows.filter(expires_at__gt=clock.now(), user__is_active=True).first()
