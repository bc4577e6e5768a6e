"""The boxes for union and employer above the list of members: a word, a code, a former name; asked
back when several are meant.
"""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import access
from access.workflows import assign_role
from org.workflows.history import rename_unit
from org.workflows.unit import create_employer, create_unit
from tests.factories.ground import (
    EmploymentFactory,
    MembershipFactory,
    OrgUnitFactory,
    PersonFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/office/people/"


@pytest.fixture
def city():
    return create_unit(actor=access.SYSTEM, name="示例市总工会", code="3309", level=2)


@pytest.fixture
def shops(city):
    return [
        create_unit(actor=access.SYSTEM, name=name, code=f"33090{n}", level=5, parent=city)
        for n, name in enumerate(("东风机床厂工会", "东风船厂工会", "红星纺织厂工会"), start=1)
    ]


@pytest.fixture
def clerk(client, city):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=city)
    client.force_login(user)
    return user


@pytest.fixture
def members(shops):
    return [
        MembershipFactory(person=PersonFactory(name=f"工{n}"), org_unit=shop).person
        for n, shop in enumerate(shops)
    ]


def listed(client, **query):
    answer = client.get(LIST, query)
    form = answer.context["form"]
    return {
        "status": answer.status_code,
        "people": [person.name for person in answer.context["page"]],
        "asked": [[str(one.thing) for one in found.which] for _name, found in form.unclear],
        "shown": form["union_name"].value(),
    }


@pytest.mark.parametrize("word", ["红星", "330903", "红星纺织厂工会", " 红星 "])
def test_word_that_means_one_union_is_taken_and_its_full_name_shown(client, clerk, members, word):
    assert listed(client, union_name=word) == {
        "status": 200,
        "people": ["工2"],
        "asked": [],
        "shown": "红星纺织厂工会",
    }


def test_former_name_finds_the_union(client, clerk, shops, members):
    rename_unit(
        actor=access.SYSTEM,
        unit=shops[2],
        name="五一纺织厂工会",
        on=date(2024, 1, 1),
        document_no="1",
        reason="企业改制更名",
    )
    assert listed(client, union_name="红星")["shown"] == "五一纺织厂工会"


def test_word_that_means_several_is_asked_back_and_a_choice_narrows_the_list(
    client, clerk, shops, members
):
    assert listed(client, union_name="东风") == {
        "status": 200,
        "people": [],
        "asked": [["东风机床厂工会", "东风船厂工会"]],
        "shown": "东风",
    }
    page = client.get(LIST, {"union_name": "东风", "q": "工"}).content.decode()
    assert "330901 · 示例市总工会" in page
    assert listed(client, union=shops[1].public_id, union_name="东风船厂工会", q="工")[
        "people"
    ] == ["工1"]


def test_word_nobody_of_ones_own_is_called_is_said_on_its_field_and_kept(client, clerk, members):
    create_unit(actor=access.SYSTEM, name="别市总工会", code="3400", level=2)
    assert listed(client, union_name="别市") == {
        "status": 422,
        "people": [],
        "asked": [],
        "shown": "别市",
    }


def test_typing_another_word_replaces_the_chosen_one_and_an_empty_box_takes_it_away(
    client, clerk, shops, members
):
    chosen = {"union": str(shops[1].public_id)}
    assert listed(client, **chosen)["people"] == ["工1"]
    assert listed(client, **chosen, union_name="红星")["people"] == ["工2"]
    assert sorted(listed(client, **chosen, union_name="")["people"]) == ["工0", "工1", "工2"]
    assert listed(client, union="no-such-key")["status"] == 200


def test_exact_name_wins_over_names_that_hold_it(client, clerk, city, members):
    for serial in range(20):
        create_unit(
            actor=access.SYSTEM,
            name=f"红星纺织厂工会{serial}分会",
            code=f"3309a{serial}",
            level=5,
            parent=city,
        )
    assert listed(client, union_name="红星纺织厂工会")["people"] == ["工2"]
    assert len(listed(client, union_name="红星")["asked"][0]) == 12


def test_employer_is_found_by_the_same_rule(client, clerk, shops, members):
    firms = [
        create_employer(actor=access.SYSTEM, name=name, unions=(shops[0],))
        for name in ("东风机床厂", "东风铸造厂")
    ]
    EmploymentFactory(person=members[0], employer=firms[0])
    assert listed(client, employer_name="机床")["people"] == ["工0"]
    assert listed(client, employer_name="东风")["asked"] == [["东风机床厂", "东风铸造厂"]]


def test_export_of_an_unclear_filter_is_refused(client, clerk, members):
    assert client.get(reverse("office:people_export"), {"union_name": "东风"}).status_code == 422
    assert (
        client.get(reverse("office:people_export_ask"), {"union_name": "东风"}).status_code == 422
    )


def test_page_costs_the_same_queries_and_grows_by_nothing_with_the_unions(
    client, clerk, city, shops, members
):
    def cost():
        client.get(LIST)
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(LIST)
        return len(seen), len(answer.content)

    few = cost()
    for serial in range(40):
        OrgUnitFactory(name=f"示例第{serial}厂工会", parent=city)
    assert cost() == few
