"""Signing while one's role ends; two organisers who name a substitute at once. With the locks off
both go wrong.
"""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from django.db import connection

import access
from access.models import RoleAssignment
from access.workflows import withdraw_role
from competitions import workflows
from competitions.models import Judge, SeatVacancy, SheetJudge
from competitions.workflows import substitutes
from core.errors import DomainError
from tests.competitions import stage as stages
from tests.concurrency.test_competition_marks import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(db):
    """Marking runs, the first judge's role has ended; a judge from elsewhere waits in the panels
    beside the spare one.
    """
    from tests.factories.ground import UserFactory

    stage = stages.build().scoring()
    leaver = stage.judges[0]
    withdraw_role(
        actor=access.SYSTEM,
        assignment=RoleAssignment.objects.running().on(stage.event).get(user=leaver, role="judge"),
    )
    others = [
        workflows.assign_judge(actor=stage.manager, event=stage.event, user=UserFactory())
        for _ in range(2)
    ]
    return stage, Judge.objects.get(event=stage.event, user=leaver), others


def named_at_once(stage, left_by, others, monkeypatch):
    barrier = threading.Barrier(2)
    look = substitutes.need_panels

    def wait_then_look(event, **facts):
        with suppress(threading.BrokenBarrierError):
            barrier.wait(2)
        return look(event, **facts)

    monkeypatch.setattr(substitutes, "need_panels", wait_then_look)
    return at_once(
        *(
            lambda actor=actor, judge=judge: workflows.name_substitute(
                actor=actor, event=stage.event, left_by=left_by, substitute=judge
            )
            for actor, judge in zip((stage.manager, stage.chief), others, strict=True)
        )
    )


def test_two_substitutes_named_at_once_each_seat_goes_to_one(waiting, monkeypatch):
    stage, left_by, others = waiting
    answers = named_at_once(stage, left_by, others, monkeypatch)
    done = [answer for answer in answers if not isinstance(answer, Exception)]
    assert len(done) == 1, answers
    assert sum(isinstance(answer, DomainError) for answer in answers) == 1
    rows = SeatVacancy.objects.select_related("seat")
    assert {row.filled_by_id for row in rows} == {row.seat.judge_id for row in rows}
    assert len({row.filled_by_id for row in rows}) == 1


@pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="SQLite lets one writer in at a time: the lock is never missed",
)
def test_two_substitutes_named_at_once_without_the_lock_both_believe_they_have_the_seats(
    waiting, monkeypatch
):
    stage, left_by, others = waiting
    monkeypatch.setattr(substitutes, "lock", lambda row: type(row).objects.get(pk=row.pk))
    answers = named_at_once(stage, left_by, others, monkeypatch)
    assert sum(getattr(answer, "taken", 0) > 0 for answer in answers) == 2, answers
    assert SheetJudge.objects.filter(judge=left_by).count() == 0
