"""Many append to the register at once: one row of entries without gap or double, every head
consistent. The control shows the race.
"""

import threading

import pytest
from django.db import connection

from certification.models import RegisterCheckpoint, RegisterEntry, RegisterState
from certification.queries.register import list_latest_heads
from certification.workflows import register
from certification.workflows.register_check import recompute_register
from tests.certification.register.making import Key
from tests.concurrency.test_certificate_numbers import together

pytestmark = [pytest.mark.django_db(transaction=True)]
WORKERS, BATCHES = 4, 5


@pytest.fixture(autouse=True)
def own_anchors(settings, tmp_path):
    settings.AUDIT_ANCHORS = tmp_path / "anchors.jsonl"


def appending(key, who):
    return [
        register.append_register_entries(
            [f"{who} {turn} {n}".encode() for n in range(3)], sign=key
        ).indexes
        for turn in range(BATCHES)
    ]


def test_batches_appended_at_once_stand_whole_and_one_behind_the_other():
    key = Key()
    outcomes = together([lambda who=who: appending(key, who) for who in range(WORKERS)])
    batches = sorted(batch for outcome in outcomes for batch in outcome)
    assert batches == [(n, n + 1, n + 2) for n in range(0, WORKERS * BATCHES * 3, 3)]
    assert recompute_register(trusted=[key.verifier]).fault == ""
    assert all(row.consistent for row in list_latest_heads(WORKERS * BATCHES - 1))


def test_one_batch_delivered_to_all_at_once_stands_once():
    key = Key()
    outcomes = together(
        [lambda: register.append_register_entries([b"a", b"b"], sign=key).indexes] * WORKERS
    )
    assert outcomes == [(0, 1)] * WORKERS
    assert (RegisterEntry.objects.count(), RegisterCheckpoint.objects.count()) == (2, 1)


def test_the_first_entry_ever_entered_by_all_at_once_makes_one_state():
    key = Key()
    outcomes = together(
        [
            lambda who=who: (
                register.append_register_entries([str(who).encode()], sign=key).first_index
            )
            for who in range(WORKERS)
        ]
    )
    assert sorted(outcomes) == list(range(WORKERS))
    assert RegisterState.objects.count() == 1


def test_control_without_the_lock_two_heads_of_one_size_are_signed(monkeypatch):
    """The row read but not locked: both build on the same size, and only the place's own key stops
    the second.
    """
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one write at a time, row locked or not")
    key = Key()
    register.append_register_entries([b"first"], sign=key)
    met = threading.Barrier(2)

    def unlocked():
        state = RegisterState.objects.get(pk=1)
        met.wait(timeout=20)
        return state

    monkeypatch.setattr(register, "_lock", unlocked)
    outcomes = together(
        [
            lambda who=who: register.append_register_entries([who], sign=key).first_index
            for who in (b"a", b"b")
        ]
    )
    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1
