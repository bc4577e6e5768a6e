"""Reads about people."""

from __future__ import annotations

from datetime import date
from typing import Any

from people import crypto
from people.models import IdentityDocument, Person
from people.rules.identity import read


def person_of(user: Any) -> Person | None:
    """Return the person behind an account, or None (staff accounts need none)."""
    if not getattr(user, "is_authenticated", False):
        return None
    return Person.objects.filter(user=user).first()


def person_by_identity(kind: str, number: str, *, today: date) -> Person | None:
    """Return the person who holds the identity *number* of *kind*; raises `IdentityError` if it can't be one."""
    hashed = crypto.look_up_hash(kind, read(kind, number, today=today).number)
    document = IdentityDocument.objects.select_related("person").filter(kind=kind, number_hash=hashed).first()
    return document.person if document else None
