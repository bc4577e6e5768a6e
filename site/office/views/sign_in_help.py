"""The page where an officer helps somebody to sign in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import sms
from core.errors import InvalidInput, NotFound
from office import people_forms as forms
from office import people_grants as grants
from office.queries import people as reads
from office.workflows import sign_in_help as desk
from people import throttling
from people.login import proof
from people.login.recent import recent_sign_in_required
from people.workflows.codes import ACTIVATION_DAYS


@login_required
@recent_sign_in_required
@require_http_methods(["GET", "POST"])
@never_cache
def sign_in_help(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what keeps the person from signing in, and make a code, end a pause or remove lost
    second factors.
    """
    person = reads.find_visible_person(request.user, public_id, grants.ACCOUNT)
    if person.user is None:
        raise NotFound
    act = request.POST.get("act", "")
    form: Any = forms.PersonReasonForm(request.POST if act in ("unlock", "factors") else None)
    code, status = "", 200
    if act in ("code", "sms"):
        code = desk.make_code(actor=request.user, person=person, by_sms=act == "sms")
    elif act and form.is_valid():
        try:
            if act == "unlock":
                desk.unlock_account_as_officer(
                    actor=request.user, person=person, reason=form.cleaned_data["reason"]
                )
                messages.success(request, _("The pause has ended. The person can try again now."))
            else:
                desk.clear_factors_as_officer(
                    actor=request.user, person=person, reason=form.cleaned_data["reason"]
                )
                messages.success(
                    request,
                    _("Two-step verification has been reset, and all devices are signed out."),
                )
            return redirect("office:person_sign_in_help", person.public_id)
        except InvalidInput as error:
            form.add_error("reason", str(error))
            status = 422
    elif act:
        status = 422
    seconds = throttling.locked_for(person.user)
    context = {
        "person": person,
        "code": code,
        "sent": act == "sms" and bool(person.user.phone),
        "days": ACTIVATION_DAYS,
        "locked": throttling.wait_sentence(seconds) if seconds else "",
        "has_factor": proof.has_second_factor(person.user),
        "by_sms": sms.can_send_sms() and bool(person.user.phone),
        "form": form,
    }
    return render(request, "office/people/sign_in_help.html", context, status=status)
