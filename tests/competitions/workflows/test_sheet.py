"""Marking from tablets: replay, conflicts, reveal, signing, locking."""

from decimal import Decimal

import pytest

import access
from access.queries import list_role_holders
from access.workflows import withdraw_role
from competitions import queries, workflows
from competitions.enums import EventState, MarkingSheetState, RoundState
from competitions.errors import (
    OperationReused,
    SheetChanged,
    SheetClosed,
    SheetIncomplete,
    SheetTampered,
    WrongMoment,
)
from competitions.models import JudgementRound, Mark, MarkChange, Signature
from competitions.workflows import MarkInput
from core.errors import Forbidden, NotFound
from tests.competitions.stage import op
from tests.factories.ground import UserFactory, WorkerFactory


@pytest.fixture
def sheet(stage):
    stage.scoring()
    return stage.sheet("A", 1)


@pytest.fixture
def three(stage, sheet):
    return stage.judges_of(sheet)


def save(judge, sheet, *changes, operation=None):
    return workflows.save_marks(
        actor=judge, sheet=sheet, operation=operation or op(), changes=list(changes)
    )


def aspect_of(view, code):
    return next(
        aspect for sub in view.sub_criteria for aspect in sub.aspects if aspect.code == code
    )


def test_save_marks_same_operation_again_answers_the_same_and_changes_nothing(sheet, three):
    number = op()
    first = save(three[0], sheet, MarkInput("A1.1", "10"), operation=number)
    again = save(three[0], sheet, MarkInput("A1.1", "10"), operation=number)
    assert (first.applied, first.repeated) == (again.applied, False)
    assert again.repeated
    assert (Mark.objects.get().version, MarkChange.objects.count()) == (1, 1)


def test_save_marks_replayed_after_signing_still_hears_its_first_answer(stage, sheet, three):
    number = op()
    save(three[0], sheet, MarkInput("A1.1", "10"), operation=number)
    for judge in three:
        save(judge, sheet, MarkInput("A1.2", "2"))
    stage.sign(sheet)
    assert save(three[0], sheet, MarkInput("A1.1", "10"), operation=number).repeated


def test_save_marks_one_number_for_two_contents_or_judges_or_sheets_is_refused(stage, sheet, three):
    number = op()
    save(three[0], sheet, MarkInput("A1.1", "10"), operation=number)
    for judge, where, value in ((three[0], sheet, "20"), (three[1], sheet, "10")):
        with pytest.raises(OperationReused):
            save(judge, where, MarkInput("A1.1", value), operation=number)
    elsewhere = stage.sheet("A", 2)
    judge = next(judge for judge in stage.judges_of(elsewhere) if judge == three[0])
    with pytest.raises(OperationReused):
        save(judge, elsewhere, MarkInput("A1.1", "10"), operation=number)


def test_save_marks_change_of_a_colleague_is_shown_and_never_overwritten(sheet, three):
    save(three[0], sheet, MarkInput("A1.1", "10"))
    outcome = save(three[1], sheet, MarkInput("A1.1", "20", base_version=0))
    conflict = outcome.conflicts[0]
    assert outcome.applied == ()
    assert (conflict.aspect, conflict.yours, conflict.theirs, conflict.version, conflict.why) == (
        "A1.1", "20.00", "10.00", 1, "changed_meanwhile",
    )  # fmt: skip
    assert conflict.seat == 1
    assert Mark.objects.get().awarded == Decimal(10)
    assert list(MarkChange.objects.values_list("value", "accepted")) == [
        ("10.00", True),
        ("20.00", False),
    ]
    settled = save(three[1], sheet, MarkInput("A1.1", "20", base_version=1))
    assert settled.applied[0].version == 2
    assert Mark.objects.get().awarded == Decimal(20)


def test_save_marks_same_value_from_two_tablets_is_no_conflict(sheet, three):
    save(three[0], sheet, MarkInput("A1.1", "10"))
    outcome = save(three[1], sheet, MarkInput("A1.1", "10.0", base_version=0))
    assert (outcome.conflicts, outcome.applied[0].version) == ((), 1)


def test_save_marks_conflict_on_one_line_lets_the_others_through(sheet, three):
    save(three[0], sheet, MarkInput("A1.1", "10"))
    outcome = save(three[1], sheet, MarkInput("A1.1", "5"), MarkInput("A1.2", "3"))
    assert [mark.aspect for mark in outcome.applied] == ["A1.2"]
    assert [conflict.aspect for conflict in outcome.conflicts] == ["A1.1"]


@pytest.mark.parametrize(
    ("aspect", "value", "code"),
    [
        ("A1.1", "7", "not_a_step"),
        ("A1.1", "-5", "not_a_step"),
        ("A1.1", "二十", "not_a_number"),
        ("A1.1", "1e400", "not_a_number"),
        ("A1.1", "NaN", "not_a_number"),
        ("A1.2", "4", "not_a_score"),
        ("A1.2", "1.5", "not_a_score"),
        ("B1.1", "30", "aspect_unknown"),
    ],
)
def test_save_marks_outside_the_scheme_are_refused_with_a_sentence(
    sheet, three, aspect, value, code
):
    outcome = save(three[0], sheet, MarkInput(aspect, value))
    assert [(mark.aspect, mark.code) for mark in outcome.refused] == [(aspect, code)]
    assert outcome.refused[0].message
    assert Mark.objects.count() == 0
    assert list(MarkChange.objects.values_list("value", "accepted", "refusal")) == [
        (value, False, code)
    ]


def test_save_marks_for_an_unknown_line_is_answered_again_alike(sheet, three):
    number = op()
    first = save(three[0], sheet, MarkInput("B1.1", "30"), operation=number)
    again = save(three[0], sheet, MarkInput("B1.1", "30"), operation=number)
    assert (again.refused, first.repeated, again.repeated) == (first.refused, False, True)


def test_save_marks_without_a_value_is_unreadable(sheet, three):
    with pytest.raises(OperationReused):
        save(three[0], sheet)
    assert not MarkChange.objects.exists()


def test_save_marks_can_be_taken_back_before_the_reveal(sheet, three):
    save(three[0], sheet, MarkInput("A1.2", "3"))
    save(three[0], sheet, MarkInput("A1.2", "", base_version=1))
    assert Mark.objects.get().score is None
    for judge in three[1:]:
        save(judge, sheet, MarkInput("A1.2", "1"))
    assert JudgementRound.objects.get(sheet=sheet).state == RoundState.COLLECTING


def test_save_marks_by_anybody_else_finds_no_sheet(stage, sheet, three):
    outsider = WorkerFactory().user
    for actor in (outsider, stage.chief, stage.manager, stage.people[0].user, UserFactory()):
        with pytest.raises(NotFound):
            save(actor, sheet, MarkInput("A1.1", "10"))
        with pytest.raises(NotFound):
            queries.sheet_for(actor, sheet.public_id)


def test_reveal_shows_no_score_of_others_before_the_last_judge_has_scored(sheet, three):
    save(three[0], sheet, MarkInput("A1.2", "3"))
    save(three[1], sheet, MarkInput("A1.2", "2"))
    waiting = aspect_of(queries.sheet_for(three[2], sheet.public_id), "A1.2")
    assert (waiting.value, waiting.rounds, waiting.waiting_for, waiting.mark) == ("", (), 1, None)
    own = aspect_of(queries.sheet_for(three[0], sheet.public_id), "A1.2")
    assert (own.value, own.rounds) == ("3", ())
    save(three[2], sheet, MarkInput("A1.2", "3"))
    shown = aspect_of(queries.sheet_for(three[0], sheet.public_id), "A1.2")
    assert shown.settled
    assert [(row.state, row.scores) for row in shown.rounds] == [
        ("settled", ((1, 3), (2, 2), (3, 3)))
    ]
    assert shown.mark == Decimal("17.78")


def test_reveal_too_far_apart_opens_the_next_round_and_keeps_the_first(sheet, three):
    for judge, score in zip(three, "113", strict=True):
        save(judge, sheet, MarkInput("A1.2", score))
    view = aspect_of(queries.sheet_for(three[0], sheet.public_id), "A1.2")
    assert (view.disputed, view.settled, view.round, view.value) == (True, False, 2, "")
    assert [(row.number, row.state, row.scores) for row in view.rounds] == [
        (1, "disputed", ((1, 1), (2, 1), (3, 3)))
    ]
    for judge in three:
        save(judge, sheet, MarkInput("A1.2", "2", round=2))
    view = aspect_of(queries.sheet_for(three[0], sheet.public_id), "A1.2")
    assert (view.settled, view.disputed, view.mark) == (True, False, Decimal("13.33"))
    assert sorted(Mark.objects.filter(round=1).values_list("score", flat=True)) == [1, 1, 3]


def test_save_marks_for_a_round_that_is_over_comes_back_as_conflict(sheet, three):
    for judge, score in zip(three, "113", strict=True):
        save(judge, sheet, MarkInput("A1.2", score))
    late = save(three[0], sheet, MarkInput("A1.2", "3", base_version=1, round=1))
    assert [(conflict.why, conflict.round) for conflict in late.conflicts] == [("round_closed", 2)]
    assert sorted(Mark.objects.values_list("round", "score")) == [(1, 1), (1, 1), (1, 3)]


def test_order_rescore_sets_a_settled_round_aside_with_its_reason(stage, sheet, three):
    stage.fill(sheet, "20", "2")
    with pytest.raises(NotFound):
        workflows.order_rescore(actor=UserFactory(), sheet=sheet, aspect="A1.2", reason="误触")
    with pytest.raises(Forbidden):
        workflows.order_rescore(actor=three[0], sheet=sheet, aspect="A1.2", reason="误触")
    workflows.order_rescore(actor=stage.chief, sheet=sheet, aspect="A1.2", reason="误触")
    assert list(
        JudgementRound.objects.filter(sheet=sheet).values_list("number", "state", "reason")
    ) == [
        (1, RoundState.SET_ASIDE, "误触"),
        (2, RoundState.COLLECTING, ""),
    ]


def test_sign_sheet_incomplete_is_refused_and_names_the_lines(sheet, three):
    save(three[0], sheet, MarkInput("A1.2", "3"))
    view = queries.sheet_for(three[0], sheet.public_id)
    assert view.missing == ("A1.1", "A1.2")
    with pytest.raises(SheetIncomplete) as caught:
        workflows.sign_sheet(actor=three[0], sheet=sheet, fingerprint=view.fingerprint)
    assert caught.value.data["aspects"] == ["A1.1", "A1.2"]


def test_sign_sheet_signs_what_was_shown_not_what_came_after(stage, sheet, three):
    stage.fill(sheet, "20", "2")
    seen = queries.sheet_for(three[1], sheet.public_id).fingerprint
    save(three[0], sheet, MarkInput("A1.1", "5", base_version=1))
    with pytest.raises(SheetChanged):
        workflows.sign_sheet(actor=three[1], sheet=sheet, fingerprint=seen)


def test_sign_sheet_first_signature_freezes_and_the_last_one_signs(stage, sheet, three):
    stage.fill(sheet, "20", "2")
    seen = queries.sheet_for(three[0], sheet.public_id).fingerprint
    workflows.sign_sheet(actor=three[0], sheet=sheet, fingerprint=seen)
    workflows.sign_sheet(actor=three[0], sheet=sheet, fingerprint=seen)
    assert Signature.objects.count() == 1
    with pytest.raises(SheetClosed):
        save(three[1], sheet, MarkInput("A1.1", "5", base_version=1))
    for judge in three[1:]:
        workflows.sign_sheet(actor=judge, sheet=sheet, fingerprint=seen)
    assert stage.sheet("A", 1).state == MarkingSheetState.SIGNED
    with pytest.raises(SheetClosed):
        workflows.withdraw_signature(actor=three[0], sheet=sheet)


def test_withdraw_signature_lets_marks_change_and_be_signed_again(stage, sheet, three):
    stage.fill(sheet, "20", "2")
    workflows.sign_sheet(
        actor=three[0],
        sheet=sheet,
        fingerprint=queries.sheet_for(three[0], sheet.public_id).fingerprint,
    )
    workflows.withdraw_signature(actor=three[0], sheet=sheet)
    save(three[1], sheet, MarkInput("A1.1", "5", base_version=1))
    stage.sign(sheet)
    assert stage.sheet("A", 1).state == MarkingSheetState.SIGNED
    assert Signature.objects.filter(withdrawn_at__isnull=False).count() == 1


def test_lock_module_with_an_unsigned_sheet_is_refused_and_locks_none(stage, sheet):
    stage.fill(sheet, "20", "2")
    stage.sign(sheet)
    with pytest.raises(SheetIncomplete) as caught:
        workflows.lock_module(actor=stage.chief, event=stage.event, module=sheet.module)
    assert caught.value.data["numbers"] == [2, 3, 4]
    assert stage.sheet("A", 1).state == MarkingSheetState.SIGNED


def test_lock_module_marks_changed_behind_the_signatures_are_found(stage):
    stage.marked()
    sheet = stage.sheet("A", 1)
    Mark.objects.filter(sheet=sheet, judge=None).update(awarded=Decimal(10))
    with pytest.raises(SheetTampered):
        workflows.lock_module(actor=stage.chief, event=stage.event, module=sheet.module)
    assert stage.sheet("A", 2).state == MarkingSheetState.SIGNED


def test_close_day_and_lock_event_need_every_sheet_locked(stage):
    stage.marked()
    workflows.lock_module(actor=stage.chief, event=stage.event, module=stage.sheet("A", 1).module)
    with pytest.raises(SheetIncomplete):
        workflows.close_day(actor=stage.chief, event=stage.event, day=2)
    with pytest.raises(SheetIncomplete):
        workflows.lock_event(actor=stage.chief, event=stage.event)
    assert workflows.close_day(actor=stage.chief, event=stage.event, day=1).day == 1
    assert stage.reload().state == EventState.SCORING


def test_locking_belongs_to_the_chief_judge(stage):
    stage.marked()
    module = stage.sheet("A", 1).module
    for actor in (stage.manager, stage.secrecy, stage.judges[0]):
        with pytest.raises(Forbidden):
            workflows.lock_module(actor=actor, event=stage.event, module=module)


def test_open_scoring_twice_is_refused(stage, sheet):
    with pytest.raises(WrongMoment):
        workflows.open_scoring(actor=stage.chief, event=stage.event)
    assert stage.event.sheets.count() == 8


def test_withdrawn_judge_role_closes_desk_and_sheets(stage, sheet, three):
    save(three[0], sheet, MarkInput("A1.1", "10"))
    withdraw_role(
        actor=access.SYSTEM,
        assignment=list_role_holders("judge", stage.event).get(user=three[0]),
        reason="生病",
    )
    assert queries.judge_desk(three[0]).modules == ()
    with pytest.raises(NotFound):
        queries.sheet_for(three[0], sheet.public_id)
    with pytest.raises(NotFound):
        save(three[0], sheet, MarkInput("A1.1", "5", base_version=1))
