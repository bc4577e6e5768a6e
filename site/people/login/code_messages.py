"""Messages with codes, on their way from the request that makes them to the thread that sends them.

They are stored encrypted and deleted when they are sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, models, transaction

from core import clock, sms
from people import crypto
from people.login.enums import CodeChannel
from people.models import OneTimeCode

log = structlog.get_logger("craftpath.codes")
LEASE = timedelta(seconds=30)
ATTEMPTS = 3
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="codes")


def encrypt_message(token: str, message: dict[str, Any]) -> bytes:
    """Return *message* encrypted for the row *token*."""
    return crypto.encrypt_text(json.dumps(message, ensure_ascii=False), bound_to=f"code:{token}")


def send_after_commit(code: OneTimeCode) -> None:
    """Send the code as soon as its row is committed, outside the request.

    So the answer takes as long for an unknown number.
    """
    pk = code.pk
    deliver: Callable[[], Any] = (
        (lambda: deliver_one(pk))
        if settings.CODES_INLINE
        else (lambda: _pool.submit(_in_thread, pk))
    )
    transaction.on_commit(deliver)


def _in_thread(pk: int) -> None:
    try:
        deliver_one(pk)
    finally:
        connection.close()


def deliver_one(pk: int) -> bool:
    """Send the message of one row unless another process does, and return whether it is done.

    The sweeper tries again what failed.
    """
    now = clock.now()
    free = models.Q(sending_at=None) | models.Q(sending_at__lt=now - LEASE)
    claimed = OneTimeCode.objects.filter(
        free, pk=pk, attempts__lt=ATTEMPTS, expires_at__gt=now, used_at=None
    ).exclude(sealed=b"")
    if not claimed.update(sending_at=now, attempts=models.F("attempts") + 1):
        return False
    code = OneTimeCode.objects.get(pk=pk)
    message = json.loads(crypto.decrypt_text(bytes(code.sealed), bound_to=f"code:{code.token}"))
    try:
        _send(code.channel, message)
    except sms.SmsError as error:
        if error.again and code.attempts < ATTEMPTS:
            return False
    except OSError as error:  # the mail server
        log.warning("code_mail_failed", code=pk, error=type(error).__name__)
        if code.attempts < ATTEMPTS:
            return False
    OneTimeCode.objects.filter(pk=pk).update(sealed=b"")
    return True


def _send(channel: str, message: dict[str, Any]) -> None:
    if not message.get("to"):
        return  # nobody has this number: everything happened as if, but there is nothing to send
    if channel == CodeChannel.SMS:
        sms.send_sms(message["to"], message["template"], message["params"], message["text"])
    else:
        EmailMessage(message["subject"], message["text"], to=[message["to"]]).send()


def left_over() -> models.QuerySet[OneTimeCode]:
    """Return rows whose message should have been sent already."""
    now = clock.now()
    late = models.Q(sending_at=None, created_at__lt=now - timedelta(seconds=10)) | models.Q(
        sending_at__lt=now - LEASE
    )
    return OneTimeCode.objects.filter(
        late, used_at=None, expires_at__gt=now, attempts__lt=ATTEMPTS
    ).exclude(sealed=b"")


def list_old_codes() -> models.QuerySet[OneTimeCode]:
    """Return rows that expired more than a day ago."""
    return OneTimeCode.objects.filter(expires_at__lt=clock.now() - timedelta(days=1))


def has_codes_to_send() -> bool:
    """Say whether there are messages to send or old rows to delete."""
    return left_over().exists() or list_old_codes().exists()
