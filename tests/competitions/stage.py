"""A small contest walked through the real workflows: two modules, four competitors, three judges
or more, and their officers.
"""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import access
from access.workflows import assign_role
from competitions import queries, workbooks, workflows
from competitions.models import BlindCode, Event, Sheet
from competitions.workflows import MarkInput
from tests.factories.ground import (
    EmployerFactory,
    EmploymentFactory,
    MembershipFactory,
    OrgUnitFactory,
    UserFactory,
    WorkerFactory,
)

FOUR = {
    "benchmark_0": "低于行业水平",
    "benchmark_1": "达到行业水平",
    "benchmark_2": "部分超出",
    "benchmark_3": "全面优秀",
}
ROWS = (
    {"code": "A", "level": "模块", "name": "焊前准备", "day": 1},
    {"code": "A1", "level": "子项", "name": "坡口"},
    {
        "code": "A1.1",
        "level": "评分点",
        "name": "坡口角度",
        "kind": "测量",
        "mark": 20,
        "steps": "5；10",
    },
    {"code": "A1.2", "level": "评分点", "name": "清理", "kind": "评价", "mark": 20, **FOUR},
    {"code": "B", "level": "模块", "name": "焊接", "day": 2},
    {"code": "B1", "level": "子项", "name": "外观"},
    {"code": "B1.1", "level": "评分点", "name": "余高", "kind": "测量", "mark": 30},
    {"code": "B1.2", "level": "评分点", "name": "成形", "kind": "评价", "mark": 30, **FOUR},
)
SEED = "5c" * 32


def workbook(rows=ROWS, sections=()) -> io.BytesIO:
    """Return the scheme as an upload."""
    return io.BytesIO(workbooks.scheme_workbook(rows, sections))


def op() -> uuid.UUID:
    """Return a fresh operation number."""
    return uuid.uuid4()


@dataclass
class Stage:
    """One event and everybody around it."""

    event: Event
    manager: Any
    chief: Any
    secrecy: Any
    reviewer: Any
    judges: list[Any]
    people: list[Any]
    entries: list[Any] = field(default_factory=list)

    def reload(self) -> Event:
        self.event = Event.objects.get(pk=self.event.pk)
        return self.event

    def with_scheme(self, rows=ROWS) -> Stage:
        report = workflows.import_scheme(
            actor=self.manager, event=self.event, upload=workbook(rows)
        )
        assert report.ok, report.problems
        workflows.freeze_scheme(actor=self.manager, event=self.event)
        return self

    def open(self) -> Stage:
        self.with_scheme()
        workflows.open_registration(actor=self.manager, event=self.event)
        for person in self.people:
            entry = workflows.register_entry(actor=person.user, event=self.event, person=person)
            self.entries.append(workflows.qualify_entry(actor=self.manager, entry=entry))
        self.reload()
        return self

    def drawn(self) -> Stage:
        self.open()
        for judge in self.judges:
            workflows.assign_judge(actor=self.manager, event=self.event, user=judge)
        workflows.draw_blind_codes(actor=self.secrecy, event=self.event, seed=SEED)
        self.reload()
        return self

    def scoring(self) -> Stage:
        self.drawn()
        workflows.open_scoring(actor=self.chief, event=self.event)
        self.reload()
        return self

    def sheet(self, module: str, number: int) -> Sheet:
        return Sheet.objects.select_related("module", "code", "event").get(
            event=self.event, module__code=module, code__number=number
        )

    def judges_of(self, sheet: Sheet) -> list[Any]:
        return [
            seat.judge.user
            for seat in sheet.seats.select_related("judge__user").order_by("position")
        ]

    def fill(self, sheet: Sheet, measured: str, score: str) -> None:
        """Let every judge of *sheet* give the same score, the first one the measurement."""
        code = sheet.module.code
        for n, judge in enumerate(self.judges_of(sheet)):
            changes = [MarkInput(f"{code}1.2", score)] + (
                [MarkInput(f"{code}1.1", measured)] if n == 0 else []
            )
            outcome = workflows.save_marks(
                actor=judge, sheet=sheet, operation=op(), changes=changes
            )
            assert not outcome.conflicts, outcome
            assert not outcome.refused, outcome

    def sign(self, sheet: Sheet) -> None:
        for judge in self.judges_of(sheet):
            print_of = queries.sheet_for(judge, sheet.public_id).fingerprint
            workflows.sign_sheet(actor=judge, sheet=sheet, fingerprint=print_of)

    def marked(self) -> Stage:
        """Fill and sign every sheet: number 1 is best, number 4 last."""
        self.scoring()
        for number in BlindCode.objects.filter(event=self.event).values_list("number", flat=True):
            for module, full, none in (("A", "20", "5"), ("B", "30", "0")):
                sheet = self.sheet(module, number)
                self.fill(sheet, full if number < 4 else none, str(4 - number))
                self.sign(sheet)
        return self

    def locked(self) -> Stage:
        self.marked()
        for module in ("A", "B"):
            workflows.lock_module(
                actor=self.chief, event=self.event, module=self.sheet(module, 1).module
            )
        workflows.lock_event(actor=self.chief, event=self.event)
        self.reload()
        return self

    def computed(self) -> Stage:
        self.locked()
        self.results = workflows.compute_results(actor=self.manager, event=self.event)
        self.reload()
        return self

    def opened(self) -> Stage:
        self.computed()
        request = workflows.request_unseal(
            actor=self.secrecy, event=self.event, reason="成绩已核对"
        )
        workflows.approve_request(actor=self.reviewer, request=request)
        self.reload()
        return self

    def confirmed(self) -> Stage:
        self.opened()
        self.results = workflows.confirm_results(actor=self.reviewer, results=self.results)
        self.reload()
        return self

    def published(self) -> Stage:
        self.confirmed()
        workflows.publish_results(actor=self.manager, event=self.event)
        self.reload()
        return self


def build(competitors: int = 4, judges: int = 3, **facts: Any) -> Stage:
    """Return a stage with a draft event: the competitors of one employer each, judges from
    elsewhere.
    """
    union = OrgUnitFactory()
    reviewer, officer = UserFactory(), UserFactory()
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=union)
    assign_role(actor=access.SYSTEM, user=reviewer, role="union_reviewer", scope=union)
    event = workflows.create_event(
        actor=officer,
        org=union,
        title="焊工技能竞赛",
        starts_on=date(2026, 11, 21),
        ends_on=date(2026, 11, 22),
        **facts,
    )
    chief, secrecy = UserFactory(), UserFactory()
    workflows.assign_staff(actor=officer, event=event, user=chief, role="chief_judge")
    workflows.assign_staff(actor=officer, event=event, user=secrecy, role="secrecy_officer")
    people = []
    for _n in range(competitors):
        person = WorkerFactory()
        EmploymentFactory(person=person, employer=EmployerFactory())
        MembershipFactory(person=person, org_unit=OrgUnitFactory(parent=union))
        union.refresh_from_db()
        people.append(person)
    return Stage(
        event,
        officer,
        chief,
        secrecy,
        reviewer,
        [WorkerFactory().user for _n in range(judges)],
        people,
    )
