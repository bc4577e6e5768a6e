"""Whether SMS can reach a person, and what is missing if not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core import sms
from core.actors import Actor
from core.text import mask_mobile
from people.privacy_enums import ConsentPurpose
from people.privacy_queries import consents_of, current_policy
from people.queries import person_of


@dataclass(frozen=True, slots=True)
class Texting:
    """Whether SMS can reach a person.

    *agreed* is when the person agreed to SMS. If it is None, nothing is sent. *number* is masked,
    and empty if none is known.
    """

    has_record: bool
    has_notice: bool
    number: str
    agreed: datetime | None


def texting_of(user: Actor) -> Texting | None:
    """Return whether SMS can reach *user*, or None where this site sends none. Three queries at
    most.
    """
    if not sms.can_send_sms():
        return None
    person = person_of(user)
    if person is None:
        return Texting(has_record=False, has_notice=False, number="", agreed=None)
    row = consents_of(person).filter(purpose=ConsentPurpose.SMS, withdrawn_at=None).first()
    number = getattr(user, "phone", "") or person.mobile
    return Texting(
        has_record=True,
        has_notice=row is not None or current_policy() is not None,
        number=mask_mobile(number) if number else "",
        agreed=row.given_at if row else None,
    )
