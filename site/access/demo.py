"""The base data of the demo, which is one account for each role, a city union with a district and
three firms, and forty invented workers.

The tour's own spreadsheets (`home/demo/`) bring further districts and 300 more workers. Those are
left for the visitor to import.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from access.models import RoleAssignment, WholeSite
from access.system import SYSTEM
from access.workflows import assign_role
from access.workflows.proposal import agree_to_role_proposal, propose_role
from access.workflows.review import open_review
from core import clock
from core.demo import World
from org.enums import OrgLevel
from org.models import Employer, OrgUnit
from org.workflows.unit import create_employer, create_unit, join_union, record_employment
from people import demo_roles
from people.models import Person, User
from people.rules.identity import compute_id_check_character
from people.workflows.person import record_person

STAFF = {
    "demo-worker": "林晓禾", "demo-officer": "周敏", "demo-reviewer": "许建国", "demo-trainer": "何志刚", "demo-editor": "沈文静",
    "demo-hr": "唐慧", "demo-admin": "系统管理员", "demo-chief-judge": "钟伟民", "demo-judge-1": "高永强", "demo-judge-2": "冯丽萍",
    "demo-judge-3": "董国华", "demo-judge-4": "曾凡", "demo-judge-5": "彭小军", "demo-secrecy": "吕静", "demo-witness": "傅明",
    "demo-manager": "邓文博", "demo-assessor": "蒋立新", "demo-union-admin": "葛文涛", "demo-union-admin-2": "严立群",
    "demo-security": "安全管理员", "demo-audit": "审计管理员", "demo-clerk": "顾晓岚",
    "demo-privacy": "程颖", "demo-privacy-2": "石立群",
}  # fmt: skip
WORKERS = [
    "张伟强",
    "李明远",
    "王海涛",
    "刘建波",
    "陈志豪",
    "杨晓东",
    "黄国栋",
    "赵俊杰",
    "吴文斌",
    "周浩然",
    "徐建平",
    "孙立峰",
    "马志远",
    "朱永康",
    "胡晓明",
    "郭子轩",
    "何俊辉",
    "林国庆",
    "高飞",
    "罗志伟",
    "郑海波",
    "梁永刚",
    "谢文涛",
    "宋佳明",
    "唐建军",
    "许志鹏",
    "韩冰",
    "冯子豪",
    "邓永亮",
    "曹阳",
    "欧阳子涵",
    "诸葛明",
    "彭𠮷",
    "曾㛃",
    "阿卜杜拉·买买提",
    "苏䶮",
    "卢志强",
    "蒋大勇",
    "蔡文龙",
    "贾建新",
]
UNITS = (
    ("330900", "示例市总工会", "示例市总工会", OrgLevel.CITY, None),
    ("330990", "示例区总工会", "示例区总工会", OrgLevel.COUNTY, "330900"),
    ("330990001", "工匠街道总工会", "", OrgLevel.TOWNSHIP, "330990"),
    ("330990001001", "示例重工有限公司工会", "示例重工工会", OrgLevel.GRASSROOTS, "330990001"),
    ("330990001002", "示例船厂工会", "", OrgLevel.GRASSROOTS, "330990001"),
    ("330990001003", "示例电气安装公司工会", "", OrgLevel.GRASSROOTS, "330990001"),
)
FIRMS = (
    ("示例重工有限公司", "330990001001"),
    ("示例船厂", "330990001002"),
    ("示例电气安装公司", "330990001003"),
)
ROLES = (
    ("demo-officer", "union_officer", "330900"),
    ("demo-officer", "training_officer", "330900"),
    ("demo-reviewer", "union_reviewer", "330900"),
    ("demo-editor", "editor", "330900"),
    ("demo-admin", "editor", "330900"),
    ("demo-union-admin", "union_admin", "330900"),
    ("demo-union-admin-2", "union_admin", "330900"),
)
# Nobody is a superuser: whoever looks after the site writes its pages and words too, as an editor
# does, and sees no union's business.
SITE_ROLES = (
    ("demo-admin", "system_admin"),
    ("demo-security", "security_admin"),
    ("demo-audit", "audit_admin"),
)
SINCE = date(2019, 3, 1)


def load_base_demo(world: World) -> None:
    """Make the base data that isn't there yet."""
    world.units = _units()
    world.employers = _employers(world.units)
    world.users = {username: _account(username, name) for username, name in STAFF.items()}
    for username, role, code in ROLES:
        assign_role(actor=SYSTEM, user=world.users[username], role=role, scope=world.units[code])
    assign_role(
        actor=SYSTEM, user=world.users["demo-hr"], role="employer_hr", scope=world.employers[0]
    )
    for username, role in SITE_ROLES:
        assign_role(actor=SYSTEM, user=world.users[username], role=role, scope=WholeSite.get())
    _rights(world)
    world.persons = [_worker(serial, name, world) for serial, name in enumerate(WORKERS)]
    me = _worker(900, STAFF["demo-worker"], world, user=world.users["demo-worker"])
    world.persons.insert(0, me)
    for number in range(1, 6):
        _judge_person(number, world)


def _rights(world: World) -> None:
    """Fill the rights screens with one clerk and a pending proposal.

    The clerk has roles given by two people, one of them ending soon.
    """
    clerk, first, second = (
        world.users[key] for key in ("demo-clerk", "demo-union-admin-2", "demo-union-admin")
    )
    if RoleAssignment.objects.filter(user=clerk).exists():
        return
    today = clock.today()
    for role, code, days, reason in (
        ("union_officer", "330990", 300, "区里经办"),
        ("union_reviewer", "330990001", 8, "代班三个月"),
        ("training_officer", "330990001001", 200, "厂里办班"),
    ):
        unit, last = world.units[code], today + timedelta(days=days)
        row = propose_role(
            actor=first, user=clerk, role=role, scope=unit, reason=reason, ends_on=last
        )
        agree_to_role_proposal(actor=second, proposal=row)
    propose_role(
        actor=first,
        user=clerk,
        role="union_reviewer",
        scope=world.units["330990"],
        reason="原审核人退休",
        ends_on=today + timedelta(days=365),
    )
    open_review(actor=SYSTEM, scope=world.units["330900"])


def _units() -> dict[str, OrgUnit]:
    made = {unit.code: unit for unit in OrgUnit.objects.filter(code__in=[row[0] for row in UNITS])}
    for code, name, short, level, parent in UNITS:
        if code not in made:
            made[code] = create_unit(
                actor=SYSTEM,
                name=name,
                short_name=short,
                code=code,
                level=level,
                parent=made[parent] if parent else None,
                region_code=code[:6],
            )
    return {code: OrgUnit.objects.get(code=code) for code in made}


def _employers(units: dict[str, OrgUnit]) -> list[Employer]:
    return [
        Employer.objects.filter(name=name).first()
        or create_employer(actor=SYSTEM, name=name, unions=(units[code],))
        for name, code in FIRMS
    ]


@transaction.atomic
def _account(username: str, name: str) -> Any:
    users = get_user_model().objects
    user = users.filter(username=username).first()
    if user is None:
        # No password: the demo's buttons are the only way in.
        user = users.create_user(
            username, None, display_name=name, is_staff=username == "demo-admin"
        )
    elif user.is_superuser:  # a demo of an older version
        user.is_superuser = False
        user.save(update_fields=["is_superuser"])
    return user


def _id_number(serial: int) -> str:
    """Return an invented number in an abolished county, with a right check character."""
    first = f"330125{1975 + serial % 25}{1 + serial % 12:02d}{1 + serial % 28:02d}{serial:03d}"
    return first + compute_id_check_character(first)


@transaction.atomic
def _worker(serial: int, name: str, world: World, user: User | None = None) -> Person:
    person = Person.objects.filter(name=name).first()
    if person is None:
        person = record_person(
            actor=SYSTEM,
            name=name,
            id_kind="resident",
            id_number=_id_number(serial),
            mobile=f"13900{serial:06d}",
            user=user,
        )
    employer = world.employers[serial % len(FIRMS)]
    join_union(
        actor=SYSTEM,
        person=person,
        org_unit=world.units[FIRMS[serial % len(FIRMS)][1]],
        starts_on=SINCE,
    )
    record_employment(
        actor=SYSTEM, person=person, employer=employer, starts_on=SINCE, job_title="焊工"
    )
    return person


def _judge_person(number: int, world: World) -> None:
    username = f"demo-judge-{number}"
    user = world.users[username]
    if not Person.objects.filter(user=user).exists():
        record_person(
            actor=SYSTEM,
            name=STAFF[username],
            id_kind="resident",
            id_number=_id_number(950 + number),
            user=user,
        )


def list_demo_usernames() -> list[str]:
    """Return the user names behind the demo's buttons (a test compares them with the loader)."""
    return [role.username for role in demo_roles.list_demo_roles()]
