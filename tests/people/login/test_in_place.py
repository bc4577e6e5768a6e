"""The session renewed from within a page: the same form, limits, second factor and records as the
sign-in page.
"""

from __future__ import annotations

import pytest
from django.test import Client

from audit.models import Event
from people import throttling
from people.login import devices
from people.login.gate import MUST_CHANGE
from tests.factories.ground import UserFactory
from tests.people.login.support import PASSWORD, app_code, sign_in, with_app

pytestmark = pytest.mark.django_db
NOBODY = {"person": "", "name": "", "ready": False, "next": ""}


def renew(client, user, password=PASSWORD, **more):
    typed = {
        "username": user.username,
        "password": password,
        "person": str(user.pk),
        "next": "/sign-in/renewed/",
        **more,
    }
    return client.post("/sign-in/", typed, headers={"Accept": "application/json"})


def state(client):
    return client.get("/sign-in/session/").json()


def test_right_password_answers_who_is_signed_in_with_a_fresh_token_and_is_recorded(client):
    user = UserFactory()
    assert state(client) == NOBODY
    before = client.cookies["csrftoken"].value
    answer = renew(client, user)
    assert (answer.status_code, answer.json()) == (
        200,
        {"person": str(user.pk), "name": str(user), "ready": True, "next": ""},
    )
    assert answer.cookies["csrftoken"].value != before
    assert devices.COOKIE in answer.cookies
    assert state(client) == answer.json()
    assert [(e.kind, e.actor_id) for e in Event.objects.all()] == [("people.signed_in", user.pk)]


def test_wrong_password_is_refused_recorded_and_limited_like_at_the_page(client):
    user = UserFactory()
    answers = [renew(client, user, "wrong horse") for _n in range(throttling.BY_NAME)]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(422, "wrong")}
    assert answers[0].json()["message"]
    last = renew(client, user)
    assert (last.status_code, last.json()["code"]) == (429, "locked")
    assert state(client) == NOBODY
    assert Event.objects.filter(kind="people.sign_in_failed").count() == throttling.BY_NAME
    assert Event.objects.filter(kind="people.locked_out").count() == 1


def test_only_the_person_of_the_page_is_signed_in(client):
    answer = renew(client, UserFactory(), person=str(UserFactory().pk))
    assert (answer.status_code, answer.json()["code"]) == (409, "somebody_else")
    assert renew(client, UserFactory(), person="").status_code == 409
    assert state(client) == NOBODY
    assert not Event.objects.filter(kind="people.signed_in").exists()


def test_somebody_signed_in_already_is_not_replaced(client):
    there, asked = UserFactory(), UserFactory()
    sign_in(client, there)
    assert renew(client, asked).json()["person"] == str(there.pk)
    assert state(client)["person"] == str(there.pk)


def test_second_factor_is_asked_for_at_its_own_page_which_leads_to_the_farewell(client):
    user = with_app(UserFactory())
    answer = renew(client, user)
    assert answer.json() == {**NOBODY, "next": "/sign-in/second/"}
    assert state(client) == NOBODY
    done = client.post("/sign-in/second/", {"code": app_code()}, follow=True)
    assert done.redirect_chain == [("/sign-in/renewed/", 302)]
    assert state(client)["ready"]


def test_page_that_must_come_first_is_named(client):
    user = UserFactory()
    sign_in(client, user)
    session = client.session
    session[MUST_CHANGE] = "first"
    session.save()
    assert state(client) == {
        "person": str(user.pk),
        "name": str(user),
        "ready": False,
        "next": "/me/account/password/",
    }


def test_token_that_is_no_longer_good_is_said_to_scripts_as_a_code():
    answer = Client(enforce_csrf_checks=True).post(
        "/sign-in/", {}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json()) == (403, {"code": "csrf"})
    page = Client(enforce_csrf_checks=True).post("/sign-in/", {})
    assert (page.status_code, page.headers["Content-Type"]) == (403, "text/html; charset=utf-8")


def test_farewell_is_for_people_signed_in(client):
    assert client.get("/sign-in/renewed/").url == "/sign-in/"
    sign_in(client, UserFactory())
    assert client.get("/sign-in/renewed/").status_code == 200


def test_asking_who_is_signed_in_takes_session_and_user_only(client, django_assert_num_queries):
    sign_in(client, UserFactory())
    with django_assert_num_queries(2):  # session, user
        state(client)
