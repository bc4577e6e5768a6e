"""What leaves the site, looked at with foreign eyes: the mail parser, the browser's side of web
push.
"""

from __future__ import annotations

import base64
import json
import smtplib
import time
from datetime import timedelta
from email import message_from_bytes, policy

import http_ece
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.core import mail
from django.test import Client
from django.utils import timezone

import notify
from core.sms import MemoryGateway, Sent, SmsError
from notify import registry
from notify.enums import DeliveryState, MessageChannel
from notify.models import Choice, Delivery, Message, PushSubscription, Settings
from notify.rules import timing
from notify.transports import http, push
from notify.transports.parcel import NotTaken
from notify.workflows import deliver_messages, preferences, subscriptions
from people.privacy_enums import ConsentPurpose
from people.workflows.privacy import withdraw_consent
from tests.factories.ground import UserFactory
from tests.notify.consenting import agree
from tests.notify.receiver import receiver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def awake(monkeypatch):
    """No test depends on the hour it runs at."""
    monkeypatch.setattr(Settings._meta.get_field("quiet"), "default", False)


@pytest.fixture
def inside(settings):
    """Let the loopback be called."""
    settings.OUTSIDE_PRIVATE = True


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.KEY_FOLDER = tmp_path


def states():
    return sorted(Delivery.objects.values_list("channel", "state", "attempts"))


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_way_switched_off_lets_go_of_what_waits_and_not_of_what_is_on_its_way(context):
    user, other = UserFactory(email="a@example.org"), UserFactory(email="b@example.org")
    for key in "12":
        notify.send_message("test.offered", to=user, context=context, key=key)
    notify.send_message("test.offered", to=other, context=context, key="1")
    held = deliver_messages.claim_parcel()
    assert (
        preferences.switch_off_channel(actor=user, kind="test.offered", channel=MessageChannel.MAIL)
        == 1
    )

    def rows():
        return [
            (one.recipient_id, one.state, one.settled_at is not None)
            for one in Delivery.objects.order_by("pk")
        ]

    assert rows() == [
        (user.pk, "leased", False),
        (user.pk, "dropped", True),
        (other.pk, "queued", False),
    ]
    deliver_messages.deliver_parcel(held)
    assert rows() == [
        (user.pk, "done", True),
        (user.pk, "dropped", True),
        (other.pk, "queued", False),
    ]


# ---- mail ----


def test_mail_is_text_and_html_with_one_click_unsubscription(context, settings):
    user = UserFactory(email="a@example.org")
    notify.send_message(
        "test.offered", to=user, context={**context, "course": "焊接<安全>"}, key="1"
    )
    assert deliver_messages.deliver_waiting_parcels() == 1
    parsed = message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)
    assert parsed["To"] == "a@example.org"
    assert parsed["Subject"] == "焊接<安全>有名额给您 · 匠路"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = parsed.get_body(("plain",)).get_content(), parsed.get_body(("html",)).get_content()
    assert "请在 2020 年 11 月 24 日 10:00 前确认。" in text
    assert f"{settings.BASE_URL}/training/7/" in text
    assert "焊接&lt;安全&gt;" in html
    address = parsed["List-Unsubscribe"].strip(" <>")
    assert address.startswith(f"{settings.BASE_URL}/messages/unsubscribe/")
    # As a mail program does it: no cookie, no token of ours but the one in the address.
    path = address.removeprefix(settings.BASE_URL)
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(path).status_code == 200
    assert not Choice.objects.exists()
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert list(Choice.objects.values_list("user", "kind", "channel", "wanted")) == [
        (user.pk, "test.offered", "mail", False)
    ]
    assert stranger.post(path[:-3] + "xx/").status_code == 404
    assert states() == [("mail", "done", 1)]


def test_security_mail_has_no_way_to_switch_it_off(context):
    registry.register_message_kind("test.guard", label="x", subject="x", text="x", security=True)
    notify.send_message("test.guard", to=UserFactory(email="a@example.org"), context={}, key="1")
    deliver_messages.deliver_waiting_parcels()
    assert "List-Unsubscribe" not in mail.outbox[0].message()


def test_digest_is_one_mail_in_the_order_written_and_its_number_survives_a_failed_try(
    context, monkeypatch
):
    user, other = UserFactory(email="a@example.org"), UserFactory(email="b@example.org")
    for one in (user, other):
        Settings.objects.create(user=one, rhythm="daily", digest_hour=8, quiet=False)
    for n in range(3):
        notify.send_message(
            "test.offered", to=[user, other], context={**context, "course": f"课{n}"}, key=str(n)
        )
    assert deliver_messages.deliver_waiting_parcels() == 0
    Delivery.objects.update(due_at=timezone.now())
    tried = []
    monkeypatch.setitem(
        deliver_messages.TRANSPORTS,
        MessageChannel.MAIL,
        lambda parcel: (tried.append(parcel), _away())[0],
    )
    assert deliver_messages.deliver_waiting_parcels() == 2
    notify.send_message("test.offered", to=user, context={**context, "course": "课3"}, key="3")
    Delivery.objects.update(due_at=timezone.now())
    monkeypatch.setitem(deliver_messages.TRANSPORTS, MessageChannel.MAIL, tried.append)
    assert deliver_messages.deliver_waiting_parcels() == 3
    seen = {}
    for parcel in tried:
        seen.setdefault((parcel.address, parcel.number), []).append(
            [piece.subject[:2] for piece in parcel.pieces]
        )
    assert sorted((address, pieces) for (address, _number), pieces in seen.items()) == [
        ("a@example.org", [["课0", "课1", "课2"], ["课0", "课1", "课2"]]),
        ("a@example.org", [["课3"]]),
        ("b@example.org", [["课0", "课1", "课2"], ["课0", "课1", "课2"]]),
    ]


def _away():
    raise NotTaken("away", again=True)


def test_refused_address_is_final_and_a_server_that_is_away_is_tried_again_until_given_up(
    context, monkeypatch
):
    user = UserFactory(email="a@example.org")

    def refuse(self, **kwargs):
        raise smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no such user")})

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", refuse)
    notify.send_message("test.offered", to=user, context=context, key="1")
    deliver_messages.deliver_waiting_parcels()
    assert list(Delivery.objects.values_list("state", "reason")) == [
        ("dead", "the mail server refused the address (550)")
    ]
    Delivery.objects.all().delete()

    def away(self, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", away)
    notify.send_message("test.offered", to=user, context=context, key="2")
    for attempt in range(1, timing.MAX_ATTEMPTS):
        deliver_messages.deliver_waiting_parcels()
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts) == (DeliveryState.QUEUED, attempt)
        assert delivery.due_at > timezone.now() + timing.wait_before_retry(attempt) - timedelta(
            seconds=5
        )
        Delivery.objects.update(due_at=timezone.now())
    deliver_messages.deliver_waiting_parcels()
    assert list(Delivery.objects.values_list("state", "attempts", "reason")) == [
        ("dead", timing.MAX_ATTEMPTS, "the mail server can't be reached (ConnectionRefusedError)")
    ]


def test_names_and_identity_numbers_stay_on_the_site():
    sample = {"who": "张建国", "number": ""}
    registry.register_message_kind(
        "test.named",
        label="x",
        subject="{who}的申请",
        text="{who}（{number}）请您确认。",
        private={"who"},
        sample=sample,
    )
    notify.send_message(
        "test.named",
        to=UserFactory(email="a@example.org"),
        context={"who": "张建国", "number": "33010619900101123X"},
        key="1",
    )
    deliver_messages.deliver_waiting_parcels()
    assert Message.objects.get().text == "张建国（33010619900101123X）请您确认。"
    assert (
        mail.outbox[0].subject == "张**的申请 · 匠路"
        or mail.outbox[0].subject == "张*的申请 · 匠路"
    )
    assert "张建国" not in mail.outbox[0].body
    assert "19900101" not in mail.outbox[0].body


# ---- SMS ----


def test_sms_carries_the_registered_template_and_its_parameters(context):
    user = UserFactory(phone="13800001111")
    agree(user)
    Choice.objects.create(user=user, kind="test.offered", channel=MessageChannel.SMS, wanted=True)
    MemoryGateway.outbox.clear()
    notify.send_message("test.offered", to=user, context=context, key="1")
    deliver_messages.deliver_waiting_parcels()
    assert MemoryGateway.outbox == [
        Sent(
            "13800001111",
            "SMS_1",
            "【匠路】焊接安全有名额，请于 2020 年 11 月 24 日 10:00 前确认。",
            {"course": "焊接安全", "until": "2020 年 11 月 24 日 10:00"},
        )
    ]


def test_sms_claimed_before_the_consent_was_withdrawn_is_not_handed_over(context):
    user = UserFactory(phone="13800001111")
    person = agree(user)
    Choice.objects.create(user=user, kind="test.offered", channel=MessageChannel.SMS, wanted=True)
    MemoryGateway.outbox.clear()
    notify.send_message("test.offered", to=user, context=context, key="1")
    held = deliver_messages.claim_parcel()
    withdraw_consent(actor=user, person=person, purpose=ConsentPurpose.SMS)
    deliver_messages.deliver_parcel(held)
    assert (MemoryGateway.outbox, states()) == ([], [("sms", "dropped", 1)])


@pytest.mark.parametrize(("again", "state"), [(True, "queued"), (False, "dead")])
def test_gateway_says_whether_to_try_again(context, monkeypatch, again, state):
    user = UserFactory(phone="13800001111")
    agree(user)
    Choice.objects.create(user=user, kind="test.offered", channel=MessageChannel.SMS, wanted=True)

    def refuse(*args):
        raise SmsError("gateway answered 500", again=again)

    monkeypatch.setattr("core.sms.send_sms", refuse)
    notify.send_message("test.offered", to=user, context=context, key="1")
    deliver_messages.deliver_waiting_parcels()
    assert states() == [("sms", state, 1)]


# ---- web push ----


@pytest.fixture
def browser():
    """The keys a browser makes when it subscribes."""
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return (
        private,
        base64.urlsafe_b64encode(point).rstrip(b"=").decode(),
        base64.urlsafe_b64encode(b"0123456789abcdef").rstrip(b"=").decode(),
    )


def test_push_can_be_read_by_the_browser_and_only_by_it(context, inside, browser):
    private, p256dh, auth = browser
    user = UserFactory()
    with receiver() as place:
        place.status = 201
        subscriptions.subscribe_browser(
            actor=user, endpoint=f"{place.url}/send/abc", p256dh=p256dh, auth=auth, device="Chrome"
        )
        notify.send_message("test.offered", to=user, context=context, key="1")
        deliver_messages.deliver_waiting_parcels()
    [(path, headers, body)] = place.got
    shown = json.loads(
        http_ece.decrypt(body, private_key=private, auth_secret=unb64(auth), version="aes128gcm")
    )
    message, delivery = Message.objects.get(), Delivery.objects.get()
    assert (path, shown) == (
        "/send/abc",
        {
            "title": "焊接安全有名额给您",
            "body": "请在 2020 年 11 月 24 日 10:00 前确认。",
            "url": f"/messages/{message.public_id}/",
            "tag": str(delivery.bundle),
            "lang": "zh-hans",
        },
    )
    assert {name: headers[name] for name in ("content-encoding", "urgency", "topic")} == {
        "content-encoding": "aes128gcm",
        "urgency": "normal",
        "topic": delivery.bundle.hex,
    }
    assert int(headers["ttl"]) > 0
    _check_vapid(headers["authorization"], audience=place.url)
    stranger = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(http_ece.ECEException):
        http_ece.decrypt(body, private_key=stranger, auth_secret=unb64(auth), version="aes128gcm")
    assert states() == [("push", "done", 1)]


def _check_vapid(header: str, *, audience: str) -> None:
    """Verify the token with nothing but the standard: ES256 over the first two parts (RFC 7515,
    8292).
    """
    scheme, _, rest = header.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    raw = unb64(signature)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(parts["k"]))
    key.verify(
        encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")),
        f"{head}.{claims}".encode(),
        ec.ECDSA(SHA256()),
    )
    told = json.loads(unb64(claims))
    assert scheme == "vapid"
    assert parts["k"] == push.public_key()
    assert json.loads(unb64(head))["alg"] == "ES256"
    assert told["aud"] == audience
    assert told["sub"].startswith("mailto:")
    assert time.time() < told["exp"] <= time.time() + 24 * 3600


def test_encryption_gives_the_example_of_rfc_8291():
    """Appendix A: fixed keys and salt give fixed bytes."""
    private = ec.derive_private_key(
        int.from_bytes(unb64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )
    body = http_ece.encrypt(
        b"When I grow up, I want to be a watermelon",
        salt=unb64("DGv6ra1nlYgDCS1FRnbzlw"),
        private_key=private,
        dh=unb64(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        auth_secret=unb64("BTBZMqHH6r4Tts7J_aSIgg"),
        version="aes128gcm",
    )
    expected = (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert base64.urlsafe_b64encode(body).rstrip(b"=").decode() == expected


@pytest.mark.parametrize("status", [404, 410])
def test_browser_the_service_no_longer_knows_is_forgotten(context, inside, browser, status):
    user = UserFactory()
    with receiver() as place:
        place.status = status
        subscriptions.subscribe_browser(
            actor=user, endpoint=f"{place.url}/x", p256dh=browser[1], auth=browser[2]
        )
        notify.send_message("test.offered", to=user, context=context, key="1")
        deliver_messages.deliver_waiting_parcels()
    assert not PushSubscription.objects.exists()
    assert states() == [("push", "dead", 1)]


def test_push_key_is_made_once(settings, tmp_path):
    assert push.public_key() == push.public_key()
    assert (tmp_path / "vapid-key").stat().st_mode & 0o777 == 0o600
    settings.VAPID_KEY = push.make_push_key()
    assert len(unb64(push.public_key())) == 65


def test_name_that_leads_inside_is_not_called_even_if_it_changes_its_mind(monkeypatch):
    """Resolved once: the second answer of a rebinding name is never asked for, and one bad address
    among good ones is enough.
    """
    answers = [[("8.8.8.8", 443)], [("127.0.0.1", 443)]]
    called = []
    monkeypatch.setattr(
        "socket.getaddrinfo", lambda *a, **k: [(2, 1, 6, "", row) for row in answers.pop(0)]
    )
    monkeypatch.setattr(
        "socket.create_connection", lambda address, timeout: (called.append(address), _refuse())[0]
    )
    with pytest.raises(NotTaken, match="no answer"):
        http.post_guarded("https://rebind.example/", body=b"", headers={})
    assert called == [("8.8.8.8", 443)]
    answers[:] = [[("8.8.8.8", 443), ("10.0.0.1", 443)]]
    with pytest.raises(NotTaken, match="private network"):
        http.post_guarded("https://rebind.example/", body=b"", headers={})
    assert len(called) == 1


def _refuse():
    raise ConnectionRefusedError


def test_closed_account_gets_nothing_more(context):
    user = UserFactory(email="a@example.org")
    notify.send_message("test.offered", to=user, context=context, key="1")
    user.is_active = False
    user.save()
    deliver_messages.deliver_waiting_parcels()
    assert states() == [("mail", "dropped", 1)]
    assert mail.outbox == []
