"""Describe what was mended in a text that a person typed, and show it to the person as a message
after the answer's redirect.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import BLANK, INVISIBLE, PRIVATE_USE, RADICAL, show_invisible

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MENDED: dict[str, str | _StrPromise] = {
    INVISIBLE: gettext_lazy(
        "%(label)s: invisible characters were removed. Entered: %(typed)s. Saved: %(kept)s."
    ),
    RADICAL: gettext_lazy(
        "%(label)s: a radical symbol was replaced by the character it looks like. Entered: "
        "%(typed)s. Saved: %(kept)s."
    ),
    PRIVATE_USE: gettext_lazy(
        "%(label)s: a rare character in an old private code was replaced by the standard "
        "character. Compare it with the document. Entered: %(typed)s. Saved: %(kept)s."
    ),
    BLANK: gettext_lazy(
        "%(label)s: extra spaces or line breaks were removed. Entered: %(typed)s. Saved: %(kept)s."
    ),
}
UNWRITABLE = gettext_lazy(
    "The text contains characters that can't be saved (%(codes)s). Delete them and enter "
    "the text again."
)
LONGEST_SHOWN = 80
_told: ContextVar[list[str] | None] = ContextVar("mended", default=None)


def say_mended(note: str, *, label: Any, typed: str, kept: str) -> str:
    """Return the sentence about one mending, with what was typed (what can't be seen spelt out)
    and what is kept.
    """
    words = {
        "label": label or _("Text"),
        "typed": show_invisible(typed)[:LONGEST_SHOWN],
        "kept": kept[:LONGEST_SHOWN],
    }
    return str(MENDED[note]) % words


def note_mending(sentence: str) -> None:
    """Have *sentence* shown after this request. Outside a request nothing happens, because the
    caller reports it by other means.
    """
    told = _told.get()
    if told is not None:
        told.append(sentence)


class MendingMiddleware:
    """Show what was mended in a form once the form was accepted, as messages on the page that the
    answer leads to.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Collect what is reported while the request is answered."""
        token = _told.set([])
        try:
            response = self.get_response(request)
            told = _told.get() or []
        finally:
            _told.reset(token)
        if (
            told
            and request.method == "POST"
            and (300 <= response.status_code < 400 or "HX-Redirect" in response)
        ):
            for sentence in dict.fromkeys(told):
                messages.info(request, sentence)
        return response
