"""Step-up: the page that asks once more who is there, and leads back."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

import audit
from people.forms.again import ConfirmPasswordForm
from people.login import recent
from people.views.sign_in import safe_next


@sensitive_post_parameters()
@never_cache
@login_required
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Ask for the password, and go back to where the sensitive act is."""
    target = safe_next(request, resolve_url(settings.LOGIN_REDIRECT_URL))
    form = ConfirmPasswordForm(request.POST or None, user=request.user, request=request)
    if request.method == "POST" and (form.is_valid() or _demo_button(request)):
        with transaction.atomic():
            audit.record("people.confirmed_again", actor=request.user, target=request.user)
        recent.note_confirmed(request)
        if request.session.pop(recent.PRESSED, False):
            messages.info(request, _("Thank you. Now press the button once more: nothing has been done yet."))
        return HttpResponseRedirect(target)
    context = {
        "form": form,
        "next": target,
        "minutes": settings.CRAFTPATH_STEP_UP_MINUTES,
        "pressed": request.session.get(recent.PRESSED, False),
        "is_demo_person": settings.DEMO,
    }
    return render(request, "people/again.html", context, status=422 if form.is_bound else 200)


def _demo_button(request: HttpRequest) -> bool:
    """In the demo nobody knows a password: one button stands for it."""
    return settings.DEMO and "demo" in request.POST
