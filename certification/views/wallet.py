"""The user's own certificates. Anybody else's answers 404."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certification.enums import VerificationWay
from certification.errors import DamagedFile
from certification.models import Certificate, Credential
from certification.queries import certificate as queries
from certification.queries import holding
from certification.queries.watching import list_certificate_watchers
from certification.rendering.picture import qr_pixels
from certification.rules import status, wording
from certification.views.answers import describe_answer
from certification.views.origin import origin_of, set_origin_tone
from certification.workflows.credential_issue import build_qr_address
from certification.workflows.download import record_certificate_download
from core import clock
from core.errors import NotFound
from people.queries import person_of


def _shown(certificate: Certificate) -> dict[str, Any]:
    said = describe_answer(status.determine_verdict(certificate.standing, today=clock.today()))
    return {
        "row": certificate,
        "said": set_origin_tone(said, certificate.provenance),
        "origin": origin_of(certificate),
        "word": status.determine_verdict(certificate.standing, today=clock.today()).answer.label,
        "trade": wording.format_trade(certificate.occupation_name, certificate.level),
    }


@login_required
@never_cache
@require_safe
def list_own_certificates(request: HttpRequest) -> HttpResponse:
    """List the user's own certificates, newest first."""
    person = person_of(request.user)
    rows = queries.list_person_certificates(person) if person else Certificate.objects.none()
    page = Paginator(rows, 20).get_page(request.GET.get("page"))
    return render(
        request,
        "certification/wallet/list.html",
        {"page_obj": page, "shown": [_shown(row) for row in page]},
    )


def get_own_certificate(request: HttpRequest, public_id: UUID) -> Certificate:
    """Return the user's own certificate. Raises `NotFound` for anybody else's."""
    person = person_of(request.user)
    certificate = queries.find_person_certificate(person, public_id) if person else None
    if certificate is None:
        raise NotFound
    return certificate


@login_required
@never_cache
@require_safe
def show_own_certificate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the user's own certificate with its QR code, large enough to be scanned from a phone."""
    certificate = get_own_certificate(request, public_id)
    address = request.build_absolute_uri(reverse("certification:code", args=[certificate.code]))
    side, path = draw_qr_path(build_qr_address(certificate, None))
    return render(
        request,
        "certification/wallet/detail.html",
        _shown(certificate)
        | {"certificate": certificate, "address": address, "code_side": side, "code_path": path}
        | {
            "watchers": list_certificate_watchers(certificate),
            "looks": _looks(certificate),
            "has_files": Credential.objects.filter(certificate=certificate).exists(),
        }
        | {
            "shares": holding.list_open_share_links(certificate).count(),
            "correction": holding.list_correction_requests(certificate).first(),
        },
    )


def _looks(certificate: Certificate) -> list[tuple[holding.DailyLookUps, str]]:
    return [
        (one, str(VerificationWay(one.way).label))
        for one in holding.list_daily_look_ups(certificate)
    ]


def draw_qr_path(payload: str) -> tuple[int, str]:
    """Return the side of the QR code in modules, and its dark modules as an SVG path.

    A path is sharp at any size, and no image has to be loaded.
    """
    side, pixels = qr_pixels(payload)
    steps = []
    for y in range(side):
        x = 0
        while x < side:
            start = x
            while x < side and pixels[y * side + x] < 128:
                x += 1
            if x > start:
                steps.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            x += 1
    return side, "".join(steps)


@login_required
@never_cache
@require_safe
def download_certificate_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Download the user's own certificate as PDF, exactly as issued. Raises `DamagedFile` if the
    stored file has changed.
    """
    certificate = get_own_certificate(request, public_id)
    if not certificate.pdf:
        raise NotFound
    with certificate.pdf.open("rb") as file:
        data = file.read()
    if hashlib.sha256(data).hexdigest() != certificate.sha256:
        raise DamagedFile(
            "damaged_file",
            _(
                "The stored file is damaged, so we can't offer it for download. Tell your "
                "union, which can make it again."
            ),
        )
    record_certificate_download(actor=request.user, certificate=certificate)
    name = f"{certificate.number}.pdf"
    return HttpResponse(
        data,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
