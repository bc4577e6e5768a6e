"""Checks that every session passes before a page opens.

The owner must not have been idle too long, must have shown a second factor where the role needs
one, and must have a password that is not too old. The checks apply to everything behind Django's
URLs, Wagtail's administration included. Exceptions (`OPEN`) are named by view, not by path.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

import audit
from core import clock
from people.login import policy, proof

SEEN = "people_seen_at"
MUST_CHANGE = "people_must_change"
SECONDS = 60  # how exactly idleness is kept; each step writes the session once
OPEN = frozenset(
    {
        "people:sign_out",
        "people:sign_in",
        "people:demo_sign_in",
        "people:sign_in_again",
        "people:session_state",
        "set_language",
        "licence",
        "health_live",
        "health_ready",
    }
)
SET_UP = frozenset(
    {"people:second_factor", "people:app_add", "people:passkey_add", "people:recovery_codes"}
)
CHANGE = frozenset({"people:password"})
# Pages that ask again by themselves: they don't show that anybody is there.
POLLED = frozenset({"jobs:progress"})


def find_page_before_all(request: HttpRequest) -> str:
    """Return the view that the signed-in person must see before any other, or an empty string."""
    if not proof.second_factor_given(request) and policy.second_factor_required(request.user):
        return (
            "people:sign_in_again"
            if proof.has_second_factor(request.user)
            else "people:second_factor"
        )
    return "people:password" if request.session.get(MUST_CHANGE) else ""


class GateMiddleware:
    """The middleware that makes the checks of this module."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Redirect people who may not go on yet.

        It costs no query if nothing is missing.
        """
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in OPEN or not request.user.is_authenticated:
            return None
        if self._idle(request, name):
            return self._end(request)
        if name in SET_UP:
            return None
        first = find_page_before_all(request)
        return _lead(request, first) if first and not (first in CHANGE and name in CHANGE) else None

    def _idle(self, request: HttpRequest, name: str) -> bool:
        """Say whether the person has been away too long, and otherwise store the time, at most
        once a minute.
        """
        now = int(clock.timestamp())
        seen = request.session.get(SEEN)
        if seen is None:
            request.session[SEEN] = now
            return False
        allowed = settings.STAFF_IDLE_MINUTES * 60
        if allowed and now - seen > allowed and policy.holds_strong_role(request.user):
            return True
        if now - seen >= SECONDS and name not in POLLED:
            request.session[SEEN] = now
            proof.touch_session(request)
        return False

    def _end(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        with transaction.atomic():
            audit.record("people.session_idle", actor=user, target=user)
            proof.drop_row(request)
        logout(request)
        messages.info(
            request,
            _(
                "You were signed out because you were away for a while. Sign in again to "
                "continue where you left off."
            ),
        )
        return _lead(request, settings.LOGIN_URL)


def _lead(request: HttpRequest, name: str) -> HttpResponse:
    """Redirect to *name* with the address to come back to.

    htmx is told to load the whole page.
    """
    back = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    address = reverse(name) + (f"?{urlencode({'next': back})}" if back else "")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
