"""The acts of the people desk. Each checks the right over the person's union, then calls the plain
workflow below.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from access.checks import require, require_anywhere
from core import clock
from core.actors import Actor
from core.errors import DomainError, Forbidden, InvalidInput
from jobs.models import Job
from office import people_grants as grants
from office.queries.people import (
    account_has_roles,
    find_visible_person,
    list_visible_people,
    require_person,
)
from office.workflows import people_notifications as telling
from org.models import Employer, Employment, OrgUnit
from org.workflows import belonging
from people.merging import ACCOUNT, GONE
from people.models import IdentityDocument, MergeProposal, Person, SuspectedPair
from people.queries import person_by_identity
from people.rules.identity import IdentityError
from people.workflows import duplicates, merge
from people.workflows import person as persons


@transaction.atomic
def record_person_as_officer(
    *,
    actor: Actor,
    org_unit: OrgUnit,
    joined: date,
    employer: Employer | None = None,
    job_title: str = "",
    **facts: Any,
) -> Person:
    """Record a person as a member of *org_unit* since *joined* and, if *employer* is given, as
    working there since that day.
    """
    require(actor, grants.RECORD, org_unit)
    person = persons.record_person(actor=actor, **facts)
    belonging.join_union(actor=actor, person=person, org_unit=org_unit, starts_on=joined)
    if employer is not None:
        belonging.record_employment(
            actor=actor, person=person, employer=employer, starts_on=joined, job_title=job_title
        )
    return person


@transaction.atomic
def change_facts_as_officer(
    *, actor: Actor, person: Person, changes: Mapping[str, Any], reason: str
) -> Person:
    """Change facts of a person, with a reason."""
    require_person(actor, grants.EDIT, person)
    return persons.change_facts(actor=actor, person=person, changes=changes, reason=reason)


@transaction.atomic
def correct_name_as_officer(*, actor: Actor, person: Person, name: str, reason: str) -> Person:
    """Correct the person's name. The former name is kept."""
    require_person(actor, grants.EDIT, person)
    return persons.correct_name(actor=actor, person=person, name=name, reason=reason)


@transaction.atomic
def correct_identity_as_officer(
    *, actor: Actor, person: Person, kind: str, number: str, reason: str
) -> IdentityDocument:
    """Record or correct an identity document."""
    require_person(actor, grants.EDIT, person)
    return persons.correct_identity(
        actor=actor, person=person, kind=kind, number=number, reason=reason
    )


@transaction.atomic
def set_photo_as_officer(*, actor: Actor, person: Person, data: bytes) -> Person:
    """Save a photo, after it was checked."""
    require_person(actor, grants.EDIT, person)
    return persons.set_photo(actor=actor, person=person, data=data)


@transaction.atomic
def remove_photo_as_officer(*, actor: Actor, person: Person) -> Person:
    """Remove the photo."""
    require_person(actor, grants.EDIT, person)
    return persons.remove_photo(actor=actor, person=person)


@transaction.atomic
def transfer_membership_as_officer(
    *, actor: Actor, person: Person, to: OrgUnit, on: date, reason: str
) -> None:
    """Transfer a member to another of the officer's unions (转会)."""
    require_person(actor, grants.EDIT, person)
    require(actor, grants.EDIT, to)
    belonging.transfer_membership(
        actor=actor, person=person, to=to, on=on, reason=persons.require_long_reason(reason)
    )


@transaction.atomic
def join_union_as_officer(*, actor: Actor, person: Person, to: OrgUnit, on: date) -> None:
    """Make a person who is in no union a member of one of the officer's unions."""
    require_person(actor, grants.EDIT, person)
    require(actor, grants.EDIT, to)
    belonging.join_union(actor=actor, person=person, org_unit=to, starts_on=on)


@transaction.atomic
def end_membership_as_officer(
    *, actor: Actor, person: Person, on: date, kind: str, reason: str
) -> None:
    """End the membership, or keep it on the union's books (*kind* is an `org.enums.LeaveKind`)."""
    require_person(actor, grants.EDIT, person)
    belonging.end_membership(
        actor=actor, person=person, on=on, kind=kind, reason=persons.require_long_reason(reason)
    )


@transaction.atomic
def resume_membership_as_officer(*, actor: Actor, person: Person, on: date, reason: str) -> None:
    """Make a kept membership a full one again."""
    require_person(actor, grants.EDIT, person)
    belonging.resume_membership(
        actor=actor, person=person, on=on, reason=persons.require_long_reason(reason)
    )


@transaction.atomic
def record_employment_as_officer(
    *,
    actor: Actor,
    person: Person,
    employer: Employer | None,
    on: date,
    job_title: str,
    form: str,
    works_at: Employer | None = None,
) -> Employment:
    """Record a new employment."""
    require_person(actor, grants.EDIT, person)
    return belonging.record_employment(
        actor=actor,
        person=person,
        employer=employer,
        starts_on=on,
        job_title=job_title,
        form=form,
        works_at=works_at,
    )


@transaction.atomic
def end_employment_as_officer(
    *, actor: Actor, person: Person, employment: Employment, on: date, reason: str
) -> Employment:
    """End an employment, where *on* is the last day of work."""
    require_person(actor, grants.EDIT, person)
    return belonging.end_employment(
        actor=actor,
        person=person,
        employment=employment,
        on=on,
        reason=persons.require_long_reason(reason),
    )


@transaction.atomic
def open_account_as_officer(*, actor: Actor, person: Person, username: str) -> Any:
    """Open an account for the person."""
    require_person(actor, grants.ACCOUNT, person)
    return persons.open_account(actor=actor, person=person, username=username)


@transaction.atomic
def set_account_active_as_officer(
    *, actor: Actor, person: Person, active: bool, reason: str
) -> Any:
    """Close or reopen the person's account.

    An account that holds roles can be changed only by people who may also give and withdraw roles.
    A superuser's account can be changed only by a superuser.
    """
    require_person(actor, grants.ACCOUNT, person)
    if (
        person.user is not None
        and person.user.is_superuser
        and not getattr(actor, "is_superuser", False)
    ):
        raise Forbidden
    if (
        account_has_roles(person)
        and not list_visible_people(actor, "access.grant_role").filter(pk=person.pk).exists()
    ):
        raise DomainError(
            "account_has_roles",
            _(
                "This account holds roles. Ask the union administrator to withdraw them "
                "first or to close the account."
            ),
        )
    return persons.set_account_active(actor=actor, person=person, active=active, reason=reason)


@transaction.atomic
def show_identity_as_officer(*, actor: Actor, person: Person, reason: str) -> list[tuple[str, str]]:
    """Return the full numbers, after recording who looks and why. The person sees that record."""
    require_person(actor, grants.UNMASK, person)
    return persons.show_identity(actor=actor, person=person, reason=reason)


@transaction.atomic
def look_up_person(*, actor: Actor, kind: str, number: str) -> Person:
    """Return the person who holds exactly this number, if their record is in the officer's unions.
    A hit is recorded.

    Raises `InvalidInput` on the field if no such number is recorded, or if it is recorded elsewhere
    (then the person must come by a transfer).
    """
    require_anywhere(actor, grants.LOOK_UP, OrgUnit)
    try:
        person = person_by_identity(kind, number, today=clock.today())
    except IdentityError as error:
        sentence = persons.identity_sentence(error)
        raise InvalidInput("identity", sentence, fields={"id_number": sentence}) from error
    if person is None:
        sentence = _(
            "No one is recorded with this number. Compare it with the card, or add the person."
        )
        raise InvalidInput("identity_unknown", sentence, fields={"id_number": sentence})
    audit.record("people.identity_looked_up", actor=actor, target=person, after={"kind": kind})
    if not list_visible_people(actor, grants.LOOK_UP).filter(pk=person.pk).exists():
        sentence = _(
            "This number is recorded at a union outside your area of responsibility. Ask "
            "your superior union for a transfer; don't record the person twice."
        )
        raise RecordedElsewhere(sentence)
    return person


class RecordedElsewhere(InvalidInput):
    """The person is recorded, but at a union outside the officer's reach."""

    def __init__(self, sentence: Any) -> None:
        super().__init__("identity_elsewhere", sentence, fields={"id_number": sentence})


# ---- double records ----


@transaction.atomic
def start_scan_as_officer(*, actor: Actor, everything: bool = False) -> Job:
    """Start the search for double records."""
    require_anywhere(actor, grants.PROPOSE, OrgUnit)
    return duplicates.start_scan(actor=actor, everything=everything)


@transaction.atomic
def propose_merge_as_officer(
    *, actor: Actor, keep: Person, gone: Person, picks: Mapping[str, str], reason: str
) -> MergeProposal:
    """Propose a merge, which needs the right over both records. An account that would be closed
    must hold no roles.
    """
    _both(actor, grants.PROPOSE, keep, gone)
    _account_without_roles(keep, gone, picks)
    proposal = merge.propose_merge(actor=actor, keep=keep, gone=gone, picks=picks, reason=reason)
    telling.tell_merge_proposed(proposal)
    return proposal


@transaction.atomic
def approve_merge_as_officer(
    *, actor: Actor, proposal: MergeProposal, reason: str = ""
) -> MergeProposal:
    """Approve the proposal as the second person, and merge the records."""
    _both(actor, grants.APPROVE, proposal.keep, proposal.gone)
    _account_without_roles(proposal.keep, proposal.gone, proposal.picks)
    proposal = merge.approve_merge(actor=actor, proposal=proposal, reason=reason)
    telling.tell_merge_done(proposal)
    return proposal


@transaction.atomic
def refuse_merge_as_officer(*, actor: Actor, proposal: MergeProposal, reason: str) -> MergeProposal:
    """Refuse a proposal, with a reason."""
    _both(actor, grants.APPROVE, proposal.keep, proposal.gone)
    proposal = merge.refuse_merge(actor=actor, proposal=proposal, reason=reason)
    telling.tell_merge_refused(proposal)
    return proposal


@transaction.atomic
def withdraw_merge_as_officer(*, actor: Actor, proposal: MergeProposal) -> MergeProposal:
    """Withdraw one's own proposal."""
    return merge.withdraw_merge(actor=actor, proposal=proposal)


@transaction.atomic
def call_different_as_officer(*, actor: Actor, pair: SuspectedPair, note: str) -> SuspectedPair:
    """Record that two records are two persons."""
    _both(actor, grants.PROPOSE, pair.first, pair.second)
    return merge.call_different(actor=actor, pair=pair, note=note)


@transaction.atomic
def look_again_as_officer(*, actor: Actor, pair: SuspectedPair) -> SuspectedPair:
    """Undo `call_different_as_officer`."""
    _both(actor, grants.PROPOSE, pair.first, pair.second)
    return merge.look_again(actor=actor, pair=pair)


def _both(actor: Actor, codename: str, *people: Person) -> None:
    for person in people:
        find_visible_person(actor, person.public_id, codename)


def _account_without_roles(keep: Person, gone: Person, picks: Mapping[str, str]) -> None:
    if not (keep.user_id and gone.user_id):
        return
    closing = keep if picks.get(ACCOUNT) == GONE else gone
    if account_has_roles(closing):
        raise DomainError(
            "account_has_roles",
            _(
                "The account to be closed holds roles. Withdraw them first, or keep the "
                "other account."
            ),
        )
