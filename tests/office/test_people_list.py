"""The list of members, put to the database in three ways: all three show and count the same
people.
"""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import access
from access.queries import codenames_of, reach
from access.workflows import assign_role
from office.people_grants import APPROVE, PROPOSE, VIEW
from office.queries import people as reads
from office.queries import people_page
from org.enums import Ending
from people.models import MergeProposal, Person, SuspectedPair
from tests.factories.ground import MembershipFactory, OrgUnitFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    """Officer of three plants of five: members, one who left for nowhere, one who went elsewhere,
    one merged away.
    """
    user, today = UserFactory(), timezone.localdate()
    plants = [OrgUnitFactory(name=f"示例{n}厂工会") for n in range(5)]
    for plant in plants[:3]:
        assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=plant)
    for n, plant in enumerate(plants * 2):
        MembershipFactory(person=PersonFactory(name=f"工{n}"), org_unit=plant)
    ended = {
        "starts_on": date(2020, 1, 1),
        "ends_on": today - timedelta(days=9),
        "ending": Ending.LEFT,
    }
    MembershipFactory(person=PersonFactory(name="离会的"), org_unit=plants[0], **ended)
    twice = PersonFactory(name="离会两次的")
    for plant in plants[:2]:
        MembershipFactory(person=twice, org_unit=plant, **ended)
    gone = MembershipFactory(
        person=PersonFactory(name="转走的"), org_unit=plants[1], **ended
    ).person
    MembershipFactory(person=gone, org_unit=plants[4])
    dead = MembershipFactory(person=PersonFactory(name="并掉的"), org_unit=plants[2]).person
    Person.objects.filter(pk=dead.pk).update(merged_into=twice, merged_at=timezone.now())
    return user


HIS = {"工0", "工1", "工2", "工5", "工6", "工7", "离会的", "离会两次的"}


@pytest.mark.parametrize(("few", "many"), [(30, 5000), (1, 5000), (1, 1)])
def test_list_near_scattered_and_walked_shows_and_counts_the_same(clerk, monkeypatch, few, many):
    monkeypatch.setattr(reach, "FEW", few)
    monkeypatch.setattr(people_page.ByName, "MANY", many)
    held = reads.load_reach(clerk, VIEW)
    everybody = people_page.ByName(clerk, held, people_page.count_desk_totals(clerk, held).people)
    assert {person.name for person in everybody[0:30]} == HIS
    assert everybody.count() == len(HIS) == reads.list_visible_people(clerk).count()
    assert [person.name for person in everybody[2:5]] == [
        person.name for person in reads.list_filtered_people(clerk)[2:5]
    ]
    assert [person.name for person in everybody[0:3]] == [
        person.name for person in everybody[0:30]
    ][:3]


@pytest.mark.parametrize(("few", "many"), [(30, 5000), (1, 5000), (1, 1)])
def test_list_is_in_the_order_people_know_not_that_of_code_points(monkeypatch, few, many):
    monkeypatch.setattr(reach, "FEW", few)
    monkeypatch.setattr(people_page.ByName, "MANY", many)
    user, plants = UserFactory(), [OrgUnitFactory(), OrgUnitFactory()]
    names = [
        "阿里木",
        "單于夫",
        "李四",
        "万俟一",
        "汪一",
        "王二",
        "尉迟恭",
        "曾凡",
        "长孙无忌",
        "章三",
    ]
    for plant in plants:
        assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=plant)
    for at, name in enumerate(sorted(names)):
        MembershipFactory(person=PersonFactory(name=name), org_unit=plants[at % 2])
    held = reads.load_reach(user, VIEW)
    page = people_page.ByName(user, held, people_page.count_desk_totals(user, held).people)
    assert [person.name for person in page[0:30]] == [
        "阿里木",
        "單于夫",
        "李四",
        "万俟一",
        "汪一",
        "王二",
        "尉迟恭",
        "曾凡",
        "章三",
        "长孙无忌",
    ]
    assert sorted(names) != names


@pytest.mark.parametrize("few", [30, 1])
def test_pairs_and_merges_beside_the_list_are_counted_as_their_own_pages_list_them(
    clerk, monkeypatch, few
):
    monkeypatch.setattr(reach, "FEW", few)
    named = {person.name: person for person in Person.objects.all()}
    for first, second in [
        ("工0", "工3"),
        ("离会的", "转走的"),
        ("转走的", "工4"),
        ("工3", "工8"),
        ("工1", "离会两次的"),
        ("工2", "并掉的"),
        ("工8", "并掉的"),
    ]:
        one, other = sorted((named[first], named[second]), key=lambda person: person.pk)
        SuspectedPair.objects.create(first=one, second=other, score=50)
    for keep, gone, by in [
        ("工0", "工3", UserFactory()),
        ("工3", "工8", UserFactory()),
        ("工8", "工4", clerk),
        ("离会的", "工9", UserFactory()),
    ]:
        MergeProposal.objects.create(
            keep=named[keep], gone=named[gone], proposed_by=by, reason="同一身份证号"
        )
    held = reads.load_reach(clerk, VIEW, PROPOSE, APPROVE)
    found = people_page.count_desk_totals(clerk, held, doubles=True)
    assert found == people_page.Totals(
        len(HIS),
        reads.list_duplicate_pairs(clerk).count(),
        reads.list_merge_proposals(clerk).count(),
    )
    assert (found.pairs, found.merges) == (4, 3)
    boss = UserFactory(is_superuser=True)
    assert people_page.count_desk_totals(
        boss, reads.load_reach(boss), doubles=True
    ) == people_page.Totals(reads.list_visible_people(boss).count(), 7, 4)


def test_page_asks_rights_once_whoever_looks_and_however_scattered(clerk, client, monkeypatch):
    counts = {}
    for few in (30, 1):
        monkeypatch.setattr(reach, "FEW", few)
        client.force_login(clerk)
        client.get("/office/people/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/office/people/")
        counts[few] = len(seen)
        assert sum("access_roleassignment" in query["sql"] for query in seen) == 1
    client.force_login(UserFactory(is_superuser=True))
    client.get("/office/people/")
    with CaptureQueriesContext(connection) as seen:
        client.get("/office/people/")
    assert counts == {30: len(seen) + 1, 1: len(seen) + 1}


def test_reach_is_read_in_one_query_with_the_codenames_of_the_menu(clerk):
    with CaptureQueriesContext(connection) as seen:
        held = reads.load_reach(clerk, VIEW)
    assert (len(seen), len(held[VIEW].paths), held.codenames) == (1, 3, codenames_of(clerk))


def test_person_without_roles_reaches_nothing_and_the_list_is_refused(client):
    user = UserFactory()
    client.force_login(user)
    found = reads.load_reach(user, VIEW)
    assert not found[VIEW]
    assert people_page.count_desk_totals(user, found).people == 0
    assert people_page.ByName(user, found, 0)[0:30] == []
    assert client.get("/office/people/").status_code == 403
