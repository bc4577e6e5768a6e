"""What is handed over to a transport, and the error for what went wrong."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Piece:
    """One message as it is written for the channel."""

    number: uuid.UUID
    kind: str
    subject: str
    text: str
    link: str
    written_at: datetime
    urgent: bool = False
    security: bool = False
    sms_template: str = ""
    sms_values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Parcel:
    """Pieces for one address.

    *number* is the same whenever the parcel is tried again, so the receiver can recognise a
    duplicate by it.
    """

    number: uuid.UUID
    address: str
    recipient: Any
    language: str
    pieces: tuple[Piece, ...]
    unsubscribe_url: str = ""
    settings_url: str = ""


class NotTaken(Exception):
    """The other side didn't take the parcel.

    With *again*, a later try may help. With *gone*, the address no longer exists. The reason names
    nobody.
    """

    def __init__(self, reason: str, *, again: bool, gone: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.gone = gone


def say_reason(reason: str) -> str:
    """Return a stored reason in the reader's language. What follows in brackets, such as a kind of
    error, isn't translated.
    """
    words, opening, detail = reason.partition(" (")
    return f"{_(words)}{opening}{detail}" if words else ""
