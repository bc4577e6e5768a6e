"""What verifiers of others read: the issuer's keys, a credential by its address, the status lists. Public, cacheable, no session."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import condition, require_safe

from audit.context import client_address
from certification import limits
from certification.enums import OUT_STATES
from certification.models import Credential
from certification.queries import keys
from certification.views.answers import calm
from certification.workflows import status_lists

_JWT_TYPES = ("application/vc+jwt", "application/jwt", "text/plain")


@require_safe
def did(request: HttpRequest) -> HttpResponse:
    """Return the issuer's DID document, with every key there ever was."""
    return _open(json.dumps(keys.did_document()), "application/did+json", seconds=3600)


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Return the certificate that a PDF reader imports to trust the signatures of this site."""
    data = keys.document_root()
    if data is None:
        raise Http404
    response = HttpResponse(data, content_type="application/pkix-cert", headers={"Cache-Control": "public, max-age=3600"})
    response["Content-Disposition"] = 'attachment; filename="craftpath-root.cer"'
    return response


@require_safe
@calm
def credential(request: HttpRequest, address_id: UUID) -> HttpResponse:
    """Return the credential at its own address, as JSON or, if asked for, as JWT. Who knows the address has the credential."""
    limits.count(limits.BY_CODE_ADDRESS, client_address(request))
    row = Credential.objects.filter(address_id=address_id, certificate__state__in=sorted(OUT_STATES)).first()
    if row is None:
        raise Http404
    response = _either(request, row.data, row.jwt, seconds=0)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def status(request: HttpRequest, number: int, purpose: str) -> HttpResponse:
    """Return a status list, as JSON or JWT, fresh to the last change."""
    row = status_lists.published(number, purpose) if request.method in {"GET", "HEAD"} else None
    if row is None:
        raise Http404
    answer = _either(request, row.data, row.jwt, seconds=300)
    tag = hashlib.sha256(answer.content).hexdigest()[:32]
    return condition(etag_func=lambda _request: f'"{tag}"')(lambda _request: answer)(request)


def _either(request: HttpRequest, data: str, jwt: str, *, seconds: int) -> HttpResponse:
    wanted = request.get_preferred_type(["application/vc", "application/json", "application/ld+json", *_JWT_TYPES])
    response = _open(jwt, "application/vc+jwt", seconds=seconds) if wanted in _JWT_TYPES else _open(data, "application/vc", seconds=seconds)
    patch_vary_headers(response, ["Accept"])
    return response


def _open(text: str, kind: str, *, seconds: int) -> HttpResponse:
    """Return *text* for any origin: other people's verifiers run in their own pages."""
    cache = f"public, max-age={seconds}" if seconds else "private, no-store"
    return HttpResponse(text.encode(), content_type=kind, headers={"Cache-Control": cache, "Access-Control-Allow-Origin": "*"})
