"""Entries, the draw, recusals and offices."""

import pytest
from django.utils import timezone

from competitions import workflows
from competitions.enums import CodeState, EntryState, EventState
from competitions.errors import OfficesClash, PanelTooSmall, RegistrationRefused, WrongMoment
from competitions.models import BlindCode, Entry, Judge, Recusal, SheetJudge
from competitions.rules import blind
from competitions.workflows.entry import open_code_book
from core.errors import Forbidden, IllegalMove, NotFound
from tests.competitions import stage as stages
from tests.factories.ground import EmploymentFactory, UserFactory, WorkerFactory


def test_register_entry_own_keeps_employer_and_union_of_the_day(stage):
    stage.open()
    entry, person = stage.entries[0], stage.people[0]
    assert (entry.employer, entry.union) == (person.employments.get().employer, person.memberships.get().org_unit)
    assert workflows.register_entry(actor=person.user, event=stage.event, person=person) == entry
    assert Entry.objects.count() == 4


def test_register_entry_for_somebody_else_needs_the_manager(stage):
    stage.open()
    other, stranger = WorkerFactory(), UserFactory()
    with pytest.raises(NotFound):
        workflows.register_entry(actor=stranger, event=stage.event, person=other)
    assert workflows.register_entry(actor=stage.manager, event=stage.event, person=other).state == EntryState.SUBMITTED


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
        workflows.reject(actor=stage.manager, entry=stage.entries[0], reason="  ")
    stage.entries[0].person.user, user = None, stage.entries[0].person.user
    with pytest.raises(NotFound):
        workflows.reject(actor=user, entry=stage.entries[1], reason="不是我")
    rejected = workflows.reject(actor=stage.manager, entry=stage.entries[1], reason="社保记录不足一年")
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
    assert draw.commitment == blind.commitment(stages.SEED, ids)
    assert {str(entry.public_id): number for number, entry in open_code_book(stage.event).items()} == blind.draw(stages.SEED, ids)
    for code in codes:
        assert all(public_id.encode() not in bytes(code.sealed_entry) for public_id in ids)


def test_draw_refuses_undecided_entries_small_fields_and_a_second_time(stage):
    stage.open()
    late = workflows.register_entry(actor=stage.manager, event=stage.event, person=WorkerFactory())
    with pytest.raises(WrongMoment):
        workflows.draw_blind_codes(actor=stage.secrecy, event=stage.event)
    workflows.reject(actor=stage.manager, entry=late, reason="超龄")
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
            workflows.read_code_book(actor=actor, event=stage.event, reason="看看")
    workflows.draw_blind_codes(actor=stage.secrecy, event=stage.event)
    with pytest.raises(WrongMoment):
        workflows.read_code_book(actor=stage.secrecy, event=stage.event, reason="")
    lines = workflows.read_code_book(actor=stage.secrecy, event=stage.event, reason="检录")
    assert sorted(line.entry.pk for line in lines) == sorted(entry.pk for entry in stage.entries)


def test_assign_staff_keeps_the_secrecy_officer_apart(stage):
    stage.open()
    with pytest.raises(OfficesClash):
        workflows.assign_staff(actor=stage.manager, event=stage.event, user=stage.secrecy, role="chief_judge")
    with pytest.raises(OfficesClash):
        workflows.assign_staff(actor=stage.manager, event=stage.event, user=stage.chief, role="secrecy_officer")
    with pytest.raises(OfficesClash):
        workflows.assign_staff(actor=stage.manager, event=stage.event, user=stage.manager, role="chief_judge")
    with pytest.raises(OfficesClash):
        workflows.assign_staff(actor=stage.manager, event=stage.event, user=stage.people[0].user, role="chief_judge")


def test_assign_judge_refuses_competitors_and_the_secrecy_officer_and_judges_do_not_enter(stage):
    stage.open()
    for user in (stage.people[0].user, stage.secrecy):
        with pytest.raises(OfficesClash):
            workflows.assign_judge(actor=stage.manager, event=stage.event, user=user)
    judge = stage.judges[0]
    workflows.assign_judge(actor=stage.manager, event=stage.event, user=judge)
    with pytest.raises(RegistrationRefused):
        workflows.register_entry(actor=judge, event=stage.event, person=judge.person)


def _number_of(stage, person):
    return next(number for number, entry in open_code_book(stage.event).items() if entry.person_id == person.pk)


def test_open_scoring_leaves_a_colleague_out_of_that_competitors_sheets_and_seats_the_next(stage):
    EmploymentFactory(person=stage.judges[0].person, employer=stage.people[0].employments.get().employer)
    stage.scoring()
    number = _number_of(stage, stage.people[0])
    first = Judge.objects.get(event=stage.event, user=stage.judges[0])
    assert not SheetJudge.objects.filter(sheet__code__number=number, judge=first).exists()
    assert set(SheetJudge.objects.filter(judge=first).values_list("sheet__code__number", flat=True)) == {1, 2, 3, 4} - {number}
    assert {sheet.seats.count() for sheet in stage.event.sheets.all()} == {3}


def test_open_scoring_finds_a_relation_that_came_after_the_assignment(stage):
    stage.drawn()
    EmploymentFactory(person=stage.judges[0].person, employer=stage.people[1].employments.get().employer)
    assert Recusal.objects.count() == 0
    workflows.open_scoring(actor=stage.chief, event=stage.event)
    assert list(Recusal.objects.values_list("judge__user", "entry__person")) == [(stage.judges[0].pk, stage.people[1].pk)]


def test_open_scoring_with_too_few_judges_left_is_refused_by_module_without_naming_anybody(stage):
    stage.drawn()
    for judge in Judge.objects.filter(event=stage.event)[:2]:
        workflows.declare_recusal(actor=stage.manager, judge=judge, entry=stage.entries[0], reason="师徒")
    with pytest.raises(PanelTooSmall) as caught:
        workflows.open_scoring(actor=stage.chief, event=stage.event)
    assert caught.value.code == "panel_too_small"
    assert "A、B" in str(caught.value)
    assert stage.people[0].name not in str(caught.value)
    assert stage.reload().state == EventState.DRAWN


def test_take_out_absent_number_neither_blocks_locking_nor_is_ranked(stage):
    stage.scoring()
    code = BlindCode.objects.get(event=stage.event, number=2)
    workflows.take_out(actor=stage.chief, code=code, to=CodeState.ABSENT, reason="未到")
    for number in (1, 3, 4):
        for module, mark in (("A", "20"), ("B", "30")):
            sheet = stage.sheet(module, number)
            stage.fill(sheet, mark, "2")
            stage.sign(sheet)
    for module in ("A", "B"):
        workflows.lock_module(actor=stage.chief, event=stage.event, module=stage.sheet(module, 1).module)
    workflows.lock_event(actor=stage.chief, event=stage.event)
    results = workflows.compute_results(actor=stage.manager, event=stage.reload())
    assert sorted(results.rows.values_list("code__number", "rank", "shared")) == [(1, 1, True), (3, 1, True), (4, 1, True)]
    assert results.mad == 0
    assert set(results.rows.values_list("scale", "award")) == {(None, "")}


def test_open_registration_without_a_frozen_scheme_is_refused(stage):
    with pytest.raises(WrongMoment):
        workflows.open_registration(actor=stage.manager, event=stage.event)


def test_cancel_event_from_published_is_no_move(stage):
    stage.published()
    with pytest.raises(IllegalMove):
        workflows.cancel_event(actor=stage.manager, event=stage.event, reason="太晚")
