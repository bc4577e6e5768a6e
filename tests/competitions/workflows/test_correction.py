"""Corrections after the blind numbers are open and after publication: two people, a new version,
nothing overwritten (ADR 49).
"""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from competitions import public, queries, workflows
from competitions.enums import CodeState, EventState, MarkingSheetState, ResultState
from competitions.errors import EventSecondPersonNeeded, ResultsChanged, WrongMoment
from competitions.models import (
    Aspect,
    BlindCode,
    Correction,
    Mark,
    ResultRow,
    ResultSet,
    TwoPersonRequest,
)
from competitions.queries.todos import list_requests_to_decide, of_competitor
from competitions.workflows import result as result_module
from core.errors import Forbidden, IllegalMove, NotFound
from core.todos import Asker
from notify.models import Message
from tests.competitions import stage as stages
from tests.factories.ground import EmploymentFactory, UserFactory


def code_of(stage, number):
    return BlindCode.objects.get(event=stage.event, number=number)


def aspect_of(stage, code):
    return Aspect.objects.get(module__scheme__event=stage.event, code=code)


def rows_of(results):
    return [
        (
            row.code.number,
            row.standing,
            row.rank,
            str(row.total) if row.total is not None else None,
            row.award,
        )
        for row in results.rows.select_related("code").order_by("code__number")
    ]


def ask(stage, kind, reason="复核发现差错", actor=None, **parts):
    return workflows.request_correction(
        actor=actor or stage.manager, event=stage.event, kind=kind, reason=reason, **parts
    )


def correct(stage, kind, **parts):
    """Ask and have it agreed to; return the new version."""
    request = ask(stage, kind, **parts)
    workflows.approve_request(actor=stage.reviewer, request=request)
    stage.reload()
    return Correction.objects.get(request=request).made


FIRST = [
    (1, "competing", 1, "100.00", "gold"),
    (2, "competing", 2, "83.33", "silver"),
    (3, "competing", 3, "66.67", "bronze"),
    (4, "competing", 4, "5.00", ""),
]


def test_mark_corrected_after_unsealing_makes_a_new_version_and_leaves_the_signed_mark(stage):
    stage.opened()
    sheet = stage.sheet("A", 1)
    results = correct(
        stage, "correct_mark", sheet=sheet, aspect=aspect_of(stage, "A1.1"), after="0"
    )
    assert (results.version, results.state, results.reason) == (
        2,
        ResultState.PROVISIONAL,
        "复核发现差错",
    )
    assert rows_of(results) == [
        (1, "competing", 2, "80.00", "silver"),
        (2, "competing", 1, "83.33", "gold"),
        (3, "competing", 3, "66.67", "bronze"),
        (4, "competing", 4, "5.00", ""),
    ]
    before = ResultSet.objects.get(event=stage.event, version=1)
    assert (before.state, rows_of(before)) == (ResultState.SUPERSEDED, FIRST)
    assert Mark.objects.get(sheet=sheet, judge=None).awarded == Decimal(20)
    assert stage.sheet("A", 1).digest == sheet.digest
    confirmed = workflows.confirm_results(actor=stage.reviewer, results=results)
    assert confirmed.state == ResultState.CONFIRMED


def test_score_of_one_judge_corrected_counts_and_a_second_correction_starts_from_it(stage):
    stage.opened()
    sheet, line = stage.sheet("A", 2), aspect_of(stage, "A1.2")
    judge = sheet.seats.select_related("judge").get(position=1).judge
    first = correct(stage, "correct_mark", sheet=sheet, aspect=line, judge=judge, after="3")
    assert rows_of(first)[1][3] == "85.56"
    with pytest.raises(WrongMoment) as refused:
        ask(stage, "correct_mark", sheet=sheet, aspect=line, judge=judge, after="3")
    assert refused.value.code == "mark_is_so"
    second = correct(stage, "correct_mark", sheet=sheet, aspect=line, judge=judge, after="0")
    assert rows_of(second)[1][3] == "78.89"
    assert list(Correction.objects.order_by("pk").values_list("before", "after")) == [
        ("2", "3"),
        ("3", "0"),
    ]


def test_second_person_is_another_and_confirms_results(stage):
    stage.opened()
    request = ask(stage, "void_sheet", actor=stage.chief, sheet=stage.sheet("A", 1))
    with pytest.raises(EventSecondPersonNeeded):
        workflows.approve_request(actor=stage.chief, request=request)
    for actor in (stage.manager, stage.secrecy):
        with pytest.raises(Forbidden):
            workflows.approve_request(actor=actor, request=request)
    with pytest.raises(NotFound):
        ask(stage, "void_sheet", actor=UserFactory(), sheet=stage.sheet("A", 2))
    with pytest.raises(WrongMoment) as refused:
        ask(stage, "void_sheet", sheet=stage.sheet("A", 2))
    assert refused.value.code == "correction_waits"
    todos = {who: len(list(list_requests_to_decide(Asker(user, None, frozenset(), timezone.now())))) for who, user in
             (("reviewer", stage.reviewer), ("manager", stage.manager), ("chief", stage.chief))}  # fmt: skip
    assert todos == {"reviewer": 1, "manager": 0, "chief": 0}
    workflows.refuse_request(actor=stage.reviewer, request=request)
    assert (stage.sheet("A", 1).state, ResultSet.objects.count()) == (MarkingSheetState.LOCKED, 1)


def test_sheet_void_counts_zero_and_can_count_again(stage):
    stage.opened()
    void = correct(stage, "void_sheet", sheet=stage.sheet("B", 1))
    assert (stage.sheet("B", 1).state, rows_of(void)[0]) == (
        MarkingSheetState.VOID,
        (1, "competing", 3, "40.00", "bronze"),
    )
    with pytest.raises(WrongMoment):
        ask(stage, "void_sheet", sheet=stage.sheet("B", 1))
    back = correct(stage, "restore_sheet", sheet=stage.sheet("B", 1))
    assert (stage.sheet("B", 1).state, rows_of(back)) == (MarkingSheetState.FINAL, FIRST)


def test_winner_disqualified_after_publication_stays_in_the_list_and_the_next_are_told_and_certified(
    stage, monkeypatch, client
):
    told = []
    monkeypatch.setattr(
        result_module, "announce_outcome", lambda outcome, keys, *, actor: told.append(list(keys))
    )
    stage.published()
    former = ResultRow.objects.get(result_set=stage.results, code__number=1)
    told.clear()
    Message.objects.all().delete()
    results = correct(
        stage,
        "change_number",
        code=code_of(stage, 1),
        after=CodeState.DISQUALIFIED,
        reason="冒名顶替",
    )
    assert (results.state, results.version, stage.event.state) == (
        ResultState.CONFIRMED,
        2,
        EventState.PUBLISHED,
    )
    assert rows_of(results) == [
        (1, "disqualified", None, None, ""),
        (2, "competing", 1, "83.33", "gold"),
        (3, "competing", 2, "66.67", "silver"),
        (4, "competing", 3, "5.00", "bronze"),
    ]
    assert rows_of(stage.results) == FIRST
    newly = results.rows.get(code__number=4)
    assert told == [[str(newly.public_id)]]
    with pytest.raises(NotFound):
        public.award_facts(former.public_id)
    corrected = public.corrected_awards()
    assert {(one.was, one.now.award if one.now else "") for one in corrected.values()} == {
        ("金牌", ""),
        ("银牌", "gold"),
        ("铜牌", "silver"),
    }
    assert set(
        Message.objects.filter(kind="competitions.results_corrected").values_list(
            "recipient", flat=True
        )
    ) >= {person.user_id for person in stage.people}
    board = queries.build_event_board(stage.event)
    assert [(row.rank, row.number, row.out) for row in board.rows] == [
        (1, 2, ""),
        (2, 3, ""),
        (3, 4, ""),
        (None, 1, "取消资格"),
    ]
    shown = re.sub(
        r"<[^>]+>",
        " ",
        client.get(reverse("competitions:board", args=[stage.event.public_id])).content.decode(),
    )
    assert [part for part in ("第 2 版", "第 1 版", "冒名顶替", "取消资格") if part in shown] == [
        "第 2 版",
        "第 1 版",
        "冒名顶替",
        "取消资格",
    ]


def test_recompute_takes_the_employers_of_today(db):
    stage = stages.build(judges=4).opened()
    person = next(
        code.entry.person
        for code in BlindCode.objects.filter(event=stage.event, number=1).select_related(
            "entry__person"
        )
    )
    EmploymentFactory(person=stage.judges[0].person, employer=person.employments.get().employer)
    before = stage.results
    results = correct(stage, "recompute", actor=stage.chief)
    assert rows_of(results) == rows_of(before)  # all four gave the same; what changed is who counts
    review = queries.module_review(
        stage.event, "A", entries=dict(queries.opened_field(stage.event).entries)
    )
    line = review.sheets[0].lines[1]
    assert line.scores == ((1, 3, False), (2, 3, True), (3, 3, True), (4, 3, True))
    assert review.sheets[0].lines[0].measured_by_recused


def test_correction_whose_results_moved_meanwhile_is_not_done(stage):
    stage.opened()
    preview = queries.preview_correction(
        stage.event,
        workflows.correction_of(stage.event, kind="void_sheet", sheet=stage.sheet("A", 4)),
    )
    with pytest.raises(ResultsChanged):
        ask(stage, "void_sheet", sheet=stage.sheet("A", 3), shown=preview.digest)
    request = ask(stage, "void_sheet", sheet=stage.sheet("A", 4), shown=preview.digest)
    workflows.confirm_results(actor=stage.reviewer, results=stage.results)
    workflows.approve_request(
        actor=stage.reviewer, request=request
    )  # confirmed meanwhile, but the same results
    assert ResultSet.objects.get(event=stage.event, state=ResultState.CONFIRMED).version == 2
    later = ask(stage, "void_sheet", sheet=stage.sheet("A", 3))
    Correction.objects.filter(request=later).update(shown_digest="0" * 64)
    with pytest.raises(ResultsChanged):
        workflows.approve_request(actor=stage.reviewer, request=later)
    assert stage.sheet("A", 3).state == MarkingSheetState.FINAL


def test_preview_says_what_changes_for_whom_and_stores_nothing(stage):
    stage.published()
    line = aspect_of(stage, "B1.1")
    asked = workflows.correction_of(
        stage.event, kind="correct_mark", sheet=stage.sheet("B", 3), aspect=line, after="0"
    )
    preview = queries.preview_correction(stage.event, asked)
    assert [
        (line.number, line.before.total, line.after.total, line.award_changes)
        for line in preview.lines
    ] == [(3, Decimal("66.67"), Decimal("36.67"), False)]
    assert preview.same == 3
    assert (Correction.objects.count(), ResultSet.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    ("after", "code"),
    [
        ("7", "mark_not_allowed"),
        ("1_0", "mark_not_allowed"),
        ("二十", "mark_not_allowed"),
        ("20", "mark_is_so"),
    ],
)
def test_mark_that_is_none_is_refused_with_a_sentence(stage, after, code):
    stage.opened()
    with pytest.raises(WrongMoment) as refused:
        ask(
            stage,
            "correct_mark",
            sheet=stage.sheet("A", 1),
            aspect=aspect_of(stage, "A1.1"),
            after=after,
        )
    assert (refused.value.code, Correction.objects.count()) == (code, 0)


def test_imported_total_is_corrected_without_touching_what_was_imported(db):
    from tests.competitions.workflows.test_result import totals

    stage = stages.build(competitors=0, scoring="raw_totals")
    workflows.import_raw_totals(
        actor=stage.manager, event=stage.event, upload=totals((1, 90.5), (2, 70), (3, 50))
    )
    results = workflows.compute_results(actor=stage.manager, event=stage.event)
    stage.results = workflows.confirm_results(actor=stage.reviewer, results=results)
    workflows.publish_results(actor=stage.manager, event=stage.event)
    stage.reload()
    made = correct(stage, "correct_total", code=code_of(stage, 3), after="95.25")
    assert [row[:4] for row in rows_of(made)] == [
        (1, "competing", 2, "90.50"), (2, "competing", 3, "70.00"), (3, "competing", 1, "95.25"),
    ]  # fmt: skip
    assert str(code_of(stage, 3).raw_total.raw) == "50.00"


def test_sealed_results_take_no_correction_and_open_ones_no_reopening_each_says_what_can_be_done(
    stage,
):
    stage.computed()
    with pytest.raises(WrongMoment) as sealed:
        ask(stage, "void_sheet", sheet=stage.sheet("A", 1))
    assert (sealed.value.code, "重开" in str(sealed.value)) == (
        "still_sealed_for_corrections",
        True,
    )
    request = workflows.request_unseal(actor=stage.secrecy, event=stage.event, reason="核对完毕")
    workflows.approve_request(actor=stage.chief, request=request)
    with pytest.raises(WrongMoment) as opened:
        workflows.request_reopen(actor=stage.chief, sheet=stage.sheet("A", 1), reason="晚了")
    assert ("更正" in str(opened.value), "申诉" in str(opened.value)) == (True, False)


def test_request_decided_twice_makes_one_version(stage):
    stage.opened()
    request = ask(stage, "void_sheet", sheet=stage.sheet("A", 1))
    workflows.approve_request(actor=stage.reviewer, request=request)
    with pytest.raises(IllegalMove):
        workflows.approve_request(
            actor=stage.chief, request=TwoPersonRequest.objects.get(pk=request.pk)
        )
    assert ResultSet.objects.filter(event=stage.event).count() == 2


def test_todos_of_a_competitor_end_when_results_are_out(stage):
    stage.confirmed()
    type(stage.event).objects.filter(pk=stage.event.pk).update(
        starts_on=timezone.localdate(), ends_on=timezone.localdate()
    )
    person = stage.people[0]
    asker = Asker(person.user, person, frozenset(), timezone.now())
    assert len(list(of_competitor(asker))) == 1
    workflows.publish_results(actor=stage.manager, event=stage.event)
    assert list(of_competitor(asker)) == []
