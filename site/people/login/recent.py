"""Step-up authentication.

Before a sensitive action the person proves again who they are, unless they did so a few minutes
ago. The time is kept in the session itself. `django.contrib.auth.login` writes it (so a fresh
sign-in counts), and so does every confirmation at `/sign-in/again/`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from core import clock

STAMP = "people_confirmed_at"
PRESSED = "people_confirm_after_button"


def note_confirmed(request: HttpRequest) -> None:
    """Remember that the person has just shown who they are."""
    request.session[STAMP] = int(clock.timestamp())


def is_recent(request: HttpRequest) -> bool:
    """Say whether the last proof in this session is younger than
    `settings.CRAFTPATH_STEP_UP_MINUTES`.
    """
    age = clock.timestamp() - request.session.get(STAMP, 0)
    return -60 <= age < settings.CRAFTPATH_STEP_UP_MINUTES * 60


def recent_sign_in_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let *view* run only after a recent sign-in, and otherwise ask for it at `/sign-in/again/`
    and come back.

    A GET comes back to its own address. A POST comes back to the page that had the button, which
    then asks to press it once more, because the action itself is never repeated without the person.
    Put the decorator outside `require_POST`, above the view.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            target = (
                request.get_full_path()
                if request.method in ("GET", "HEAD")
                else _page_with_the_button(request)
            )
            return _go(request, f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': target})}")
        if is_recent(request):
            return view(request, *args, **kwargs)
        return ask_again(request)

    return guarded


def ask_again(request: HttpRequest) -> HttpResponse:
    """Redirect the person to the confirmation page, with the address to come back to."""
    looked = request.method in ("GET", "HEAD")
    target = request.get_full_path() if looked else _page_with_the_button(request)
    if not looked:
        request.session[PRESSED] = True
    return _go(request, f"{reverse('people:sign_in_again')}?{urlencode({'next': target})}")


def _page_with_the_button(request: HttpRequest) -> str:
    """Return the page a POST came from if it is ours, or else the start page of the person.

    It never returns the address of the action itself.
    """
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if came_from and url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        parts = urlsplit(came_from)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return reverse(settings.LOGIN_REDIRECT_URL)


def _go(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _signed_in(*, request: HttpRequest | None = None, **_: Any) -> None:
    if request is not None and hasattr(request, "session"):
        note_confirmed(request)


def connect_recent_sign_in() -> None:
    """Connect the signal that counts a sign-in as proof."""
    user_logged_in.connect(_signed_in, dispatch_uid="people.login.recent")
