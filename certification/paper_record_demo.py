"""The demo's certificates from paper, through the workflows; safe to run again.

One list of earlier training, compared with the originals by the reviewer; one that waits for the
comparison; and a sheet that is checked but has rows to mend, so that no screen is empty.
"""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from certification.enums import CertificateKind, HistoricState, Provenance, Sampled
from certification.models import HistoricImport
from certification.workflows import paper_records
from certification.workflows.paper_records.columns import COLUMNS
from certification.workflows.paper_records.sample import list_drawn_records
from core import sheets
from core.demo import World
from jobs import workflows as jobs
from jobs.runner import run_job_item

UNION = "330900"
COMPARED, WAITING, TO_MEND = (
    "2013-2016年培训发证台账.xlsx",
    "2017年技能竞赛获奖名册.xlsx",
    "2018年培训发证台账.xlsx",
)
KINDS = (
    "certification.historic_check",
    "certification.historic_apply",
    "certification.historic_compare",
)
COURSES = (
    ("焊接作业安全", "焊工", "初级工"),
    ("低压电工取证培训", "电工", "中级工"),
    ("起重指挥", "起重装卸机械操作工", "五级"),
)
NAMES = (
    "安稳", "白铁生", "卞师傅", "岑钳工", "柴油生", "车间红", "成钢", "池水清", "丁实", "樊精益", "方正", "冯电",
    "甘认真", "高炉火", "耿直", "古丽·艾山", "何苦练", "洪亮", "贾不假", "江船工", "焦点", "金相", "康健", "孔规矩",
)  # fmt: skip


def load(world: World) -> None:
    """Make what isn't there yet."""
    officer, reviewer = world.users["demo-officer"], world.users["demo-reviewer"]
    run = _taken(
        world,
        officer,
        COMPARED,
        [_trained(at, name) for at, name in enumerate(NAMES)],
        "市总工会培训科2013—2016年发证台账",
    )
    if run.confirmed_at is None:
        run = paper_records.draw_sample(actor=reviewer, run=run)
        verdicts = {record.pk: Sampled.AGREES.value for record in list_drawn_records(run)}
        paper_records.record_sample(
            actor=reviewer, run=run, verdicts=verdicts, remark="市总工会档案室 2016-培训-3 盒"
        )
        _work()
    _taken(
        world,
        officer,
        WAITING,
        [_awarded(at, name) for at, name in enumerate(NAMES[:8])],
        "市总工会2017年竞赛表彰文件附件",
    )
    if not HistoricImport.objects.filter(filename=TO_MEND).exists():
        _checked(officer, world, TO_MEND, _faulty(), "市总工会培训科2018年发证台账")
    world.say("历史证书")


def _trained(at: int, name: str) -> dict[str, str]:
    course, trade, level = COURSES[at % 3]
    day = date(2013, 3, 15) + timedelta(days=53 * at)
    return {
        "number": f"示工培字〔{day.year}〕第{at + 101:04d}号", "name": name, "issued_on": day.isoformat(), "title": "职工培训合格证书",
        "kind": "培训", "subject": course, "occupation": trade, "level": level, "employer": "示例重工有限公司",
    }  # fmt: skip


def _awarded(at: int, name: str) -> dict[str, str]:
    return {
        "number": f"示工赛〔2017〕{at + 1:03d}", "name": name, "issued_on": "2017-09-28", "title": "职工技能竞赛获奖证书", "kind": "竞赛",
        "subject": "示例市第八届职工技能竞赛", "occupation": "焊工", "distinction": ("一等奖", "二等奖", "三等奖")[min(at // 2, 2)],
    }  # fmt: skip


def _faulty() -> list[dict[str, str]]:
    good = [
        {
            **_trained(at, name),
            "issued_on": "2018-06-20",
            "number": f"示工培字〔2018〕第{at + 1:04d}号",
        }
        for at, name in enumerate(NAMES[:6])
    ]
    return [
        *good,
        {**good[0], "number": "17", "name": "蓝图"},
        {
            **good[0],
            "number": "示工培字〔2018〕第0031号",
            "name": "雷达",
            "issued_on": "2018-02-30",
        },
        {
            **good[0],
            "number": "示工培字〔2018〕第0032号",
            "name": "李•师傅",
            "issuer": "邻市总工会",
        },
        {**good[1]},
    ]


def _checked(
    officer: Any, world: World, name: str, rows: list[dict[str, str]], source: str
) -> HistoricImport:
    data = sheets.write_workbook(
        [column.heading for column in COLUMNS],
        [[row.get(column.key, "") for column in COLUMNS] for row in rows],
    )
    run = paper_records.receive_sheet(
        actor=officer,
        org=world.units[UNION],
        filename=name,
        file=io.BytesIO(data),
        source=source,
        aim=Provenance.ARCHIVE,
        kind=CertificateKind.TRAINING,
    )
    paper_records.start_check(
        actor=officer, run=run, mapping=run.mapping, kind=CertificateKind.TRAINING
    )
    _work()
    return HistoricImport.objects.get(pk=run.pk)


def _taken(
    world: World, officer: Any, name: str, rows: list[dict[str, str]], source: str
) -> HistoricImport:
    run = (
        HistoricImport.objects.filter(filename=name).exclude(state=HistoricState.DISCARDED).first()
    )
    run = run or _checked(officer, world, name, rows, source)
    if run.state == HistoricState.READY:
        paper_records.apply_import(actor=officer, run=run)
        _work()
    return HistoricImport.objects.get(pk=run.pk)


def _work() -> None:
    """Do the background's part at once, and nothing of anybody else's."""
    while item := jobs.claim_job_item(kinds=KINDS):
        run_job_item(item)
