"""Which of several answers to one question counts, when they come from several devices, some of
them late over a dead network.

The order of receipt at the server decides, since it is the only order nobody can dispute. Three
things refine it:

1. What one page sent is in the order in which that page wrote it, whatever order it arrived in.
2. An answer written with another one on the screen takes that one's place: whoever wrote it had
   seen what it replaces.
3. An answer that waited on a device without network competes with its time of writing. Written
   before the answer that counts now, it
   takes no place from it: the candidate has chosen something else since, elsewhere.

The time of writing is the device's word, corrected by the server's clock. It decides nothing
between answers of one device, nothing against an answer that was seen, and nothing for an answer
that was sent at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SENT_AT_ONCE = timedelta(
    seconds=30
)  # a slow network and one more try; beyond that an answer has waited


@dataclass(frozen=True)
class Given:
    """One answer to one question as the server has received it.

    `number` counts what a sitting has received, from 1. `device` names a browser and `page` one
    loading of the paper in it ("" if the sender didn't say); `step` grows with each answer a page
    writes. `seen` is the number of the answer that counted for this question, as the page knew when
    this one was written; 0 if it knew of none.
    """

    number: int
    place: int
    device: str
    page: str
    step: int
    seen: int
    written_at: datetime
    received_at: datetime

    @property
    def moment(self) -> datetime:
        """When the answer was given. This is its receipt if it was sent at once, else the time the
        device says, which is never after the receipt.
        """
        return (
            self.received_at
            if self.received_at - self.written_at <= SENT_AT_ONCE
            else self.written_at
        )


def find_answers_that_count(received: Iterable[Given]) -> dict[int, Given]:
    """Return place → the answer that counts. *received* holds all answers that may count, in any
    order.
    """
    counts: dict[int, Given] = {}
    last_steps: dict[tuple[int, str, str], int] = {}
    for given in sorted(received, key=lambda item: item.number):
        page = (given.place, given.device, given.page)
        if given.page and given.step <= last_steps.get(page, -1):
            continue
        last_steps[page] = given.step
        standing = counts.get(given.place)
        if standing is None or takes_place_of(given, standing):
            counts[given.place] = given
    return counts


def takes_place_of(later: Given, earlier: Given) -> bool:
    """Say whether *later* (by number) replaces *earlier*, both answers to the same question."""
    if later.device and later.device == earlier.device:
        return True
    return later.seen >= earlier.number or later.moment >= earlier.moment
