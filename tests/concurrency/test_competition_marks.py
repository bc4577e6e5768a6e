"""Two tablets, one line; two chief judges, one module. Each with a control that shows the race when the locks are off."""

from __future__ import annotations

import threading
from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import connection

from competitions import workflows
from competitions.enums import SheetState
from competitions.models import Mark, MarkChange
from competitions.workflows import MarkInput
from competitions.workflows import sheet as sheet_module
from tests.competitions import stage as stages
from tests.competitions.stage import op

pytestmark = pytest.mark.django_db(transaction=True)


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
def contested(db):
    """A sheet whose first line holds 5.00 in version 1, and its three judges."""
    stage = stages.build().scoring()
    sheet = stage.sheet("A", 1)
    judges = stage.judges_of(sheet)
    workflows.save_marks(actor=judges[0], sheet=sheet, operation=op(), changes=[MarkInput("A1.1", "5")])
    return sheet, judges


@pytest.fixture
def meeting(monkeypatch):
    """Both saves have read the line before either writes it - if nothing keeps them apart."""
    barrier = threading.Barrier(2)
    take = sheet_module._take

    def wait_then_take(work, change):
        with suppress(threading.BrokenBarrierError):
            barrier.wait(2)
        take(work, change)

    monkeypatch.setattr(sheet_module, "_take", wait_then_take)


def both(save, sheet, judges):
    return at_once(
        *(
            lambda judge=judge, value=value: save(
                actor=judge, sheet=sheet, operation=op(), changes=[MarkInput("A1.1", value, base_version=1)]
            )
            for judge, value in ((judges[0], "10"), (judges[1], "20"))
        )
    )


def test_save_marks_two_judges_at_once_one_stands_and_the_other_is_told(contested, meeting):
    sheet, judges = contested
    answers = both(workflows.save_marks, sheet, judges)
    assert sorted((len(answer.applied), len(answer.conflicts)) for answer in answers) == [(0, 1), (1, 0)]
    stands = next(answer.applied[0] for answer in answers if answer.applied)
    mark = Mark.objects.get(sheet=sheet, judge=None)
    assert (str(mark.awarded), mark.version) == (stands.value, 2)
    assert sorted(MarkChange.objects.filter(base_version=1).values_list("accepted", flat=True)) == [False, True]


def test_save_marks_without_transaction_and_lock_loses_a_mark(contested, meeting, monkeypatch):
    """The control: the same code, only neither locked nor in a transaction, tells both judges that their mark stands."""
    sheet, judges = contested
    monkeypatch.setattr(sheet_module, "lock", lambda obj: type(obj).objects.get(pk=obj.pk))
    monkeypatch.setattr(sheet_module.audit, "record", lambda *_args, **_facts: None)
    answers = both(workflows.save_marks.__wrapped__, sheet, judges)
    assert [(len(answer.applied), len(answer.conflicts)) for answer in answers] == [(1, 0), (1, 0)]
    assert Mark.objects.get(sheet=sheet, judge=None).awarded in {Decimal(10), Decimal(20)}


def test_save_marks_one_operation_sent_twice_at_once_is_done_once(contested):
    sheet, judges = contested
    number = op()
    answers = at_once(
        *[lambda: workflows.save_marks(actor=judges[0], sheet=sheet, operation=number, changes=[MarkInput("A1.1", "10", base_version=1)])]
        * 2
    )
    assert sorted(answer.repeated for answer in answers) == [False, True]
    assert Mark.objects.get(sheet=sheet, judge=None).version == 2


def test_lock_module_twice_at_once_locks_each_sheet_once(db):
    stage = stages.build().marked()
    module = stage.sheet("A", 1).module
    answers = at_once(*[lambda: workflows.lock_module(actor=stage.chief, event=stage.event, module=module)] * 2)
    assert sorted(answers) == [0, 4]
    assert set(stage.event.sheets.filter(module=module).values_list("state", flat=True)) == {SheetState.LOCKED}
