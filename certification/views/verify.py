"""Verify one certificate, by a form, a result that can be reloaded, or the QR code."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from audit.context import client_address
from certification import throttle_wait, throttling
from certification.credentials import timestamps
from certification.enums import FileState, VerificationAnswer, VerificationWay
from certification.forms.verify import VerifyForm
from certification.queries import verification as queries
from certification.queries.files import list_former_files
from certification.rules import wording
from certification.rules.status import UNAVAILABLE
from certification.views.answers import describe_answer, handle_too_often
from certification.views.answers_file import (
    describe_file_cause,
    describe_picture_answer,
    list_checked_points,
)
from certification.views.origin import origin_of, set_origin_tone
from certification.workflows import look_up_misses
from certification.workflows import report as reports
from certification.workflows import verification as workflows
from core import clock
from core.text import mask_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from certification.models import LookUp
    from certification.queries.verification import VerificationResult

# Which look-ups this browser asked with number and name: only it sees the full name again.
ASKED = "certification.asked"
ASKED_KEPT = 20


def handle_unavailable_register(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate *view* to answer “can't be checked now” instead of an error when the register
    doesn't answer.
    """

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

    return render_to_string(
        "certification/verify/unavailable.html", {"said": describe_answer(UNAVAILABLE)}
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@handle_too_often
@handle_unavailable_register
def show_verify_form(request: HttpRequest) -> HttpResponse:
    """Ask for number and name, and redirect to the answer, whose address holds neither."""
    bound = VerifyForm(
        request.POST if request.method == "POST" else None,
        initial={"number": request.GET.get("number", "")[:60]},
    )
    if request.method == "POST" and bound.is_valid():
        typed, address = bound.cleaned_data, client_address(request)
        asked, named = (
            queries.normalise_certificate_number(typed["number"]),
            queries.name_key(typed["name"]),
        )
        wait = _wait(request.POST.get("ticket", ""), number=asked, name=named, address=address)
        if wait is not None:
            response = render(
                request, "certification/verify/form.html", {"form": bound, "wait": wait}, status=429
            )
            response["Retry-After"] = str(wait.seconds)
            return response
        look_up, found = workflows.look_up_by_number_and_name(
            number=typed["number"], name=typed["name"], address=address
        )
        if found.certificate is None:
            look_up_misses.count_verification_miss(number=asked, name=named, address=address)
        remember_look_up(request, look_up)
        return redirect("certification:verify_result", look_up.public_id)
    return render(
        request,
        "certification/verify/form.html",
        {"form": bound},
        status=422 if request.method == "POST" else 200,
    )


def _wait(ticket: str, *, number: str, name: str, address: str | None) -> throttle_wait.Wait | None:
    """Return the wait before the answer, or None if there is none.

    Raises `TooOften` if this network waits too often at once.
    """
    seconds = throttle_wait.compute_wait_seconds(number=number, name=name, address=address)
    if not seconds:
        return None
    left = throttle_wait.redeem_wait_ticket(ticket, number=number, address=address)
    if left is None or left.ticket:
        return left
    return throttle_wait.issue_wait_ticket(number=number, address=address, seconds=seconds)


@never_cache
@require_safe
@handle_unavailable_register
def show_verification_result(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what a look-up of the last day answers now.

    The full name is shown only to the browser that provided it.
    """
    pair = workflows.find_look_up(public_id)
    if pair is None:
        return render(request, "certification/verify/gone.html", status=410)
    look_up, found = pair
    own = _may_read_the_name(request, look_up)
    return render(
        request,
        "certification/verify/result.html",
        build_answer_context(look_up, found, full_name=own),
    )


@never_cache
@require_safe
@handle_too_often
@handle_unavailable_register
def download_verification_report(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Return the answer of a look-up of the last day as a signed file, with the name as the page
    shows it.
    """
    throttling.throttle_use(throttling.BY_REPORT_ADDRESS, client_address(request))
    pair = workflows.find_look_up(public_id)
    if pair is None:
        return render(request, "certification/verify/gone.html", status=410)
    look_up, found = pair
    own = _may_read_the_name(request, look_up)
    data = reports.make_verification_report(
        look_up=look_up,
        found=found,
        context=build_answer_context(look_up, found, full_name=own),
        full_name=own,
    )
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{look_up.reference}.pdf"'
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@require_safe
@handle_too_often
@handle_unavailable_register
def verify_scanned_code(request: HttpRequest, code: str) -> HttpResponse:
    """Answer the QR code on a certificate. The name is masked, because the code alone tells no
    name.
    """
    address = client_address(request)
    look_up, found = workflows.look_up_by_code(code=code, address=address)
    if found.certificate is None:
        throttling.throttle_use(throttling.BY_CODE_ADDRESS, address)
    context = build_answer_context(look_up, found, full_name=False)
    return render(
        request,
        "certification/verify/result.html",
        context,
        status=200 if found.certificate else 404,
    )


def remember_look_up(request: HttpRequest, look_up: LookUp) -> None:
    """Remember in the session that this browser asked for *look_up*."""
    request.session[ASKED] = [*request.session.get(ASKED, []), str(look_up.public_id)][-ASKED_KEPT:]


def _may_read_the_name(request: HttpRequest, look_up: LookUp) -> bool:
    """Return whether this browser has the full name already, because it sent the name or a file
    that has it.
    """
    if str(look_up.public_id) not in request.session.get(ASKED, []):
        return False
    return look_up.way == VerificationWay.FORM or (
        look_up.way == VerificationWay.FILE and look_up.handed_in.names_holder
    )


def build_answer_context(
    look_up: LookUp, found: VerificationResult, *, full_name: bool
) -> dict[str, Any]:
    """Return the context of the answer page, which is the same for every way of asking."""
    certificate, verdict = found.certificate, found.verdict
    said = describe_answer(
        verdict, writing=found.writing if look_up.way == VerificationWay.FORM else ""
    )
    context: dict[str, Any] = {
        "said": said,
        "look_up": look_up,
        "checked_at": clock.now(),
        "found": found,
        "certificate": certificate,
    }
    entry = (
        "" if found.entry is None else f"{found.entry:,}"
    )  # Django groups no thousands in Chinese
    if look_up.way in {VerificationWay.FILE, VerificationWay.PICTURE}:
        row = look_up.handed_in
        standing = (
            said.headline
            if verdict.answer == VerificationAnswer.VALID
            else f"{said.headline} {said.meaning}"
        )
        context |= {"file": row, "lines": list_checked_points(row, standing=standing)}
        if certificate is None:
            context["said"] = describe_file_cause(row.cause)
        if row.report:
            context["reported"] = (
                VerificationAnswer(row.report["answer"]).label
                if row.report.get("answer") in VerificationAnswer.values
                else ""
            )
            context["report_answered"] = (
                timestamps.parse_moment(row.report["answered"])
                if row.report.get("answered")
                else None
            )
    if certificate is not None:
        if certificate.file_state == FileState.SOUND:  # of no other one the file was ever made anew
            former = list(list_former_files(certificate))
            looked_at = look_up.handed_in.sha256 if look_up.way == VerificationWay.FILE else ""
            context |= {
                "former_files": former,
                "is_former": looked_at in {one.sha256 for one in former},
            }
        context |= {
            "said": set_origin_tone(said, certificate.provenance),
            "origin": origin_of(certificate),
            "holder": certificate.holder_name if full_name else mask_name(certificate.holder_name),
            "name_matched": look_up.way == VerificationWay.FORM,
            "name_in_file": look_up.way == VerificationWay.FILE and full_name,
            "level": wording.LEVELS.get(certificate.level, "")
            if certificate.level is not None
            else "",
            "good": verdict.answer == VerificationAnswer.VALID,
            "entry": entry,
        }
        if look_up.way == VerificationWay.PICTURE:
            context["said"] = describe_picture_answer(context["said"])
    return context
