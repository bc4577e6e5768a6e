"""Two colleagues agree to one merge at the same moment: it is done once. Without the lock and the
state table, it is done twice.
"""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import transaction

import access
from audit.models import Event
from core.errors import DomainError, IllegalMove
from people.enums import MergeState
from people.models import IdentityDocument, MergeProposal, Person
from people.workflows import merge as work
from people.workflows.person import record_person
from tests.concurrency.test_enrolment_rush import rush
from tests.factories.ground import MembershipFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def proposed():
    keep = record_person(actor=access.SYSTEM, name="张伟", id_kind="passport", id_number="E1234567")
    gone = record_person(actor=access.SYSTEM, name="章玮")
    MembershipFactory(person=gone)
    return work.propose_merge(
        actor=UserFactory(), keep=keep, gone=gone, picks={}, reason="两证均已核对，同一人"
    )


def test_eight_approvals_at_once_merge_once():
    proposal = proposed()
    actors = [UserFactory() for _ in range(8)]
    results = rush(
        [lambda actor=actor: work.approve_merge(actor=actor, proposal=proposal) for actor in actors]
    )
    assert Counter(type(row) for row in results) == {MergeProposal: 1, IllegalMove: 7}
    assert Person.objects.exclude(merged_into=None).count() == 1
    assert (
        Event.objects.filter(kind="people.persons_merged", target_type="people.Person").count() == 2
    )


def test_merge_and_counter_merge_at_once_leave_one_survivor():
    """A into B and B into A: only one proposal can wait, so nobody ends up pointing at each other."""
    keep, gone = (
        record_person(actor=access.SYSTEM, name="张伟"),
        record_person(actor=access.SYSTEM, name="章玮"),
    )

    def propose(one, other):
        return work.propose_merge(
            actor=UserFactory(), keep=one, gone=other, picks={}, reason="两证均已核对，同一人"
        )

    results = rush([lambda: propose(keep, gone), lambda: propose(gone, keep)])
    assert Counter(isinstance(row, DomainError) for row in results) == {True: 1, False: 1}
    assert MergeProposal.objects.filter(state=MergeState.PROPOSED).count() == 1


def test_one_number_recorded_at_eight_desks_at_once_makes_one_person():
    def record(serial):
        return record_person(
            actor=access.SYSTEM, name=f"工{serial}", id_kind="passport", id_number="E7654321"
        )

    results = rush([lambda serial=serial: record(serial) for serial in range(8)])
    assert Counter(type(row) is Person for row in results) == {True: 1, False: 7}
    assert {row.code for row in results if isinstance(row, DomainError)} == {"identity_taken"}
    assert (IdentityDocument.objects.count(), Person.objects.count()) == (1, 1)


def test_control_without_lock_and_table_the_merge_is_done_twice():
    """The same two approvals with "look, then merge": both look before either writes, and the deed
    stands in the record twice.
    """
    import threading

    proposal = proposed()
    looked = threading.Barrier(2)

    def naive():
        seen = MergeProposal.objects.get(pk=proposal.pk)
        waits = seen.state == MergeState.PROPOSED
        looked.wait(10)
        if not waits:
            return None
        with transaction.atomic():
            MergeProposal.objects.filter(pk=seen.pk).update(state=MergeState.MERGED)
            work._merge(
                Person.objects.get(pk=seen.keep_id),
                Person.objects.get(pk=seen.gone_id),
                {},
                actor=access.SYSTEM,
            )
            work.audit.record("people.persons_merged", actor=access.SYSTEM, target=seen)
        return seen

    assert [type(row) for row in rush([naive, naive])] == [MergeProposal, MergeProposal]
    assert Event.objects.filter(kind="people.persons_merged").count() == 2


def test_two_officers_propose_one_pair_at_once_and_one_proposal_waits():
    keep, gone = (
        record_person(actor=access.SYSTEM, name="张伟"),
        record_person(actor=access.SYSTEM, name="章玮"),
    )
    officers = [UserFactory() for _ in range(8)]
    results = rush(
        [
            lambda officer=officer: work.propose_merge(
                actor=officer, keep=keep, gone=gone, picks={}, reason="两证均已核对，同一人"
            )
            for officer in officers
        ]
    )
    assert Counter(type(row) for row in results)[MergeProposal] == 1
    assert all(isinstance(row, MergeProposal | DomainError) for row in results)
    assert MergeProposal.objects.filter(state=MergeState.PROPOSED).count() == 1
