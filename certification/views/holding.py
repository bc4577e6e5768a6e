"""Views of a holder's own certificate, and of somebody who has a link to it.

The holder gets files, shows the QR code on the whole screen, and manages links that show the
certificate.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.context import client_address
from certification import throttling
from certification.enums import VerificationAnswer
from certification.forms.holding import PhraseForm, ShareForm
from certification.models import Credential, ShareLink
from certification.queries import holding
from certification.rules import status, wording
from certification.views.answers import describe_answer, handle_too_often
from certification.views.origin import origin_of, set_origin_tone
from certification.views.wallet import draw_qr_path, get_own_certificate
from certification.workflows import sharing
from certification.workflows.credential_issue import build_qr_address, list_certificate_attachments
from certification.workflows.download import record_certificate_download
from core import clock
from core.errors import InvalidInput, NotFound
from core.text import mask_name
from people.queries import person_of

FILES = {
    "json": ("credential.json", "application/vc"),
    "jwt": ("credential.jwt", "application/vc+jwt"),
    "proof": ("register.tlog-proof", "text/plain; charset=utf-8"),
}
# Which protected links this browser has opened by their pass-phrase.
OPENED = "certification.shares"
OPENED_KEPT = 20


@login_required
@never_cache
@require_safe
def download_certificate_file(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """Download one of the files of the user's own certificate.

    These are the credential, the credential as JWT, and the proof of registration.
    """
    certificate = get_own_certificate(request, public_id)
    row = Credential.objects.filter(certificate=certificate, leaf_index__isnull=False).first()
    if row is None or kind not in FILES:
        raise NotFound
    name, content_type = FILES[kind]
    data = dict(list_certificate_attachments(certificate, row))[name]
    record_certificate_download(actor=request.user, certificate=certificate)
    kept = f"{certificate.number}.{name.partition('.')[2]}"
    return HttpResponse(
        data,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{kept}"'},
    )


@login_required
@never_cache
@require_safe
def show_qr_code(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show only the QR code, bright and on the whole screen.

    `?offline` puts the signed token into it, which tells the full name without a network.
    """
    certificate = get_own_certificate(request, public_id)
    row = Credential.objects.filter(certificate=certificate).first()
    offline = "offline" in request.GET and row is not None
    side, path = draw_qr_path(build_qr_address(certificate, row if offline else None))
    verdict = status.determine_verdict(certificate.standing, today=clock.today())
    context = {
        "certificate": certificate,
        "said": set_origin_tone(describe_answer(verdict), certificate.provenance),
        "origin": origin_of(certificate),
        "word": verdict.answer.label,
        "code_side": side,
        "code_path": path,
        "offline": offline,
        "has_offline": row is not None,
    }
    return render(request, "certification/wallet/show.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def manage_share_links(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make a link that shows the certificate, and list the open ones to copy or withdraw."""
    certificate = get_own_certificate(request, public_id)
    form = ShareForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            sharing.create_share_link(
                actor=request.user, certificate=certificate, **form.cleaned_data
            )
        except InvalidInput as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The link is ready. Copy it and send it."))
            return redirect("certification:share", public_id)
    links = [
        {
            "link": link,
            "address": request.build_absolute_uri(
                reverse("certification:shared", args=[link.code])
            ),
        }
        for link in holding.list_open_share_links(certificate)
    ]
    context = {"certificate": certificate, "form": form, "links": links}
    return render(
        request, "certification/wallet/share.html", context, status=422 if form.errors else 200
    )


@login_required
@require_POST
def close_share_link(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Withdraw one of the user's own links."""
    person = person_of(request.user)
    link = (
        ShareLink.objects.select_related("certificate")
        .filter(public_id=public_id, certificate__person=person)
        .first()
        if person
        else None
    )
    if link is None:
        raise NotFound
    sharing.withdraw_share_link(actor=request.user, link=link)
    messages.success(request, _("Withdrawn. Anyone who opens the link now sees nothing."))
    return redirect("certification:share", link.certificate.public_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@handle_too_often
def show_shared_certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Show a certificate to somebody with a link.

    The page has the fields the holder chose and the answer of this moment. A withdrawn, an ended
    and an unknown link look the same.
    """
    link = holding.find_open_share_link(code)
    if link is None:
        throttling.throttle_use(throttling.BY_CODE_ADDRESS, client_address(request))
        return _private(render(request, "certification/wallet/shared_gone.html", status=404))
    if link.secret and code not in request.session.get(OPENED, []):
        form = PhraseForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            tried_by = f"{code} {throttling.network_of_address(client_address(request))}"
            if throttling.is_limit_reached(throttling.BY_PHRASE, tried_by):
                raise throttling.build_throttle_refusal(throttling.BY_PHRASE)
            if sharing.check_share_phrase(link, form.cleaned_data["phrase"]):
                request.session[OPENED] = [*request.session.get(OPENED, []), code][-OPENED_KEPT:]
                return redirect("certification:shared", code)
            throttling.count_use(throttling.BY_PHRASE, tried_by)
            form.add_error(
                "phrase", _("That isn't the passphrase. Ask the person who sent you the link.")
            )
        return _private(
            render(
                request,
                "certification/wallet/phrase.html",
                {"form": form},
                status=422 if form.errors else 200,
            )
        )
    look_up = sharing.log_share_opening(link=link, address=client_address(request))
    return _private(
        render(request, "certification/wallet/shared.html", _shown(link) | {"look_up": look_up})
    )


def _shown(link: ShareLink) -> dict[str, Any]:
    certificate = link.certificate
    verdict = status.determine_verdict(certificate.standing, today=clock.today())
    return {
        "link": link,
        "certificate": certificate,
        "holder": certificate.holder_name if link.full_name else mask_name(certificate.holder_name),
        "trade": wording.format_trade(certificate.occupation_name, certificate.level),
        "text": ["".join(str(part[0]) for part in paragraph) for paragraph in certificate.body]
        if link.wording
        else [],
        "has_photo": link.photo and bool(certificate.person and certificate.person.photo),
        "said": set_origin_tone(describe_answer(verdict), certificate.provenance),
        "origin": origin_of(certificate),
        "good": verdict.answer == VerificationAnswer.VALID,
        "checked_at": clock.now(),
    }


@never_cache
@require_safe
@handle_too_often
def show_shared_photo(request: HttpRequest, code: str) -> HttpResponse:
    """Return the holder's photo, if the link shows it."""
    link = holding.find_open_share_link(code)
    if link is None:
        throttling.throttle_use(throttling.BY_CODE_ADDRESS, client_address(request))
    closed = (
        link is None
        or not link.photo
        or (link.secret and code not in request.session.get(OPENED, []))
    )
    person = link.certificate.person if link else None
    if closed or person is None or not person.photo:
        raise NotFound
    with person.photo.open("rb") as picture:
        return _private(HttpResponse(picture.read(), content_type="image/jpeg"))


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
