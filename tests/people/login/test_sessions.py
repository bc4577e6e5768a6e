"""The list of sessions, ending them from afar, and new devices."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from audit.models import Event
from jobs import outcomes
from people.login import arrival, devices
from people.models import KnownDevice
from people.workflows import credentials, sessions
from tests.factories.ground import UserFactory
from tests.people.login.support import NEW, PASSWORD, sign_in

pytestmark = pytest.mark.django_db
ACCOUNT = "/me/account/"
HUAWEI = "Mozilla/5.0 (Linux; Android 12; HarmonyOS; LIO-AN00) AppleWebKit/537.36 Chrome/114.0 HuaweiBrowser/15.0 Mobile Safari/537.36"
WXWORK = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 wxwork/4.1 MicroMessenger/7.0 Language/zh"


@pytest.fixture
def here_and_there(client):
    user = UserFactory()
    there = Client(headers={"user-agent": HUAWEI}, REMOTE_ADDR="10.1.2.3")
    sign_in(there, user)
    sign_in(client, user)
    return user, client, there


def listed(client):
    return [
        (row["device"], row["address"], row["this"])
        for row in client.get(ACCOUNT).context["sessions"]
    ]


def test_the_list_names_device_address_and_this_one(here_and_there):
    _user, here, _there = here_and_there
    assert [(this, address) for _device, address, this in listed(here)] == [
        (True, "127.0.0.1"),
        (False, "10.1.2.3"),
    ]
    assert listed(here)[1][0] == "Huawei Browser, HarmonyOS"


def test_one_other_session_is_ended_after_a_confirmation(here_and_there):
    user, here, there = here_and_there
    row = UserSession.objects.get(ip="10.1.2.3")
    address = f"/me/account/sessions/{row.pk}/end/"
    assert here.get(address).status_code == 200
    assert there.get(ACCOUNT).status_code == 200
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda fn: fn())
        assert here.post(address).url == ACCOUNT
    assert there.get(ACCOUNT).status_code == 302
    assert here.get(ACCOUNT).status_code == 200
    assert here.post(address).status_code == 404  # a second press
    assert Event.objects.filter(kind="people.session_ended", actor_id=user.pk).count() == 1


def test_sessions_of_others_dont_exist(here_and_there):
    _user, _here, there = here_and_there
    stranger = Client()
    sign_in(stranger, UserFactory())
    row = UserSession.objects.get(ip="10.1.2.3")
    assert stranger.post(f"/me/account/sessions/{row.pk}/end/").status_code == 404
    assert there.get(ACCOUNT).status_code == 200


def test_all_others_end_and_this_one_gets_a_new_key(here_and_there):
    _user, here, there = here_and_there
    before = here.session.session_key
    assert here.post("/me/account/sessions/end/").url == ACCOUNT
    assert there.get(ACCOUNT).status_code == 302
    assert here.get(ACCOUNT).status_code == 200
    assert here.session.session_key != before
    assert len(listed(here)) == 1


def test_a_new_password_ends_the_others(here_and_there):
    user, here, there = here_and_there
    sent = {"old-password": PASSWORD, "password": NEW, "repeated": NEW}
    assert here.post("/me/account/password/", {**sent, "old-password": "wrong"}).status_code == 422
    assert here.post("/me/account/password/", sent).url == ACCOUNT
    assert there.get(ACCOUNT).status_code == 302
    assert here.get(ACCOUNT).status_code == 200
    user.refresh_from_db()
    assert user.password_changed_at is not None
    assert (
        here.post("/me/account/password/", sent).status_code == 422
    )  # a second press: the old one is old


def test_a_withdrawn_role_ends_every_session_listed_or_not(client):
    user = UserFactory()
    client.force_login(user)  # on no list
    assert client.get(ACCOUNT).status_code == 200
    sessions.end_sessions(actor=UserFactory(), user=user, reason="role withdrawn")
    assert client.get(ACCOUNT).status_code == 302


def test_signing_out_leaves_the_list(here_and_there):
    _user, here, there = here_and_there
    there.post("/sign-out/")
    assert len(listed(here)) == 1


@pytest.mark.parametrize("count", [1, 30])
def test_the_account_page_asks_as_often_however_many_sessions_there_are(
    client, django_assert_max_num_queries, count
):
    user = UserFactory()
    for _n in range(count):
        sign_in(Client(), user)
    sign_in(client, user)
    client.get(ACCOUNT)
    with django_assert_max_num_queries(14):
        client.get(ACCOUNT)


def test_a_new_device_is_announced_but_not_the_first_one(client, monkeypatch):
    told = []
    monkeypatch.setattr(
        outcomes,
        "announce_outcome",
        lambda outcome, subjects, **more: (
            told.append((outcome, list(subjects), more["payload"])) or []
        ),
    )
    user = UserFactory()
    sign_in(client, user)
    client.post("/sign-out/")
    sign_in(client, user)
    assert told == []
    other = Client(headers={"user-agent": WXWORK})
    sign_in(other, user)
    device = KnownDevice.objects.order_by("pk").last()
    assert told == [(arrival.NEW_DEVICE, [str(user.pk)], {"device": device.pk})]
    assert KnownDevice.objects.filter(user=user).count() == 2


def test_two_people_at_one_computer_are_two(client):
    for user in (UserFactory(), UserFactory()):
        sign_in(client, user)
        client.post("/sign-out/")
    assert KnownDevice.objects.count() == 2


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (HUAWEI, "Huawei Browser, HarmonyOS"),
        (WXWORK, "企业微信, iPhone"),
        ("", "未知设备"),
        ("curl/8", "未知设备"),
    ],
)
def test_devices_are_guessed_in_words(agent, words):
    assert devices.describe_device(agent) == words


def test_an_officer_helps_but_nobody_himself():
    from core.errors import DomainError
    from people import throttling

    officer, user = UserFactory(), UserFactory(username="zhang")
    for _n in range(throttling.BY_NAME):
        throttling.count_attempt(throttling.NAME, "zhang")
    assert throttling.locked_for(user) > 800
    with pytest.raises(DomainError):
        credentials.end_sign_in_pause(actor=user, user=user)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda fn: fn())
        credentials.end_sign_in_pause(actor=officer, user=user)
    assert throttling.locked_for(user) == 0
    with pytest.raises(DomainError):
        credentials.clear_factors(actor=user, user=user, reason="x")
