"""Send short messages through a gateway of the operator's choice. Development uses the console,
tests a list, production HTTPS.

`settings.SMS_GATEWAY` is the dotted path of the class. An empty one means that this site sends none
(`can_send_sms` says so). Outside the console backend neither a number nor a text is ever written to
a log, because whoever reads the log could use a code in it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from core import clock

log = structlog.get_logger("craftpath.sms")
TIMEOUT = 10  # seconds; who waits for a code has the patience for one try
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class SmsError(Exception):
    """The gateway didn't accept the message. *again* says whether a later try may help. The text
    names no number.
    """

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


class Gateway(Protocol):
    """What a backend offers. A class of the operator's own needs nothing but this method."""

    def send(self, to: str, template_code: str, params: Mapping[str, str], text: str) -> str:
        """Send one message and return the gateway's receipt (may be empty).

        *to* is a mobile number of 11 digits. Gateways that insist on approved templates use
        *template_code* and *params*, others *text*, which is the whole sentence. Raises `SmsError`.
        Never call it inside a transaction.
        """
        raise NotImplementedError


class ConsoleGateway:
    """A backend for development and the demo, which writes the message to the terminal of the
    process that sends it.
    """

    def send(self, to: str, template_code: str, params: Mapping[str, str], text: str) -> str:
        """Print the message."""
        print(f"\n— SMS to {to} ({template_code}) —\n{text}\n", file=sys.stderr, flush=True)  # noqa: T201 - this is what it is for
        return ""


@dataclass(frozen=True, slots=True)
class Sent:
    """One message in the list of `MemoryGateway`."""

    to: str
    template_code: str
    text: str
    params: dict[str, str] = field(default_factory=dict)


class MemoryGateway:
    """A backend for tests, which keeps what was sent in `MemoryGateway.outbox`."""

    outbox: ClassVar[list[Sent]] = []
    _lock = threading.Lock()

    def send(self, to: str, template_code: str, params: Mapping[str, str], text: str) -> str:
        """Keep the message."""
        with self._lock:
            self.outbox.append(Sent(to, template_code, text, dict(params)))
            return str(len(self.outbox))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Refuse redirects, which would carry a number and a code to a host nobody configured."""


class HttpsGateway:
    """A backend for production, which posts JSON over HTTPS, signed with HMAC-SHA256
    (site/docs/adr/0017).

    The body is `{"id", "to", "template", "params", "text", "sign"}`. The headers are
    `X-Craftpath-Key`, `X-Craftpath-Time` and `X-Craftpath-Signature` = hex HMAC of `time.body`
    under the shared secret. Answers 2xx mean success, 4xx are final, others may be tried again.
    *id* stays the same for the same call, so that the other side can refuse duplicates.
    """

    def __init__(self, url: str = "", key: str = "", secret: str = "", sign: str = "") -> None:
        self.url = url or settings.SMS_URL
        self.key = key or settings.SMS_KEY
        self.secret = secret or settings.SMS_SECRET
        self.sign = sign or settings.SMS_SIGN
        address = urlsplit(self.url)
        if address.scheme != "https" and not (
            address.scheme == "http" and address.hostname in LOOPBACK
        ):
            msg = "CRAFTPATH_SMS_URL must be an https address"
            raise ImproperlyConfigured(msg)
        if not self.secret:
            msg = (
                "CRAFTPATH_SMS_SECRET is not set: the gateway could not tell our messages from "
                "a stranger's"
            )
            raise ImproperlyConfigured(msg)

    def send(self, to: str, template_code: str, params: Mapping[str, str], text: str) -> str:
        """Post the message. Raises `SmsError`."""
        number = secrets.token_hex(16)
        fields = {
            "id": number,
            "to": to,
            "template": template_code,
            "params": dict(params),
            "text": text,
            "sign": self.sign,
        }
        body = json.dumps(fields, ensure_ascii=False).encode()
        stamp = str(int(clock.timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Craftpath-Key": self.key,
            "X-Craftpath-Time": stamp,
            "X-Craftpath-Signature": sign_sms_request(self.secret, stamp, body),
        }
        request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310 - scheme checked above
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as answer:
                told = answer.read(10_000)
        except urllib.error.HTTPError as error:
            log.warning("sms_refused", template=template_code, status=error.code)
            error.close()
            reason = f"gateway answered {error.code}"
            raise SmsError(reason, again=error.code >= 500 or error.code == 429) from None
        except (OSError, ValueError) as error:
            log.warning("sms_unreachable", template=template_code, error=type(error).__name__)
            reason = "gateway can't be reached"
            raise SmsError(reason, again=True) from None
        log.info("sms_taken", template=template_code)
        return _receipt(told)


def _receipt(told: bytes) -> str:
    try:
        return str(json.loads(told)["id"])[:100]
    except (ValueError, KeyError, TypeError):
        return ""


def sign_sms_request(secret: str, stamp: str, body: bytes) -> str:
    """Return the hex HMAC-SHA256 of `stamp.body` (the gateway computes the same)."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def can_send_sms() -> bool:
    """Say whether this site can send short messages at all. Screens hide what they can't do."""
    return bool(settings.SMS_GATEWAY)


def get_sms_gateway() -> Gateway:
    """Return the configured backend. Raises `SmsError` where there is none."""
    if not settings.SMS_GATEWAY:
        msg = "no SMS gateway is configured"
        raise SmsError(msg, again=False)
    made: Gateway = import_string(settings.SMS_GATEWAY)()
    return made


def send_sms(to: str, template_code: str, params: Mapping[str, str], text: str) -> str:
    """Send one message through the configured backend (see `Gateway.send`)."""
    return get_sms_gateway().send(to, template_code, params, text)
