"""Who is told of a proposed merge, what waits on whose home, and what the proposer learns."""

from datetime import date

import pytest
from django.utils import timezone

import access
from access.workflows import assign_role
from core.todos import Asker
from notify.models import Message
from office.queries.todos import list_merge_todos
from office.workflows import people as desk
from org.enums import OrgLevel
from org.workflows.belonging import join_union
from people.workflows.person import record_person
from tests.factories.ground import OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db
REASON = "两证均已核对，同一人"


@pytest.fixture
def city():
    return OrgUnitFactory(name="示例市总工会", code="330900", level=OrgLevel.CITY)


@pytest.fixture
def shops(city):
    return [
        OrgUnitFactory(code=f"33090{n}", level=OrgLevel.GRASSROOTS, parent=city) for n in (1, 2)
    ]


def officer(unit, role="union_officer"):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role=role, scope=unit)
    return user


def member(unit, name, user=None):
    person = record_person(actor=access.SYSTEM, name=name, user=user)
    join_union(actor=access.SYSTEM, person=person, org_unit=unit, starts_on=date(2020, 1, 1))
    return person


def told(kind):
    return sorted(Message.objects.filter(kind=kind).values_list("recipient", "link"))


def waiting(user):
    return [
        todo.href
        for todo in list_merge_todos(
            Asker(user=user, person=None, held=frozenset(), now=timezone.now())
        )
    ]


@pytest.fixture
def proposed(city, shops):
    first, second = shops
    proposer, own_record = officer(city), officer(city, "union_reviewer")
    people = {
        "proposer": proposer,
        "reviewer": officer(city, "union_reviewer"),
        "one side only": officer(first),
        "own record": own_record,
        "elsewhere": officer(OrgUnitFactory(code="340000", level=OrgLevel.CITY)),
    }
    row = desk.propose_merge_as_officer(
        actor=proposer,
        keep=member(first, "张伟强"),
        gone=member(second, "张维强", user=own_record),
        picks={},
        reason=REASON,
    )
    return row, people


def test_those_who_may_decide_are_told_and_find_it_at_home_and_nobody_else(proposed):
    row, people = proposed
    link = f"/office/duplicates/merges/{row.public_id}/"
    assert told("office.merge_proposed") == [(people["reviewer"].pk, link)]
    assert {who: waiting(user) for who, user in people.items()} == {
        "proposer": [], "reviewer": [link], "one side only": [], "own record": [], "elsewhere": [],
    }  # fmt: skip


def test_proposer_is_told_of_the_merge_and_nothing_waits_any_more(proposed, shops):
    row, people = proposed
    desk.approve_merge_as_officer(actor=people["reviewer"], proposal=row)
    assert told("office.merge_done") == [
        (people["proposer"].pk, f"/office/duplicates/merges/{row.public_id}/")
    ]
    assert waiting(people["reviewer"]) == []


def test_proposer_is_told_of_a_refusal_with_its_reason(proposed):
    row, people = proposed
    desk.refuse_merge_as_officer(
        actor=people["reviewer"], proposal=row, reason="父子同名，共用手机"
    )
    [message] = Message.objects.filter(kind="office.merge_refused")
    assert (message.recipient, "父子同名，共用手机" in message.text) == (people["proposer"], True)


def test_withdrawing_tells_nobody_and_nothing_waits(proposed):
    row, people = proposed
    desk.withdraw_merge_as_officer(actor=people["proposer"], proposal=row)
    assert (told("office.merge_refused"), waiting(people["reviewer"])) == ([], [])
