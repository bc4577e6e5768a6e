"""Load the demo's certificates and honours, through the workflows. It is safe to run again.

There are sixty certificates from an earlier register (some expired, one revoked, one suspended, one
replaced), nine honours, and a spreadsheet of fifty rows for the employer's check, written from the
numbers that were really given.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from certification import workbooks
from certification.enums import CertificateKind, CertificateState, Reason, RevocationState
from certification.models import (
    Certificate,
    CertificateTemplate,
    Honour,
    HonourList,
    RevocationRequest,
)
from certification.queries import watching
from certification.rendering.labels import format_certificate_date
from certification.rules import wording
from certification.rules.order import CertificateOrder
from certification.workflows import honour as honours
from certification.workflows import issue, status_changes, template
from certification.workflows import watching as watches
from core import clock
from core.actors import Actor
from core.demo import World
from org.models import OrgUnit
from people.models import Person

SOURCE = "certification.earlier_register"
UNION = "330900"
SHEET = "verify-50.xlsx"
DISCLAIMER = "本证书不是国家职业技能等级证书。"
TRAINING_WORDING = (
    "[于{starts}][至{ends}]完成“**{subject}**”培训课程[，培训工种**{trade}**][，修满{hours}学时][，{marks}，考核合格]"
    "，符合结业条件，特发此证。"
)
COURSES = (
    ("焊接作业安全与防护", "焊工", "6-18-02-04", 3, 24),
    ("低压电气安装与检修", "电工", "6-31-01-03", 3, 48),
    ("起重作业指挥", "起重装卸机械操作工", "6-30-05-01", 2, 32),
    ("数控车床编程入门", "车工", "6-18-01-01", 2, 60),
    ("钳工基本功", "钳工", "6-20-01-01", 1, 40),
)
# (days ago, how many): the first group has run out after three years, the second will within 90
# days.
ISSUED = ((1190, 8), (1040, 4), (700, 12), (410, 16), (150, 14), (20, 6))
LISTS = (
    ("示例市工匠（2026 年）", 2026, "示例总工发〔2026〕12 号"),
    ("示例市五一劳动奖（2025 年）", 2025, "示例总工发〔2025〕8 号"),
)
HONOURS: tuple[dict[str, Any], ...] = (
    {
        "display_name": "郝焊牢", "title": "示例市工匠", "year": 2026, "trade": "焊工", "employer_name": "示例船厂", "list": 0,
        "competition": "示例市职工职业技能竞赛·焊工决赛", "award": "一等奖", "quote": "一条焊缝，要对得起船上的人。",
        "description": "在船台上干了二十二年，带出徒弟三十一人。\n\n"
        "他把薄板对接的反变形量整理成一张表，贴在每个工位，班组返修率从百分之四降到不足百分之一。",
    },
    {
        "display_name": "甄铸新", "title": "示例市工匠", "year": 2026, "trade": "铸造工", "employer_name": "示例重工有限公司", "list": 0,
        "quote": "铁水不等人，人要等得起铁水。",
        "description": "改进大型铸件的浇注次序，缩孔报废一年少了四十件；操作要领写成三页纸，厂里人人会用。",
    },
    {
        "display_name": "钱丝密", "title": "示例市工匠", "year": 2026, "trade": "电工", "employer_name": "示例电气安装公司", "list": 0,
        "quote": "线头里没有小事。",
        "description": "配电柜二次接线十五年无差错。他设计的接线核对卡，把交接班查线的时间从一小时缩短到十分钟。",
    },
    {
        "display_name": "史精研", "title": "示例市工匠", "year": 2026, "trade": "钳工", "employer_name": "示例重工有限公司", "list": 0,
        "quote": "差一丝，就是差。", "description": "手工研磨平面度达到两微米，承担过十一台进口设备的导轨修复。",
    },
    {
        "display_name": "车明镜", "title": "示例市五一劳动奖章", "year": 2025, "trade": "车工", "employer_name": "示例重工有限公司",
        "list": 1,
        "competition": "示例市职工职业技能竞赛·车工决赛", "award": "二等奖", "quote": "听声音，就知道刀该换了。",
        "description": "细长轴加工法在全厂推广，每年开六次夜校课，听课的徒弟已有二百多人。",
    },
    {
        "display_name": "木成榫", "title": "示例市五一劳动奖章", "year": 2025, "trade": "手工木工", "employer_name": "示例船厂", "list": 1,
        "quote": "榫头合不合，手知道。", "description": "修复木质渔船九条，把传统捻缝工艺拍成二十集短课，放在网上供人学。",
    },
    {
        "display_name": "纪准", "title": "示例市五一劳动奖章", "year": 2025, "trade": "无损检测员", "employer_name": "示例船厂", "list": 1,
        "quote": "片子上看见什么，就写什么。", "description": "判片四万张，无一错判。坚持带着焊工一起看片子，让人知道错在哪一步。",
    },
    {
        "display_name": "陶泥匀", "title": "示例区岗位能手", "year": 2025, "trade": "陶瓷成型工", "employer_name": "", "list": None,
        "quote": "", "description": "拉坯二十年，所做量器误差不过一毫升。",
    },
)  # fmt: skip


def load_certificates_demo(world: World) -> None:
    """Create the certificates and honours that aren't there yet."""
    officer, reviewer, union = (
        world.users["demo-officer"],
        world.users["demo-reviewer"],
        world.units[UNION],
    )
    _templates(officer, union)
    issued = _certificates(world, officer, union)
    _standing(world, officer, reviewer, issued)
    _honours(world, officer, union)
    write_demo_sheet(issued)
    _watched(world, issued)


def _watched(world: World, issued: list[Certificate]) -> None:
    """Let the employer's HR watch three certificates.

    One is valid for long, one runs out soon, and one is suspended.
    """
    hr, employer = world.users["demo-hr"], world.employers[0]
    today = clock.today()
    rows = Certificate.objects.filter(pk__in=[row.pk for row in issued]).order_by("pk")
    soon = rows.filter(
        state=CertificateState.ISSUED,
        valid_until__gt=today,
        valid_until__lte=today + timedelta(days=90),
    ).first()
    wanted = [
        rows.filter(
            state=CertificateState.ISSUED, valid_until__gt=today + timedelta(days=400)
        ).first(),
        soon,
    ]
    for row in [*wanted, rows.filter(state=CertificateState.SUSPENDED).first()]:
        if row is not None and row.pk not in watching.find_watched_certificates(employer, [row.pk]):
            watches.watch_by_number_and_name(
                actor=hr, employer=employer, number=row.number, name=row.holder_name, address=None
            )


def _templates(officer: Any, union: OrgUnit) -> None:
    if not CertificateTemplate.objects.filter(org=union).exists():
        template.add_template_version(
            actor=officer,
            org=union,
            kind=CertificateKind.TRAINING,
            title="培训合格证书",
            title_en="Certificate of Training Completion",
            salutation="同志",
            wording=TRAINING_WORDING,
            disclaimer=DISCLAIMER,
            valid_years=3,
        )


def _certificates(world: World, officer: Any, union: OrgUnit) -> list[Certificate]:
    """Return the sixty certificates, in the order of the register."""
    known = {row.source_key: row for row in Certificate.objects.filter(source_kind=SOURCE)}
    people = world.persons
    today = clock.today()
    made: list[Certificate] = []
    days = [ago - place for ago, count in ISSUED for place in range(count)]
    for serial, ago in enumerate(days):
        key = f"demo-{serial:03d}"
        if key not in known or known[key].state == CertificateState.APPROVED:
            world.say(f"证书 {serial + 1}/{len(days)}")
            known[key] = issue.issue_certificate(
                actor=officer,
                order=_order(
                    serial, key, people[serial % len(people)], union, today - timedelta(days=ago)
                ),
            )
        made.append(known[key])
    return made


def _order(serial: int, key: str, person: Person, union: OrgUnit, day: date) -> CertificateOrder:
    course, occupation, code, level, hours = COURSES[(serial // 3) % len(COURSES)]
    return CertificateOrder(
        kind=CertificateKind.TRAINING,
        source_kind=SOURCE,
        source_key=key,
        person_id=person.pk,
        holder=person.name,
        org_id=union.pk,
        employer="示例重工有限公司",
        subject=course,
        occupation=occupation,
        occupation_code=code,
        level=level,
        fields={
            "starts": format_certificate_date(day - timedelta(days=30), "zh-Hans"),
            "ends": format_certificate_date(day - timedelta(days=2), "zh-Hans"),
            "hours": wording.write_chinese_numeral(hours),
            "marks": wording.format_marks_field(
                wording.write_chinese_numeral(78 + serial % 20),
                wording.write_chinese_numeral(80 + serial % 17),
            ),
        },
        issued_on=day,
    )


def _standing(world: World, officer: Actor, reviewer: Actor, issued: list[Certificate]) -> None:
    """Revoke one certificate, suspend one and replace one."""
    revoked, suspended, replaced = (
        Certificate.objects.get(pk=issued[place].pk) for place in (20, 31, 40)
    )
    if revoked.state == CertificateState.ISSUED:
        waiting = RevocationRequest.objects.filter(
            certificate=revoked, state=RevocationState.WAITING
        ).first()
        request = waiting or status_changes.request_revocation(
            actor=officer,
            certificate=revoked,
            reason=Reason.MISCONDUCT,
            note="监考记录与监控一致：由他人代考。",
        )
        status_changes.confirm_revocation(actor=reviewer, request=request)
    if (
        suspended.state == CertificateState.ISSUED
        and not suspended.changes.filter(reason=Reason.UNDER_REVIEW).exists()
    ):
        status_changes.suspend_certificate(
            actor=officer,
            certificate=suspended,
            reason=Reason.UNDER_REVIEW,
            note="收到实名举报，正在核实。",
        )
    if replaced.state == CertificateState.ISSUED:
        status_changes.replace_certificate(
            actor=officer, certificate=replaced, reason=Reason.CORRECTED
        )
    world.say("证书状态")


def _honours(world: World, officer: Any, union: OrgUnit) -> None:
    lists = []
    for title, year, document in LISTS:
        row = HonourList.objects.filter(org=union, title=title, year=year).first()
        lists.append(
            row
            or honours.create_honour_list(
                actor=officer,
                org=union,
                title=title,
                year=year,
                document_number=document,
                announced_on=date(year, 4, 28),
            )
        )
    for position, fields in enumerate(HONOURS):
        if Honour.objects.filter(
            org=union, display_name=fields["display_name"], title=fields["title"]
        ).exists():
            continue
        values = {key: value for key, value in fields.items() if key != "list"}
        honour = honours.record_honour(
            actor=officer,
            org=union,
            honour_list=None if fields["list"] is None else lists[fields["list"]],
            consent_given_on=date(fields["year"], 4, 20),
            **values,
        )
        honours.publish_honour(actor=officer, honour=honour)
        world.say(f"荣誉 {position + 1}/{len(HONOURS)}")
    _own_honour(world, officer, union, lists[0])


def _own_honour(world: World, officer: Any, union: OrgUnit, honour_list: HonourList) -> None:
    """Record one honour that is linked to a person and has a certificate.

    The person did not agree to be named, so the gallery only counts it.
    """
    person = world.persons[-1]
    honour = Honour.objects.filter(org=union, person=person).first() or honours.record_honour(
        actor=officer,
        org=union,
        display_name=person.name,
        person=person,
        title="示例市工匠",
        year=2026,
        trade="钳工",
        honour_list=honour_list,
    )
    if honour.certificate_id is None:
        honours.issue_for_honour(honour_public_id=str(honour.public_id), actor=officer)


def write_demo_sheet(issued: list[Certificate]) -> Path:
    """Write the sheet of fifty rows for the employer's check.

    43 are valid, and each of the others has something to look at.
    """
    rows = Certificate.objects.in_bulk([row.pk for row in issued])
    ordered = [rows[row.pk] for row in issued]
    today = clock.today()
    valid = [
        row
        for row in ordered
        if row.state == CertificateState.ISSUED
        and (row.valid_until is None or row.valid_until >= today)
    ]
    expired = [
        row
        for row in ordered
        if row.state == CertificateState.ISSUED
        and row.valid_until is not None
        and row.valid_until < today
    ]
    other = [
        row
        for row in ordered
        if row.state
        in {CertificateState.REVOKED, CertificateState.SUSPENDED, CertificateState.SUPERSEDED}
    ]
    lines = [(row.number, row.holder_name) for row in [*valid[:43], *expired[:2], *other[:3]]]
    misread, namesake = valid[43], valid[44]
    lines.insert(
        7,
        (
            misread.number[:-3] + ("1" if misread.number[-3] != "1" else "7") + misread.number[-2:],
            misread.holder_name,
        ),
    )
    lines.insert(38, (namesake.number, "示例甲"))
    # The rows to look at are spread over the sheet, as in life.
    lines.sort(key=lambda line: sum(ord(c) for c in line[0][-6:]) * 7919 % 101)
    path = Path(settings.VAR) / "demo" / SHEET
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        workbooks.write_sheet_workbook("应聘人员", ["证书编号", "姓名"], lines, widths=[32, 20])
    )
    return path
