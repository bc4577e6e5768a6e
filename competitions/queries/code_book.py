"""Say whether the list of blind numbers may be read now."""

from __future__ import annotations

from datetime import timedelta

from competitions.enums import TwoPersonRequestKind, TwoPersonRequestState
from competitions.models import Event, TwoPersonRequest
from core import clock
from core.actors import Actor

CODE_BOOK_OPEN_FOR = timedelta(hours=1)
"""How long an agreement lasts: a check-in takes that long, and nobody leaves the list open for a day."""


def code_book_request(event: Event, user: Actor) -> TwoPersonRequest | None:
    """Return the request of *user* that a second person agreed to within the last hour, or None."""
    return (
        TwoPersonRequest.objects.filter(
            event=event,
            kind=TwoPersonRequestKind.READ_CODE_BOOK,
            state=TwoPersonRequestState.APPROVED,
            asked_by_id=getattr(user, "pk", None),
            decided_at__gt=clock.now() - CODE_BOOK_OPEN_FOR,
        )
        .select_related("decided_by")
        .order_by("-decided_at")
        .first()
    )


def code_book_waiting(event: Event) -> TwoPersonRequest | None:
    """Return the request for the list that waits for a second person, or None."""
    return (
        TwoPersonRequest.objects.filter(
            event=event,
            kind=TwoPersonRequestKind.READ_CODE_BOOK,
            state=TwoPersonRequestState.WAITING,
        )
        .select_related("asked_by")
        .first()
    )
