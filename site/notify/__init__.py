"""Send messages to people, in an inbox on the site and outside it by mail, SMS and web push.

The app also publishes events for programs (`notify.program_events`). It knows no domain. Kinds are
declared by each app's `notices.py` (`notify.registry`), and a workflow calls
`notify.send_message(...)` in its own transaction. What goes outside is kept as rows that a worker
hands over afterwards (ADR 20).
"""

from collections.abc import Iterable, Mapping
from typing import Any


def send_message(
    kind: str, *, to: Iterable[Any] | Any, context: Mapping[str, Any], key: str, about: Any = None
) -> int:
    """Write a message of *kind* to the accounts *to* in the current transaction, as
    `notify.workflows.sending.write_messages` does.
    """
    from notify.workflows.sending import write_messages as write  # app ready

    return write(kind, to=to, context=context, key=key, about=about)
