"""Correcting while somebody confirms; taking a number out while all marks are locked. With the
locks off both go wrong.
"""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from django.db import OperationalError, connection

from competitions import workflows
from competitions.enums import CodeState, EventState, MarkingSheetState, ResultState
from competitions.errors import ResultsChanged
from competitions.models import BlindCode, ResultSet
from competitions.workflows import correction as correction_module
from competitions.workflows import entry as entry_module
from competitions.workflows import request as request_module
from competitions.workflows import result as result_module
from competitions.workflows import sheet as sheet_module
from core.errors import DomainError
from tests.competitions import stage as stages
from tests.concurrency.test_competition_marks import at_once

pytestmark = [pytest.mark.django_db(transaction=True)]
needs_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="SQLite lets one writer in at a time: the lock is never missed",
)


def unlocked(row):
    return type(row).objects.get(pk=row.pk)


def meet(monkeypatch, *places):
    """Let two threads reach *places* (module, name) before either goes on - if nothing keeps them
    apart.
    """
    barrier = threading.Barrier(2)

    def waiting(call):
        def wait_then(*args, **facts):
            with suppress(threading.BrokenBarrierError):
                barrier.wait(2)
            return call(*args, **facts)

        return wait_then

    for module, name in places:
        monkeypatch.setattr(module, name, waiting(getattr(module, name)))


@pytest.fixture
def asked(db):
    """Results that wait for confirmation, and a correction of them that waits too."""
    stage = stages.build(competitors=3).opened()
    request = workflows.request_correction(
        actor=stage.manager,
        event=stage.event,
        kind="void_sheet",
        sheet=stage.sheet("A", 1),
        reason="复核",
    )
    return stage, request


def confirm_while_correcting(stage, request, monkeypatch):
    """Confirm the results at the moment in which the correction has read them and not yet replaced
    them, if nothing keeps it out.
    """
    reached, confirmed = threading.Event(), threading.Event()
    work_out = correction_module.work_out

    def wait_then_work_out(*args, **facts):
        reached.set()
        confirmed.wait(3)
        return work_out(*args, **facts)

    def confirm():
        reached.wait(30)
        try:
            return workflows.confirm_results(actor=stage.reviewer, results=stage.results)
        finally:
            confirmed.set()

    monkeypatch.setattr(correction_module, "work_out", wait_then_work_out)
    return at_once(confirm, lambda: workflows.approve_request(actor=stage.chief, request=request))


def standing(stage):
    """Return the state of the event and the versions that count, with what module A gave number 1."""
    rows = ResultSet.objects.filter(event=stage.event).exclude(state=ResultState.SUPERSEDED)
    return stage.reload().state, [
        (row.version, row.state, row.rows.get(code__number=1).modules["A"]) for row in rows
    ]


def test_results_confirmed_while_they_are_corrected_wait_and_are_not_confirmed(asked, monkeypatch):
    stage, request = asked
    confirmed, corrected = confirm_while_correcting(stage, request, monkeypatch)
    assert isinstance(confirmed, ResultsChanged), confirmed
    assert not isinstance(corrected, Exception), corrected
    assert standing(stage) == (EventState.PROVISIONAL, [(2, ResultState.PROVISIONAL, "0.00")])


@needs_postgresql
def test_results_confirmed_while_they_are_corrected_without_the_locks_is_confirmed_or_breaks(
    asked, monkeypatch
):
    """The control: without the locks what is being replaced gets confirmed, or the database stops
    the two in a deadlock.
    """
    stage, request = asked
    for module in (result_module, correction_module, request_module):
        monkeypatch.setattr(module, "lock", unlocked)
    confirmed, corrected = confirm_while_correcting(stage, request, monkeypatch)
    assert not isinstance(confirmed, DomainError), confirmed
    deadlock = isinstance(corrected, OperationalError) or isinstance(confirmed, OperationalError)
    assert deadlock or standing(stage) == (
        EventState.CONFIRMED,
        [(2, ResultState.PROVISIONAL, "0.00")],
    )


@pytest.fixture
def absent(db):
    """Every sheet locked but those of number 3, who is absent."""
    stage = stages.build(competitors=3).scoring()
    code = BlindCode.objects.get(event=stage.event, number=3)
    workflows.change_competing_state(
        actor=stage.chief, code=code, to=CodeState.ABSENT, reason="未到"
    )
    for number in (1, 2):
        for module, full in (("A", "20"), ("B", "30")):
            sheet = stage.sheet(module, number)
            stage.fill(sheet, full, "2")
            stage.sign(sheet)
    for module in ("A", "B"):
        workflows.lock_module(
            actor=stage.chief, event=stage.event, module=stage.sheet(module, 1).module
        )
    return stage, BlindCode.objects.get(pk=code.pk)


def lock_and_put_back(stage, code):
    return at_once(
        lambda: workflows.lock_event(actor=stage.chief, event=stage.event),
        lambda: workflows.change_competing_state(
            actor=stage.chief, code=code, to=CodeState.COMPETING, reason="误记"
        ),
    )


def sound(stage):
    """Say whether no number competes in a locked event with a sheet that was never signed."""
    stage.reload()
    open_sheets = stage.event.sheets.filter(code__state=CodeState.COMPETING).exclude(
        state__in=[MarkingSheetState.LOCKED, MarkingSheetState.FINAL]
    )
    return stage.event.state == EventState.SCORING or not open_sheets.exists()


def test_locking_all_marks_and_putting_a_number_back_at_once_leaves_no_unsigned_sheet_behind(
    absent, monkeypatch
):
    stage, code = absent
    meet(monkeypatch, (sheet_module, "_need_locked"), (entry_module, "need_reason"))
    answers = lock_and_put_back(stage, code)
    assert sum(isinstance(answer, DomainError) for answer in answers) == 1, answers
    assert sound(stage)


@needs_postgresql
def test_locking_and_putting_back_at_once_without_the_locks_leaves_an_unsigned_sheet_that_counts(
    absent, monkeypatch
):
    stage, code = absent
    for module in (sheet_module, entry_module):
        monkeypatch.setattr(module, "lock", unlocked)
    meet(monkeypatch, (sheet_module, "_need_locked"), (entry_module, "need_reason"))
    answers = lock_and_put_back(stage, code)
    assert not sound(stage), answers


@pytest.fixture
def locked(db):
    """Every mark locked, four numbers that compete."""
    stage = stages.build().locked()
    return stage, BlindCode.objects.get(event=stage.event, number=1)


def take_out_while_working_out(stage, code, monkeypatch):
    """Take the winner's number out while results are worked out; return both answers and whether a
    result ranks who doesn't compete.
    """
    meet(monkeypatch, (result_module, "store_results"), (entry_module, "need_reason"))
    answers = at_once(
        lambda: workflows.compute_results(actor=stage.manager, event=stage.event),
        lambda: workflows.change_competing_state(
            actor=stage.chief, code=code, to=CodeState.DISQUALIFIED, reason="冒名顶替"
        ),
    )
    ranked = (
        ResultSet.objects.get(event=stage.event)
        .rows.filter(rank__isnull=False)
        .exclude(code__state=CodeState.COMPETING)
    )
    return answers, list(ranked.values_list("code__number", flat=True))


def test_number_taken_out_while_results_are_worked_out_is_out_of_them_or_refused(
    locked, monkeypatch
):
    stage, code = locked
    (computed, taken_out), ranked = take_out_while_working_out(stage, code, monkeypatch)
    assert isinstance(computed, ResultSet), computed
    assert ranked == []
    refused = isinstance(taken_out, DomainError)
    assert computed.rows.filter(rank__isnull=False).count() == (4 if refused else 3)


@needs_postgresql
def test_number_taken_out_while_results_are_worked_out_without_the_locks_is_ranked(
    locked, monkeypatch
):
    """The control."""
    stage, code = locked
    for module in (result_module, entry_module):
        monkeypatch.setattr(module, "lock", unlocked)
    _answers, ranked = take_out_while_working_out(stage, code, monkeypatch)
    assert ranked == [1]
