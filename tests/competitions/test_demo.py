"""The demo's contests, from the files beside the generator."""

from decimal import Decimal

import pytest

from access.demo import load_base_demo as load_ground
from competitions import demo, queries, workflows
from competitions.enums import EventState
from competitions.models import Event, Sheet, SheetJudge
from core.demo import World


@pytest.fixture
def world(db):
    world = World(say=lambda _text: None)
    load_ground(world)
    return world


def test_demo_published_marks_show_the_printed_scale_values(world):
    board = queries.build_event_board(demo.published_event(world))
    scaled = [row.scale for row in board.rows]
    assert (board.stage, board.competitors, board.median, board.mad) == (
        "published",
        32,
        Decimal(8),
        Decimal(7),
    )
    assert scaled[:5] == [854, 834, 791, 786, 779]
    assert (scaled[15], scaled[16], scaled[31]) == (702, 698, 677)
    assert [row.award for row in board.rows[:5]] == [
        "gold",
        "silver",
        "bronze",
        "medallion",
        "medallion",
    ]
    assert sorted(row.number for row in board.rows) == list(range(1, 33))
    assert {row.name for row in board.rows} == {""}


@pytest.mark.slow
def test_demo_welding_final_goes_from_load_to_confirmed_results(world):
    demo.load_competitions_demo(world)
    demo.load_competitions_demo(world)
    event = Event.objects.get(title=demo.WELDING)
    modules = queries.scheme_outline(queries.present_scheme(event))
    assert len(modules) == 5
    assert sum(module.measurements + module.judgements for module in modules) >= 60
    assert sum(module.max_mark for module in modules) == Decimal(100)
    assert (
        event.state,
        demo.count_drawn_numbers(event),
        Sheet.objects.filter(event=event).count(),
    ) == (EventState.SCORING, 32, 160)
    assert SheetJudge.objects.filter(sheet__event=event).values("judge").distinct().count() == 5
    users = world.users
    demo.mark_everything(event, chief=users["demo-chief-judge"])
    results = workflows.compute_results(actor=users["demo-manager"], event=event)
    request = workflows.request_unseal(actor=users["demo-secrecy"], event=event, reason="核对完毕")
    workflows.approve_request(actor=users["demo-chief-judge"], request=request)
    workflows.confirm_results(actor=users["demo-reviewer"], results=results)
    rows = list(results.rows.select_related("entry"))
    assert len({row.entry_id for row in rows}) == 32
    assert [row.rank for row in rows] == sorted(row.rank for row in rows)
