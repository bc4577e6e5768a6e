"""The union officer's desk through its doors: rights, wrong files, back button, number of queries."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

import access
from access.workflows import assign_role
from office.models import SheetImport
from org.enums import OrgLevel
from org.models import OrgUnit
from tests.factories.ground import EmploymentFactory, MembershipFactory, OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db
DEMO = Path(__file__).parents[2] / "site/home/demo"


@pytest.fixture
def city(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    return OrgUnitFactory(name="示例市总工会", code="330900", level=OrgLevel.CITY)


@pytest.fixture
def officer(city, client):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=city)
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    "name", ["office:imports", "office:import_new", "office:tree", "office:people"]
)
def test_desk_without_a_role_names_the_role_that_is_needed(client, city, name):
    client.force_login(UserFactory())
    answer = client.get(reverse(name))
    assert answer.status_code == 403
    assert "工会经办人" in answer.content.decode()


@pytest.mark.parametrize(
    "name", ["office:imports", "office:import_new", "office:tree", "office:people", "jobs:list"]
)
def test_desk_without_login_leads_to_sign_in_and_back(client, name):
    answer = client.get(reverse(name))
    assert (answer.status_code, answer.url) == (302, f"/sign-in/?next={reverse(name)}")


def test_people_are_found_by_part_of_a_name_inside_ones_own_union_only(client, city, officer):
    MembershipFactory(person__name="欧阳𠮷", org_unit=city)
    MembershipFactory(person__name="阿里·木", org_unit=city)
    MembershipFactory(person__name="外地𠮷", org_unit=OrgUnitFactory(code="340000"))
    assert [p.name for p in client.get(reverse("office:people"), {"q": "𠮷"}).context["page"]] == [
        "欧阳𠮷"
    ]
    assert [
        p.name for p in client.get(reverse("office:people"), {"q": "阿里•木"}).context["page"]
    ] == ["阿里·木"]


@pytest.mark.parametrize(
    ("name", "queries"), [("office:people", 8), ("office:tree", 7), ("office:imports", 7)]
)
def test_lists_cost_the_same_queries_at_1_and_30_rows(
    client, city, officer, django_assert_num_queries, name, queries
):
    def fill(count):
        for n in range(count):
            unit = OrgUnitFactory(parent=OrgUnit.objects.get(pk=city.pk))
            member = MembershipFactory(org_unit=unit)
            EmploymentFactory(person=member.person)
            SheetImport.objects.create(
                kind="tree",
                org=city,
                actor=officer,
                filename=f"{n}.xlsx",
                state="refused",
                sha256=str(n),
            )

    fill(1)
    client.get(reverse(name))  # the first visit of a session is noted
    with django_assert_num_queries(queries):
        client.get(reverse(name))
    fill(29)
    with django_assert_num_queries(queries):
        client.get(reverse(name))
