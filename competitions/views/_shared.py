"""Provide what several views need, such as the event of an address and JSON for the tablet."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from access.checks import require
from competitions import queries
from competitions.models import Event
from core.errors import DomainError, InvalidInput, NotFound
from core.text import can_be_stored

LARGEST_BODY = 64 * 1024


def event_for(request: HttpRequest, public_id: UUID, *, cancelled: bool = False) -> Event:
    """Return the event of an address, if this person may know of it. See `event_by_id` for
    *cancelled*.
    """
    return queries.event_by_id(public_id, request.user, cancelled=cancelled)


def office_event(
    request: HttpRequest, public_id: UUID, *codenames: str
) -> tuple[Event, frozenset[str]]:
    """Return the event and this person's rights on it. Raises `NotFound` for people without an
    office there.

    With *codenames* (short names) one of them is needed. Otherwise `Forbidden` names the roles that
    have it.
    """
    event = event_for(request, public_id)
    rights = queries.rights_on(request.user, event)
    if "view_event" not in rights:
        raise NotFound
    if codenames and not rights & set(codenames):
        require(request.user, f"competitions.{codenames[0]}", event)
    return event, rights


def for_tablet(view: Callable[..., dict[str, Any]]) -> Callable[..., HttpResponse]:
    """Answer with JSON, which is what *view* returns, or the sentence of a `DomainError` under its
    status. People who aren't signed in get 401, never a page.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse({"code": "signed_out"}, status=401)
        try:
            response = JsonResponse(view(request, *args, **kwargs))
        except DomainError as error:
            told = {"differences": error.data["differences"]} if "differences" in error.data else {}
            response = JsonResponse(
                {"code": error.code, "message": str(error.message), **told}, status=error.status
            )
        response["Cache-Control"] = "no-store"
        return response

    return answered


def read_json_object(request: HttpRequest, *, most: int = LARGEST_BODY) -> dict[str, Any]:
    """Return the JSON object a tablet sent, of at most *most* bytes. Anything else raises
    `InvalidInput`.
    """
    unreadable = InvalidInput(
        "unreadable",
        _("The data from this tablet couldn't be read. Reload the score sheet. Nothing was lost."),
    )
    if int(request.headers.get("Content-Length") or 0) > most:
        raise unreadable
    try:
        read = json.loads(request.body)
        stored = can_be_stored(read)
    except (ValueError, RecursionError):
        raise unreadable from None
    if not isinstance(read, dict) or not stored:
        raise unreadable
    return read
