"""Errors a person can act on. Each carries a stable code, a translated sentence and an HTTP status.

Programming mistakes raise ordinary exceptions and are never turned into one of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise


NOT_FOUND = _("We can't find this page. It may have been moved.")
FORBIDDEN = _(
    "Your roles don't include this permission. If it is part of your work, ask your union's "
    "administrator for it."
)


class DomainError(Exception):
    """A rule refuses the action. *message* is one plain sentence that says what to do, *data* is
    for machines and never personal.
    """

    status = 409

    def __init__(self, code: str, message: str | _StrPromise, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.data = data

    def __str__(self) -> str:
        """Return the translated sentence."""
        return str(self.message)


class InvalidInput(DomainError):
    """What was typed or sent can't be taken. *fields* maps a field name to its sentence."""

    status = 422

    def __init__(
        self,
        code: str,
        message: str | _StrPromise,
        *,
        fields: dict[str, Any] | None = None,
        **data: Any,
    ) -> None:
        super().__init__(code, message, **data)
        self.fields = fields or {}


class NotFound(DomainError):
    """The thing doesn't exist, or this person may not know of it. Both cases answer alike."""

    status = 404

    def __init__(self, code: str = "not_found", message: str | _StrPromise = NOT_FOUND) -> None:
        super().__init__(code, message)


class Forbidden(DomainError):
    """The person may know of the thing but not do this. *roles_needed* are the labels of roles
    that may.
    """

    status = 403

    def __init__(
        self,
        code: str = "forbidden",
        message: str | _StrPromise = FORBIDDEN,
        *,
        roles_needed: Iterable[str] = (),
    ) -> None:
        super().__init__(code, message)
        self.roles_needed = tuple(roles_needed)


class NoAnswer(DomainError):
    """Something outside that the action needs (a timestamp service, a key in its token) gives no
    answer now. The same action may succeed later.

    In background work the item waits and is tried again (`jobs.runner`). A page answers 503 with
    the sentence.
    """

    status = 503


class IllegalMove(DomainError):
    """The thing is in a state that doesn't lead where it was sent."""

    def __init__(self, *, current: str, wanted: str) -> None:
        super().__init__(
            "illegal_move",
            _(
                "This isn't possible while the status is “%(current)s”. The page may be out "
                "of date, so reload it and check again."
            )
            % {"current": current},
            current=current,
            wanted=wanted,
        )
