"""What other people's verifiers read, which is the issuer's keys, a credential by its address, and
the status lists.

It is public and cacheable and needs no session.
"""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from audit.context import client_address
from certification import throttling
from certification.enums import OUT_STATES
from certification.models import Credential, PublishedList
from certification.queries import keys
from certification.queries.addresses import find_address_of_host
from certification.views.answers import handle_too_often
from certification.views.open_files import serve_open_file
from certification.workflows import status_lists

_JWT_TYPES = ("application/vc+jwt", "application/jwt", "text/plain")


HOUR = "public, max-age=3600"
MINUTES = "public, max-age=300"
ALONE = "private, no-store"


@require_safe
def serve_did_document(request: HttpRequest) -> HttpResponse:
    """Return the DID document of the address that was asked, present or former, with every key
    there ever was.
    """
    return serve_open_file(
        request,
        json.dumps(keys.did_document(_address(request))).encode(),
        "application/did+json",
        HOUR,
    )


@require_safe
def serve_root_certificate(request: HttpRequest) -> HttpResponse:
    """Return the root certificate that a PDF reader imports to trust the signatures of this site."""
    response = serve_open_file(request, keys.document_root(), "application/pkix-cert", HOUR)
    response["Content-Disposition"] = 'attachment; filename="craftpath-root.cer"'
    return response


@require_safe
@handle_too_often
def serve_credential(request: HttpRequest, address_id: UUID) -> HttpResponse:
    """Return the credential at its own address, as JSON or, if asked for, as JWT. Whoever knows
    the address may read it.
    """
    row = Credential.objects.filter(
        address_id=address_id, certificate__state__in=sorted(OUT_STATES)
    ).first()
    if row is None:
        throttling.throttle_use(throttling.BY_CODE_ADDRESS, client_address(request))
    response = _either(request, row, ALONE)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def serve_status_list(request: HttpRequest, number: int, purpose: str) -> HttpResponse:
    """Return a status list, as JSON or JWT, up to date with the last change and signed under the
    address that was asked.
    """
    return _either(
        request,
        status_lists.get_published_status_list(number, purpose, address=_address(request)),
        MINUTES,
    )


def _address(request: HttpRequest) -> str:
    return find_address_of_host(request.get_host(), scheme=request.scheme or "https")


def _either(
    request: HttpRequest, row: Credential | PublishedList | None, cache: str
) -> HttpResponse:
    """Return a credential in the form that was asked for, JSON unless it is JWT."""
    if row is None:
        return serve_open_file(request, None, "", cache)
    if (
        request.get_preferred_type(
            ["application/vc", "application/json", "application/ld+json", *_JWT_TYPES]
        )
        in _JWT_TYPES
    ):
        return serve_open_file(
            request, row.jwt.encode(), "application/vc+jwt", cache, vary="Accept"
        )
    return serve_open_file(request, row.data.encode(), "application/vc", cache, vary="Accept")
