"""Messages to people: an inbox on the site, and mail, SMS and web push outside it; events for programs (`notify.program_events`).

Knows no domain: kinds are declared by each app's `notices.py` (`notify.registry`), and a workflow calls `notify.send(...)`
in its own transaction. What goes outside is rows that a worker hands over afterwards (ADR 20).
"""

from collections.abc import Iterable, Mapping
from typing import Any


def send(kind: str, *, to: Iterable[Any] | Any, context: Mapping[str, Any], key: str, about: Any = None) -> int:
    """Write a message of *kind* to the accounts *to* in the current transaction; see `notify.workflows.sending.send`."""
    from notify.workflows.sending import send as write  # app ready

    return write(kind, to=to, context=context, key=key, about=about)
