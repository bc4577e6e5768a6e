"""Make the demo's two competitions through the workflows. One is a half-marked welding final, the
totals of the other came from a workbook.

`load_competitions_demo` is the loader of `manage.py load_demo`, which may run again without doing
anything twice. `mark_everything` lets the five judges mark what is left, for visitors and tests
that want to see results without an afternoon at the tablets.
"""

from __future__ import annotations

import io
import random
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from competitions import queries, workflows
from competitions.enums import AspectKind, MarkingSheetState, Scoring
from competitions.models import Aspect, BlindCode, Event, Sheet, SheetJudge
from competitions.workflows import MarkInput
from core import clock
from core.demo import World
from occupations.models import Occupation
from org.models import Employment
from org.workflows.unit import record_employment
from people.models import Person

FILES = Path(settings.SITE) / "home" / "demo"
SCHEME_FILE, TOTALS_FILE = "焊工决赛评分方案.xlsx", "焊接项目原始分.xlsx"
WELDING, PUBLISHED = "示例市职工职业技能竞赛·焊工决赛", "焊接项目成绩复核（公开成绩 32 人）"
COMPETITORS = 32
SEED = 20261122
PANEL = 4  # three judges count; one more, so that nobody sees who stands aside


def load_competitions_demo(world: World) -> None:
    """Make what is missing."""
    if not Event.objects.filter(title=WELDING).exists():
        event = welding_event(world)
        world.say("marking sheets")
        mark_some(event, modules=("A",), numbers=range(1, 13))
    if not Event.objects.filter(title=PUBLISHED).exists():
        published_event(world)


def welding_event(world: World) -> Event:
    """Return the welding final, open for marking. It has 32 competitors under blind numbers and
    five judges, one of them with a recusal.
    """
    users = world.users
    officer, manager = users["demo-officer"], users["demo-manager"]
    today = clock.today()
    event = workflows.create_event(
        actor=officer,
        org=world.units["330900"],
        title=WELDING,
        occupation=_welder(),
        summary="全市一线焊工的年度决赛：焊前准备、焊条电弧焊、气保焊、氩弧焊与检测返修五个模块，两天完成。裁判只见密号，成绩锁定后由两人同时启封。",
        venue="示例市职工实训中心 2 号焊接车间",
        starts_on=today,
        ends_on=today + timedelta(days=1),
        registration_ends_on=today,
        technical_file="焊工决赛技术文件 第 3 版",
        live_board=True,
    )
    workflows.assign_staff(actor=officer, event=event, user=manager, role="event_manager")
    workflows.assign_staff(
        actor=officer, event=event, user=users["demo-chief-judge"], role="chief_judge"
    )
    workflows.assign_staff(
        actor=officer, event=event, user=users["demo-secrecy"], role="secrecy_officer"
    )
    with (FILES / SCHEME_FILE).open("rb") as upload:
        report = workflows.import_scheme(actor=manager, event=event, upload=upload)
    if not report.ok:
        msg = f"the demo's scheme has faults: {report.problems[0].message}"
        raise RuntimeError(msg)
    workflows.freeze_scheme(actor=manager, event=event)
    workflows.open_registration(actor=manager, event=event)
    for person in _competitors(world):
        entry = workflows.register_entry(actor=manager, event=event, person=person)
        workflows.qualify_entry(actor=manager, entry=entry)
    _seat_judges(world, event)
    workflows.draw_blind_codes(actor=users["demo-secrecy"], event=event)
    workflows.open_scoring(actor=users["demo-chief-judge"], event=event)
    event.refresh_from_db()
    return event


def published_event(world: World) -> Event:
    """Return the event whose 32 raw marks were published elsewhere. They are imported, worked out,
    confirmed by a second person and published.
    """
    officer, reviewer = world.users["demo-officer"], world.users["demo-reviewer"]
    day = clock.today() - timedelta(days=60)
    event = workflows.create_event(
        actor=officer,
        org=world.units["330900"],
        title=PUBLISHED,
        occupation=_welder(),
        summary="一次国际赛事公开的 32 个原始分，按中位数 700 的标尺换算，用来核对本站的算法。只有编号，没有姓名。",
        starts_on=day,
        ends_on=day,
        scoring=Scoring.RAW_TOTALS,
    )
    with (FILES / TOTALS_FILE).open("rb") as upload:
        workflows.import_raw_totals(actor=officer, event=event, upload=upload)
    results = workflows.compute_results(actor=officer, event=event)
    workflows.confirm_results(actor=reviewer, results=results)
    workflows.publish_results(actor=officer, event=event)
    event.refresh_from_db()
    return event


def _welder() -> Occupation:
    code = "6-18-02-04"
    found = Occupation.objects.filter(code=code).order_by("-edition").first()
    return found or Occupation.objects.create(
        code=code, name="焊工", aliases="电焊工 气焊工 氩弧焊工"
    )


def _competitors(world: World) -> list[Person]:
    """Return 32 workers, the visitor's own worker among them."""
    judges = {world.users[f"demo-judge-{number}"].pk for number in range(1, 6)}
    return [person for person in world.persons if person.user_id not in judges][:COMPETITORS]


def _seat_judges(world: World, event: Event) -> None:
    """Seat four of five judges in each panel, starting each module with another judge. One of the
    judges works where some competitors work.
    """
    judges = [world.users[f"demo-judge-{number}"] for number in range(1, 6)]
    colleague = Person.objects.filter(user=judges[4]).first()
    if colleague is not None and not Employment.objects.filter(person=colleague).exists():
        record_employment(
            actor=world.users["demo-officer"],
            person=colleague,
            employer=world.employers[2],
            starts_on=clock.today(),
            job_title="焊接技师",
        )
    scheme = queries.present_scheme(event)
    for place, module in enumerate(scheme.modules.order_by("position") if scheme else ()):
        for turn in range(PANEL):
            workflows.assign_judge(
                actor=world.users["demo-manager"],
                event=event,
                user=judges[(place + turn) % len(judges)],
                modules=[module],
            )


def mark_some(
    event: Event,
    *,
    modules: tuple[str, ...],
    numbers: range | None = None,
    tick: Callable[[], None] = lambda: None,
) -> int:
    """Let the judges mark and sign sheets that are still open, and return how many. The skill of a
    competitor follows from the number, by a fixed seed.
    """
    sheets = Sheet.objects.filter(
        event=event,
        module__code__in=modules,
        state__in=[MarkingSheetState.BLANK, MarkingSheetState.ENTERING],
    )
    if numbers is not None:
        sheets = sheets.filter(code__number__in=list(numbers))
    done = 0
    for sheet in sheets.select_related("module", "code", "event").order_by(
        "module__position", "code__number"
    ):
        _mark(sheet)
        done += 1
        tick()
    return done


def mark_everything(event: Event, *, chief: Any, tick: Callable[[], None] = lambda: None) -> Event:
    """Mark and sign what is left, lock each module, lock the event."""
    scheme = queries.present_scheme(event)
    modules = list(scheme.modules.order_by("position")) if scheme else []
    mark_some(event, modules=tuple(module.code for module in modules), tick=tick)
    for module in modules:
        workflows.lock_module(actor=chief, event=event, module=module)
    workflows.lock_event(actor=chief, event=event)
    event.refresh_from_db()
    return event


def _mark(sheet: Sheet) -> None:
    """Let the panel fill one sheet. The first judge also measures, and where the judges are too
    far apart they score again.
    """
    rng = random.Random(f"{SEED}/{sheet.module.code}/{sheet.code.number}")  # noqa: S311 - made-up marks
    skill = random.Random(f"{SEED}/{sheet.code.number}").uniform(0.45, 0.97)  # noqa: S311 - made-up marks
    judges = [
        seat.judge.user
        for seat in SheetJudge.objects.filter(sheet=sheet)
        .select_related("judge__user")
        .order_by("position")
    ]
    aspects = list(Aspect.objects.filter(module=sheet.module).order_by("position"))
    worth = {
        aspect.code: min(3, max(0, round(3 * skill + rng.gauss(0, 0.5)))) for aspect in aspects
    }
    for place, judge in enumerate(judges):
        changes = []
        for aspect in aspects:
            if aspect.kind == AspectKind.JUDGEMENT:
                score = worth[aspect.code] + (rng.choice((0, 0, 0, 1, -1)) if place else 0)
                changes.append(MarkInput(aspect.code, str(min(3, max(0, score)))))
            elif place == 0:
                changes.append(MarkInput(aspect.code, _measured(aspect, skill, rng)))
        workflows.save_marks(
            actor=judge,
            sheet=sheet,
            operation=uuid.UUID(int=rng.getrandbits(128), version=4),
            changes=changes,
        )
    view = queries.sheet_for(judges[0], sheet.public_id)
    apart = [aspect for sub in view.sub_criteria for aspect in sub.aspects if aspect.disputed]
    if apart:  # the panel talks, looks at the benchmark and agrees
        for judge in judges:
            again = [
                MarkInput(aspect.code, str(worth[aspect.code]), 0, aspect.round) for aspect in apart
            ]
            workflows.save_marks(
                actor=judge,
                sheet=sheet,
                operation=uuid.UUID(int=rng.getrandbits(128), version=4),
                changes=again,
            )
        view = queries.sheet_for(judges[0], sheet.public_id)
    for judge in judges:
        workflows.sign_sheet(actor=judge, sheet=sheet, fingerprint=view.fingerprint)


def _measured(aspect: Aspect, skill: float, rng: random.Random) -> str:
    if rng.random() < skill:
        return str(aspect.max_mark)
    return str(rng.choice([*aspect.step_values, 0]))


def scheme_upload() -> io.BytesIO:
    """Return the demo's scheme as an upload."""
    return io.BytesIO((FILES / SCHEME_FILE).read_bytes())


def count_drawn_numbers(event: Event) -> int:
    """Return how many numbers were drawn."""
    return BlindCode.objects.filter(event=event).count()


__all__ = [
    "count_drawn_numbers",
    "load_competitions_demo",
    "mark_everything",
    "mark_some",
    "published_event",
    "scheme_upload",
    "welding_event",
]
