"""Competitions for tests: rows only, no workflow. `tests.competitions.stage` walks events through
the real workflows.
"""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from competitions.enums import AspectKind, EntryState, EventState, Scoring
from competitions.models import (
    Aspect,
    BlindCode,
    Entry,
    Event,
    Judge,
    Module,
    Scheme,
    Sheet,
    SubCriterion,
)
from tests.factories.ground import OrgUnitFactory, UserFactory, WorkerFactory


class EventFactory(DjangoModelFactory):
    """An event with registration open. Traits `draft`, `scoring`, `raw`."""

    class Meta:
        model = Event

    class Params:
        draft = factory.Trait(state=EventState.DRAFT)
        in_scoring = factory.Trait(state=EventState.SCORING)
        raw = factory.Trait(scoring=Scoring.RAW_TOTALS)

    org = factory.SubFactory(OrgUnitFactory)
    title = factory.Sequence(lambda n: f"第{n}届焊工技能竞赛")
    state = EventState.OPEN
    starts_on = date(2026, 11, 21)
    ends_on = date(2026, 11, 22)


class EntryFactory(DjangoModelFactory):
    """A qualified entry of a worker."""

    class Meta:
        model = Entry

    event = factory.SubFactory(EventFactory)
    person = factory.SubFactory(WorkerFactory)
    state = EntryState.QUALIFIED


class BlindCodeFactory(DjangoModelFactory):
    """A blind number with nobody behind it."""

    class Meta:
        model = BlindCode

    event = factory.SubFactory(EventFactory)
    number = factory.Sequence(lambda n: n + 1)


class SchemeFactory(DjangoModelFactory):
    """A frozen scheme without modules."""

    class Meta:
        model = Scheme

    event = factory.SubFactory(EventFactory)
    version = 1
    state = "frozen"
    digest = "0" * 64


class ModuleFactory(DjangoModelFactory):
    """A module of 100 marks."""

    class Meta:
        model = Module

    scheme = factory.SubFactory(SchemeFactory)
    code = "A"
    name = "焊接"
    max_mark = 100
    position = 1


class AspectFactory(DjangoModelFactory):
    """A measured line. Trait `judged`: a judgement with its four descriptions."""

    class Meta:
        model = Aspect

    class Params:
        judged = factory.Trait(
            kind=AspectKind.JUDGEMENT,
            benchmark_0="未达到",
            benchmark_1="达到",
            benchmark_2="部分超出",
            benchmark_3="全面优秀",
        )

    module = factory.SubFactory(ModuleFactory)
    sub_criterion = factory.LazyAttribute(
        lambda row: SubCriterion.objects.create(
            module=row.module, code="A1", name="外观", position=1
        )
    )
    code = factory.Sequence(lambda n: f"A1.{n % 90 + 1}")
    name = "余高"
    kind = AspectKind.MEASUREMENT
    max_mark = 2
    position = factory.Sequence(lambda n: n % 1000 + 1)


class JudgeFactory(DjangoModelFactory):
    """A judge of an event."""

    class Meta:
        model = Judge

    event = factory.SubFactory(EventFactory)
    user = factory.SubFactory(UserFactory)
    seat = factory.Sequence(lambda n: n % 1000 + 1)


class SheetFactory(DjangoModelFactory):
    """A blank sheet."""

    class Meta:
        model = Sheet

    event = factory.SubFactory(EventFactory)
    module = factory.LazyAttribute(lambda row: ModuleFactory(scheme__event=row.event))
    code = factory.LazyAttribute(lambda row: BlindCodeFactory(event=row.event))
