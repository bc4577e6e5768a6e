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
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.context import client_address
from certification import limits
from certification.enums import Answer
from certification.forms.holding import PhraseForm, ShareForm
from certification.models import Credential, ShareLink
from certification.queries import holding
from certification.rules import status, wording
from certification.views.answers import calm, say
from certification.views.origin import origin_of, toned
from certification.views.wallet import code_path, own
from certification.workflows import sharing
from certification.workflows.download import record_download
from certification.workflows.sealing import attachments, printed_address
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
def file(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """Download one of the files of the user's own certificate.

    These are the credential, the credential as JWT, and the proof of registration.
    """
    certificate = own(request, public_id)
    row = Credential.objects.filter(certificate=certificate, leaf_index__isnull=False).first()
    if row is None or kind not in FILES:
        raise NotFound
    name, content_type = FILES[kind]
    data = dict(attachments(certificate, row))[name]
    record_download(actor=request.user, certificate=certificate)
    kept = f"{certificate.number}.{name.partition('.')[2]}"
    return HttpResponse(data, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{kept}"'})


@login_required
@never_cache
@require_safe
def show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show only the QR code, bright and on the whole screen.

    `?offline` puts the signed token into it, which tells the full name without a network.
    """
    certificate = own(request, public_id)
    row = Credential.objects.filter(certificate=certificate).first()
    offline = "offline" in request.GET and row is not None
    side, path = code_path(printed_address(certificate, row if offline else None))
    verdict = status.judge(certificate.standing, today=timezone.localdate())
    context = {
        "certificate": certificate,
        "said": toned(say(verdict), certificate.provenance),
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
def share(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make a link that shows the certificate, and list the open ones to copy or withdraw."""
    certificate = own(request, public_id)
    form = ShareForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            sharing.share(actor=request.user, certificate=certificate, **form.cleaned_data)
        except InvalidInput as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The link is made. Copy it and send it on."))
            return redirect("certification:share", public_id)
    links = [
        {"link": link, "address": request.build_absolute_uri(reverse("certification:shared", args=[link.code]))}
        for link in holding.shares_of(certificate)
    ]
    context = {"certificate": certificate, "form": form, "links": links}
    return render(request, "certification/wallet/share.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Withdraw one of the user's own links."""
    person = person_of(request.user)
    link = (
        ShareLink.objects.select_related("certificate").filter(public_id=public_id, certificate__person=person).first() if person else None
    )
    if link is None:
        raise NotFound
    sharing.withdraw(actor=request.user, link=link)
    messages.success(request, _("Withdrawn. Whoever opens the link now finds nothing."))
    return redirect("certification:share", link.certificate.public_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@calm
def shared(request: HttpRequest, code: str) -> HttpResponse:
    """Show a certificate to somebody with a link.

    The page has the fields the holder chose and the answer of this moment. A withdrawn, an ended
    and an unknown link look the same.
    """
    link = holding.open_share(code)
    if link is None:
        limits.count(limits.BY_CODE_ADDRESS, client_address(request))
        return _private(render(request, "certification/wallet/shared_gone.html", status=404))
    if link.secret and code not in request.session.get(OPENED, []):
        form = PhraseForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            tried_by = f"{code} {limits.network(client_address(request))}"
            if limits.is_reached(limits.BY_PHRASE, tried_by):
                raise limits.too_often(limits.BY_PHRASE)
            if sharing.fits(link, form.cleaned_data["phrase"]):
                request.session[OPENED] = [*request.session.get(OPENED, []), code][-OPENED_KEPT:]
                return redirect("certification:shared", code)
            limits.note(limits.BY_PHRASE, tried_by)
            form.add_error("phrase", _("That isn't the pass-phrase. Ask whoever sent you the link."))
        return _private(render(request, "certification/wallet/phrase.html", {"form": form}, status=422 if form.errors else 200))
    look_up = sharing.opened(link=link, address=client_address(request))
    return _private(render(request, "certification/wallet/shared.html", _shown(link) | {"look_up": look_up}))


def _shown(link: ShareLink) -> dict[str, Any]:
    certificate = link.certificate
    verdict = status.judge(certificate.standing, today=timezone.localdate())
    return {
        "link": link,
        "certificate": certificate,
        "holder": certificate.holder_name if link.full_name else mask_name(certificate.holder_name),
        "trade": wording.trade(certificate.occupation_name, certificate.level),
        "text": ["".join(str(part[0]) for part in paragraph) for paragraph in certificate.body] if link.wording else [],
        "has_photo": link.photo and bool(certificate.person and certificate.person.photo),
        "said": toned(say(verdict), certificate.provenance),
        "origin": origin_of(certificate),
        "good": verdict.answer == Answer.VALID,
        "checked_at": timezone.now(),
    }


@never_cache
@require_safe
@calm
def shared_photo(request: HttpRequest, code: str) -> HttpResponse:
    """Return the holder's photo, if the link shows it."""
    link = holding.open_share(code)
    if link is None:
        limits.count(limits.BY_CODE_ADDRESS, client_address(request))
    closed = link is None or not link.photo or (link.secret and code not in request.session.get(OPENED, []))
    person = link.certificate.person if link else None
    if closed or person is None or not person.photo:
        raise NotFound
    with person.photo.open("rb") as picture:
        return _private(HttpResponse(picture.read(), content_type="image/jpeg"))


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
