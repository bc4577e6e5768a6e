"""Kinds of audit events, declared by each app's `events.py` when Django starts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class AuditKind:
    """One kind of audit event.

    *personal* says that before/after may hold personal data, which is masked on screens and kept by
    a retention rule. *clear* names keys of before/after that are shown all the same. States and
    yes/no values always are.
    """

    key: str
    label: str | _StrPromise
    personal: bool = False
    clear: frozenset[str] = frozenset()


_kinds: dict[str, AuditKind] = {}


def register_audit_kind(
    key: str, *, label: str | _StrPromise, personal: bool = False, clear: Iterable[str] = ()
) -> AuditKind:
    """Declare the kind *key* (`app.what_happened`).

    Raises `ValueError` if the kind was declared before with another value of *personal*.
    """
    kind = AuditKind(key, label, personal, frozenset(clear))
    old = _kinds.setdefault(key, kind)
    if old.personal != personal:
        msg = f"audit kind {key} is declared twice"
        raise ValueError(msg)
    return old


def get_audit_kind(key: str) -> AuditKind:
    """Return the kind *key*.

    An undeclared kind is a programming mistake and raises `LookupError`.
    """
    try:
        return _kinds[key]
    except KeyError:
        msg = f"audit kind {key!r} is not declared in any events.py"
        raise LookupError(msg) from None


def list_audit_kinds() -> list[AuditKind]:
    """Return every declared kind, by key."""
    return [_kinds[key] for key in sorted(_kinds)]
