"""What the database itself refuses, workflow or not."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from competitions import enums
from competitions.models import (
    BlindCode,
    Draw,
    Event,
    JudgementRound,
    Mark,
    Module,
    ResultRow,
    ResultSet,
    Scheme,
    Sheet,
    TwoPersonRequest,
)
from core.errors import IllegalMove
from core.states import move
from tests.factories.competitions import (
    AspectFactory,
    BlindCodeFactory,
    EntryFactory,
    EventFactory,
    JudgeFactory,
    ModuleFactory,
    SchemeFactory,
    SheetFactory,
)
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db


def refused(make):
    """Say whether the database refuses what *make* writes, and let the test go on."""
    try:
        with transaction.atomic():
            make()
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    "change",
    [
        {"ends_on": timezone.datetime(2020, 1, 1).date()},
        {"judges_per_sheet": 2},
        {"spread_limit": 4},
        {"state": "published", "published_at": None},
    ],
)
def test_event_impossible_choices_are_refused(change):
    event = EventFactory()
    assert refused(lambda: Event.objects.filter(pk=event.pk).update(**change))


def test_entry_of_one_person_twice_and_rejection_without_reason_are_refused():
    entry = EntryFactory()
    assert refused(lambda: EntryFactory(event=entry.event, person=entry.person))
    assert refused(lambda: type(entry).objects.filter(pk=entry.pk).update(state="rejected"))


def test_blind_number_once_in_an_event_and_from_one_on():
    code = BlindCodeFactory(number=7)
    assert refused(lambda: BlindCodeFactory(event=code.event, number=7))
    assert refused(lambda: BlindCodeFactory(event=code.event, number=0))
    assert refused(lambda: BlindCode.objects.filter(pk=code.pk).update(state="absent"))


def test_draw_opened_by_one_person_or_nobody_is_refused():
    user, other = UserFactory(), UserFactory()
    draw = Draw.objects.create(
        event=EventFactory(), commitment="c" * 64, entries=[], seed_encrypted=b"x"
    )
    rows = Draw.objects.filter(pk=draw.pk)
    opened = {"state": "opened", "seed": "s", "opened_at": timezone.now()}
    assert refused(lambda: rows.update(state="opened"))
    assert refused(lambda: rows.update(**opened, opened_by=user, witnessed_by=user))
    assert refused(lambda: rows.update(**opened, opened_by=user))
    assert not refused(lambda: rows.update(**opened, opened_by=user, witnessed_by=other))


def test_scheme_one_frozen_and_one_draft_version():
    event = EventFactory()
    SchemeFactory(event=event)
    assert refused(lambda: SchemeFactory(event=event, version=2))
    assert not refused(lambda: SchemeFactory(event=event, version=2, state="draft"))
    assert refused(lambda: SchemeFactory(event=event, version=3, state="draft"))
    assert refused(lambda: Scheme.objects.filter(event=event).update(version=1))


def test_module_without_marks_or_with_a_weight_above_one_is_refused():
    module = ModuleFactory()
    assert refused(lambda: Module.objects.filter(pk=module.pk).update(weight=Decimal("1.01")))
    assert refused(lambda: Module.objects.filter(pk=module.pk).update(max_mark=0))
    assert refused(lambda: ModuleFactory(scheme=module.scheme, position=2))


@pytest.mark.parametrize("level", range(4))
def test_aspect_judgement_without_one_of_its_descriptions_is_refused(level):
    assert not refused(lambda: AspectFactory(judged=True))
    assert refused(lambda: AspectFactory(judged=True, **{f"benchmark_{level}": ""}))


def test_mark_is_the_panels_or_a_judges_never_both():
    sheet = SheetFactory()
    measured = AspectFactory(module=sheet.module, code="A1.91")
    judged = AspectFactory(
        module=sheet.module, judged=True, code="A1.92", sub_criterion=measured.sub_criterion
    )
    judge = JudgeFactory(event=sheet.event)
    make = Mark.objects.create
    assert refused(lambda: make(sheet=sheet, aspect=measured, score=2))
    assert refused(lambda: make(sheet=sheet, aspect=judged, judge=judge, awarded=2))
    assert refused(lambda: make(sheet=sheet, aspect=judged, judge=judge, score=4))
    assert refused(lambda: make(sheet=sheet, aspect=measured, awarded=-1))
    assert not refused(lambda: make(sheet=sheet, aspect=measured, awarded=1))
    assert refused(lambda: make(sheet=sheet, aspect=measured, awarded=1))
    assert not refused(lambda: make(sheet=sheet, aspect=judged, judge=judge, score=3))
    assert refused(lambda: make(sheet=sheet, aspect=judged, judge=judge, score=3))
    assert not refused(lambda: make(sheet=sheet, aspect=judged, judge=judge, round=2, score=3))


def test_round_only_one_open_and_one_settled_for_an_aspect():
    sheet = SheetFactory()
    aspect = AspectFactory(module=sheet.module, judged=True)
    make = JudgementRound.objects.create
    make(sheet=sheet, aspect=aspect, number=1)
    assert refused(lambda: make(sheet=sheet, aspect=aspect, number=2))
    assert not refused(lambda: make(sheet=sheet, aspect=aspect, number=2, state="settled"))
    assert refused(lambda: make(sheet=sheet, aspect=aspect, number=3, state="settled"))


def test_sheet_once_for_module_and_number_and_never_signed_without_digest():
    sheet = SheetFactory()
    assert refused(lambda: SheetFactory(event=sheet.event, module=sheet.module, code=sheet.code))
    for state in ("signed", "locked", "final"):
        assert refused(lambda state=state: Sheet.objects.filter(pk=sheet.pk).update(state=state))


def test_request_decided_by_the_one_who_asked_is_refused():
    user, other = UserFactory(), UserFactory()
    sheet = SheetFactory()
    request = TwoPersonRequest.objects.create(
        event=sheet.event, kind="reopen_sheet", sheet=sheet, reason="x", asked_by=user
    )
    rows = TwoPersonRequest.objects.filter(pk=request.pk)
    assert refused(lambda: rows.update(state="approved", decided_by=user))
    assert refused(lambda: rows.update(state="approved"))
    assert refused(lambda: rows.update(reason=""))
    assert refused(lambda: rows.update(sheet=None))
    assert refused(
        lambda: TwoPersonRequest.objects.create(
            event=sheet.event, kind="reopen_sheet", sheet=sheet, reason="y", asked_by=other
        )
    )
    assert not refused(lambda: rows.update(state="approved", decided_by=other))


def test_results_confirmed_by_whoever_computed_them_are_refused():
    user, other = UserFactory(), UserFactory()
    event = EventFactory()
    facts = {"event": event, "median": 0, "mad": 0, "digest": "d", "computed_by": user}
    results = ResultSet.objects.create(version=1, **facts)
    rows = ResultSet.objects.filter(pk=results.pk)
    assert refused(
        lambda: rows.update(state="confirmed", confirmed_by=user, confirmed_at=timezone.now())
    )
    assert refused(lambda: rows.update(state="confirmed"))
    assert refused(lambda: ResultSet.objects.create(version=2, **facts))
    assert not refused(
        lambda: rows.update(state="confirmed", confirmed_by=other, confirmed_at=timezone.now())
    )
    code = BlindCodeFactory(event=event)
    assert not refused(
        lambda: ResultRow.objects.create(result_set=results, code=code, raw=1, total=1, rank=1)
    )
    assert refused(
        lambda: ResultRow.objects.create(result_set=results, code=code, raw=1, total=1, rank=1)
    )


TABLES = {
    "event": (enums.EventState, enums.EVENT_MOVES, EventFactory, {"published_at": timezone.now}),
    "entry": (enums.EntryState, enums.ENTRY_MOVES, EntryFactory, {"reason": lambda: "x"}),
    "scheme": (enums.SchemeState, enums.SCHEME_MOVES, SchemeFactory, {}),
    "sheet": (enums.MarkingSheetState, enums.SHEET_MOVES, SheetFactory, {"digest": lambda: "d"}),
    "code": (enums.CodeState, enums.CODE_MOVES, BlindCodeFactory, {"reason": lambda: "x"}),
}


@pytest.mark.parametrize("name", TABLES)
def test_states_full_matrix_moves_only_along_the_table(name):
    states, table, factory, needed = TABLES[name]
    assert set(table) == set(states)
    obj = factory(**{key: value() for key, value in needed.items()})
    for old in states:
        for new in states:
            type(obj).objects.filter(pk=obj.pk).update(state=old)
            obj.refresh_from_db()
            if new in table[old]:
                assert move(obj, new, table=table).old == old
            else:
                with pytest.raises(IllegalMove):
                    move(obj, new, table=table)
            obj.refresh_from_db()
            assert obj.state == (new if new in table[old] else old)
