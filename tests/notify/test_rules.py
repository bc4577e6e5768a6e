"""Pure rules: timing, placeholders, signatures, addresses."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.rules import addresses, discretion, placeholders, timing, webhooks

SHANGHAI = ZoneInfo("Asia/Shanghai")
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive by its contract
clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0))
hours = st.builds(
    timing.Hours,
    zone=st.sampled_from([SHANGHAI, ZoneInfo("Asia/Urumqi"), UTC]),
    rhythm=st.sampled_from([timing.NOW, timing.DAILY, timing.WEEKLY]),
    digest_hour=st.integers(0, 23),
    digest_weekday=st.integers(0, 6),
    quiet=st.booleans(),
    quiet_from=clocks,
    quiet_to=clocks,
)


@given(moments, hours, st.booleans())
def test_nothing_leaves_early_or_in_quiet_hours_and_nothing_waits_longer_than_its_rhythm(
    at, wish, bundled
):
    due = timing.compute_due_time(at, wish, urgent=False, bundled=bundled)
    longest = {timing.NOW: 0, timing.DAILY: 1, timing.WEEKLY: 7}[wish.rhythm] if bundled else 0
    assert at <= due <= at + timedelta(days=longest + 1)
    assert due.utcoffset() == timedelta(0)
    assert not timing.is_quiet(due, wish)


@given(moments, hours)
def test_digest_moment_is_the_chosen_hour_and_day(at, wish):
    local = timing.next_digest(at, wish).astimezone(wish.zone)
    assert (local.hour, local.minute, local.second) == (wish.digest_hour, 0, 0)
    assert wish.rhythm != timing.WEEKLY or local.weekday() == wish.digest_weekday


@given(st.lists(moments, min_size=1, max_size=30), hours)
def test_order_is_kept_and_the_digest_of_one_period_has_one_moment(written, wish):
    written = sorted(written)
    due = [timing.compute_due_time(at, wish, urgent=False, bundled=True) for at in written]
    assert due == sorted(due)
    # Between two neighbouring digest moments everything gets the same one: nothing is split,
    # nothing falls between.
    for (early, first), (late, second) in zip(
        zip(written, due, strict=True), list(zip(written, due, strict=True))[1:], strict=False
    ):
        if wish.rhythm != timing.NOW and late <= timing.next_digest(early, wish):
            assert first == second


@given(moments, hours)
def test_urgent_things_and_programs_wait_for_nothing(at, wish):
    assert timing.compute_due_time(at, wish, urgent=True, bundled=True) == at
    assert timing.compute_due_time(at, wish, urgent=False, bundled=False, waits=False) == at


@given(moments, hours)
def test_the_same_instant_in_another_zone_gives_the_same_answer(at, wish):
    assert timing.compute_due_time(
        at.astimezone(ZoneInfo("America/New_York")), wish, urgent=False, bundled=True
    ) == timing.compute_due_time(at, wish, urgent=False, bundled=True)


@pytest.mark.parametrize(
    ("clock", "until"),
    [
        ("21:59", "21:59"),
        ("22:00", "07:30"),
        ("23:59", "07:30"),
        ("00:00", "07:30"),
        ("07:29", "07:30"),
        ("07:30", "07:30"),
        ("12:00", "12:00"),
    ],
)
def test_usual_quiet_hours_cross_midnight(clock, until):
    at = datetime.combine(date(2026, 11, 23), time.fromisoformat(clock), tzinfo=SHANGHAI)
    assert (
        timing.compute_due_time(at, timing.Hours(zone=SHANGHAI), urgent=False, bundled=False)
        .astimezone(SHANGHAI)
        .strftime("%H:%M")
        == until
    )


def test_waits_between_tries_grow_to_six_hours():
    assert [timing.wait_before_retry(n).total_seconds() for n in range(1, 9)] == [
        30,
        120,
        480,
        1920,
        7680,
        21600,
        21600,
        21600,
    ]


@given(st.text(), st.text(), st.text())
def test_values_are_put_in_once_and_never_read_as_text(before, value, after):
    if placeholders.PLACEHOLDER.search(before + after):
        return
    assert (
        placeholders.fill_placeholders(f"{before}{{name}}{after}", {"name": value})
        == f"{before}{value}{after}"
    )


def test_placeholders_are_found_and_judged():
    text = "{a} {until:moment} {b:nonsense} { c } {a.__class__} {}"
    assert placeholders.list_placeholders(text) == {"a", "until", "b"}
    assert placeholders.find_unknown_placeholders(text, frozenset({"a"})) == ["until", "b"]
    assert placeholders.find_unknown_forms(text) == ["nonsense"]
    assert placeholders.has_stray_brace(text) is True
    assert placeholders.has_stray_brace("{a} {until:moment}") is False
    with pytest.raises(KeyError):
        placeholders.fill_placeholders("{gone}", {})


def test_signature_is_what_the_specification_computes():
    """The worked example of the Standard Webhooks specification, and an independent computation
    beside it.
    """
    secret, number, timestamp, body = (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    by_hand = base64.b64encode(
        hmac.new(
            base64.b64decode(secret[6:]),
            f"{number}.{timestamp}.{body.decode()}".encode(),
            hashlib.sha256,
        ).digest()
    ).decode()
    assert (
        webhooks.sign_webhook(
            webhooks.secret_bytes(secret), number=number, timestamp=timestamp, body=body
        )
        == expected
        == f"v1,{by_hand}"
    )
    assert webhooks.secret_text(webhooks.secret_bytes(secret)) == secret


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1", "255.255.255.255",
        "198.18.0.1", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "64:ff9b::7f00:1", "64:ff9b:1::1", "2001:db8::1", "not an address", "",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_public(address):
    assert addresses.is_public(address) is False


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "223.5.5.5", "2400:3200::1", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_addresses_of_the_open_internet_are_public(address):
    assert addresses.is_public(address) is True


def test_identity_numbers_are_shortened_and_other_numbers_kept():
    text = "身份证 33010619900101123x，证书 330106202600018375，电话13800001111"
    assert (
        discretion.without_identity_numbers(text)
        == "身份证 330***********123x，证书 330106202600018375，电话13800001111"
    )
