"""Why a credential can't be made, or isn't trusted.

These are causes, not sentences. The views put them into words.
"""

from __future__ import annotations


class NotSignable(Exception):
    """The document holds what can't be signed, or would lose something when signed, such as an
    undefined term or a relative address.
    """


class NotGenuine(Exception):
    """The proof doesn't verify. `cause` is one of a closed set of words."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause
