"""Responses that are the same for everybody, such as files that anybody may cache, from any page
and without a session.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.utils.cache import get_conditional_response

TEXT = "text/plain; charset=utf-8"


class _Shared(ResponseHeaders):
    """Headers that the session and language middleware can't change. *vary* is all that the
    response depends on.
    """

    def __init__(self, data: dict[str, Any], vary: str) -> None:
        super().__init__({})
        for key, value in data.items():
            self[key] = value
        if vary:
            super().__setitem__("Vary", vary)

    def __setitem__(self, key: str, value: Any) -> None:
        if key.lower() not in {"vary", "content-language"}:
            super().__setitem__(key, value)


def serve_open_file(
    request: HttpRequest,
    data: bytes | None,
    kind: str,
    cache: str,
    *,
    vary: str = "",
    missing: str = "not here\n",
) -> HttpResponse:
    """Return *data* as a file that anybody may cache, with its fingerprint as ETag.

    Without data the response is a 404 with the words *missing*.
    """
    response: HttpResponse
    if data is None:
        response = HttpResponse(missing, content_type=TEXT, status=404)
        cache = "no-store"
    else:
        response = HttpResponse(data, content_type=kind)
        etag = f'"{sha256(data).hexdigest()[:32]}"'
        response["ETag"] = etag
        conditional = get_conditional_response(request, etag=etag, response=response)
        response = conditional if isinstance(conditional, HttpResponse) else response
    response["Cache-Control"] = cache
    response["Access-Control-Allow-Origin"] = "*"
    response.headers = _Shared(dict(response.items()), vary)
    return response
