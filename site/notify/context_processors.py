"""The number beside the inbox on every page; asked only where a template shows it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notify.queries.inbox import unread


def inbox(request: HttpRequest) -> dict[str, Any]:
    """Return the number of unread messages of the person signed in, lazily: one query at most."""
    return {"unread_messages": SimpleLazyObject(partial(unread, getattr(request, "user", None)))}
