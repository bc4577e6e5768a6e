"""The record of who did what: append-only rows written in the transaction of the deed, chained by digests.

Does not decide anything and knows no domain; kinds are declared by the apps (`audit.registry`).
"""

from typing import Any


def record(kind: str, **kwargs: Any) -> None:
    """Write one audit row in the current transaction; see `audit.workflows.record`."""
    from audit.workflows import record as write  # app ready

    write(kind, **kwargs)


def record_many(kind: str, **kwargs: Any) -> None:
    """Write an audit row for each of many deeds of one kind; see `audit.workflows.record_many`."""
    from audit.workflows import record_many as write  # app ready

    write(kind, **kwargs)
