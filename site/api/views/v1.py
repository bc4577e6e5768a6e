"""Serve version 1 of the API. The views are thin, each with a key, a schema and one call of
`certification.public`.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from rest_framework.response import Response

from api import openapi, schemas
from api.enums import Scope
from api.responses import PROBLEM, Endpoint, answer_problem, answer_with_etag
from audit.context import client_address
from certification.public import programs
from core.errors import InvalidInput
from org.models import Employer


class Verifications(Endpoint):
    """Verify by POST one certificate, by number and name or by code."""

    scopes = {"POST": Scope.VERIFY}

    def post(self, request: Any) -> Response:
        """Answer."""
        return self.once(
            request,
            lambda: (
                200,
                self._verify(request, schemas.read_by_schema(schemas.Verification, request.data)),
            ),
        )

    def _verify(self, request: Any, given: dict[str, Any]) -> dict[str, Any]:
        ask = programs.verify_code_for_program if "code" in given else programs.verify_for_program
        return ask(actor=self.key.owner, scope=self.scope, address=client_address(request), **given)


class VerificationBatch(Endpoint):
    """Verify by POST up to 1,000 certificates by number and name."""

    scopes = {"POST": Scope.VERIFY}

    def post(self, request: Any) -> Response:
        """Answer in the order of the rows."""
        return self.once(
            request,
            lambda: (
                200,
                self._verify(request, schemas.read_by_schema(schemas.Batch, request.data)),
            ),
        )

    def _verify(self, request: Any, given: dict[str, Any]) -> dict[str, Any]:
        rows = [(row["number"], row["name"]) for row in given["rows"]]
        return programs.verify_rows_for_program(
            actor=self.key.owner, scope=self.scope, rows=rows, address=client_address(request)
        )


class CertificateStatus(Endpoint):
    """Return by GET what the code of a QR code answers now, with an ETag."""

    scopes = {"GET": Scope.VERIFY}

    def get(self, request: Any, code: str) -> Response:
        """Answer with the status, or with 404 for a code that leads nowhere."""
        body = programs.verify_code_for_program(
            actor=self.key.owner, scope=self.scope, code=code, address=client_address(request)
        )
        if body["answer"] == "no_match":
            return answer_problem(404, "no_match", _("No certificate matches this code."))
        return answer_with_etag(request, body, without=("reference", "checked_at"))


class Watchlist(Endpoint):
    """Return by GET the watch-list, page by page, and add by POST a certificate by number and
    name.
    """

    scopes = {"GET": Scope.WATCH_READ, "POST": Scope.WATCH_WRITE}

    def get(self, request: Any) -> Response:
        """Return one page."""
        wanted = schemas.read_by_schema(schemas.Page, request.query_params)
        rows, total = programs.list_watch_entries(
            actor=self.key.owner,
            employer=_employer(self),
            page=wanted["page"],
            size=wanted["per_page"],
        )
        response = answer_with_etag(
            request,
            {
                "entries": rows,
                "total": total,
                "page": wanted["page"],
                "per_page": wanted["per_page"],
            },
        )
        links = []
        for word, page in (("prev", wanted["page"] - 1), ("next", wanted["page"] + 1)):
            if 1 <= page <= max(1, -(-total // wanted["per_page"])):
                links.append(
                    f'<{request.build_absolute_uri(request.path)}?page={page}&per_page={wanted["per_page"]}>; rel="{word}"'
                )
        if links:
            response["Link"] = ", ".join(links)
        return response

    def post(self, request: Any) -> Response:
        """Add one."""
        return self.once(
            request,
            lambda: (
                201,
                self._add(request, schemas.read_by_schema(schemas.NumberAndName, request.data)),
            ),
        )

    def _add(self, request: Any, given: dict[str, Any]) -> dict[str, Any]:
        return programs.add_watch_entry(
            actor=self.key.owner, employer=_employer(self), address=client_address(request), **given
        )


class WatchlistEntry(Endpoint):
    """Remove by DELETE an entry from the watch-list."""

    scopes = {"DELETE": Scope.WATCH_WRITE}

    def delete(self, request: Any, public_id: UUID) -> Response:
        """Remove it."""
        del request
        programs.remove_watch_entry(
            actor=self.key.owner, employer=_employer(self), public_id=public_id
        )
        return Response(status=204)


def _employer(endpoint: Endpoint) -> Employer:
    if endpoint.key.employer is None:
        raise InvalidInput(
            "no_employer", _("Only employers have watch-lists. This key was created for a union.")
        )
    return endpoint.key.employer


@require_safe
def send_openapi_document(request: HttpRequest) -> JsonResponse:
    """Return the OpenAPI description, for everybody."""
    response = JsonResponse(
        openapi.build_openapi_document(request.build_absolute_uri("/api/v1")),
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
    response["Cache-Control"] = "public, max-age=3600"
    return response


@csrf_exempt
def answer_unknown_address(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer an address that doesn't exist as a problem, not as a page."""
    del request, rest
    body = {
        "type": "urn:craftpath:problem:not_found",
        "title": _("There is nothing at this address. See the documentation at /api/v1/."),
        "status": 404,
        "code": "not_found",
    }
    return JsonResponse(
        body, status=404, content_type=PROBLEM, json_dumps_params={"ensure_ascii": False}
    )
