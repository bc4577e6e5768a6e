"""Corrections. The holder asks for one, an officer looks at the paper and decides."""

from __future__ import annotations

import mimetypes
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.checks import require_anywhere
from certification import grants
from certification.enums import CorrectionState
from certification.forms.holding import CertificateCorrectionForm, DecisionForm
from certification.models import CorrectionRequest
from certification.queries import holding
from certification.views.wallet import get_own_certificate
from certification.workflows import correction
from core.errors import InvalidInput, NotFound
from core.uploads import limited_upload
from org.models import OrgUnit


@limited_upload
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handle_correction_request(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for another name or photo on a certificate of the user's own."""
    certificate = get_own_certificate(request, public_id)
    form = (
        CertificateCorrectionForm(request.POST, request.FILES)
        if request.method == "POST"
        else CertificateCorrectionForm()
    )
    if request.method == "POST" and form.is_valid():
        try:
            correction.request_certificate_correction(
                actor=request.user, certificate=certificate, **form.cleaned_data
            )
        except InvalidInput as error:
            for field, sentence in (error.fields or {"": error.message}).items():
                form.add_error(field if field in form.fields else None, str(sentence))
        else:
            messages.success(
                request, _("Request sent. You will be notified as soon as it is decided.")
            )
            return redirect("certification:certificate", public_id)
    context = {"certificate": certificate, "form": form}
    return render(
        request,
        "certification/wallet/correct.html",
        context,
        status=422 if request.method == "POST" else 200,
    )


@login_required
@require_POST
def take_back_correction_request(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Withdraw the user's own correction request."""
    row = (
        CorrectionRequest.objects.select_related("certificate")
        .filter(public_id=public_id, asked_by=request.user.pk)
        .first()
    )
    if row is None:
        raise NotFound
    correction.withdraw_correction_request(actor=request.user, request=row)
    messages.success(request, _("Withdrawn. The certificate doesn't change."))
    return redirect("certification:certificate", row.certificate.public_id)


@login_required
@never_cache
@require_safe
def show_waiting_corrections(request: HttpRequest) -> HttpResponse:
    """List the correction requests that wait for an officer, the most urgent first."""
    require_anywhere(request.user, grants.ISSUE, OrgUnit)
    return render(
        request,
        "certification/office/corrections.html",
        {"rows": holding.list_waiting_corrections(request.user)[:200]},
    )


def _seen(request: HttpRequest, public_id: UUID) -> CorrectionRequest:
    row = holding.find_visible_correction(request.user, public_id)
    if row is None:
        raise NotFound
    return row


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide_correction_request(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a correction request with its paper, then grant or refuse it."""
    row = _seen(request, public_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = form.cleaned_data["answer"]
        try:
            if "refuse" in request.POST:
                correction.refuse_correction_request(actor=request.user, request=row, answer=answer)
                messages.success(request, _("Turned down. The holder is told why."))
            else:
                new = correction.grant_correction_request(
                    actor=request.user, request=row, answer=answer
                )
                messages.success(
                    request,
                    _("Corrected. The new certificate is %(number)s, and the old one points to it.")
                    % {"number": new.number},
                )
        except InvalidInput as error:
            for field, sentence in (error.fields or {"": error.message}).items():
                form.add_error(field if field in form.fields else None, str(sentence))
        else:
            return redirect("certification:correction", public_id)
    context = {
        "row": row,
        "certificate": row.certificate,
        "form": form,
        "open": row.state == CorrectionState.WAITING,
    }
    context["own"] = row.asked_by_id == request.user.pk
    return render(
        request, "certification/office/correction.html", context, status=422 if form.errors else 200
    )


@login_required
@never_cache
@require_safe
def download_correction_paper(request: HttpRequest, public_id: UUID) -> FileResponse:
    """Download the paper that the holder sent. It is never opened inside our pages."""
    row = _seen(request, public_id)
    kept = row.evidence.name or ""
    kind = mimetypes.guess_type(kept)[0] or "application/octet-stream"
    name = f"{row.certificate.number}.{kept.rpartition('.')[2]}"
    return FileResponse(
        row.evidence.open("rb"), content_type=kind, as_attachment=True, filename=name
    )
