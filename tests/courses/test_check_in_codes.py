"""The code on the wall: how long it is good, by the server's clock moved to the boundaries; and
the scan that a phone proves.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core.clock import now
from courses.errors import CheckInRefused
from courses.models import Attendance
from courses.rules import check_in as rules
from courses.scans import read_scan, sign_scan
from courses.views.access_helpers import DEVICE_COOKIE, SCAN_COOKIE
from courses.workflows.attendance import check_in_trainee
from tests.factories.courses import EnrolmentFactory

pytestmark = pytest.mark.django_db
AGENT = "phone-a"


@pytest.fixture
def appeared(stopped_clock):
    """Turn the clock to the moment at which a code appears on the wall."""
    seconds = int(stopped_clock.now().timestamp()) // rules.STEP * rules.STEP + rules.STEP
    stopped_clock.move_to(datetime.fromtimestamp(seconds, UTC))
    return stopped_clock.now()


@pytest.fixture
def session(going_on):
    return going_on.sessions.get()


def address(going_on, **query):
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{reverse('courses:check_in', args=[going_on.public_id])}?{words}"


def scan(client, going_on, session, token):
    return client.get(address(going_on, s=session.public_id, c=token))


# ---- how long a code lives ----


@pytest.mark.parametrize(
    ("age", "good"),
    [(0, True), (9.999, True), (10, True), (14.999, True), (15, False), (20, False), (89, False)],
)
def test_code_is_good_for_fifteen_seconds_from_its_appearance(
    trainee, session, stopped_clock, appeared, age, good
):
    digits, token = (
        rules.code_at(session.secret, appeared),
        rules.token_at(session.secret, appeared),
    )
    stopped_clock.move_by(seconds=age)
    assert rules.is_good(session.secret, digits, now()) is good
    assert rules.is_good_token(session.secret, token, now()) is good
    act = {
        "actor": trainee.person.user,
        "enrolment": trainee,
        "session": session,
        "device": AGENT,
        "code": digits,
    }
    if good:
        assert check_in_trainee(**act).counts
    else:
        with pytest.raises(CheckInRefused, check=lambda error: error.code == "wrong_code"):
            check_in_trainee(**act)


@pytest.mark.parametrize("age", [-0.001, -5])
def test_code_of_the_future_is_not_good(session, stopped_clock, appeared, age):
    digits = rules.code_at(session.secret, appeared)
    stopped_clock.move_by(seconds=age)
    assert not rules.is_good(session.secret, digits, now())


@pytest.mark.parametrize(("age", "left"), [(0, 10_000), (0.25, 9_750), (9.999, 1)])
def test_wall_says_the_true_time_left(
    client, going_on, session, staff_of, stopped_clock, appeared, age, left
):
    stopped_clock.move_by(seconds=age)
    assert rules.milliseconds_left(now()) == left
    client.force_login(staff_of(going_on))
    page = client.get(
        reverse("courses:wall_now", args=[going_on.public_id, session.public_id])
    ).content.decode()
    assert f'data-milliseconds="{left}" data-still-good="5000"' in page
    assert f'<span id="wall-left">{-(-left // 1000)}</span> 秒后换码' in page


def test_digits_and_token_tell_nothing_of_each_other(session, appeared):
    digits, token = (
        rules.code_at(session.secret, appeared),
        rules.token_at(session.secret, appeared),
    )
    assert (len(digits), len(token)) == (6, 20)
    assert not rules.is_good_token(session.secret, digits, appeared)


# ---- the scan a phone proves ----


def test_photo_relayed_through_a_second_phone_twenty_seconds_later_fails(
    client, going_on, trainee, session, stopped_clock, appeared
):
    token = rules.token_at(session.secret, appeared)
    stopped_clock.move_by(seconds=20)
    client.force_login(trainee.person.user)
    answer = scan(client, going_on, session, token)
    assert SCAN_COOKIE not in answer.cookies
    page = client.get(answer.url).content.decode()
    assert "请扫墙上现在的码" in page
    assert (
        client.post(
            address(going_on, s=session.public_id), {"session": session.public_id, "code": ""}
        ).status_code
        == 422
    )
    assert Attendance.objects.count() == 0


@pytest.mark.parametrize("signed_in", [True, False])
def test_phone_with_three_seconds_latency_signs_in_at_the_first_try(
    client, going_on, trainee, session, stopped_clock, appeared, signed_in
):
    """It scans in the last moment the code is shown; each way to the server takes three seconds,
    signing in a minute.
    """
    token = rules.token_at(session.secret, appeared)
    if signed_in:
        client.force_login(trainee.person.user)
    stopped_clock.move_by(seconds=9.9 + 3)
    answer = scan(client, going_on, session, token)
    seen = now()
    assert "c=" not in answer.url, "the code leaves the address: it can't be passed on from there"
    stopped_clock.move_by(seconds=3)
    if not signed_in:
        assert client.get(answer.url).url.startswith("/sign-in/?next=")
        stopped_clock.move_by(seconds=60)
        client.force_login(trainee.person.user)
    assert 'name="code"' not in client.get(answer.url).content.decode()
    stopped_clock.move_by(seconds=3)
    assert client.post(answer.url, {"session": session.public_id}).status_code == 302
    presence = Attendance.objects.get()
    assert (presence.counts, presence.at, presence.challenge != "") == (True, seen, True)
    assert client.cookies[SCAN_COOKIE].value == "", "used up"


def test_typed_digits_with_three_seconds_latency_are_taken(
    client, going_on, trainee, session, stopped_clock, appeared
):
    client.force_login(trainee.person.user)
    digits = rules.code_at(session.secret, appeared)
    stopped_clock.move_by(seconds=9.9 + 3)
    assert (
        client.post(address(going_on), {"session": session.public_id, "code": digits}).status_code
        == 302
    )
    assert Attendance.objects.get().challenge == ""


def test_scan_is_worth_nothing_on_another_phone(client, going_on, trainee, session, appeared):
    scan(client, going_on, session, rules.token_at(session.secret, appeared))
    other = Client()
    other.force_login(trainee.person.user)
    other.cookies[SCAN_COOKIE] = client.cookies[SCAN_COOKIE].value
    assert (
        other.post(address(going_on), {"session": session.public_id, "code": ""}).status_code == 422
    )
    other.cookies[DEVICE_COOKIE] = "x" * 32
    assert (
        other.post(address(going_on), {"session": session.public_id, "code": ""}).status_code == 422
    )
    assert Attendance.objects.count() == 0


def test_scan_is_used_once_and_for_one_person(client, going_on, trainee, session, appeared):
    target = scan(client, going_on, session, rules.token_at(session.secret, appeared)).url
    proof = client.cookies[SCAN_COOKIE].value
    client.force_login(trainee.person.user)
    client.post(target, {"session": session.public_id})
    friend = EnrolmentFactory(training_class=going_on)
    client.force_login(friend.person.user)
    client.cookies[SCAN_COOKIE] = proof
    answer = client.post(target, {"session": session.public_id})
    assert (answer.status_code, Attendance.objects.count()) == (409, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.create(
            enrolment=friend,
            session=session,
            method="code",
            at=now(),
            hours=1,
            challenge=Attendance.objects.get().challenge,
        )


@pytest.mark.parametrize(("seconds", "good"), [(599, True), (600, False)])
def test_scan_is_good_for_ten_minutes(going_on, session, stopped_clock, seconds, good):
    proof = sign_scan(session, device=AGENT, now=now())
    stopped_clock.move_by(seconds=seconds)
    assert (read_scan(proof, session, device=AGENT, now=now()) is not None) is good


@pytest.mark.parametrize("proof", ["", "x", "a:b", "eyJzIjoxfQ:zzz", "\x00"])
def test_forged_scans_prove_nothing(session, proof):
    assert read_scan(proof, session, device=AGENT, now=now()) is None


def test_scan_in_time_counts_though_the_window_closes_while_signing_in(
    going_on, trainee, session, stopped_clock
):
    stopped_clock.move_to(session.check_in_closes_at - timedelta(seconds=1))
    proof = sign_scan(session, device=AGENT, now=now())
    stopped_clock.move_by(seconds=90)
    assert check_in_trainee(
        actor=trainee.person.user, enrolment=trainee, session=session, device=AGENT, scan=proof
    ).counts


@pytest.mark.parametrize("token", ["", "x", "0" * 20, "%00", "é", "9" * 500])
def test_odd_tokens_in_the_address_are_answered(client, going_on, session, token):
    assert scan(client, going_on, session, token).status_code == 302
