"""Errors of the rules about unions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import DomainError, InvalidInput

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class WrongDay(InvalidInput):
    """The day is impossible for this act."""

    def __init__(self, message: str | _StrPromise, *, field: str = "on", **data: Any) -> None:
        super().__init__("wrong_day", message, fields={field: message}, **data)


class NotAMember(DomainError):
    """The act needs an open membership."""


class UnionClosed(InvalidInput):
    """The union was merged or dissolved, so nobody joins it and nothing is placed under it."""

    def __init__(self, message: str | _StrPromise, *, field: str = "to") -> None:
        super().__init__("union_closed", message, fields={field: message})


class WrongPlace(InvalidInput):
    """The place in the tree is impossible, such as a cycle or a level that doesn't fit."""

    def __init__(self, code: str, message: str | _StrPromise, *, field: str = "parent") -> None:
        super().__init__(code, message, fields={field: message})
