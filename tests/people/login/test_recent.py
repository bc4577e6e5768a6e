"""Step-up: what is recent, what is asked, where it leads back, and that nothing is done behind
anybody's back.
"""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.urls import reverse

from audit.models import Event
from people import throttling
from people.login.recent import recent_sign_in_required
from tests.factories.ground import UserFactory
from tests.people.login.support import PASSWORD, app_code, make_old, with_app

pytestmark = pytest.mark.django_db
AGAIN = "/sign-in/again/"
PHONE = "/me/account/phone/"


@pytest.fixture
def user(client):
    user = UserFactory(username="zhang")
    client.force_login(user)
    return user


def test_a_fresh_sign_in_is_proof_enough(client, user):
    assert client.get(PHONE).status_code == 200


def test_after_ten_minutes_a_page_asks_and_leads_back(client, user):
    make_old(client)
    answer = client.get(PHONE)
    assert (answer.status_code, answer.url) == (302, f"{AGAIN}?next=%2Fme%2Faccount%2Fphone%2F")
    assert client.get(answer.url).status_code == 200
    assert client.post(AGAIN, {"password": PASSWORD, "next": PHONE}).url == PHONE
    assert client.get(PHONE).status_code == 200
    assert [(e.kind, e.after) for e in Event.objects.all()] == [
        ("people.confirmed_again", {"way": "password"})
    ]


def test_a_button_leads_back_to_its_page_and_says_that_nothing_is_done(client, user):
    user.phone = "13812345678"
    user.save()
    make_old(client)
    page = reverse("people:phone_remove")
    answer = client.post(page, headers={"referer": f"http://testserver{page}?from=x"})
    assert answer.url == f"{AGAIN}?next=%2Fme%2Faccount%2Fphone%2Fremove%2F%3Ffrom%3Dx"
    back = client.post(AGAIN, {"password": PASSWORD, "next": f"{page}?from=x"}, follow=True)
    assert back.redirect_chain[0][0] == f"{page}?from=x"
    assert len(back.context["messages"]) == 1
    user.refresh_from_db()
    assert user.phone == "13812345678"


@pytest.mark.parametrize("referer", ["https://evil.example/x", ""])
def test_a_button_on_a_strange_page_leads_home(client, user, referer):
    make_old(client)
    assert (
        client.post(PHONE, headers={"referer": referer} if referer else {}).url
        == f"{AGAIN}?next=%2Fme%2F"
    )


def test_htmx_is_told_to_load_the_page(client, user):
    make_old(client)
    answer = client.post(
        PHONE, headers={"hx-request": "true", "hx-current-url": "http://testserver/me/account/"}
    )
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{AGAIN}?next=%2Fme%2Faccount%2F")


def test_the_way_back_stays_inside_the_site(client, user):
    make_old(client)
    assert client.post(AGAIN, {"password": PASSWORD, "next": "https://evil.example/"}).url == "/me/"


def test_a_wrong_password_is_said_counted_and_recorded(client, user):
    make_old(client)
    for _n in range(throttling.BY_NAME):
        assert client.post(AGAIN, {"password": "wrong", "next": PHONE}).status_code == 422
    answer = client.post(AGAIN, {"password": PASSWORD, "next": PHONE})
    assert answer.status_code == 422
    assert "15" in str(answer.context["form"].errors["password"])
    assert client.get(PHONE).status_code == 302
    assert Event.objects.filter(kind="people.sign_in_failed").count() == throttling.BY_NAME + 1


def test_a_code_of_the_app_is_proof_and_works_once(client, user):
    with_app(user)
    make_old(client)
    code = app_code()
    assert client.post(AGAIN, {"code": code, "next": PHONE}).url == PHONE
    make_old(client)
    assert client.post(AGAIN, {"code": code, "next": PHONE}).status_code == 422


def test_strangers_are_led_to_the_front_door(client):
    assert client.get(PHONE).url == "/sign-in/?next=%2Fme%2Faccount%2Fphone%2F"
    assert client.post(PHONE).url == "/sign-in/?next=%2Fme%2F"


def test_demo_people_confirm_without_a_password_in_the_demo_only(client, user, settings):
    make_old(client)
    assert client.post(AGAIN, {"demo": "1", "next": PHONE}).status_code == 422
    settings.DEMO = True
    assert client.post(AGAIN, {"demo": "1", "next": PHONE}).url == PHONE


def test_the_decorator_calls_the_view_only_after_a_proof(user, client):
    seen = []
    view = recent_sign_in_required(lambda request: seen.append(1))
    request = RequestFactory().get("/x/")
    request.user, request.session = user, {}
    assert view(request).status_code == 302
    assert seen == []
