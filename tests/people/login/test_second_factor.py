"""Second factors: asked of everybody who has one, led to whoever needs one, and no address around
it.
"""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from people import throttling
from people.login import gate, policy
from people.models import User
from tests.factories.ground import UserFactory
from tests.people.login.support import (
    NEW,
    PASSWORD,
    app_code,
    factors,
    make_old,
    sign_in,
    spare_codes,
    with_app,
)

pytestmark = pytest.mark.django_db
SECOND = "/sign-in/second/"
SET_UP = "/me/account/second-factor/"


def who(client):
    return client.session.get("_auth_user_id")


@pytest.fixture
def required(settings):
    settings.CRAFTPATH_MFA_REQUIRED = True


@pytest.fixture
def strong(monkeypatch, required):
    """Whoever is called judge… holds a strong role."""
    monkeypatch.setattr(policy, "_asked", [lambda user: user.username.startswith("judge")])


def test_password_and_code_of_the_app_sign_in_and_lead_on(client):
    user = with_app(UserFactory())
    assert sign_in(client, user, next="/me/account/").url == SECOND
    assert who(client) is None
    assert client.get("/me/account/").url.startswith("/sign-in/")
    before = client.session.session_key
    assert client.post(SECOND, {"code": app_code()}).url == "/me/account/"
    assert who(client) == str(user.pk)
    assert client.session.session_key != before
    assert Event.objects.get(kind="people.signed_in").after == {"ways": ["password", "totp"]}


def test_the_second_page_without_the_first_proof_leads_to_the_front_door(client):
    assert client.get(SECOND).url == "/sign-in/"
    assert client.post(SECOND, {"code": app_code()}).url == "/sign-in/"


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_half_a_minute_of_drift_is_forgiven(client, steps):
    user = with_app(UserFactory())
    sign_in(client, user)
    assert client.post(SECOND, {"code": app_code(steps)}).status_code == 302


def test_a_code_of_the_app_works_once_whatever_the_drift(client):
    user = with_app(UserFactory())
    code = app_code(1)
    sign_in(client, user)
    client.post(SECOND, {"code": code})
    client.post(reverse("people:sign_out"))
    sign_in(client, user)
    assert client.post(SECOND, {"code": code}).status_code == 422
    assert who(client) is None


def test_guesses_of_codes_are_limited_by_account_not_by_session(client):
    user = with_app(UserFactory())
    for _n in range(throttling.SECOND_FACTOR.most):
        other = Client()
        sign_in(other, user)
        assert other.post(SECOND, {"code": "000000"}).status_code == 422
    sign_in(client, user)
    answer = client.post(SECOND, {"code": app_code()})
    assert answer.status_code == 422
    assert "15" in str(answer.context["form"].errors["code"])
    assert (
        Event.objects.filter(kind="people.second_factor_failed").count()
        == throttling.SECOND_FACTOR.most + 1
    )
    throttling.unlock_account(user)
    assert client.post(SECOND, {"code": app_code()}).status_code == 302


def test_a_recovery_code_works_once(client):
    user = with_app(UserFactory())
    spare = spare_codes(user)
    sign_in(client, user)
    assert client.post(SECOND, {"code": f"{spare[0][:4]} {spare[0][4:]}"}).status_code == 302
    client.post(reverse("people:sign_out"))
    sign_in(client, user)
    assert client.post(SECOND, {"code": spare[0]}).status_code == 422
    assert client.post(SECOND, {"code": spare[1]}).status_code == 302


def test_an_account_closed_between_the_two_steps_stays_out(client):
    user = with_app(UserFactory())
    sign_in(client, user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.post(SECOND, {"code": app_code()}).url == "/sign-in/"
    assert who(client) is None


@pytest.mark.parametrize("credential", ["", "{}", "[]", "nonsense", '{"id": "x", "response": {}}'])
def test_what_is_no_passkey_is_refused(client, credential):
    user = with_app(UserFactory())
    sign_in(client, user)
    assert client.post(SECOND, {"credential": credential}).status_code == 422
    assert client.post("/sign-in/passkey/", {"credential": credential}).url == "/sign-in/"
    assert who(client) is None


def test_passkey_options_name_this_host_and_no_person(client):
    options = client.get("/sign-in/passkey/options/").json()["publicKey"]
    assert options["rpId"] == "testserver"
    assert options["userVerification"] == "required"
    assert options.get("allowCredentials") in (None, [])


# ---- whoever needs one ----


ADDRESSES = [
    "/me/",
    "/me/account/",
    "/me/account/password/",
    "/office/people/",
    "/manage/",
    "/manage/pages/",
    "/judging/",
    "/",
    "/search/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_staff_without_a_second_factor_reach_nothing_but_setting_one_up(client, required, address):
    user = UserFactory(is_staff=True, is_superuser=True)
    sign_in(client, user)
    answer = client.get(address)
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, SET_UP)


def test_a_post_by_direct_address_does_nothing(client, required):
    user = UserFactory(is_superuser=True, email="a@example.cn")
    sign_in(client, user)
    assert client.post("/me/account/mail/remove/").url == SET_UP
    user.refresh_from_db()
    assert user.email == "a@example.cn"


@pytest.mark.parametrize("role", [("judge1", True), ("worker", False)])
def test_who_needs_one_is_said_by_access(client, strong, role):
    name, needs = role
    sign_in(client, UserFactory(username=name))
    assert (client.get("/me/account/").status_code == 302) is needs


def test_a_role_given_in_mid_session_is_heard_of_at_once(client, monkeypatch, required):
    user = UserFactory(username="li")
    strong = []
    monkeypatch.setattr(policy, "_asked", [lambda one: one.username in strong])
    sign_in(client, user)
    assert client.get("/me/account/").status_code == 200
    strong.append("li")
    policy.forget_strong_role(user.pk)
    assert client.get("/me/account/").url.startswith(SET_UP)


def test_whoever_has_one_but_hasnt_shown_it_is_asked_for_that_and_no_password_will_do(
    client, strong
):
    user = with_app(UserFactory(username="judge1"))
    client.force_login(user)  # as a session from before the role
    assert client.get("/me/account/").url == "/sign-in/again/?next=%2Fme%2Faccount%2F"
    page = client.get("/sign-in/again/")
    assert page.context["form"] is None
    assert client.post("/sign-in/again/", {"password": PASSWORD}).status_code == 422
    assert client.get("/me/account/").status_code == 302
    assert (
        client.post("/sign-in/again/", {"code": app_code(), "next": "/me/account/"}).url
        == "/me/account/"
    )
    assert client.get("/me/account/").status_code == 200


def test_sign_out_language_and_health_are_never_blocked(client, required):
    sign_in(client, UserFactory(is_superuser=True))
    assert client.get("/health/live").status_code == 200
    assert client.post("/language/", {"language": "en", "next": "/"}).status_code == 302
    assert client.get(SET_UP).status_code == 200
    assert client.post("/sign-out/").url == "/"
    assert who(client) is None


def test_setting_up_an_app_opens_the_way_and_shows_recovery_codes_once(client, strong):
    user = UserFactory(username="judge1")
    sign_in(client, user)
    assert client.get(client.get("/me/account/").url).status_code == 200
    page = client.get("/me/account/app/")
    secret = page.context["secret"].replace(" ", "")
    assert "<svg" in page.content.decode()
    assert " style=" not in page.content.decode()
    assert client.post("/me/account/app/", {"code": "000000"}).status_code == 422
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post("/me/account/app/", {"code": code}).url == "/me/account/recovery-codes/"
    assert factors(user) == ["recovery_codes", "totp"]
    shown = client.get("/me/account/recovery-codes/").context
    assert (len(shown["shown"]), shown["after"]) == (10, "/me/account/")
    assert client.get("/me/account/recovery-codes/").context["shown"] == []
    assert client.get("/me/account/").status_code == 200
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert client.post("/me/account/app/", {"code": code}).url == "/me/account/"  # a second press


def test_a_code_that_set_the_app_up_cant_sign_in(client):
    user = UserFactory()
    client.force_login(user)
    page = client.get("/me/account/app/")
    code = format_hotp_value(
        hotp_value(page.context["secret"].replace(" ", ""), int(time.time()) // 30)
    )
    client.post("/me/account/app/", {"code": code})
    client.post("/sign-out/")
    sign_in(client, user)
    assert client.post(SECOND, {"code": code}).status_code == 422


def test_the_last_factor_of_a_strong_role_stays(client, strong):
    user = with_app(UserFactory(username="judge1"))
    sign_in(client, user)
    client.post(SECOND, {"code": app_code()})
    app = Authenticator.objects.get(user=user)
    answer = client.post(f"/me/account/factors/{app.pk}/remove/")
    assert answer.status_code == 409
    assert factors(user) == ["totp"]


def test_removing_the_last_factor_takes_the_recovery_codes_along(client):
    user = with_app(UserFactory())
    spare_codes(user)
    client.force_login(user)
    app = Authenticator.objects.get(user=user, type="totp")
    assert client.get(f"/me/account/factors/{app.pk}/remove/").context["last"]
    assert client.post(f"/me/account/factors/{app.pk}/remove/").url == "/me/account/"
    assert factors(user) == []


def test_factors_of_others_dont_exist(client):
    other = with_app(UserFactory())
    client.force_login(UserFactory())
    app = Authenticator.objects.get(user=other)
    assert client.get(f"/me/account/factors/{app.pk}/remove/").status_code == 404
    assert client.post(f"/me/account/factors/{app.pk}/remove/").status_code == 404
    assert factors(other) == ["totp"]


def test_changing_factors_needs_a_recent_proof(client):
    user = with_app(UserFactory())
    client.force_login(user)
    make_old(client)
    app = Authenticator.objects.get(user=user)
    for address in (
        "/me/account/app/",
        "/me/account/passkeys/add/",
        f"/me/account/factors/{app.pk}/remove/",
        "/me/account/recovery-codes/",
    ):
        assert client.post(address).url.startswith("/sign-in/again/")
    assert factors(user) == ["totp"]


def test_new_recovery_codes_end_the_old_ones(client):
    user = with_app(UserFactory())
    old = spare_codes(user)
    client.force_login(user)
    client.post("/me/account/recovery-codes/")
    client.post("/sign-out/")
    sign_in(client, user)
    assert client.post(SECOND, {"code": old[0]}).status_code == 422


def test_recovery_codes_alone_are_refused(client):
    client.force_login(UserFactory())
    assert client.post("/me/account/recovery-codes/").status_code == 409


def test_the_gate_costs_no_query_while_all_is_in_order(client, strong, django_assert_num_queries):
    user = with_app(UserFactory(username="judge1"))
    sign_in(client, user)
    client.post(SECOND, {"code": app_code()})
    client.get("/me/account/")
    with django_assert_num_queries(2):  # session, account
        client.get("/sign-in/code/enter/")


def test_every_open_view_exists():
    for name in gate.OPEN | gate.SET_UP | gate.CHANGE:
        assert reverse(name)


# ---- idle sessions, passwords that must be changed ----


def away(client, minutes):
    session = client.session
    session[gate.SEEN] -= minutes * 60
    session.save()


@pytest.mark.parametrize(("minutes", "stays"), [(29, True), (31, False)])
def test_staff_who_are_away_are_signed_out(client, minutes, stays):
    sign_in(client, UserFactory(is_staff=True))
    away(client, minutes)
    answer = client.get("/me/account/")
    assert (answer.status_code == 200) is stays
    if not stays:
        assert answer.url == "/sign-in/?next=%2Fme%2Faccount%2F"
        assert Event.objects.filter(kind="people.session_idle").count() == 1


def test_workers_may_be_away(client):
    sign_in(client, UserFactory())
    away(client, 300)
    assert client.get("/me/account/").status_code == 200


def test_a_password_that_was_given_must_be_changed_first(client):
    user = UserFactory(must_change_password=True)
    sign_in(client, user)
    assert client.get("/me/").url == "/me/account/password/?next=%2Fme%2F"
    assert client.get("/me/account/password/").context["why"] == "first"
    assert (
        client.post(
            "/me/account/password/",
            {"old-password": PASSWORD, "password": PASSWORD, "repeated": PASSWORD},
        ).status_code
        == 422
    )
    assert (
        client.post(
            "/me/account/password/", {"old-password": PASSWORD, "password": NEW, "repeated": NEW}
        ).status_code
        == 302
    )
    assert client.get("/me/account/").status_code == 200


def test_old_passwords_of_staff_expire_where_the_operator_says_so(client, settings):
    settings.STAFF_PASSWORD_DAYS = 90
    old = timezone.now() - timedelta(days=91)
    for staff in (True, False):
        user = UserFactory(is_staff=staff, password_changed_at=old)
        sign_in(client, user)
        assert (client.get("/me/account/").status_code == 302) is staff
        client.post("/sign-out/")
