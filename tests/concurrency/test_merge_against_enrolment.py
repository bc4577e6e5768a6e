"""A record is merged while its owner enrols: the place is the survivor's, or none. The control
shows what happens without the lock.
"""

from __future__ import annotations

import threading

import pytest

import access
from core.errors import DomainError
from courses.models import Enrolment, TrainingClass
from courses.workflows import enrolment
from people.models import Person
from people.workflows import merge as work
from people.workflows.person import record_person
from tests.concurrency.test_certificate_numbers import together
from tests.factories.courses import TrainingClassFactory
from tests.factories.ground import MembershipFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WAIT = 20
# SQLite begins the enrolment's transaction with its one write lock, so no merge comes in between,
# with or without a lock on the person.
on_postgresql = pytest.mark.service("postgresql")


@pytest.fixture
def proposal():
    keep = record_person(actor=access.SYSTEM, name="张伟", id_kind="passport", id_number="E1234567")
    gone = record_person(actor=access.SYSTEM, name="章玮")
    MembershipFactory(person=gone)
    return work.propose_merge(
        actor=UserFactory(), keep=keep, gone=gone, picks={}, reason="两证均已核对，同一人"
    )


def enrol_while_merging(proposal, monkeypatch):
    """Enrol the record that is merged away; the merge runs between the question of rights and the
    lock of the person.
    """
    training_class, officer = TrainingClassFactory(capacity=5), UserFactory()
    checked, merged = threading.Event(), threading.Event()
    check = enrolment.require_own

    def check_and_wait(*given):
        check(*given)
        checked.set()
        assert merged.wait(WAIT)

    monkeypatch.setattr(enrolment, "require_own", check_and_wait)

    def enrol():
        person = Person.objects.get(pk=proposal.gone_id)
        return enrolment.enrol_person(
            actor=access.SYSTEM,
            training_class=TrainingClass.objects.get(pk=training_class.pk),
            person=person,
        )

    def approve():
        assert checked.wait(WAIT)
        try:
            return work.approve_merge(actor=officer, proposal=proposal)
        finally:
            merged.set()

    return together([enrol, approve])


def test_nobody_enrols_a_record_that_was_merged_before(proposal):
    training_class, gone = TrainingClassFactory(capacity=5), Person.objects.get(pk=proposal.gone_id)
    work.approve_merge(actor=UserFactory(), proposal=proposal)
    with pytest.raises(DomainError) as refused:
        enrolment.enrol_person(actor=access.SYSTEM, training_class=training_class, person=gone)
    assert refused.value.code == "person_merged"
    assert (Enrolment.objects.count(), TrainingClass.objects.get().seats_taken) == (0, 0)


@on_postgresql
def test_nobody_enrols_a_record_that_was_merged_meanwhile(proposal, monkeypatch):
    enrolled, approved = enrol_while_merging(proposal, monkeypatch)
    assert approved.state == "merged"
    assert isinstance(enrolled, DomainError)
    assert enrolled.code == "person_merged"
    assert Enrolment.objects.count() == 0
    assert TrainingClass.objects.get().seats_taken == 0


@on_postgresql
def test_control_without_the_lock_the_place_is_the_tombstones(proposal, monkeypatch):
    monkeypatch.setattr(enrolment, "hold_unmerged", lambda person: person)
    enrol_while_merging(proposal, monkeypatch)
    assert Enrolment.objects.get().person_id == proposal.gone_id
    assert Person.objects.get(pk=proposal.gone_id).merged_into_id == proposal.keep_id


def test_place_taken_first_moves_along_with_the_merge(proposal, monkeypatch):
    """The enrolment holds the record when the merge begins: the merge waits, and finds the row."""
    training_class, officer = TrainingClassFactory(capacity=5), UserFactory()
    taken, begun = threading.Event(), threading.Event()
    take_seat = enrolment._take_seat

    def take_and_wait(which):
        seat = take_seat(which)
        taken.set()
        assert begun.wait(WAIT)
        return seat

    monkeypatch.setattr(enrolment, "_take_seat", take_and_wait)

    def enrol():
        person = Person.objects.get(pk=proposal.gone_id)
        return enrolment.enrol_person(
            actor=access.SYSTEM,
            training_class=TrainingClass.objects.get(pk=training_class.pk),
            person=person,
        )

    def approve():
        assert taken.wait(WAIT)
        begun.set()
        return work.approve_merge(actor=officer, proposal=proposal)

    enrolled, approved = together([enrol, approve])
    assert (enrolled.state, approved.state) == ("admitted", "merged")
    assert Enrolment.objects.get().person_id == proposal.keep_id
