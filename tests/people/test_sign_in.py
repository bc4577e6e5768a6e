"""Sign in and out: by name or shared phone, one sentence for every fault, limits, safe return, the
demo's buttons in the demo only.
"""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse

from audit.models import Event
from people import throttling
from people.demo_roles import list_demo_roles
from people.forms import SignInForm
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def sign_in(client, username, password="correct horse", **more):  # noqa: S107 - the factory's
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def test_right_password_leads_to_ones_own_page_and_is_recorded(client):
    user = UserFactory(username="zhang")
    answer = sign_in(client, "zhang")
    assert (answer.status_code, answer.url) == (302, reverse("home:me"))
    assert [(e.kind, e.actor_id, e.after) for e in Event.objects.all()] == [
        ("people.signed_in", user.pk, {"ways": ["password"]})
    ]


@pytest.mark.parametrize(
    ("username", "active"),
    [("zhang", True), ("nobody", True), ("zhang", False), ("13800000000", True)],
)
def test_every_fault_reads_the_same_so_that_nobody_learns_who_exists(client, username, active):
    UserFactory(username="zhang", is_active=active)
    answer = sign_in(client, username, "wrong horse")
    assert answer.status_code == 200
    assert [str(e) for e in answer.context["form"].non_field_errors()] == [
        str(SignInForm.error_messages["invalid_login"])
    ]
    assert answer.context["form"]["username"].value() == username


def test_failure_is_recorded_under_a_hash_of_the_name_and_the_address(client):
    UserFactory(username="zhang")
    sign_in(client, "zhang", "wrong horse")
    row = Event.objects.get()
    assert (row.kind, row.actor_label, row.address) == (
        "people.sign_in_failed",
        "anonymous",
        "127.0.0.1",
    )
    assert row.after == {"way": "password", "name": throttling.hash_subject("zhang")}
    assert "zhang" not in str(row.after)


def test_after_ten_faults_even_the_right_password_waits_and_the_page_says_how_long(client):
    UserFactory(username="zhang")
    for _n in range(throttling.BY_NAME):
        sign_in(client, "zhang", "wrong horse")
    answer = sign_in(client, "zhang")
    assert answer.status_code == 429
    assert "15" in answer.context["form"].locked
    assert "_auth_user_id" not in client.session
    assert Event.objects.filter(kind="people.locked_out").count() == 1


def test_a_hundred_names_from_one_address_wait_too(client):
    for n in range(throttling.BY_ADDRESS):
        sign_in(client, f"name{n}", "wrong horse")
    UserFactory(username="zhang")
    assert sign_in(client, "zhang").status_code == 429
    assert (
        client.post(
            SIGN_IN, {"username": "zhang", "password": "correct horse"}, REMOTE_ADDR="10.9.9.9"
        ).status_code
        == 302
    )


def test_a_site_under_siege_gives_fewer_tries_but_stays_open(client, monkeypatch):
    monkeypatch.setattr(throttling, "SITE", throttling.AttemptLimit("sign-in:site", 2, 900))
    UserFactory(username="zhang")
    for n in range(3):
        sign_in(client, f"name{n}", "wrong horse")
    for _n in range(throttling.NAME_IN_SIEGE.most):
        assert sign_in(client, "li", "wrong horse").status_code == 200
    assert sign_in(client, "li", "wrong horse").status_code == 429
    assert sign_in(client, "zhang").status_code == 302


def test_success_forgets_the_faults_of_that_name(client):
    UserFactory(username="zhang")
    for _n in range(throttling.BY_NAME - 1):
        sign_in(client, "zhang", "wrong horse")
    sign_in(client, "zhang")
    client.post(reverse("people:sign_out"))
    for _n in range(throttling.BY_NAME - 1):
        sign_in(client, "zhang", "wrong horse")
    assert sign_in(client, "zhang").status_code == 302


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/office/people/", "/office/people/"),
        ("https://evil.example/", "/me/"),
        ("//evil.example", "/me/"),
        ("/\\evil.example", "/me/"),
        ("javascript:alert(1)", "/me/"),
    ],
)
def test_return_address_is_followed_inside_the_site_only(client, target, lands):
    UserFactory(username="zhang")
    assert sign_in(client, "zhang", next=target).url == lands


def test_a_family_phone_signs_in_the_one_whose_password_it_is(client):
    mother = UserFactory(username="mother", phone="13812345678", password="Red lantern 1")
    UserFactory(username="father", phone="13812345678")
    sign_in(client, "+86 138-1234-5678", "Red lantern 1")
    assert client.session["_auth_user_id"] == str(mother.pk)


def test_a_closed_account_of_a_family_phone_stays_closed(client):
    UserFactory(username="mother", phone="13812345678", is_active=False)
    UserFactory(username="father", phone="13812345678", password="Red lantern 1")
    sign_in(client, "13812345678")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("family", [0, 1, 2, 3])
def test_a_failure_by_phone_costs_the_same_number_of_checks_whoever_has_it(
    client, family, monkeypatch
):
    for n in range(family):
        UserFactory(username=f"member{n}", phone="13812345678")
    made = []
    from django.contrib.auth.hashers import MD5PasswordHasher

    plain = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda self, password, salt: made.append(1) or plain(self, password, salt),
    )
    sign_in(client, "13812345678", "wrong horse")
    assert len(made) == 3


def test_the_session_key_changes_at_sign_in(client):
    UserFactory(username="zhang")
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    sign_in(client, "zhang")
    assert client.session.session_key != before
    assert client.cookies["sessionid"].value == client.session.session_key


def test_wagtails_own_door_leads_to_ours(client):
    answer = client.get("/manage/login/?next=/manage/pages/")
    assert (answer.status_code, answer.url) == (302, "/sign-in/?next=/manage/pages/")
    assert client.post("/manage/login/", {"username": "x", "password": "y"}).url == "/sign-in/"


def test_demo_buttons_exist_in_the_demo_only(client, settings):
    user = UserFactory(username=list_demo_roles()[0].username)
    assert client.post(reverse("people:demo_sign_in"), {"role": "worker"}).status_code == 404
    settings.DEMO = True
    assert client.post(reverse("people:demo_sign_in"), {"role": "nobody"}).status_code == 404
    assert client.get(SIGN_IN).context["demo_roles"] == list_demo_roles()
    assert client.post(reverse("people:demo_sign_in"), {"role": "worker"}).url == "/me/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_sign_out_ends_the_session_and_needs_a_post(client):
    client.force_login(UserFactory())
    assert client.get(reverse("people:sign_out")).status_code == 405
    client.post(reverse("people:sign_out"))
    assert "_auth_user_id" not in client.session
