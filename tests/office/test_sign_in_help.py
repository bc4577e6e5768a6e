"""An officer helps with signing in: who may, for whom, and what the person then can do."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from access import registry
from access.system import SYSTEM
from access.workflows import assign_role
from audit.models import Event
from office import people_grants as grants
from people import throttling
from tests.factories.ground import MembershipFactory, OrgUnitFactory, PersonFactory, UserFactory
from tests.people.login.support import factors, with_app

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(client):
    cache.clear()
    unit = OrgUnitFactory()
    person = PersonFactory(user=UserFactory(username="zhang"))
    MembershipFactory(person=person, org_unit=unit)
    officer = UserFactory(username="officer")
    role = next(
        role.key for role in registry.roles_with(grants.ACCOUNT) if role.scope == registry.ORG
    )
    assign_role(actor=SYSTEM, user=officer, role=role, scope=unit)
    client.force_login(officer)
    return person, f"/office/people/{person.public_id}/sign-in/"


def test_a_code_is_shown_once_and_opens_the_account(client, ground):
    person, address = ground
    assert client.get(address).status_code == 200
    code = client.post(address, {"act": "code"}).context["code"]
    assert len(code) == 14
    assert client.get(address).context["code"] == ""
    client.logout()
    assert (
        client.post("/sign-in/first/", {"username": "zhang", "code": code}).url
        == "/sign-in/first/password/"
    )
    assert (
        Event.objects.filter(kind="people.activation_made", target_id=str(person.user_id)).count()
        == 1
    )


def test_a_pause_is_ended_with_a_reason(client, ground, django_capture_on_commit_callbacks):
    person, address = ground
    for _n in range(throttling.BY_NAME):
        throttling.count_attempt(throttling.NAME, "zhang")
    assert client.get(address).context["locked"]
    assert client.post(address, {"act": "unlock", "reason": ""}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert (
            client.post(address, {"act": "unlock", "reason": "本人到场，核对了身份证"}).status_code
            == 302
        )
    assert throttling.locked_for(person.user) == 0


def test_lost_second_factors_are_taken_away(client, ground):
    person, address = ground
    with_app(person.user)
    assert (
        client.post(address, {"act": "factors", "reason": "手机丢失，本人到场核对"}).status_code
        == 302
    )
    assert factors(person.user) == []


def test_an_account_that_holds_roles_isnt_taken_over_by_a_code(client, ground):
    person, address = ground
    person.user.is_superuser = True
    person.user.save()
    assert client.post(address, {"act": "code"}).status_code == 403


def test_strangers_dont_know_of_it(client, ground):
    _person, address = ground
    client.force_login(UserFactory())
    assert client.get(address).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302
