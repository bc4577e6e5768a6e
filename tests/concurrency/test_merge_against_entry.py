"""A record is merged while its owner is entered for a competition: the entry is the survivor's, or
none. With a control that fails.
"""

from __future__ import annotations

import threading

import pytest

import access
from competitions import workflows
from competitions.models import Entry
from competitions.workflows import entry as entry_module
from core.errors import DomainError
from people.models import Person
from people.workflows import merge as work
from people.workflows.person import record_person
from tests.competitions import stage as stages
from tests.concurrency.test_certificate_numbers import together
from tests.factories.ground import MembershipFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WAIT = 20
# On SQLite a writing transaction is alone from its first statement, so no merge comes in between.
on_postgresql = pytest.mark.service("postgresql")


@pytest.fixture
def proposal():
    keep = record_person(actor=access.SYSTEM, name="张伟", id_kind="passport", id_number="E1234567")
    gone = record_person(actor=access.SYSTEM, name="章玮")
    MembershipFactory(person=gone)
    return work.propose_merge(
        actor=UserFactory(), keep=keep, gone=gone, picks={}, reason="两证均已核对，同一人"
    )


@pytest.fixture
def stage(db):
    """A competition that takes entries."""
    made = stages.build(competitors=0).with_scheme()
    workflows.open_registration(actor=made.manager, event=made.event)
    made.reload()
    return made


def enters(stage, proposal):
    return workflows.register_entry(
        actor=stage.manager, event=stage.event, person=Person.objects.get(pk=proposal.gone_id)
    )


def enter_while_merging(stage, proposal, monkeypatch):
    """Enter the record that is merged away; the merge runs just before the entry is written, if
    nothing keeps it out.
    """
    officer = UserFactory()
    reached, merged = threading.Event(), threading.Event()
    current_employer = entry_module.current_employer

    def wait_then_look(*args, **facts):
        reached.set()
        merged.wait(3)
        return current_employer(*args, **facts)

    monkeypatch.setattr(entry_module, "current_employer", wait_then_look)

    def approve():
        assert reached.wait(WAIT)
        try:
            return work.approve_merge(actor=officer, proposal=proposal)
        finally:
            merged.set()

    return together([lambda: enters(stage, proposal), approve])


def test_nobody_enters_a_record_that_was_merged_before(stage, proposal):
    work.approve_merge(actor=UserFactory(), proposal=proposal)
    with pytest.raises(DomainError) as refused:
        enters(stage, proposal)
    assert (refused.value.code, Entry.objects.count()) == ("person_merged", 0)


@on_postgresql
def test_entry_handed_in_while_the_record_is_merged_is_the_survivors(stage, proposal, monkeypatch):
    """The entry holds the record, so the merge waits and takes the row along."""
    entered, approved = enter_while_merging(stage, proposal, monkeypatch)
    assert (entered.state, approved.state) == ("submitted", "merged")
    assert Entry.objects.get().person_id == proposal.keep_id


@on_postgresql
def test_control_without_the_lock_the_entry_is_the_tombstones(stage, proposal, monkeypatch):
    monkeypatch.setattr(entry_module, "hold_unmerged", lambda person: person)
    _entered, approved = enter_while_merging(stage, proposal, monkeypatch)
    assert approved.state == "merged"
    assert Entry.objects.get().person_id == proposal.gone_id
