"""Two people: reopening, unsealing, confirming. Imported totals. Who hears of confirmed results."""

import io
from decimal import Decimal

import pytest
from django.utils import timezone

from competitions import public, queries, workbooks, workflows
from competitions.enums import (
    EventState,
    MarkingSheetState,
    ResultState,
    Scoring,
    TwoPersonRequestState,
)
from competitions.errors import DrawUnsound, EventSecondPersonNeeded, SheetTampered, WrongMoment
from competitions.models import BlindCode, ClosedDay, Mark, RawTotal, ResultSet
from competitions.workflows import MarkInput
from competitions.workflows import result as result_module
from core.errors import Forbidden, IllegalMove, NotFound
from tests.competitions import stage as stages
from tests.competitions.stage import op


def test_reopen_needs_a_reason_and_another_person_and_makes_a_new_version(stage):
    stage.locked()
    sheet = stage.sheet("A", 2)
    with pytest.raises(WrongMoment):
        workflows.request_reopen(actor=stage.chief, sheet=sheet, reason=" ")
    request = workflows.request_reopen(actor=stage.chief, sheet=sheet, reason="余高读错")
    assert workflows.request_reopen(actor=stage.chief, sheet=sheet, reason="余高读错") == request
    with pytest.raises(EventSecondPersonNeeded):
        workflows.approve_request(actor=stage.chief, request=request)
    workflows.approve_request(actor=stage.reviewer, request=request)
    sheet = stage.sheet("A", 2)
    assert (sheet.state, sheet.version, sheet.digest) == (MarkingSheetState.REOPENED, 2, "")
    assert stage.reload().state == EventState.SCORING
    assert list(ClosedDay.objects.values_list("day", flat=True)) == [2]
    with pytest.raises(IllegalMove):
        workflows.approve_request(actor=stage.manager, request=request)


def test_reopen_mark_changed_and_signed_again_changes_the_ranking(stage):
    stage.computed()
    sheet = stage.sheet("A", 1)
    workflows.approve_request(
        actor=stage.reviewer,
        request=workflows.request_reopen(actor=stage.chief, sheet=sheet, reason="读数有误"),
    )
    assert ResultSet.objects.get().state == ResultState.SUPERSEDED
    judge = stage.judges_of(sheet)[0]
    workflows.save_marks(
        actor=judge, sheet=sheet, operation=op(), changes=[MarkInput("A1.1", "0", base_version=1)]
    )
    stage.sign(sheet)
    workflows.lock_module(actor=stage.chief, event=stage.event, module=sheet.module)
    workflows.lock_event(actor=stage.chief, event=stage.event)
    second = workflows.compute_results(actor=stage.manager, event=stage.event)
    assert second.version == 2
    assert list(second.rows.order_by("rank").values_list("code__number", "total")) == [
        (2, Decimal("83.33")),
        (1, Decimal("80.00")),
        (3, Decimal("66.67")),
        (4, Decimal("5.00")),
    ]


def test_reopen_refused_by_the_second_person_changes_nothing(stage):
    stage.locked()
    request = workflows.request_reopen(actor=stage.chief, sheet=stage.sheet("A", 2), reason="看错")
    assert (
        workflows.refuse_request(actor=stage.reviewer, request=request).state
        == TwoPersonRequestState.REFUSED
    )
    assert stage.sheet("A", 2).state == MarkingSheetState.LOCKED
    assert stage.reload().state == EventState.LOCKED


def test_unseal_only_after_results_by_two_people_and_for_good(stage):
    stage.locked()
    with pytest.raises(WrongMoment):
        workflows.request_unseal(actor=stage.secrecy, event=stage.event, reason="着急")
    workflows.compute_results(actor=stage.manager, event=stage.event)
    with pytest.raises(Forbidden):
        workflows.request_unseal(actor=stage.manager, event=stage.event, reason="我来")
    request = workflows.request_unseal(actor=stage.secrecy, event=stage.event, reason="核对完毕")
    with pytest.raises(Forbidden):
        workflows.approve_request(actor=stage.secrecy, request=request)
    assert set(BlindCode.objects.values_list("entry", flat=True)) == {None}
    workflows.approve_request(actor=stage.chief, request=request)
    draw = stage.reload().draw
    assert (draw.seed, draw.opened_by, draw.witnessed_by) == (
        stages.SEED,
        stage.secrecy,
        stage.chief,
    )
    assert None not in set(BlindCode.objects.values_list("entry", flat=True))
    with pytest.raises(WrongMoment):
        workflows.request_unseal(actor=stage.secrecy, event=stage.event, reason="再来")
    with pytest.raises(WrongMoment):
        workflows.request_reopen(actor=stage.chief, sheet=stage.sheet("A", 1), reason="晚了")


def test_unseal_numbers_swapped_in_the_database_open_nothing(stage):
    stage.computed()
    first, second = BlindCode.objects.filter(event=stage.event)[:2]
    BlindCode.objects.filter(pk=first.pk).update(sealed_entry=second.sealed_entry)
    request = workflows.request_unseal(actor=stage.secrecy, event=stage.event, reason="核对完毕")
    with pytest.raises(DrawUnsound):
        workflows.approve_request(actor=stage.chief, request=request)
    assert set(BlindCode.objects.values_list("entry", flat=True)) == {None}


def test_confirm_refuses_whoever_worked_it_out_and_sealed_numbers(stage):
    stage.computed()
    with pytest.raises(WrongMoment):
        workflows.confirm_results(actor=stage.reviewer, results=stage.results)
    workflows.approve_request(
        actor=stage.chief,
        request=workflows.request_unseal(actor=stage.secrecy, event=stage.event, reason="核对完毕"),
    )
    with pytest.raises(Forbidden):
        workflows.confirm_results(actor=stage.manager, results=stage.results)
    ResultSet.objects.update(computed_by=stage.reviewer)
    with pytest.raises(EventSecondPersonNeeded):
        workflows.confirm_results(actor=stage.reviewer, results=stage.results)


def test_confirm_finds_marks_changed_after_they_were_worked_out(stage):
    stage.opened()
    Mark.objects.filter(sheet=stage.sheet("A", 4), judge=None).update(awarded=Decimal(20))
    with pytest.raises(SheetTampered):
        workflows.confirm_results(actor=stage.reviewer, results=stage.results)
    assert stage.reload().state == EventState.PROVISIONAL


def test_publishing_announces_every_row_with_a_person_and_public_gives_their_facts(
    stage, monkeypatch
):
    told = []
    monkeypatch.setattr(
        result_module,
        "announce_outcome",
        lambda outcome, keys, *, actor: told.append((outcome, sorted(keys), actor)),
    )
    stage.confirmed()
    rows = list(stage.results.rows.select_related("entry__person").order_by("rank"))
    with pytest.raises(NotFound):
        public.award_facts(str(rows[0].public_id))
    assert (told, public.awards_of(rows[0].entry.person_id)) == ([], [])
    workflows.publish_results(actor=stage.manager, event=stage.event)
    assert told == [
        (
            "competitions.results_published",
            sorted(str(row.public_id) for row in rows),
            stage.manager,
        )
    ]
    facts = public.award_facts(str(rows[0].public_id))
    assert (facts.rank, facts.award, facts.person_name, facts.org_name, facts.total) == (
        1, "gold", rows[0].entry.person.name, stage.event.org.name, Decimal("100.00"),
    )  # fmt: skip
    assert facts.published_on == timezone.localdate(stage.reload().published_at)
    assert [facts.rank for facts in public.awards_of(rows[0].entry.person_id)] == [1]


def test_award_facts_before_confirmation_do_not_exist(stage):
    stage.opened()
    with pytest.raises(NotFound):
        public.award_facts(stage.results.rows.first().public_id)


def test_results_that_stand_no_more_between_confirmation_and_publication_are_neither_published_nor_announced(
    stage, monkeypatch
):
    told = []
    monkeypatch.setattr(
        result_module, "announce_outcome", lambda outcome, keys, *, actor: told.append(keys)
    )
    stage.confirmed()
    ResultSet.objects.filter(pk=stage.results.pk).update(state=ResultState.SUPERSEDED)
    with pytest.raises(WrongMoment, check=lambda error: error.code == "nothing_confirmed"):
        workflows.publish_results(actor=stage.manager, event=stage.event)
    assert (told, stage.reload().state) == ([], EventState.CONFIRMED)
    with pytest.raises(NotFound):
        public.award_facts(stage.results.rows.first().public_id)


def totals(*pairs):
    return io.BytesIO(
        workbooks.totals_workbook([{"number": number, "raw": raw} for number, raw in pairs])
    )


def test_raw_totals_without_entries_are_ranked_and_published_without_names(db):
    stage = stages.build(competitors=0, scoring=Scoring.RAW_TOTALS)
    report = workflows.import_raw_totals(
        actor=stage.manager, event=stage.event, upload=totals((1, 90.5), (2, 70), (3, 50))
    )
    assert (report.ok, report.rows) == (True, 3)
    results = workflows.compute_results(actor=stage.manager, event=stage.event)
    workflows.confirm_results(actor=stage.reviewer, results=results)
    workflows.publish_results(actor=stage.manager, event=stage.event)
    assert [
        (row.number, row.raw, row.scale, row.name)
        for row in queries.build_event_board(stage.reload()).rows
    ] == [
        (1, Decimal("90.50"), 721, ""),
        (2, Decimal("70.00"), 700, ""),
        (3, Decimal("50.00"), 680, ""),
    ]


def test_raw_totals_with_faults_are_refused_as_a_whole_with_their_rows(db):
    stage = stages.build(competitors=0, scoring=Scoring.RAW_TOTALS)
    report = workflows.import_raw_totals(
        actor=stage.manager,
        event=stage.event,
        upload=totals((1, 90), (1, 80), ("三", 50), (4, 100.01), (5, "缺考"), (6, 7.123)),
    )
    assert [(line.row, line.code) for line in report.problems] == [
        (3, "number_repeated"),
        (4, "number_unknown"),
        (5, "raw_not_a_mark"),
        (6, "raw_not_a_mark"),
        (7, "raw_not_a_mark"),
    ]
    assert RawTotal.objects.count() == 0
    assert stage.reload().state == EventState.DRAFT
    assert report.error_workbook[:2] == b"PK"


def test_raw_totals_after_a_draw_must_be_the_drawn_numbers(db):
    stage = stages.build(scoring=Scoring.RAW_TOTALS)
    workflows.open_registration(actor=stage.manager, event=stage.event)
    for person in stage.people:
        workflows.qualify_entry(
            actor=stage.manager,
            entry=workflows.register_entry(actor=person.user, event=stage.event, person=person),
        )
    workflows.draw_blind_codes(actor=stage.secrecy, event=stage.event)
    report = workflows.import_raw_totals(
        actor=stage.manager, event=stage.event, upload=totals((1, 90), (2, 80), (9, 50))
    )
    assert [(line.row, line.code) for line in report.problems] == [
        (4, "number_unknown"),
        (0, "number_left_out"),
        (0, "number_left_out"),
    ]
    good = totals((1, 90), (2, 80), (3, 70), (4, 60))
    assert workflows.import_raw_totals(actor=stage.manager, event=stage.event, upload=good).ok


def test_raw_totals_into_an_event_with_sheets_are_refused(stage):
    with pytest.raises(WrongMoment):
        workflows.import_raw_totals(actor=stage.manager, event=stage.event, upload=totals((1, 90)))
