"""The origin of an action, which is its request and network address.

It is carried beside the call, so that workflows need no request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class AuditOrigin:
    """Where an action comes from, which is the request number and the address, or the name of a
    background job.
    """

    request_number: str = ""
    address: str | None = None
    source: str = ""


NOWHERE = AuditOrigin()
_origin: ContextVar[AuditOrigin] = ContextVar("audit_origin", default=NOWHERE)


def get_current_origin() -> AuditOrigin:
    """Return the origin of the current action."""
    return _origin.get()


@contextmanager
def use_origin(value: AuditOrigin) -> Iterator[None]:
    """Run the block as coming from *value*."""
    token = _origin.set(value)
    try:
        yield
    finally:
        _origin.reset(token)


def client_address(request: HttpRequest) -> str | None:
    """Return the client's network address.

    That is the address of the last hop. Behind the trusted proxy, nginx sets REMOTE_ADDR through
    X-Real-IP.
    """
    from django.conf import settings  # slow import

    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None) and (
        real := request.headers.get("X-Real-IP")
    ):
        return real.strip()[:45]
    return request.META.get("REMOTE_ADDR") or None


class AuditContextMiddleware:
    """Remember request number and address for the audit rows of this request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request inside its origin."""
        with use_origin(
            AuditOrigin(
                request_number=getattr(request, "number", ""),
                address=client_address(request),
                source="web",
            )
        ):
            return self.get_response(request)
