"""The union officer's desk through its doors: rights, wrong files, back button, number of queries."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

import access
from access.workflows import assign_role
from office.models import SheetImport
from org.enums import OrgLevel
from org.models import OrgUnit
from people.models import Person
from tests.factories.ground import EmploymentFactory, MembershipFactory, OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db
DEMO = Path(__file__).parents[2] / "site/home/demo"


@pytest.fixture
def city(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    return OrgUnitFactory(name="示例市总工会", code="330900", level=OrgLevel.CITY)


@pytest.fixture
def officer(city, client):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=city)
    client.force_login(user)
    return user


def send(client, city, name, kind="roster", data=None):
    content = (DEMO / name).read_bytes() if data is None else data
    return client.post(reverse("office:import_new"), {"kind": kind, "org": city.pk, "file": SimpleUploadedFile(name, content)})


def test_faulty_roster_comes_back_as_workbook_and_mended_one_is_taken_over(client, city, officer):
    tree = send(client, city, "工会组织.xlsx", "tree")
    client.post(tree.url + "apply/")
    faulty = send(client, city, "花名册-三行待改.xlsx")
    page = client.get(faulty.url)
    assert [row for row, _ in page.context["problems"]] == [17, 142, 256]
    answer = client.get(faulty.url + "errors/")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [n for n in range(2, 302) if sheet.cell(n, 1).value] == [17, 142, 256]
    mended = send(client, city, "花名册.xlsx")
    assert client.post(mended.url + "apply/").url == mended.url
    assert Person.objects.count() == 300
    # The back button and a second click: same page, nothing twice.
    assert client.post(mended.url + "apply/").url == mended.url
    assert Person.objects.count() == 300


@pytest.mark.parametrize(
    ("data", "part"),
    [(b"not a sheet", ".xlsx"), (b"", "空"), (b"PK\x03\x04", ".xlsx")],
)
def test_wrong_file_is_answered_with_a_sentence_and_keeps_the_choices(client, city, officer, data, part):
    answer = send(client, city, "工会组织.xlsx", "tree", data)
    assert answer.status_code == 422
    assert part in str(answer.context["form"].errors["file"])
    assert 'value="tree"' in answer.content.decode()
    assert SheetImport.objects.count() == 0


def test_form_without_file_or_with_a_foreign_union_is_refused(client, city, officer):
    foreign = OrgUnitFactory(code="340000")
    answer = client.post(reverse("office:import_new"), {"kind": "roster", "org": foreign.pk})
    assert sorted(answer.context["form"].errors) == ["file", "org"]


@pytest.mark.parametrize("name", ["office:imports", "office:import_new", "office:tree", "office:people"])
def test_desk_without_a_role_names_the_role_that_is_needed(client, city, name):
    client.force_login(UserFactory())
    answer = client.get(reverse(name))
    assert answer.status_code == 403
    assert "工会经办人" in answer.content.decode()


@pytest.mark.parametrize("name", ["office:imports", "office:import_new", "office:tree", "office:people", "jobs:list"])
def test_desk_without_login_leads_to_sign_in_and_back(client, name):
    answer = client.get(reverse(name))
    assert (answer.status_code, answer.url) == (302, f"/sign-in/?next={reverse(name)}")


def test_import_of_another_union_answers_like_one_that_is_not_there(client, city, officer):
    run = send(client, city, "工会组织.xlsx", "tree")
    stranger = UserFactory()
    assign_role(actor=access.SYSTEM, user=stranger, role="union_officer", scope=OrgUnitFactory(code="340000"))
    client.force_login(stranger)
    for path in ("", "errors/"):
        assert client.get(run.url + path).status_code == 404
    for path in ("apply/", "discard/"):
        assert client.post(run.url + path).status_code == 404
    assert OrgUnit.objects.filter(code="330901").count() == 0


def test_discarded_import_says_that_nothing_was_taken_over_and_applying_it_is_refused(client, city, officer):
    run = send(client, city, "工会组织.xlsx", "tree")
    client.post(run.url + "discard/")
    assert client.post(run.url + "apply/").status_code == 409
    assert OrgUnit.objects.count() == 1


def test_template_has_our_headings_and_unknown_kind_is_not_found(client, officer):
    answer = client.get(reverse("office:import_template", args=["roster"]))
    assert [c.value for c in load_workbook(io.BytesIO(answer.content)).worksheets[0][1]][:3] == ["姓名", "证件类型", "证件号码"]
    assert client.get(reverse("office:import_template", args=["x"])).status_code == 404


def test_people_are_found_by_part_of_a_name_inside_ones_own_union_only(client, city, officer):
    MembershipFactory(person__name="欧阳𠮷", org_unit=city)
    MembershipFactory(person__name="阿里·木", org_unit=city)
    MembershipFactory(person__name="外地𠮷", org_unit=OrgUnitFactory(code="340000"))
    assert [p.name for p in client.get(reverse("office:people"), {"q": "𠮷"}).context["page"]] == ["欧阳𠮷"]
    assert [p.name for p in client.get(reverse("office:people"), {"q": "阿里•木"}).context["page"]] == ["阿里·木"]


@pytest.mark.parametrize(("name", "queries"), [("office:people", 8), ("office:tree", 5), ("office:imports", 6)])
def test_lists_cost_the_same_queries_at_1_and_30_rows(client, city, officer, django_assert_num_queries, name, queries):
    def fill(count):
        for n in range(count):
            unit = OrgUnitFactory(parent=OrgUnit.objects.get(pk=city.pk))
            member = MembershipFactory(org_unit=unit)
            EmploymentFactory(person=member.person)
            SheetImport.objects.create(kind="tree", org=city, actor=officer, filename=f"{n}.xlsx", state="refused", sha256=str(n))

    fill(1)
    with django_assert_num_queries(queries):
        client.get(reverse(name))
    fill(29)
    with django_assert_num_queries(queries):
        client.get(reverse(name))
