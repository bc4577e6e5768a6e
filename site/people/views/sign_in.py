"""Views that sign in and out.

In the demo there is one button for each role.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.mfa.webauthn.internal import auth as passkeys
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, login, logout
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

import audit
from core import sms
from core.errors import Forbidden, NotFound
from people import demo_roles, throttling
from people.forms.factors import PasskeyLoginForm
from people.forms.sign_in import WRONG, SignInForm
from people.login import arrival, gate, outside, proof
from people.login.nobody import NOBODY
from people.models import User


def safe_next(request: HttpRequest, fallback: str) -> str:
    """Return the address to go on to if it is one of ours, or else *fallback*."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if target and allowed else fallback


def describe_session(request: HttpRequest) -> dict[str, Any]:
    """Return who is signed in here, for pages that keep values on a device.

    `person` is empty if nobody is. `ready` is false while a page must come first (second factor,
    new password), which `next` names.
    """
    if not request.user.is_authenticated:
        return {"person": "", "name": "", "ready": False, "next": ""}
    first = gate.find_page_before_all(request)
    return {
        "person": str(request.user.pk),
        "name": str(request.user),
        "ready": not first,
        "next": reverse(first) if first else "",
    }


def refuse_in_place(code: str, message: str, status: int) -> JsonResponse:
    """Return the refusal of a sign-in that a page asked for by script."""
    return JsonResponse({"code": code, "message": message}, status=status)


class SignIn(LoginView):
    """The sign-in page, which after too many failed attempts says how long to wait.

    A page that keeps values on a device renews its session here too (`static/js/session.js`). It
    asks for JSON and names the person it belongs to. Limits, second factor and audit events are the
    same.
    """

    template_name = "people/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse a signed-in person who was sent here by Wagtail's sign-in page.

        Sending them back would make an endless loop.
        """
        if (
            request.user.is_authenticated
            and safe_next(request, "").startswith("/manage/")
            and not request.user.has_perm("wagtailadmin.access_admin")
        ):
            raise Forbidden
        if self.is_in_place and request.user.is_authenticated:
            return JsonResponse(describe_session(request))
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]  # never a stream here
        return response

    @property
    def is_in_place(self) -> bool:
        """Say whether a page asks by script instead of a person at the sign-in page."""
        return (
            self.request.get_preferred_type(["text/html", "application/json"]) == "application/json"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the other ways to sign in, and in the demo its buttons."""
        return super().get_context_data(
            **kwargs,
            demo_roles=demo_roles.list_demo_roles() if settings.DEMO else [],
            by_sms=sms.can_send_sms(),
            outside_ways=outside.usable_ways(self.request),
            outside_elsewhere=outside.name_ways_elsewhere(self.request),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count the attempt, then judge it."""
        seconds = throttling.count_sign_in(request, request.POST.get("username", ""))
        form = self.get_form()
        if seconds:
            if self.is_in_place:
                return refuse_in_place("locked", throttling.locked_sentence(seconds), 429)
            form.errors.clear()
            form.locked = throttling.wait_sentence(seconds)
            return self.render_to_response(self.get_context_data(form=form), status=429)
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Record the failed attempt under a hash of the name, and the pause if this was the last
        attempt.
        """
        record_failed_sign_in(self.request, form.data.get("username", ""), way="password")
        if self.is_in_place:
            return refuse_in_place("wrong", str(WRONG), 422)
        return super().form_invalid(form)

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        """Go on to the second factor if there is one, or else sign in."""
        user = form.get_user()
        throttling.sign_in_succeeded(self.request, form.cleaned_data["username"])
        if self.is_in_place and self.request.POST.get("person") != str(user.pk):
            return refuse_in_place(
                "somebody_else",
                _("This page belongs to another account. Sign in with that account."),
                409,
            )
        led = perform_password_login(
            self.request, {}, Login(user=user, redirect_url=self.get_redirect_url())
        )
        return self.answer_in_place(led) if self.is_in_place else led

    def answer_in_place(self, led: HttpResponse) -> HttpResponse:
        """Turn *led*, a redirect to the next page, into a description of who is signed in.

        A second factor is asked for on its own page.
        """
        state = describe_session(self.request)
        answer = JsonResponse(
            state if state["person"] else {**state, "next": led.headers.get("Location", "")}
        )
        answer.cookies.update(led.cookies)
        return answer


def record_failed_sign_in(request: HttpRequest, username: str, *, way: str) -> None:
    """Record a failed attempt.

    The name typed is kept as a keyed hash, and the audit log itself keeps the address.
    """
    with transaction.atomic():
        user = get_user_model().objects.filter(username=username).first() or User()
        after = {"way": way, "name": throttling.hash_subject(username)}
        audit.record("people.sign_in_failed", actor=NOBODY, target=user, after=after)
        if throttling.is_last_try(username):
            audit.record(
                "people.locked_out",
                actor=NOBODY,
                target=user,
                after={"name": after["name"], "minutes": throttling.WINDOW // 60},
            )


@require_GET
@never_cache
@ensure_csrf_cookie
def session_state(request: HttpRequest) -> JsonResponse:
    """Return who is signed in, and a valid CSRF token.

    A page asks this when its session seems to have ended.
    """
    return JsonResponse(describe_session(request))


@require_GET
@never_cache
def session_renewed(request: HttpRequest) -> HttpResponse:
    """Tell a person who signed in again in another tab to go back to the page that waits for it."""
    if not request.user.is_authenticated:
        return redirect("people:sign_in")
    return render(request, "people/session_renewed.html")


@require_GET
@never_cache
def passkey_sign_in_options(request: HttpRequest) -> JsonResponse:
    """Return what the browser needs to ask the device for a passkey of this site."""
    return JsonResponse(passkeys.begin_authentication(None))


@require_POST
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone.

    The device has checked finger, face or PIN, so nothing else is asked.
    """
    seconds = throttling.throttle_attempt(throttling.ADDRESS, throttling.address_of(request))
    form = PasskeyLoginForm(request.POST)
    if seconds or not form.is_valid() or not form.cleaned_data["credential"].user.is_active:
        record_failed_sign_in(request, "", way="passkey")
        messages.error(
            request,
            throttling.locked_sentence(seconds)
            if seconds
            else _("This passkey isn't registered here. Sign in another way, then add it."),
        )
        return redirect("people:sign_in")
    throttling.return_attempt(throttling.ADDRESS, throttling.address_of(request))
    authenticator = form.cleaned_data["credential"]
    with transaction.atomic():
        return perform_passwordless_login(
            request,
            authenticator,
            Login(user=authenticator.user, redirect_url=safe_next(request, "") or None),
        )


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people. Doesn't exist outside the demo."""
    if not settings.DEMO:
        raise NotFound
    role = demo_roles.find_demo_role(request.POST.get("role", ""))
    user = (
        get_user_model().objects.filter(username=role.username, is_active=True).first()
        if role
        else None
    )
    if role is None or user is None:
        raise NotFound
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return arrival.complete_sign_in(request, user, next_url=safe_next(request, role.lands_on))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    user = request.user
    if user.is_authenticated:
        with transaction.atomic():
            audit.record("people.signed_out", actor=user, target=user)
            proof.drop_row(request)
        logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


def to_sign_in(request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    """Redirect Wagtail's own sign-in page to ours, so that there is one page with one set of
    limits and one second factor.
    """
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect("/sign-in/" + (f"?{query}" if query else ""))
