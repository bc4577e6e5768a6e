"""Why a credential can't be made, or isn't believed. Causes, not sentences: the doors say them."""

from __future__ import annotations


class NotSignable(Exception):
    """The document would lose something when signed (an undefined term, a relative address), or holds what can't be signed."""


class NotGenuine(Exception):
    """The proof doesn't stand. `cause` is one of a closed set of words."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause
