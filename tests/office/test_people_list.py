"""The list of members, put to the database in three ways: all three show and count the same people."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import access
from access.queries import reach
from access.workflows import assign_role
from office.people_grants import VIEW
from office.queries import people as reads
from org.enums import Ending
from people.models import Person
from tests.factories.ground import MembershipFactory, OrgUnitFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    """Officer of three plants of five: members, one who left for nowhere, one who went elsewhere, one merged away."""
    user, today = UserFactory(), timezone.localdate()
    plants = [OrgUnitFactory(name=f"示例{n}厂工会") for n in range(5)]
    for plant in plants[:3]:
        assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=plant)
    for n, plant in enumerate(plants * 2):
        MembershipFactory(person=PersonFactory(name=f"工{n}"), org_unit=plant)
    ended = {"starts_on": date(2020, 1, 1), "ends_on": today - timedelta(days=9), "ending": Ending.LEFT}
    MembershipFactory(person=PersonFactory(name="离会的"), org_unit=plants[0], **ended)
    twice = PersonFactory(name="离会两次的")
    for plant in plants[:2]:
        MembershipFactory(person=twice, org_unit=plant, **ended)
    gone = MembershipFactory(person=PersonFactory(name="转走的"), org_unit=plants[1], **ended).person
    MembershipFactory(person=gone, org_unit=plants[4])
    dead = MembershipFactory(person=PersonFactory(name="并掉的"), org_unit=plants[2]).person
    Person.objects.filter(pk=dead.pk).update(merged_into=twice, merged_at=timezone.now())
    return user


HIS = {"工0", "工1", "工2", "工5", "工6", "工7", "离会的", "离会两次的"}


@pytest.mark.parametrize(("few", "named", "many"), [(30, 3000, 5000), (1, 3000, 5000), (1, 3000, 1), (1, 1, 1), (1, 1, 5000)])
def test_list_near_scattered_and_walked_shows_and_counts_the_same(clerk, monkeypatch, few, named, many):
    monkeypatch.setattr(reach, "FEW", few)
    monkeypatch.setattr(reach, "NAMED", named)
    monkeypatch.setattr(reads.ByName, "MANY", many)
    everybody = reads.ByName(clerk, reads.reach(clerk, VIEW))
    assert {person.name for person in everybody[0:30]} == HIS
    assert everybody.count() == len(HIS) == reads.visible(clerk).count()
    assert [person.name for person in everybody[2:5]] == [person.name for person in reads.listed(clerk)[2:5]]
    assert [person.name for person in everybody[0:3]] == [person.name for person in everybody[0:30]][:3]


def test_reach_of_one_deed_over_scattered_unions_costs_two_queries(clerk, monkeypatch):
    monkeypatch.setattr(reach, "FEW", 1)
    with CaptureQueriesContext(connection) as seen:
        found = reads.reach(clerk, VIEW)
    assert (len(seen), len(found[VIEW].paths), len(found[VIEW].numbers)) == (2, 3, 3)


def test_person_without_roles_reaches_nothing_and_the_list_is_refused(client):
    user = UserFactory()
    client.force_login(user)
    found = reads.reach(user, VIEW)
    assert not found[VIEW]
    assert reads.how_many(user) == 0
    assert client.get("/office/people/").status_code == 403
