"""Give people and logs a request number, answer domain errors with sentences, and give Wagtail's
admin a content security policy of its own.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import DomainError, NoAnswer

log = structlog.get_logger("craftpath.request")
GetResponse = Callable[[HttpRequest], HttpResponse]
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, 1/I: people read it over the phone
ADMIN_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
ADMIN_PREFIXES = ("/manage/", "/django-admin/")


class RequestNumberMiddleware:
    """Give each request a short number, which is shown on the error page, in the response header
    and in every log line of the request.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request inside a logging context."""
        number = "".join(secrets.choice(ALPHABET) for _ in range(10))
        request.number = number  # type: ignore[attr-defined]  # the request carries it to templates and logs
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=number)
        began = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-Number"] = number
        if request.path.startswith(ADMIN_PREFIXES):
            # Wagtail's own pages carry inline script; ours never do.
            response.headers.setdefault("Content-Security-Policy", ADMIN_POLICY)
        if not request.path.startswith(("/static/", "/health/")):
            match = request.resolver_match
            # The route, not the path: tokens and ids in paths stay out of the log.
            log.info(
                "request",
                method=request.method,
                route=match.view_name if match else None,
                status=response.status_code,
                ms=round((time.perf_counter() - began) * 1000, 1),
            )
        return response


class DomainErrorMiddleware:
    """Turn a `DomainError` that no view caught into a page with its sentence (or a fragment for
    htmx).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer *exception* if it is one of ours."""
        if not isinstance(exception, DomainError):
            return None
        log.info("refused", code=exception.code, status=exception.status)
        template = {403: "403.html", 404: "404.html"}.get(exception.status, "errors/domain.html")
        context = {
            "error": exception,
            "message": exception.message,
            "code": exception.code,
            "roles_needed": getattr(exception, "roles_needed", ()),
        }
        response = render(request, template, context, status=exception.status)
        if isinstance(exception, NoAnswer):
            response["Retry-After"] = "60"
        return response
