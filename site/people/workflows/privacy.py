"""A person's own choices, which are the notice read and consents given and withdrawn.

Nobody chooses for another person.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

import audit
from core import clock, personal
from core.actors import Actor
from core.errors import DomainError, InvalidInput, NotFound
from core.states import lock
from people.accounts import require_account
from people.models import Consent, NoticeRead, Person, PolicyVersion
from people.privacy_enums import ConsentChannel, ConsentPurpose, PolicyState
from people.privacy_queries import current_policy


def _need_own(actor: Actor, person: Person) -> None:
    """Raise `NotFound` unless *actor* is the person, or the system acting for the person's own
    request.
    """
    if actor.pk is not None and actor.pk != person.user_id:
        raise NotFound


@transaction.atomic
def record_notice_read(
    *, actor: Actor, version: PolicyVersion, channel: str = ConsentChannel.SIGN_IN
) -> NoticeRead:
    """Record that the account *actor* was shown *version*.

    A second call changes nothing. Raises `DomainError` if the version is no longer in force.
    """
    if version.state != PolicyState.PUBLISHED:
        raise DomainError(
            "notice_replaced",
            _("There is a newer version of this notice. Reload the page and read that version."),
        )
    row, made = NoticeRead.objects.get_or_create(
        user=require_account(actor), version=version, defaults={"channel": channel}
    )
    if made:
        audit.record(
            "people.notice_read",
            actor=actor,
            target=actor,
            after={"version": version.number, "channel": channel},
        )
    return row


@transaction.atomic
def give_consent(
    *, actor: Actor, person: Person, purpose: str, channel: str = ConsentChannel.MY_DATA
) -> Consent:
    """Record that *person* agrees to *purpose* under the notice in force.

    Agreeing twice changes nothing. Raises `NotFound` for somebody else's person, `InvalidInput` for
    an unknown purpose, and `DomainError` while no notice is in force, because nobody can agree to
    what isn't written.
    """
    _need_own(actor, person)
    person = lock(person)
    if purpose not in ConsentPurpose.values:
        raise InvalidInput("no_such_purpose", _("This option doesn't exist. Reload the page."))
    policy = current_policy()
    if policy is None:
        raise DomainError(
            "no_notice",
            _(
                "No privacy notice is in force yet, so there is nothing to consent to. "
                "Nothing was changed."
            ),
        )
    held = Consent.objects.filter(person=person, purpose=purpose, withdrawn_at=None).first()
    if held:
        return held
    row = Consent(
        person=person,
        purpose=purpose,
        policy_version=policy,
        given_at=clock.now(),
        channel=channel,
    )
    row.full_clean()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # the same click twice at once: one row is enough
        return Consent.objects.get(person=person, purpose=purpose, withdrawn_at=None)
    audit.record(
        "people.consent_given",
        actor=actor,
        target=person,
        after={"purpose": purpose, "version": policy.number, "channel": channel},
    )
    return row


@transaction.atomic
def withdraw_consent(
    *, actor: Actor, person: Person, purpose: str, channel: str = ConsentChannel.MY_DATA
) -> Consent | None:
    """End the consent of *person* to *purpose* now, and what depended on it.

    Returns None if there was none. It stops what would still be done. Certificates and archives of
    the union have their own legal ground and stay.
    """
    _need_own(actor, person)
    person = lock(person)
    row = (
        Consent.objects.select_for_update()
        .filter(person=person, purpose=purpose, withdrawn_at=None)
        .first()
    )
    if row is None:
        return None
    row.withdrawn_at, row.withdrawn_channel = clock.now(), channel
    row.save(update_fields=["withdrawn_at", "withdrawn_channel"])
    personal.follow_withdrawal(person, purpose, actor)
    audit.record(
        "people.consent_withdrawn",
        actor=actor,
        target=person,
        before={"purpose": purpose},
        after={"channel": channel},
    )
    return row
