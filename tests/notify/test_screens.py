"""Inbox, choices and push through their doors."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

import notify
from notify.models import Choice, Message, PushSubscription, Settings
from notify.transports import push
from people.models import Consent
from tests.factories.ground import PersonFactory, UserFactory
from tests.notify.consenting import agree, publish_notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(client):
    made = UserFactory()
    client.force_login(made)
    return made


def write(user, context, *keys):
    for key in keys:
        notify.send_message(
            "test.offered", to=user, context={**context, "course": f"课程{key}"}, key=key
        )
    return list(Message.objects.filter(recipient=user, key__in=keys).order_by("pk"))


def test_inbox_needs_a_sign_in_and_is_empty_at_first(client):
    assert client.get(reverse("notify:inbox")).status_code == 302
    client.force_login(UserFactory())
    page = client.get(reverse("notify:inbox"))
    assert page.status_code == 200
    assert "还没有消息" in page.content.decode()


def test_inbox_filters_searches_and_pages(client, user, context):
    write(user, context, *[f"{n:02}" for n in range(25)])
    first = client.get(reverse("notify:inbox")).context["page"]
    assert [message.subject for message in first] == [
        f"课程{n:02}有名额给您" for n in range(24, 4, -1)
    ]
    found = client.get(reverse("notify:inbox"), {"q": "课程03 名额"}).context["page"]
    assert [message.subject for message in found] == ["课程03有名额给您"]
    nothing = client.get(reverse("notify:inbox"), {"q": "没有的词"}).content.decode()
    assert "没有找到相关消息" in nothing


def test_reading_marks_putting_away_and_bringing_back(client, user, context):
    one, two = write(user, context, "1", "2")
    assert client.get(reverse("notify:inbox")).context["unread_messages"] == 2
    page = client.get(reverse("notify:message", args=[one.public_id]))
    assert "/training/7/" in page.content.decode()

    def listed(show):
        return [
            message.pk
            for message in client.get(reverse("notify:inbox"), {"show": show}).context["page"]
        ]

    assert listed("unread") == [two.pk]
    mark = reverse("notify:mark", args=[one.public_id])
    client.post(mark, {"deed": "unread"})
    assert listed("unread") == [two.pk, one.pk]
    client.post(mark, {"deed": "away"})
    assert (listed("all"), listed("away")) == ([two.pk], [one.pk])
    client.post(mark, {"deed": "back"})
    assert (listed("all"), listed("away")) == ([two.pk, one.pk], [])
    client.post(reverse("notify:read_all"))
    assert listed("unread") == []
    assert client.post(mark, {"deed": "shred"}).status_code == 422
    assert client.post(mark, {"deed": "read", "next": "https://evil.example/"}).url == reverse(
        "notify:inbox"
    )


def test_messages_of_somebody_else_are_not_found(client, user, context):
    [message] = write(UserFactory(), context, "1")
    assert client.get(reverse("notify:message", args=[message.public_id])).status_code == 404
    assert (
        client.post(reverse("notify:mark", args=[message.public_id]), {"deed": "away"}).status_code
        == 404
    )


def test_text_of_a_message_is_never_markup(client, user, context):
    notify.send_message(
        "test.offered", to=user, context={**context, "course": "<script>x</script>"}, key="1"
    )
    page = client.get(
        reverse("notify:message", args=[Message.objects.get().public_id])
    ).content.decode()
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


@pytest.mark.parametrize("many", [1, 30])
def test_inbox_costs_the_same_queries_at_1_and_30_rows(
    client, user, context, many, django_assert_num_queries
):
    write(user, context, *map(str, range(many)))
    client.get(reverse("notify:inbox"))
    with django_assert_num_queries(6):  # session, account, count, page, unread, places
        client.get(reverse("notify:inbox"))


def sms_section(client):
    return (
        client.get(reverse("notify:preferences"))
        .content.decode()
        .partition('id="sms"')[2]
        .partition("</section>")[0]
    )


def test_page_says_why_sms_is_off_and_offers_the_consent_where_it_can_be_given(
    client, user, settings
):
    settings.LANGUAGE_CODE = "en"
    client.cookies["django_language"] = "en"
    assert "this account isn" in sms_section(client)
    assert client.post(reverse("notify:sms_consent"), {"act": "give"}).status_code == 404
    person = PersonFactory(user=user, mobile="13800001111")
    assert "notice isn't in force yet" in sms_section(client)
    publish_notice()
    said = sms_section(client)
    assert ("haven't agreed" in said or "haven&#x27;t agreed" in said, "138****1111" in said) == (
        True,
        True,
    )
    assert "test.offered|sms" not in client.get(reverse("notify:preferences")).content.decode()
    assert client.post(reverse("notify:sms_consent"), {"act": "give"}).url.endswith("#sms")
    assert "You agreed to SMS on" in sms_section(client)
    assert "test.offered|sms" in client.get(reverse("notify:preferences")).content.decode()
    client.post(reverse("notify:sms_consent"), {"act": "withdraw"})
    row = Consent.objects.get()
    assert (row.person, row.channel, row.withdrawn_channel, row.withdrawn_at is None) == (
        person,
        "preferences",
        "preferences",
        False,
    )
    settings.SMS_GATEWAY = ""
    assert sms_section(client) == ""


def test_what_was_ticked_for_sms_outlives_a_withdrawn_consent(client, user):
    Choice.objects.create(user=user, kind="test.offered", channel="sms", wanted=True)
    hours = {
        "rhythm": "now",
        "digest_hour": "9",
        "digest_weekday": "2",
        "quiet_from": "21:00",
        "quiet_to": "08:00",
        "language": "zh-hans",
    }
    client.post(reverse("notify:preferences"), {**hours, "wanted": ["test.offered|inbox"]})
    assert Choice.objects.get(kind="test.offered", channel="sms").wanted


def test_choices_are_kept_and_what_is_locked_stays(client, user):
    agree(user)
    page = client.get(reverse("notify:preferences"))
    assert page.status_code == 200
    hours = {
        "rhythm": "weekly",
        "digest_hour": "9",
        "digest_weekday": "2",
        "quiet_from": "21:00",
        "quiet_to": "08:00",
        "language": "en",
    }
    answer = client.post(
        reverse("notify:preferences"),
        {**hours, "wanted": ["test.offered|sms", "test.offered|inbox"]},
    )
    assert answer.status_code == 302
    kept = Settings.objects.get(user=user)
    assert (kept.rhythm, kept.digest_hour, kept.quiet, str(kept.quiet_from), kept.language) == (
        "weekly",
        9,
        False,
        "21:00:00",
        "en",
    )
    assert dict(Choice.objects.filter(kind="test.offered").values_list("channel", "wanted")) == {
        "mail": False,
        "push": False,
        "sms": True,
    }
    assert not Choice.objects.filter(kind="people.new_device").exists()
    assert not Choice.objects.filter(kind="competitions.result_waits").exists()
    assert (
        client.post(reverse("notify:preferences"), {**hours, "rhythm": "hourly"}).status_code == 422
    )


def test_trial_message_comes_once_a_minute(client, user):
    for _ in range(2):
        client.post(reverse("notify:trial"))
    assert Message.objects.filter(kind="notify.trial").count() == 1


def test_browser_subscribes_and_is_removed_by_its_owner_only(client, user, settings, tmp_path):
    settings.KEY_FOLDER = tmp_path
    key = push.public_key()
    sent = {
        "endpoint": "https://push.example.org/x",
        "keys": {"p256dh": key, "auth": "AAECAwQFBgcICQoLDA0ODw"},
        "device": "Firefox",
    }
    address = reverse("notify:push_subscribe")
    for _ in range(2):
        assert (
            client.post(address, json.dumps(sent), content_type="application/json").status_code
            == 201
        )
    [subscription] = PushSubscription.objects.all()
    assert (subscription.user, subscription.device) == (user, "Firefox")
    for bad in (
        b"",
        b"[]",
        b"{}",
        json.dumps({**sent, "endpoint": "http://push.example.org/"}).encode(),
        b'{"endpoint": 1, "keys": {}}',
        json.dumps({**sent, "device": "\x00"}).encode(),
        json.dumps({**sent, "device": "\ud800"}).encode(),
    ):
        assert client.post(address, bad, content_type="application/json").status_code == 422
    remove = reverse("notify:push_remove", args=[subscription.public_id])
    client.force_login(UserFactory())
    assert client.post(remove).status_code == 404
    client.force_login(user)
    assert client.post(remove).status_code == 302
    assert not PushSubscription.objects.exists()


def test_service_worker_stands_at_the_root(client):
    answer = client.get("/push-worker.js")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript; charset=utf-8")
