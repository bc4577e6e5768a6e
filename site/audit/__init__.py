"""The audit log, which records who did what in append-only rows.

A row is written in the transaction of the action it records, and the rows are chained by digests.
The app decides nothing and knows no domain. Other apps declare their kinds of events
(`audit.registry`).
"""

from typing import Any


def record(kind: str, **kwargs: Any) -> None:
    """Write one audit event in the current transaction.

    See `audit.workflows.write_event` for the arguments.
    """
    from audit.workflows import write_event as write  # app ready

    write(kind, **kwargs)


def record_many(kind: str, **kwargs: Any) -> None:
    """Write an audit event of one kind for each of many objects.

    See `audit.workflows.write_events` for the arguments.
    """
    from audit.workflows import write_events as write  # app ready

    write(kind, **kwargs)
