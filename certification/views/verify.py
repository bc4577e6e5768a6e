"""Verify one certificate: the form, the result that can be reloaded, the QR code."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from audit.context import client_address
from certification import limits
from certification.enums import Answer, Way
from certification.forms.verify import VerifyForm
from certification.queries import verification as queries
from certification.rules import wording
from certification.rules.status import UNAVAILABLE
from certification.views.answers import calm, say
from certification.workflows import verification as workflows
from core.text import mask_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from certification.models import LookUp
    from certification.queries.verification import Found

# Which look-ups this browser asked with number and name: only it sees the full name again.
ASKED = "certification.asked"
ASKED_KEPT = 20


def _answering(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Say “can't be checked now” when the register doesn't answer, instead of an error."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except DatabaseError:
            # The page must need no database: no session, no user.
            return HttpResponse(_unavailable(), status=503, headers={"Retry-After": "120"})

    return wrapped


def _unavailable() -> str:
    from django.template.loader import render_to_string  # slow import

    return render_to_string("certification/verify/unavailable.html", {"said": say(UNAVAILABLE)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@calm
@_answering
def form(request: HttpRequest) -> HttpResponse:
    """Ask for number and name; answer on a page of its own, whose address holds neither."""
    bound = VerifyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and bound.is_valid():
        typed = bound.cleaned_data
        limits.count(limits.BY_ADDRESS, client_address(request))
        limits.count(limits.BY_NUMBER, queries.canonical(typed["number"]))
        look_up, _found = workflows.look_up_by_number_and_name(number=typed["number"], name=typed["name"], address=client_address(request))
        request.session[ASKED] = [*request.session.get(ASKED, []), str(look_up.public_id)][-ASKED_KEPT:]
        return redirect("certification:verify_result", look_up.public_id)
    return render(request, "certification/verify/form.html", {"form": bound}, status=422 if request.method == "POST" else 200)


@never_cache
@require_safe
@_answering
def result(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what a look-up of the last day answers now. The full name is for the browser that gave it."""
    pair = queries.look_up_again(public_id, today=timezone.localdate())
    if pair is None:
        return render(request, "certification/verify/gone.html", status=410)
    look_up, found = pair
    own = look_up.way == Way.FORM and str(public_id) in request.session.get(ASKED, [])
    return render(request, "certification/verify/result.html", _context(look_up, found, full_name=own))


@never_cache
@require_safe
@calm
@_answering
def code(request: HttpRequest, code: str) -> HttpResponse:
    """Answer the QR code on a certificate. The name is masked: who only has the code knows no name."""
    address = client_address(request)
    limits.count(limits.BY_CODE_ADDRESS, address)
    look_up, found = workflows.look_up_by_code(code=code, address=address)
    context = _context(look_up, found, full_name=False)
    return render(request, "certification/verify/result.html", context, status=200 if found.certificate else 404)


def _context(look_up: LookUp, found: Found, *, full_name: bool) -> dict[str, Any]:
    certificate = found.certificate
    context: dict[str, Any] = {
        "said": say(found.verdict, writing=found.writing if look_up.way == Way.FORM else ""),
        "look_up": look_up,
        "checked_at": timezone.now(),
        "found": found,
        "certificate": certificate,
    }
    if certificate is not None:
        context |= {
            "holder": certificate.holder_name if full_name else mask_name(certificate.holder_name),
            "name_matched": look_up.way == Way.FORM,
            "level": wording.LEVELS.get(certificate.level, "") if certificate.level is not None else "",
            "good": found.verdict.answer == Answer.VALID,
        }
    return context
