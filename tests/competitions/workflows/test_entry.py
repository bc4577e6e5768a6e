"""Entries, the draw, recusals and offices."""

from decimal import Decimal

import pytest
from django.utils import timezone

from audit.models import Event as Record
from competitions import queries, workflows
from competitions.enums import CodeState, EntryState, EventState
from competitions.errors import (
    EventSecondPersonNeeded,
    OfficesClash,
    PanelTooSmall,
    RegistrationRefused,
    WrongMoment,
)
from competitions.models import BlindCode, Entry, Judge, Recusal, SheetJudge, TwoPersonRequest
from competitions.rules import blind
from competitions.workflows.entry import open_code_book
from core.errors import Forbidden, NotFound
from tests.competitions import stage as stages
from tests.factories.ground import EmploymentFactory, UserFactory, WorkerFactory


def test_register_entry_own_keeps_employer_and_union_of_the_day(stage):
    stage.open()
    entry, person = stage.entries[0], stage.people[0]
    assert (entry.employer, entry.union) == (
        person.employments.get().employer,
        person.memberships.get().org_unit,
    )
    assert workflows.register_entry(actor=person.user, event=stage.event, person=person) == entry
    assert Entry.objects.count() == 4


def test_register_entry_for_somebody_else_needs_the_manager(stage):
    stage.open()
    other, stranger = WorkerFactory(), UserFactory()
    with pytest.raises(NotFound):
        workflows.register_entry(actor=stranger, event=stage.event, person=other)
    assert (
        workflows.register_entry(actor=stage.manager, event=stage.event, person=other).state
        == EntryState.SUBMITTED
    )


def test_register_entry_before_opening_does_not_exist_and_after_the_last_day_is_refused(stage):
    person = WorkerFactory()
    with pytest.raises(NotFound):
        workflows.register_entry(actor=person.user, event=stage.event, person=person)
    stage.open()
    stage.event.registration_ends_on = timezone.localdate() - timezone.timedelta(days=1)
    stage.event.save()
    with pytest.raises(RegistrationRefused):
        workflows.register_entry(actor=person.user, event=stage.event, person=person)


def test_reject_needs_a_reason_and_nobody_decides_their_own(stage):
    stage.open()
    with pytest.raises(WrongMoment):
        workflows.reject_entry(actor=stage.manager, entry=stage.entries[0], reason="  ")
    stage.entries[0].person.user, user = None, stage.entries[0].person.user
    with pytest.raises(NotFound):
        workflows.reject_entry(actor=user, entry=stage.entries[1], reason="不是我")
    rejected = workflows.reject_entry(
        actor=stage.manager, entry=stage.entries[1], reason="社保记录不足一年"
    )
    assert (rejected.state, rejected.reason) == (EntryState.REJECTED, "社保记录不足一年")


def test_draw_seals_everybody_and_shows_only_the_commitment(stage):
    stage.open()
    draw = workflows.draw_blind_codes(actor=stage.secrecy, event=stage.event, seed=stages.SEED)
    codes = list(BlindCode.objects.filter(event=stage.event))
    assert [code.number for code in codes] == [1, 2, 3, 4]
    assert [code.entry_id for code in codes] == [None] * 4
    assert draw.seed == ""
    assert stages.SEED.encode() not in bytes(draw.seed_encrypted)
    ids = [str(entry.public_id) for entry in stage.entries]
    assert draw.commitment == blind.compute_draw_commitment(stages.SEED, ids)
    assert {
        str(entry.public_id): number for number, entry in open_code_book(stage.event).items()
    } == blind.draw_blind_numbers(stages.SEED, ids)
    for code in codes:
        assert all(public_id.encode() not in bytes(code.sealed_entry) for public_id in ids)


def test_draw_refuses_undecided_entries_small_fields_and_a_second_time(stage):
    stage.open()
    late = workflows.register_entry(actor=stage.manager, event=stage.event, person=WorkerFactory())
    with pytest.raises(WrongMoment):
        workflows.draw_blind_codes(actor=stage.secrecy, event=stage.event)
    workflows.reject_entry(actor=stage.manager, entry=late, reason="超龄")
    for entry in stage.entries[:2]:
        workflows.withdraw_entry(actor=entry.person.user, entry=entry)
    with pytest.raises(WrongMoment) as caught:
        workflows.draw_blind_codes(actor=stage.secrecy, event=stage.event)
    assert caught.value.code == "field_too_small"


def test_draw_and_code_book_belong_to_the_secrecy_officer_alone(stage):
    stage.open()
    for actor in (stage.manager, stage.chief, stage.reviewer):
        with pytest.raises(Forbidden):
            workflows.draw_blind_codes(actor=actor, event=stage.event)
        with pytest.raises(Forbidden):
            workflows.read_code_book(actor=actor, event=stage.event)
        with pytest.raises(Forbidden):
            workflows.request_code_book(actor=actor, event=stage.event, reason="看看")
    with pytest.raises(WrongMoment) as early:
        workflows.request_code_book(actor=stage.secrecy, event=stage.event, reason="检录")
    assert early.value.code == "nothing_drawn"
    workflows.draw_blind_codes(actor=stage.secrecy, event=stage.event)


def test_code_book_opens_for_an_hour_to_the_secrecy_officer_once_a_second_person_agreed(stage):
    stage.drawn()
    with pytest.raises(EventSecondPersonNeeded):
        workflows.read_code_book(actor=stage.secrecy, event=stage.event)
    with pytest.raises(WrongMoment):
        workflows.request_code_book(actor=stage.secrecy, event=stage.event, reason=" ")
    request = workflows.request_code_book(actor=stage.secrecy, event=stage.event, reason="检录")
    assert (
        workflows.request_code_book(actor=stage.secrecy, event=stage.event, reason="检录")
        == request
    )
    with pytest.raises(EventSecondPersonNeeded):
        workflows.read_code_book(actor=stage.secrecy, event=stage.event)
    with pytest.raises(Forbidden):
        workflows.approve_request(actor=stage.secrecy, request=request)
    workflows.approve_request(actor=stage.chief, request=request)
    with pytest.raises(Forbidden):
        workflows.read_code_book(actor=stage.chief, event=stage.event)
    lines = workflows.read_code_book(actor=stage.secrecy, event=stage.event)
    record = Record.objects.filter(kind="competitions.code_book_read").get()
    assert (record.actor_id, record.after["agreed_by"], record.reason) == (
        stage.secrecy.pk,
        stage.chief.pk,
        "检录",
    )
    TwoPersonRequest.objects.update(decided_at=timezone.now() - timezone.timedelta(minutes=61))
    with pytest.raises(EventSecondPersonNeeded):
        workflows.read_code_book(actor=stage.secrecy, event=stage.event)
    assert sorted(line.entry.pk for line in lines) == sorted(entry.pk for entry in stage.entries)


def test_assign_staff_keeps_the_secrecy_officer_apart(stage):
    stage.open()
    with pytest.raises(OfficesClash):
        workflows.assign_staff(
            actor=stage.manager, event=stage.event, user=stage.secrecy, role="chief_judge"
        )
    with pytest.raises(OfficesClash):
        workflows.assign_staff(
            actor=stage.manager, event=stage.event, user=stage.chief, role="secrecy_officer"
        )
    with pytest.raises(OfficesClash):
        workflows.assign_staff(
            actor=stage.manager, event=stage.event, user=stage.manager, role="chief_judge"
        )
    with pytest.raises(OfficesClash):
        workflows.assign_staff(
            actor=stage.manager, event=stage.event, user=stage.people[0].user, role="chief_judge"
        )


def test_assign_judge_refuses_competitors_and_the_secrecy_officer_and_judges_do_not_enter(stage):
    stage.open()
    for user in (stage.people[0].user, stage.secrecy):
        with pytest.raises(OfficesClash):
            workflows.assign_judge(actor=stage.manager, event=stage.event, user=user)
    judge = stage.judges[0]
    workflows.assign_judge(actor=stage.manager, event=stage.event, user=judge)
    with pytest.raises(RegistrationRefused):
        workflows.register_entry(actor=judge, event=stage.event, person=judge.person)


def test_open_scoring_seats_the_whole_panel_at_every_sheet_whoever_stands_aside(spare):
    EmploymentFactory(
        person=spare.judges[0].person, employer=spare.people[0].employments.get().employer
    )
    spare.scoring()
    assert Recusal.objects.count() == 1
    assert set(
        SheetJudge.objects.values_list("judge__seat", "sheet__module__code", "sheet__code__number")
    ) == {
        (seat, module, number)
        for seat in (1, 2, 3, 4)
        for module in "AB"
        for number in (1, 2, 3, 4)
    }


def test_open_scoring_finds_a_relation_that_came_after_the_assignment(spare):
    stage = spare.drawn()
    EmploymentFactory(
        person=stage.judges[0].person, employer=stage.people[1].employments.get().employer
    )
    assert Recusal.objects.count() == 0
    workflows.open_scoring(actor=stage.chief, event=stage.event)
    assert list(Recusal.objects.values_list("judge__user", "entry__person")) == [
        (stage.judges[0].pk, stage.people[1].pk)
    ]


def test_open_scoring_with_too_few_judges_left_is_refused_by_module_without_naming_anybody(stage):
    stage.drawn()
    for judge in Judge.objects.filter(event=stage.event)[:2]:
        workflows.declare_recusal(
            actor=stage.manager, judge=judge, entry=stage.entries[0], reason="师徒"
        )
    with pytest.raises(PanelTooSmall) as caught:
        workflows.open_scoring(actor=stage.chief, event=stage.event)
    assert caught.value.code == "panel_too_small"
    assert "A、B" in str(caught.value)
    assert stage.people[0].name not in str(caught.value)
    assert stage.reload().state == EventState.DRAWN


def test_take_out_absent_number_neither_blocks_locking_nor_is_ranked(stage):
    stage.scoring()
    code = BlindCode.objects.get(event=stage.event, number=2)
    workflows.change_competing_state(
        actor=stage.chief, code=code, to=CodeState.ABSENT, reason="未到"
    )
    for number in (1, 3, 4):
        for module, mark in (("A", "20"), ("B", "30")):
            sheet = stage.sheet(module, number)
            stage.fill(sheet, mark, "2")
            stage.sign(sheet)
    for module in ("A", "B"):
        workflows.lock_module(
            actor=stage.chief, event=stage.event, module=stage.sheet(module, 1).module
        )
    workflows.lock_event(actor=stage.chief, event=stage.event)
    results = workflows.compute_results(actor=stage.manager, event=stage.reload())
    assert list(
        results.rows.order_by("code__number").values_list(
            "code__number", "standing", "rank", "shared", "total"
        )
    ) == [
        (1, "competing", 1, True, Decimal("83.33")),
        (2, "absent", None, False, None),
        (3, "competing", 1, True, Decimal("83.33")),
        (4, "competing", 1, True, Decimal("83.33")),
    ]
    assert results.mad == 0
    assert set(results.rows.values_list("scale", "award")) == {(None, "")}


def test_open_registration_without_a_frozen_scheme_is_refused(stage):
    with pytest.raises(WrongMoment):
        workflows.open_registration(actor=stage.manager, event=stage.event)


def test_cancel_event_once_marks_are_locked_takes_two_people_and_the_refusal_says_so(stage):
    stage.published()
    with pytest.raises(WrongMoment) as refused:
        workflows.cancel_event(actor=stage.manager, event=stage.event, reason="太晚")
    assert refused.value.code == "cancelled_by_two"
    request = workflows.request_correction(
        actor=stage.manager, event=stage.event, kind="cancel", reason="试题泄露"
    )
    workflows.approve_request(actor=stage.reviewer, request=request)
    assert stage.reload().state == EventState.CANCELLED
    assert set(stage.event.result_sets.values_list("state", flat=True)) == {"superseded"}


def test_entry_withdrawn_and_handed_in_again_is_taken_up_with_the_employer_of_today(stage):
    stage.open()
    entry, person = stage.entries[0], stage.people[0]
    workflows.withdraw_entry(actor=person.user, entry=entry)
    assert queries.event_page(stage.event.public_id, person.user).may_enter
    person.employments.update(ends_on=timezone.localdate() - timezone.timedelta(days=1))
    employer = EmploymentFactory(person=person).employer
    again = workflows.register_entry(actor=person.user, event=stage.event, person=person)
    assert (again.pk, again.state, again.employer, again.reason) == (
        entry.pk,
        EntryState.SUBMITTED,
        employer,
        "",
    )
    assert workflows.qualify_entry(actor=stage.manager, entry=again).state == EntryState.QUALIFIED
    draw = workflows.draw_blind_codes(actor=stage.secrecy, event=stage.event)
    assert str(entry.public_id) in draw.entries


def test_entry_rejected_is_not_handed_in_again_and_the_refusal_repeats_the_reason(stage):
    stage.open()
    workflows.reject_entry(actor=stage.manager, entry=stage.entries[0], reason="社保记录不足一年。")
    with pytest.raises(RegistrationRefused) as refused:
        workflows.register_entry(
            actor=stage.people[0].user, event=stage.event, person=stage.people[0]
        )
    assert (refused.value.code, "社保记录不足一年。" in str(refused.value)) == (
        "entry_rejected",
        True,
    )


def test_take_out_while_locked_is_possible_and_afterwards_names_the_correction(stage):
    stage.locked()
    code = BlindCode.objects.get(event=stage.event, number=1)
    workflows.change_competing_state(
        actor=stage.chief, code=code, to=CodeState.DISQUALIFIED, reason="违规"
    )
    workflows.change_competing_state(
        actor=stage.chief, code=code, to=CodeState.COMPETING, reason="误记"
    )
    workflows.compute_results(actor=stage.manager, event=stage.event)
    with pytest.raises(WrongMoment) as refused:
        workflows.change_competing_state(
            actor=stage.chief, code=code, to=CodeState.DISQUALIFIED, reason="违规"
        )
    assert refused.value.code == "results_worked_out"
