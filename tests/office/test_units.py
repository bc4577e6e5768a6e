"""Unions and employers through their doors: who may what, wrong input, confirmations, numbers of
queries.
"""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from stdnum.cn import uscc

import access
from access.workflows import assign_role
from audit.models import Event
from org.enums import OrgLevel
from org.models import Employer, Membership, OrgUnit
from org.queries import current_union
from org.workflows.history import rename_unit
from org.workflows.unit import create_employer, create_unit
from tests.factories.courses import CourseFactory
from tests.factories.ground import (
    EmployerFactory,
    EmploymentFactory,
    MembershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAY = "2024-06-01"
SYSTEM = access.SYSTEM


def full(first):
    return first + uscc.calc_check_digit(first)


def user_with(role, scope):
    user = UserFactory()
    if scope is not None:
        assign_role(actor=SYSTEM, user=user, role=role, scope=scope)
    return user


@pytest.fixture
def city(db):
    return create_unit(actor=SYSTEM, name="示例市总工会", code="3309", level=OrgLevel.CITY)


@pytest.fixture
def east(city):
    return create_unit(
        actor=SYSTEM, name="东区总工会", code="330901", level=OrgLevel.COUNTY, parent=city
    )


@pytest.fixture
def mill(east):
    return create_unit(
        actor=SYSTEM, name="纺织厂工会", code="33090101", level=OrgLevel.GRASSROOTS, parent=east
    )


@pytest.fixture
def yard(east):
    return create_unit(
        actor=SYSTEM, name="船厂工会", code="33090102", level=OrgLevel.GRASSROOTS, parent=east
    )


@pytest.fixture
def admin(city, client):
    user = user_with("union_admin", city)
    client.force_login(user)
    return user


def at(name, unit):
    return reverse(f"office:{name}", args=[unit.public_id])


def send(client, name, unit, /, confirmed=True, **data):
    data = {"on": DAY, "reason": "合并", **data}
    return client.post(at(name, unit), {**data, "confirmed": "1"} if confirmed else data)


def test_tree_shows_sums_and_hides_what_is_beside_ones_own(client, admin, mill, yard):
    MembershipFactory.create_batch(2, org_unit=mill)
    MembershipFactory(org_unit=yard)
    create_unit(actor=SYSTEM, name="外市总工会", code="34", level=OrgLevel.CITY)
    page = client.get(reverse("office:tree"))
    (top,) = page.context["forest"]
    assert (top.unit.code, top.members, top.total) == ("3309", 0, 3)
    assert [(node.unit.code, node.total) for node in top.children[0].children] == [
        ("33090101", 2),
        ("33090102", 1),
    ]
    assert "外市总工会" not in page.content.decode()


@pytest.mark.parametrize(
    ("narrowed", "codes"),
    [
        ({"q": "纺织"}, ["33090101"]), ({"q": "330901"}, ["330901", "33090101", "33090102"]), ({"level": "5"}, ["33090101", "33090102"]),
        ({"q": "老名字"}, ["33090102"]), ({"status": "dissolved"}, []), ({"level": "x", "q": "无此工会"}, []),
    ],
)  # fmt: skip
def test_tree_narrowed_finds_by_name_former_name_code_level_and_status(
    client, admin, mill, yard, narrowed, codes
):
    OrgUnit.objects.filter(pk=yard.pk).update(name="老名字工会")
    rename_unit(actor=SYSTEM, unit=yard, name="船厂工会", on=date(2020, 1, 1), reason="更名")
    assert [
        unit.code for unit in client.get(reverse("office:tree"), narrowed).context["page"]
    ] == codes


def test_tree_of_nobody_says_which_role_is_needed_and_a_stranger_sees_no_union(client, mill):
    client.force_login(UserFactory())
    assert client.get(reverse("office:tree")).status_code == 403
    client.force_login(
        user_with(
            "union_admin", create_unit(actor=SYSTEM, name="外", code="34", level=OrgLevel.CITY)
        )
    )
    for name in (
        "unit",
        "unit_edit",
        "unit_rename",
        "unit_move",
        "unit_merge",
        "unit_dissolve",
        "unit_restore",
        "unit_link",
        "unit_unlink",
    ):
        assert client.get(at(name, mill)).status_code == 404, name


ACTS = [
    "unit_edit",
    "unit_rename",
    "unit_move",
    "unit_merge",
    "unit_dissolve",
    "unit_restore",
    "unit_activate",
    "unit_link",
    "unit_unlink",
]


@pytest.mark.parametrize("name", ACTS)
def test_acts_by_an_officer_who_only_sees_name_the_role(client, city, mill, name):
    client.force_login(user_with("union_officer", city))
    assert client.get(at("unit", mill)).status_code == 200
    answer = client.get(at(name, mill))
    assert answer.status_code == 403
    assert "工会管理员" in answer.content.decode()


@pytest.mark.parametrize("name", ["unit_move", "unit_merge", "unit_dissolve"])
def test_acts_decided_from_above_are_not_for_the_unions_own_administrator(client, mill, yard, name):
    client.force_login(user_with("union_admin", mill))
    assert client.get(at("unit_rename", mill)).status_code == 200
    answer = send(client, name, mill, into=yard.code, parent=yard.code)
    assert answer.status_code == 403
    assert "东区总工会" in answer.content.decode()
    assert OrgUnit.objects.get(pk=mill.pk).status == "normal"


def test_new_union_is_recorded_below_its_parent(client, admin, east):
    data = {
        "parent": east.code,
        "name": "新厂工会",
        "code": "33090109",
        "level": "5",
        "status": "founding",
        "uscc": "",
    }
    answer = client.post(reverse("office:unit_new"), data)
    unit = OrgUnit.objects.get(code="33090109")
    assert (answer.url, unit.get_parent(), unit.status) == (at("unit", unit), east, "founding")
    client.post(at("unit_activate", unit), {"on": DAY, "reason": "批复"})
    assert OrgUnit.objects.get(pk=unit.pk).status == "normal"


def test_new_union_with_wrong_input_keeps_what_was_typed_and_says_what_to_mend(
    client, admin, east, mill
):
    firm = create_employer(actor=SYSTEM, name="示例重工", uscc=full("91330106MA2CCK000"))
    base = {"parent": east.code, "name": "新厂工会", "code": "n1", "level": "5", "status": "normal"}
    wrong = {
        "code": {"code": mill.code},
        "uscc": {"uscc": firm.uscc},
        "level": {"level": "2"},
        "parent": {"parent": "工会"},
        "established_on": {"established_on": "2999-01-01"},
        "region_code": {"region_code": "33"},
    }
    for field, change in wrong.items():
        answer = client.post(reverse("office:unit_new"), {**base, **change})
        errors = answer.context["form"].errors
        assert (answer.status_code, list(errors) in ([field], ["__all__"], ["parent"])) == (
            422,
            True,
        ), (field, errors)
        assert "新厂工会" in answer.content.decode()
    zero = full("8133010600001234A").replace("0", "O")
    assert (
        full("8133010600001234A")
        in client.post(reverse("office:unit_new"), {**base, "uscc": zero}).content.decode()
    )
    assert OrgUnit.objects.filter(code="n1").count() == 0


def test_code_that_looks_like_a_firms_is_kept_and_hinted_at(client, admin, mill):
    data = {"code": mill.code, "level": mill.level, "uscc": full("91330106MA2CCK000")}
    page = client.post(at("unit_edit", mill), data, follow=True)
    assert OrgUnit.objects.get(pk=mill.pk).uscc == data["uscc"]
    assert page.content.decode().count("81") >= 1
    assert page.context["firms_code"]


def test_rename_and_take_back_and_correct(client, admin, mill):
    send(
        client,
        "unit_rename",
        mill,
        what="renamed",
        name="纺织集团工会",
        document_no="工发〔2024〕1号",
    )
    page = client.get(at("unit", mill))
    assert [row.name for row in page.context["former"]] == ["纺织厂工会"]
    (change,) = page.context["changes"]
    client.post(
        reverse("office:unit_annul", args=[mill.public_id, change.public_id]), {"reason": "登错"}
    )
    send(client, "unit_rename", mill, what="corrected", name="纺织一厂工会")
    page = client.get(at("unit", mill))
    assert (page.context["unit"].name, page.context["former"]) == ("纺织一厂工会", [])


def test_move_asks_with_consequences_then_moves(client, admin, city, east, mill):
    west = create_unit(
        actor=SYSTEM, name="西区总工会", code="330902", level=OrgLevel.COUNTY, parent=city
    )
    asked = send(client, "unit_move", mill, confirmed=False, parent="西区总工会（330902）")
    assert asked.templates[0].name == "office/units/confirm.html"
    assert OrgUnit.objects.get(pk=mill.pk).get_parent() == east
    assert Event.objects.filter(kind="org.unit_moved").count() == 0
    send(client, "unit_move", mill, parent="西区")
    assert OrgUnit.objects.get(pk=mill.pk).get_parent() == west


def test_move_under_ones_own_is_answered_in_a_sentence(client, admin, east, mill):
    answer = send(client, "unit_move", east, parent=mill.code)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["parent"])


def test_merge_states_its_consequences_in_numbers_and_can_be_left(client, admin, mill, yard):
    member = MembershipFactory(org_unit=mill).person
    CourseFactory(org=mill)
    asked = send(client, "unit_merge", mill, confirmed=False, into=yard.code)
    lines = " ".join(asked.context["lines"])
    assert "1" in lines
    assert "课程" in lines
    assert current_union(member, on=date(2024, 6, 1)) == mill
    send(client, "unit_merge", mill, into=yard.code)
    assert current_union(member, on=date(2024, 6, 1)) == yard
    page = client.get(at("unit", mill))
    assert "船厂工会" in page.content.decode()
    again = send(client, "unit_merge", mill, into=yard.code)
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["__all__"])


def test_dissolve_with_unions_below_says_how_many_and_without_asks_first(client, admin, east, mill):
    assert "1" in str(send(client, "unit_dissolve", east).context["form"].errors)
    MembershipFactory.create_batch(2, org_unit=mill)
    asked = send(client, "unit_dissolve", mill, confirmed=False)
    assert "2" in asked.context["lines"][0]
    send(client, "unit_dissolve", mill)
    assert Membership.objects.filter(ends_on=None).count() == 0
    send(client, "unit_restore", mill)
    assert Membership.objects.filter(ends_on=None).count() == 2


@pytest.mark.parametrize("day", ["2999-01-01", "gestern", "", "0001-13-01"])
def test_act_on_a_day_that_cannot_be_is_answered_at_the_day(client, admin, mill, day):
    answer = send(client, "unit_rename", mill, what="renamed", name="新", on=day)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["on"])


def test_industry_superior_is_recorded_and_ended(client, admin, city, mill):
    metal = create_unit(
        actor=SYSTEM, name="机械冶金工会", code="m", level=OrgLevel.COUNTY, parent=city
    )
    send(client, "unit_link", mill, superior="机械冶金")
    assert [link.superior for link in client.get(at("unit", mill)).context["superiors"]] == [metal]
    send(client, "unit_unlink", mill, on="2024-09-01")
    assert mill.superior_links.get().ends_on == date(2024, 8, 31)
    assert send(client, "unit_unlink", mill).status_code == 422


def test_exports_hold_what_the_screen_shows(client, admin, mill):
    firm = EmployerFactory(name="=1+1 厂")
    firm.unions.add(mill)
    rows = list(
        load_workbook(io.BytesIO(client.get(reverse("office:unit_export")).content))
        .worksheets[0]
        .values
    )
    assert [row[0] for row in rows] == ["编码", "3309", "330901", "33090101"]
    assert rows[3][4] == "330901"
    rows = list(
        load_workbook(io.BytesIO(client.get(reverse("office:employer_export")).content))
        .worksheets[0]
        .values
    )
    assert rows[1][0] == "=1+1 厂"


def test_employers_of_others_are_not_there(client, admin, mill):
    firm = EmployerFactory()
    for name in ("employer", "employer_edit", "employer_rename", "employer_link", "employer_merge"):
        assert client.get(at(name, firm)).status_code == 404, name
    assert list(client.get(reverse("office:employers")).context["page"]) == []


def test_employer_life_from_record_to_merger(client, admin, mill, yard):
    client.post(reverse("office:employer_new"), {"name": "纺织厂", "union": mill.code})
    firm = Employer.objects.get()
    code = full("91330106MA2CCK000")
    client.post(at("employer_edit", firm), {"uscc": code.lower()})
    send(client, "employer_rename", firm, what="renamed", name="纺织集团")
    send(client, "employer_link", firm, union=yard.code)
    client.post(
        reverse("office:employer_unlink", args=[firm.public_id, mill.public_id]),
        {"on": DAY, "reason": "迁出"},
    )
    firm.refresh_from_db()
    assert (firm.name, firm.uscc, list(firm.unions.all())) == ("纺织集团", code, [yard])
    client.post(reverse("office:employer_new"), {"name": "纺织集团（重复）", "union": yard.code})
    double = Employer.objects.get(name="纺织集团（重复）")
    EmploymentFactory(employer=double)
    assert (
        client.post(
            reverse("office:employer_new"), {"name": "又一家", "union": yard.code, "uscc": code}
        ).status_code
        == 422
    )
    asked = send(client, "employer_merge", double, confirmed=False, into=code)
    assert "1" in asked.context["lines"][0]
    send(client, "employer_merge", double, into=code)
    double.refresh_from_db()
    assert double.merged_into == firm
    assert client.get(at("employer", double)).status_code == 200
    assert [e.name for e in client.get(reverse("office:employers")).context["page"]] == ["纺织集团"]
    for query in ("纺织厂", "重复"):
        assert (
            client.get(reverse("office:employers"), {"q": query}).context["page"].paginator.count
            == 1
        )


def test_employer_acts_by_an_officer_who_only_sees_name_the_role(client, city, mill):
    firm = EmployerFactory()
    firm.unions.add(mill)
    client.force_login(user_with("union_officer", city))
    assert client.get(at("employer", firm)).status_code == 200
    for name in ("employer_edit", "employer_rename", "employer_link", "employer_merge"):
        assert client.get(at(name, firm)).status_code == 403, name


def test_hr_of_an_employer_does_not_see_the_office(client, mill):
    firm = EmployerFactory()
    firm.unions.add(mill)
    client.force_login(user_with("employer_hr", firm))
    assert client.get(reverse("office:employers")).status_code == 403


@pytest.mark.parametrize(
    ("path", "most"),
    [("tree", 7), ("tree?q=工会", 8), ("unit", 22), ("employers", 9), ("employer", 14)],
)
def test_pages_cost_the_same_queries_at_1_and_30_rows(client, admin, city, mill, path, most):
    firm = EmployerFactory()
    firm.unions.add(mill)
    name, _mark, query = path.partition("?")
    target = {"unit": lambda: at("unit", city), "employer": lambda: at("employer", firm)}.get(
        name, lambda: reverse(f"office:{name}")
    )()

    def fill(count, start):
        for n in range(start, start + count):
            unit = create_unit(
                actor=SYSTEM,
                name=f"{n}区总工会",
                code=f"x{n}",
                level=OrgLevel.COUNTY,
                parent=OrgUnit.objects.get(pk=city.pk),
            )
            MembershipFactory(org_unit=unit)
            other = EmployerFactory()
            other.unions.add(unit, mill)
            firm.unions.add(unit)
            EmploymentFactory(employer=other)

    def count():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"{target}?{query}").status_code == 200
        return len(caught)

    fill(1, 0)
    count()
    first = count()
    fill(29, 1)
    assert (count(), first <= most) == (first, True), first


def test_tree_folds_below_the_second_level_and_shows_names_as_text(client, admin, city, mill):
    OrgUnit.objects.filter(pk=mill.pk).update(
        name="<b>一厂</b>工会", short_name="", status="founding"
    )
    page = client.get(reverse("office:tree")).content.decode()
    branches = page[
        page.index('<ul class="branches">') : page.index(
            "</section>", page.index('<ul class="branches">')
        )
    ]
    assert "&lt;b&gt;一厂&lt;/b&gt;工会</a>" in branches
    assert "<b>一厂" not in page
    assert f'href="{at("unit", mill)}"' in branches
    assert (
        branches.count("<li>"),
        branches.count("</li>"),
        branches.count("<details open>"),
        branches.count("<details>"),
    ) == (3, 3, 2, 0)
    assert branches.count('<span class="tag info">') == 1
    create_unit(
        actor=SYSTEM,
        name="一车间",
        code="3309010101",
        level=OrgLevel.GROUP,
        parent=OrgUnit.objects.get(pk=mill.pk),
    )
    folded, opened = (
        client.get(reverse("office:tree"), query).content.decode()
        for query in ({}, {"open": "all"})
    )
    assert (folded.count("<details>"), opened.count("<details open>")) == (1, 3)


def test_tree_too_large_leaves_the_deepest_level_to_the_unions_page(
    client, admin, city, mill, yard, monkeypatch
):
    monkeypatch.setattr("office.queries.units.build_forest.__kwdefaults__", {"limit": 2})
    page = client.get(reverse("office:tree"))
    (top,) = page.context["forest"]
    assert [(node.hidden, node.children) for node in top.children] == [(2, [])]
    assert "2 more below" in page.content.decode() or "下面还有" in page.content.decode()
