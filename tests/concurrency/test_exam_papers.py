"""One paper, two requests at once: handed in twice, saved while the server collects. Each with a
control without locks that fails.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import Event
from core.digests import digest_canonical_json
from courses.models import Attempt
from courses.queries import exam as reads
from courses.workflows import exam as workflows
from courses.workflows.exam import collect_attempt, save_answers, start_attempt, submit_attempt
from tests.courses.test_exam import op
from tests.factories.courses import (
    EnrolmentFactory,
    ExamFactory,
    SessionFactory,
    TrainingClassFactory,
)

# SQLite lets one writer in at a time, so the control couldn't fail there.
pytestmark = [pytest.mark.service("postgresql"), pytest.mark.django_db(transaction=True)]


def at_once(*calls):
    """Run *calls* in threads of their own connections and return their results or errors in order."""
    answers = [None] * len(calls)

    def run(place, call):
        try:
            answers[place] = call()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.fixture
def attempt():
    training_class = TrainingClassFactory(starts_on=timezone.localdate())
    SessionFactory(training_class=training_class, number=1, now=True)
    exam = ExamFactory(training_class=training_class)
    enrolment = EnrolmentFactory(training_class=training_class)
    return start_attempt(actor=enrolment.person.user, exam=exam, enrolment=enrolment)


@pytest.fixture
def meeting(monkeypatch):
    """Both requests have read the sitting before either goes on - if nothing keeps them apart."""
    barrier = threading.Barrier(2)

    def meet():
        with suppress(threading.BrokenBarrierError):
            barrier.wait(2)

    return meet


@pytest.fixture
def unlocked(monkeypatch):
    """Take the locks off."""

    def plain(row):
        return type(row).objects.get(pk=row.pk)

    def plain_sitting(actor, attempt_id):
        return Attempt.objects.select_related("exam", "enrolment__person").get(public_id=attempt_id)

    monkeypatch.setattr(workflows, "lock", plain)
    monkeypatch.setattr(workflows, "_lock_sitting", plain_sitting)
    monkeypatch.setattr(
        workflows,
        "move",
        lambda row, to, table: type(row).objects.filter(pk=row.pk).update(state=to),
    )


def hand_in_twice(attempt, meeting, monkeypatch):
    close = workflows._close

    def meet_then_close(**fields):
        meeting()
        return close(**fields)

    monkeypatch.setattr(workflows, "_close", meet_then_close)
    actor = attempt.enrolment.person.user
    return at_once(
        *[lambda: submit_attempt(actor=actor, attempt=Attempt.objects.get(pk=attempt.pk))] * 2
    )


def records(kind):
    return Event.objects.filter(kind=kind).count()


def test_submit_twice_at_once_hands_in_once(attempt, meeting, monkeypatch):
    first, second = hand_in_twice(attempt, meeting, monkeypatch)
    assert (first.receipt, first.submitted_at) == (second.receipt, second.submitted_at)
    assert records("courses.attempt_submitted") == 1


def test_submit_twice_at_once_without_locks_hands_in_twice(attempt, meeting, monkeypatch, unlocked):
    """The control."""
    hand_in_twice(attempt, meeting, monkeypatch)
    assert records("courses.attempt_submitted") == 2


def save_against_collection(attempt, meeting, monkeypatch):
    """An answer that arrived just before the end, and the collection that begins just after it.

    Each stops between reading the sitting and writing. Returns what the page was told and the
    collected sitting.
    """
    read_op, counting = workflows._read_op, reads.counting_answers

    def meet_then_read(*args, **fields):
        row = read_op(*args, **fields)
        meeting()
        return row

    def count_then_meet(row):
        found = counting(row)
        meeting()
        return found

    monkeypatch.setattr(workflows, "_read_op", meet_then_read)
    monkeypatch.setattr(workflows.reads, "counting_answers", count_then_meet)
    actor = attempt.enrolment.person.user
    later = timezone.now() + timedelta(hours=1)
    saved, _collected = at_once(
        lambda: save_answers(actor=actor, attempt_id=attempt.public_id, ops=[op(attempt, 1)]),
        lambda: collect_attempt(attempt_id=attempt.pk, now=later),
    )
    return saved, Attempt.objects.get(pk=attempt.pk)


def agree(saved, collected):
    """Whether receipt and mark cover what the page was told is saved, and nothing else."""
    word = saved.saved[0].word
    has_it = collected.receipt == digest_canonical_json(reads.receipt_record(collected))
    return has_it and (collected.mark == 20) == (word == "saved")


def test_save_against_collection_is_in_the_receipt_or_late_and_the_page_is_told_which(
    attempt, meeting, monkeypatch
):
    saved, collected = save_against_collection(attempt, meeting, monkeypatch)
    assert collected.state == "collected"
    assert agree(saved, collected)


def test_save_against_collection_without_locks_acknowledges_what_the_receipt_lacks(
    attempt, meeting, monkeypatch, unlocked
):
    """The control."""
    saved, collected = save_against_collection(attempt, meeting, monkeypatch)
    assert saved.saved[0].word == "saved"
    assert not agree(saved, collected)


def test_two_devices_at_once_are_both_received_and_numbered(attempt):
    actor = attempt.enrolment.person.user
    answers = at_once(
        *[
            lambda device=device: save_answers(
                actor=actor, attempt_id=attempt.public_id, ops=[op(attempt, 1, device=device)]
            )
            for device in "AB"
        ]
    )
    assert {answer.saved[0].word for answer in answers} <= {"saved", "superseded"}
    assert sorted(attempt.ops.values_list("number", flat=True)) == [1, 2]


def test_two_tabs_at_once_without_locks_lose_an_answer(attempt, meeting, monkeypatch, unlocked):
    """The control: both changes get the same place in the order of receipt, so the table takes one
    and the other tab hears an error.
    """
    read_op = workflows._read_op

    def read_then_meet(*args, **fields):
        row = read_op(*args, **fields)
        meeting()
        return row

    monkeypatch.setattr(workflows, "_read_op", read_then_meet)
    actor = attempt.enrolment.person.user
    answers = at_once(
        *[
            lambda page=page: save_answers(
                actor=actor,
                attempt_id=attempt.public_id,
                ops=[op(attempt, 1, device="A", page=page)],
            )
            for page in ("left", "right")
        ]
    )
    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 1, answers
    assert attempt.ops.count() == 1


def test_one_answer_sent_twice_at_once_is_written_once(attempt):
    actor, change = attempt.enrolment.person.user, op(attempt, 1, op_id=uuid4())
    at_once(*[lambda: save_answers(actor=actor, attempt_id=attempt.public_id, ops=[change])] * 2)
    assert attempt.ops.count() == 1
    assert transaction.get_autocommit()
