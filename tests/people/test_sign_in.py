"""Sign in and out: one sentence for every fault, limits, safe return, the demo's buttons in the demo only."""

from __future__ import annotations

import pytest
from django.urls import reverse

from audit.models import Event
from people import limits
from people.demo_roles import listed
from people.forms import SignInForm
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"


def sign_in(client, username, password="correct horse", **more):  # noqa: S107 - the factory's
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def test_right_password_leads_to_ones_own_page_and_is_recorded(client):
    user = UserFactory(username="zhang")
    answer = sign_in(client, "zhang")
    assert (answer.status_code, answer.url) == (302, reverse("home:me"))
    assert [(e.kind, e.actor_id) for e in Event.objects.all()] == [("people.signed_in", user.pk)]


@pytest.mark.parametrize(("username", "active"), [("zhang", True), ("nobody", True), ("zhang", False)])
def test_every_fault_reads_the_same_so_that_nobody_learns_who_exists(client, username, active):
    UserFactory(username="zhang", is_active=active)
    answer = sign_in(client, username, "wrong horse")
    assert answer.status_code == 200
    assert [str(e) for e in answer.context["form"].non_field_errors()] == [str(SignInForm.error_messages["invalid_login"])]
    assert answer.context["form"]["username"].value() == username


def test_after_ten_faults_even_the_right_password_waits(client):
    UserFactory(username="zhang")
    for _n in range(limits.BY_NAME):
        sign_in(client, "zhang", "wrong horse")
    assert sign_in(client, "zhang").status_code == 429
    assert "_auth_user_id" not in client.session


def test_success_forgets_the_faults_of_that_name(client):
    UserFactory(username="zhang")
    for _n in range(limits.BY_NAME - 1):
        sign_in(client, "zhang", "wrong horse")
    sign_in(client, "zhang")
    client.post(reverse("people:sign_out"))
    for _n in range(limits.BY_NAME - 1):
        sign_in(client, "zhang", "wrong horse")
    assert sign_in(client, "zhang").status_code == 302


@pytest.mark.parametrize(
    ("target", "lands"), [("/office/people/", "/office/people/"), ("https://evil.example/", "/me/"), ("//evil.example", "/me/")]
)
def test_return_address_is_followed_inside_the_site_only(client, target, lands):
    UserFactory(username="zhang")
    assert sign_in(client, "zhang", next=target).url == lands


def test_demo_buttons_exist_in_the_demo_only(client, settings):
    user = UserFactory(username=listed()[0].username)
    assert client.post(reverse("people:demo_sign_in"), {"role": "worker"}).status_code == 404
    settings.DEMO = True
    assert client.post(reverse("people:demo_sign_in"), {"role": "nobody"}).status_code == 404
    assert client.get(SIGN_IN).context["demo_roles"] == listed()
    assert client.post(reverse("people:demo_sign_in"), {"role": "worker"}).url == "/me/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_sign_out_ends_the_session_and_needs_a_post(client):
    client.force_login(UserFactory())
    assert client.get(reverse("people:sign_out")).status_code == 405
    client.post(reverse("people:sign_out"))
    assert "_auth_user_id" not in client.session
