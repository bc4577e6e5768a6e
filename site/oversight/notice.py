"""Show the privacy notice once, at the first sign-in after a new version. Until it is read, other
pages wait.

Whether it is due is looked up at sign-in and kept in the session, so no other request costs a query
for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from core.actors import Actor
from people.privacy_queries import notice_due

DUE = "privacy_notice_due"
# Pages and messages of machines go on; so does leaving, the language, and what is needed to prove
# who one is.
OPEN = frozenset({"set_language", "licence", "health_live", "health_ready"})
OPEN_SPACES = frozenset({"people", "jobs"})


class NoticeMiddleware:
    """Send people who have not read the privacy notice to it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Redirect people who have not read the notice to it, but only when a page is opened and
        never in the middle of an act.
        """
        if (
            request.method != "GET"
            or request.headers.get("HX-Request")
            or "text/html" not in request.headers.get("Accept", "text/html")
        ):
            return None
        match = request.resolver_match
        if (
            match is None
            or match.view_name in OPEN
            or match.namespace in OPEN_SPACES
            or match.view_name == "oversight:notice"
        ):
            return None
        if not request.user.is_authenticated or not request.session.get(DUE):
            return None
        return HttpResponseRedirect(
            f"{reverse('oversight:notice')}?{urlencode({'next': request.get_full_path()})}"
        )


def _signed_in(*, request: HttpRequest | None = None, user: Actor, **_: Any) -> None:
    if request is not None and hasattr(request, "session"):
        if notice_due(user) is not None:
            request.session[DUE] = True
        else:
            request.session.pop(DUE, None)


def connect_notice_signal() -> None:
    """Check at each sign-in whether the notice is due."""
    user_logged_in.connect(_signed_in, dispatch_uid="oversight.notice")
