"""Give every page the number beside the inbox, which is counted only where a template shows it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notify.queries.inbox import count_unread_messages


def inbox(request: HttpRequest) -> dict[str, Any]:
    """Return the number of unread messages of the signed-in person, lazily. One query at most."""
    return {
        "unread_messages": SimpleLazyObject(
            partial(count_unread_messages, getattr(request, "user", None))
        )
    }
