"""Sign in, sign out; in the demo one button for each role."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login, logout
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

import audit
from core.errors import Forbidden, NotFound
from people import demo_roles
from people.forms import SignInForm
from people.limits import too_many_failures


def safe_next(request: HttpRequest, fallback: str) -> str:
    """Return the address to go on to, if it is one of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return target if target and allowed else fallback


class SignIn(LoginView):
    """The sign-in page; after the third fault in a row it says how to go on, after many it waits."""

    template_name = "people/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse a person signed in whom Wagtail's door sent here: sending them back would go round and round."""
        if (
            request.user.is_authenticated
            and safe_next(request, "").startswith("/manage/")
            and not request.user.has_perm("wagtailadmin.access_admin")
        ):
            raise Forbidden
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]  # never a stream here
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo's buttons, in the demo only."""
        return super().get_context_data(**kwargs, demo_roles=demo_roles.listed() if settings.DEMO else [])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check the limit before the password."""
        if too_many_failures(request):
            form = self.get_form()
            form.errors.clear()
            form.locked = True
            return self.render_to_response(self.get_context_data(form=form), status=429)
        return super().post(request, *args, **kwargs)

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in and record it."""
        user = form.get_user()
        response = super().form_valid(form)
        audit.record("people.signed_in", actor=user, target=user)
        return response


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people. Doesn't exist outside the demo."""
    if not settings.DEMO:
        raise NotFound
    role = demo_roles.get(request.POST.get("role", ""))
    user = get_user_model().objects.filter(username=role.username, is_active=True).first() if role else None
    if role is None or user is None:
        raise NotFound
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponseRedirect(safe_next(request, role.lands_on))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    user = request.user
    if user.is_authenticated:
        with transaction.atomic():
            audit.record("people.signed_out", actor=user, target=user)
        logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)
