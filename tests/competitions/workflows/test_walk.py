"""The whole way of an event, once."""

from decimal import Decimal

from competitions import queries
from competitions.enums import EventState, MarkingSheetState
from competitions.models import ResultRow


def test_event_from_draft_to_published_ranks_the_field_and_names_it_last(stage):
    stage.published()
    assert stage.event.state == EventState.PUBLISHED
    board = queries.build_event_board(stage.event)
    assert [(row.rank, row.number, row.raw) for row in board.rows] == [
        (1, 1, Decimal("100.00")),
        (2, 2, Decimal("83.33")),
        (3, 3, Decimal("66.67")),
        (4, 4, Decimal("5.00")),
    ]
    names = {entry.person.name for entry in stage.entries}
    assert {row.name for row in board.rows if row.award} <= names
    assert set(stage.event.sheets.values_list("state", flat=True)) == {MarkingSheetState.FINAL}
    by_number = {
        row.code.number: row.entry
        for row in ResultRow.objects.filter(result_set=stage.results).select_related(
            "code", "entry"
        )
    }
    assert sorted(entry.pk for entry in by_number.values()) == sorted(
        entry.pk for entry in stage.entries
    )
    own = queries.own_results(by_number[2].person.user)
    assert [(result.number, result.rank, result.total, result.field) for result in own] == [
        (2, 2, Decimal("83.33"), 4)
    ]
