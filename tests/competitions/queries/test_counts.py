"""Lists cost the same number of queries with one row and with thirty."""

import io

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from competitions import public, queries, workbooks, workflows
from competitions.enums import EntryState
from competitions.models import Entry
from core.errors import NotFound
from tests.competitions import stage as stages
from tests.factories.competitions import EntryFactory, EventFactory
from tests.factories.ground import UserFactory, WorkerFactory


def counted(call):
    """Return how many queries *call* makes."""
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as caught:
        call()
    return len(caught)


@pytest.mark.parametrize(
    ("call", "expected"),
    [(queries.public_events, 1), (public.event_cards, 1), (public.count_competition_figures, 2)],
)
def test_public_lists_cost_the_same_at_1_and_30_events(db, call, expected):
    EntryFactory()
    assert counted(call) == expected
    for _n in range(29):
        EntryFactory()
    assert counted(call) == expected
    assert len(queries.public_events()) == 30


def test_own_results_cost_the_same_at_1_and_30_entries(db):
    person = WorkerFactory()
    over = {"event__state": "published", "event__published_at": timezone.now()}
    EntryFactory(person=person, **over)
    assert counted(lambda: queries.own_results(person.user)) == 2
    for _n in range(29):
        EntryFactory(person=person, **over)
    assert counted(lambda: queries.own_results(person.user)) == 2
    assert len(queries.own_results(person.user)) == 30


SIZES = (3, 30)  # the smallest field a draw takes, and a large one


def test_desk_sheet_board_progress_and_office_cost_the_same_in_a_field_of_3_and_of_30(db):
    costs = []
    for size in SIZES:
        stage = stages.build(competitors=size, live_board=True)
        stage.scoring()
        sheet = stage.sheet("A", 1)
        stage.fill(sheet, "20", "2")
        stage.sign(sheet)
        judge = stage.judges_of(sheet)[0]
        costs.append(
            {
                "desk": counted(lambda judge=judge: queries.judge_desk(judge)),
                "sheet": counted(
                    lambda judge=judge, sheet=sheet: queries.sheet_for(judge, sheet.public_id)
                ),
                "board": counted(lambda stage=stage: queries.build_event_board(stage.reload())),
                "progress": counted(
                    lambda stage=stage: queries.measure_marking_progress(stage.event)
                ),
                "office": counted(
                    lambda stage=stage: queries.event_office(stage.manager, stage.event)
                ),
                "page": counted(
                    lambda stage=stage: queries.event_page(stage.event.public_id, stage.manager)
                ),
                "managed": counted(lambda stage=stage: queries.managed_events(stage.manager)),
            }
        )
    assert costs[0] == costs[1]
    assert costs[0]["desk"] == 1
    assert costs[0]["sheet"] <= 12


def test_results_cost_the_same_in_a_field_of_3_and_of_30(db):
    costs = []
    for size in SIZES:
        stage = stages.build(competitors=0, scoring="raw_totals")
        rows = [{"number": n, "raw": n} for n in range(1, size + 1)]
        upload = io.BytesIO(workbooks.totals_workbook(rows))
        workflows.import_raw_totals(actor=stage.manager, event=stage.event, upload=upload)
        results = workflows.compute_results(actor=stage.manager, event=stage.event)
        workflows.confirm_results(actor=stage.reviewer, results=results)
        workflows.publish_results(actor=stage.manager, event=stage.event)
        board = counted(lambda stage=stage: queries.build_event_board(stage.reload()))
        costs.append((board, counted(lambda stage=stage: queries.result_table(stage.event))))
    assert costs[0] == costs[1]
    assert costs[0][1] == 2


def test_public_events_hide_drafts_and_cancelled_ones_and_find_by_text(db):
    event = EventFactory(title="数控车工决赛")
    EventFactory(draft=True)
    EventFactory(state="cancelled")
    EventFactory(title="焊工决赛")
    Entry.objects.create(event=event, person=WorkerFactory(), state=EntryState.WITHDRAWN)
    assert [(card.title, card.entries) for card in queries.public_events("数控")] == [
        ("数控车工决赛", 0)
    ]
    assert len(queries.public_events()) == 2


def test_event_page_of_a_draft_exists_for_its_office_only(stage):
    assert queries.event_page(stage.event.public_id, stage.manager).event == stage.event
    for user in (None, UserFactory()):
        with pytest.raises(NotFound):
            queries.event_page(stage.event.public_id, user)
        with pytest.raises(NotFound):
            queries.event_office(user, stage.event)


def test_board_shows_locked_sheets_only_and_never_a_name_before_publication(db):
    stage = stages.build(live_board=True)
    stage.marked()
    assert queries.build_event_board(stage.reload()).rows == ()
    workflows.lock_module(actor=stage.chief, event=stage.event, module=stage.sheet("A", 1).module)
    live = queries.build_event_board(stage.reload())
    assert (live.stage, [row.number for row in live.rows]) == ("live", [1, 2, 3, 4])
    assert {row.name for row in live.rows} == {""}
    workflows.lock_module(actor=stage.chief, event=stage.event, module=stage.sheet("B", 1).module)
    workflows.lock_event(actor=stage.chief, event=stage.event)
    workflows.compute_results(actor=stage.manager, event=stage.event)
    assert queries.build_event_board(stage.reload()).rows == ()


def test_board_closed_event_shows_no_running_totals_unless_the_event_allows_it(stage):
    stage.marked()
    workflows.lock_module(actor=stage.chief, event=stage.event, module=stage.sheet("A", 1).module)
    assert (
        queries.build_event_board(stage.reload()).stage,
        queries.build_event_board(stage.event).rows,
    ) == ("marking", ())


def test_event_office_offers_what_the_role_and_the_moment_allow(stage):
    assert queries.event_office(stage.manager, stage.event).may == frozenset(
        {"update_event", "assign_staff", "import_scheme", "cancel_event"}
    )
    stage.opened()
    assert queries.event_office(stage.reviewer, stage.event).may == frozenset(
        {"confirm_results", "review_marks"}
    )
    assert "confirm_results" not in queries.event_office(stage.manager, stage.event).may
