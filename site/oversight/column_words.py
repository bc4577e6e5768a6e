"""Words for columns that have no words of their own, where a person or a data protection officer
reads of them.

A model's field gives its own words where a form shows it. These columns are in no form. Tables of
libraries are included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WORDS: dict[str, _StrPromise] = {
    "authenticator": pgettext_lazy("column", "authenticator"),
    "authenticators": pgettext_lazy("column", "authenticators"),
    "cookie hash": pgettext_lazy("column", "cookie hash"),
    "token": pgettext_lazy("column", "token"),
    "code hash": pgettext_lazy("column", "code hash"),
    "sealed": pgettext_lazy("column", "sealed"),
    "user": pgettext_lazy("column", "user"),
    "address": pgettext_lazy("column", "address"),
    "context": pgettext_lazy("column", "context"),
    "endpoint hash": pgettext_lazy("column", "endpoint hash"),
    "p256dh": pgettext_lazy("column", "p256dh"),
    "auth": pgettext_lazy("column", "auth"),
    "params": pgettext_lazy("column", "params"),
    "file": pgettext_lazy("column", "file"),
    "problems": pgettext_lazy("column", "problems"),
    "layout": pgettext_lazy("column", "layout"),
    "made": pgettext_lazy("column", "created records"),
    "applied by": pgettext_lazy("column", "applied by"),
    "undone by": pgettext_lazy("column", "undone by"),
    "name": pgettext_lazy("column", "name"),
    "name key": pgettext_lazy("column", "name key"),
    "pinyin key": pgettext_lazy("column", "pinyin key"),
    "birth": pgettext_lazy("column", "birth"),
    "sex": pgettext_lazy("column", "sex"),
    "mobile": pgettext_lazy("column", "mobile"),
    "old mobile": pgettext_lazy("column", "old mobile"),
    "new mobile": pgettext_lazy("column", "new mobile"),
    "tail": pgettext_lazy("column", "tail"),
    "person": pgettext_lazy("column", "person"),
    "number encrypted": pgettext_lazy("column", "number encrypted"),
    "number hash": pgettext_lazy("column", "number hash"),
    "newest hash": pgettext_lazy("column", "newest hash"),
    "employer": pgettext_lazy("column", "employer"),
    "job title": pgettext_lazy("column", "job title"),
    "place": pgettext_lazy("column", "place"),
    "value": pgettext_lazy("column", "value"),
    "received at": pgettext_lazy("column", "received at"),
    "exam": pgettext_lazy("column", "exam"),
    "paper": pgettext_lazy("column", "paper"),
    "enrolment": pgettext_lazy("column", "enrolment"),
    "device": pgettext_lazy("column", "device"),
    "session": pgettext_lazy("column", "session"),
    "recorded by": pgettext_lazy("column", "recorded by"),
    "confirmed by": pgettext_lazy("column", "confirmed by"),
    "lesson": pgettext_lazy("column", "lesson"),
    "filed by": pgettext_lazy("column", "filed by"),
    "approved by": pgettext_lazy("column", "approved by"),
    "sealed entry": pgettext_lazy("column", "sealed entry"),
    "closed by": pgettext_lazy("column", "closed by"),
    "result set": pgettext_lazy("column", "result set"),
    "holder key": pgettext_lazy("column", "holder key"),
    "address hash": pgettext_lazy("column", "address hash"),
}


def in_words(name: str) -> str:
    """Return the words for a column or table called *name*. A name that is in words already is
    returned as it is.
    """
    return str(WORDS.get(name, name))
