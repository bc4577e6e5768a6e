"""Two tabs, one line; a signature against a save; two chief judges, one module. With controls that
show the race without locks.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import connection

from competitions import queries, workflows
from competitions.enums import MarkingSheetState
from competitions.errors import SheetChanged, SheetClosed
from competitions.models import Mark, MarkChange, Sheet, Signature
from competitions.workflows import MarkInput, saving_marks, signing
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
    workflows.save_marks(
        actor=judges[0], sheet=sheet, operation=op(), changes=[MarkInput("A1.1", "5")]
    )
    return sheet, judges


def meet_before(monkeypatch, module, name, barrier):
    """Let *name* of *module* begin only when both threads have come so far, or after 2 s if
    something keeps them apart.
    """
    real = getattr(module, name)

    def wait_then_go_on(*args, **facts):
        with suppress(threading.BrokenBarrierError):
            barrier.wait(2)
        return real(*args, **facts)

    monkeypatch.setattr(module, name, wait_then_go_on)


@pytest.fixture
def meeting(monkeypatch):
    """Both saves have read the line before either writes it - if nothing keeps them apart."""
    meet_before(monkeypatch, saving_marks, "_take", threading.Barrier(2))


def both(save, sheet, judges):
    return at_once(
        *(
            lambda judge=judge, value=value: save(
                actor=judge,
                sheet=sheet,
                operation=op(),
                changes=[MarkInput("A1.1", value, base_version=1)],
            )
            for judge, value in ((judges[0], "10"), (judges[1], "20"))
        )
    )


def test_save_marks_two_judges_at_once_one_stands_and_the_other_is_told(contested, meeting):
    sheet, judges = contested
    answers = both(workflows.save_marks, sheet, judges)
    assert sorted((len(answer.applied), len(answer.conflicts)) for answer in answers) == [
        (0, 1),
        (1, 0),
    ]
    stands = next(answer.applied[0] for answer in answers if answer.applied)
    mark = Mark.objects.get(sheet=sheet, judge=None)
    assert (str(mark.awarded), mark.version) == (stands.value, 2)
    assert sorted(MarkChange.objects.filter(base_version=1).values_list("accepted", flat=True)) == [
        False,
        True,
    ]


def without_lock(*_what, **_facts):
    """What stands in for the lock in a control: nothing."""


@pytest.mark.parametrize("seats", [(0, 1), (0, 0)], ids=["two judges", "two tabs"])
def test_save_marks_without_transaction_and_lock_loses_a_mark(
    contested, meeting, monkeypatch, seats
):
    """The control: the same code, only neither locked nor in a transaction, tells both judges, or
    both tabs, that their mark stands.
    """
    sheet, panel = contested
    judges = [panel[seat] for seat in seats]
    monkeypatch.setattr(saving_marks, "lock_and_move", without_lock)
    monkeypatch.setattr(saving_marks, "_save", saving_marks._save.__wrapped__)
    monkeypatch.setattr(saving_marks.audit, "record", lambda *_args, **_facts: None)
    answers = both(workflows.save_marks, sheet, judges)
    assert [(len(answer.applied), len(answer.conflicts)) for answer in answers] == [(1, 0), (1, 0)]
    assert Mark.objects.get(sheet=sheet, judge=None).awarded in {Decimal(10), Decimal(20)}


def test_save_marks_two_tabs_of_one_judge_at_once_one_stands_and_both_are_logged(
    contested, meeting
):
    sheet, judges = contested
    answers = both(workflows.save_marks, sheet, [judges[0], judges[0]])
    assert sorted((len(answer.applied), len(answer.conflicts)) for answer in answers) == [
        (0, 1),
        (1, 0),
    ]
    assert sorted(
        MarkChange.objects.filter(sheet=sheet, base_version=1).values_list("value", flat=True)
    ) == ["10.00", "20.00"]


def test_save_marks_one_number_for_two_sheets_at_once_is_taken_once(monkeypatch, db):
    """The lock on one sheet doesn't see the save of the other: the constraint of the log does."""
    stage = stages.build().scoring()
    sheets = [stage.sheet("A", 1), stage.sheet("A", 2)]
    judge = next(
        judge for judge in stage.judges_of(sheets[0]) if judge in stage.judges_of(sheets[1])
    )
    meet_before(monkeypatch, saving_marks, "_store_log", threading.Barrier(2))
    number, changes = op(), [MarkInput("A1.1", "5")]

    def save_on(sheet):
        return lambda: workflows.save_marks(
            actor=judge, sheet=sheet, operation=number, changes=changes
        )

    answers = at_once(*(save_on(sheet) for sheet in sheets))
    assert sorted(type(answer).__name__ for answer in answers) == ["OperationReused", "SaveOutcome"]
    assert (MarkChange.objects.filter(operation=number).count(), Mark.objects.count()) == (1, 1)


@pytest.fixture
def complete(db):
    """A sheet with every mark, ready to be signed, and its judges."""
    stage = stages.build().scoring()
    sheet = stage.sheet("A", 1)
    stage.fill(sheet, "20", "2")
    return sheet, stage.judges_of(sheet)


def sign_against_a_save(sheet, judges):
    """Let one judge sign while another changes a mark; return both answers and whether the
    signature covers the marks as they are now.
    """
    fingerprint = queries.sheet_for(judges[0], sheet.public_id).fingerprint
    answers = at_once(
        lambda: workflows.sign_sheet(actor=judges[0], sheet=sheet, fingerprint=fingerprint),
        lambda: workflows.save_marks(
            actor=judges[1],
            sheet=sheet,
            operation=op(),
            changes=[MarkInput("A1.1", "5", base_version=1)],
        ),
    )
    now = queries.sheet_for(judges[0], sheet.public_id).fingerprint
    signed = Signature.objects.filter(sheet=sheet).values_list("digest", flat=True)
    return answers, [digest == now for digest in signed]


@pytest.fixture
def meeting_of_two_deeds(monkeypatch):
    """The signature has been compared and the save has been read before either writes - if nothing
    keeps them apart.
    """
    barrier = threading.Barrier(2)
    meet_before(monkeypatch, saving_marks, "_take", barrier)
    meet_before(monkeypatch, signing, "list_missing_aspects", barrier)


def test_sign_sheet_against_a_save_at_once_covers_the_marks_or_does_not_stand(
    complete, meeting_of_two_deeds
):
    sheet, judges = complete
    (signed, saved), covers = sign_against_a_save(sheet, judges)
    if isinstance(
        signed, Sheet
    ):  # the signature came first: the mark came too late, and is in the log
        assert (type(saved), covers) == (SheetClosed, [True])
        assert list(MarkChange.objects.filter(accepted=False).values_list("value", "refusal")) == [
            ("5", "sheet_signed")
        ]
    else:
        assert (type(signed), covers) == (SheetChanged, [])
        assert [mark.value for mark in saved.applied] == ["5.00"]


def test_sign_sheet_without_lock_signs_a_mark_that_is_gone(
    complete, meeting_of_two_deeds, monkeypatch
):
    """The control: without the lock the signature stands, and the marks under it are others."""
    sheet, judges = complete
    monkeypatch.setattr(saving_marks, "lock_and_move", without_lock)
    monkeypatch.setattr(saving_marks, "_save", saving_marks._save.__wrapped__)
    monkeypatch.setattr(signing, "lock", lambda obj: type(obj).objects.get(pk=obj.pk))
    monkeypatch.setattr(signing, "sign_sheet", signing.sign_sheet.__wrapped__)
    monkeypatch.setattr(workflows, "sign_sheet", signing.sign_sheet)
    for module in (saving_marks, signing):
        monkeypatch.setattr(module.audit, "record", lambda *_args, **_facts: None)
    (signed, saved), covers = sign_against_a_save(sheet, judges)
    assert isinstance(signed, Sheet)
    assert [mark.value for mark in saved.applied] == ["5.00"]
    assert covers == [False]


def test_save_marks_one_operation_sent_twice_at_once_is_done_once(contested):
    sheet, judges = contested
    number = op()
    answers = at_once(
        *[
            lambda: workflows.save_marks(
                actor=judges[0],
                sheet=sheet,
                operation=number,
                changes=[MarkInput("A1.1", "10", base_version=1)],
            )
        ]
        * 2
    )
    assert sorted(answer.repeated for answer in answers) == [False, True]
    assert Mark.objects.get(sheet=sheet, judge=None).version == 2


def test_lock_module_twice_at_once_locks_each_sheet_once(db):
    stage = stages.build().marked()
    module = stage.sheet("A", 1).module
    answers = at_once(
        *[lambda: workflows.lock_module(actor=stage.chief, event=stage.event, module=module)] * 2
    )
    assert sorted(answers) == [0, 4]
    assert set(stage.event.sheets.filter(module=module).values_list("state", flat=True)) == {
        MarkingSheetState.LOCKED
    }
