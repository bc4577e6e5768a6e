"""Define what can go wrong in search, for callers that answer or try again."""

from __future__ import annotations


class SearchError(Exception):
    """Base of the errors of this package."""


class EngineBusy(SearchError):
    """Another process is writing to the index. The outbox keeps the work, so it can be tried again
    later.
    """


class EngineDown(SearchError):
    """The index can't be asked or written, because the server is away, or the folder is damaged or
    of another version.
    """
