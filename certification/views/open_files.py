"""Answers that are the same for everybody: files anybody may keep, from any page, without a session."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.utils.cache import get_conditional_response

TEXT = "text/plain; charset=utf-8"


class _Shared(ResponseHeaders):
    """Headers in which the session's and the language's middleware have no say: *vary* is all that the answer depends on."""

    def __init__(self, data: dict[str, Any], vary: str) -> None:
        super().__init__({})
        for key, value in data.items():
            self[key] = value
        if vary:
            super().__setitem__("Vary", vary)

    def __setitem__(self, key: str, value: Any) -> None:
        if key.lower() not in {"vary", "content-language"}:
            super().__setitem__(key, value)


def answer(request: HttpRequest, data: bytes | None, kind: str, cache: str, *, vary: str = "", missing: str = "not here\n") -> HttpResponse:
    """Answer *data* as a file anybody may keep, with its fingerprint as ETag; 404 with the words *missing* where there is none."""
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
