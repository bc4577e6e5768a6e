"""Messages are written once, in the transaction of the deed."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from django.utils.translation import gettext_lazy

import notify
from notify import registry
from notify.enums import MessageChannel
from notify.models import Choice, Delivery, Message, Settings
from people.privacy_enums import ConsentPurpose
from people.workflows.privacy import withdraw_consent
from tests.factories.ground import PersonFactory, UserFactory
from tests.notify.consenting import agree

pytestmark = pytest.mark.django_db


def test_send_writes_one_message_in_the_readers_language_with_its_values(context):
    user = UserFactory()
    assert notify.send_message("test.offered", to=user, context=context, key="1") == 1
    message = Message.objects.get()
    assert (message.recipient, message.subject, message.text, message.link, message.in_inbox) == (
        user,
        "焊接安全有名额给您",
        "请在 2020 年 11 月 24 日 10:00 前确认。",
        "/training/7/",
        True,
    )


def test_send_twice_with_one_key_reaches_everybody_once(context):
    users = [UserFactory() for _ in range(3)]
    assert notify.send_message("test.offered", to=users[:2], context=context, key="1") == 2
    assert (
        notify.send_message("test.offered", to=[*users, users[0], None], context=context, key="1")
        == 1
    )
    assert notify.send_message("test.offered", to=users, context=context, key="2") == 3
    assert sorted(Message.objects.values_list("recipient", "key")) == sorted(
        (user.pk, key) for user in users for key in "12"
    )


def test_closed_account_and_missing_account_get_nothing(context):
    assert (
        notify.send_message(
            "test.offered", to=[None, UserFactory(is_active=False)], context=context, key="1"
        )
        == 0
    )
    assert notify.send_message("test.offered", to=None, context=context, key="1") == 0


def test_deliveries_follow_addresses_kind_and_choices(context):
    plain = UserFactory()
    mailed = UserFactory(email="a@example.org", phone="13800001111")
    chosen = UserFactory(email="b@example.org", phone="13800002222")
    Choice.objects.create(user=chosen, kind="test.offered", channel=MessageChannel.SMS, wanted=True)
    Choice.objects.create(
        user=chosen, kind="test.offered", channel=MessageChannel.MAIL, wanted=False
    )
    agree(chosen)
    notify.send_message("test.offered", to=[plain, mailed, chosen], context=context, key="1")
    assert sorted(Delivery.objects.values_list("recipient", "channel", "address")) == sorted(
        [(mailed.pk, "mail", "a@example.org"), (chosen.pk, "sms", "13800002222")]
    )


def test_sms_goes_to_those_only_who_agreed_whatever_was_ticked(context):
    agreed, silent, nobody = (UserFactory(phone=f"1380000{n}111") for n in range(3))
    agree(agreed)
    PersonFactory(user=silent)
    for user in (agreed, silent, nobody):
        Choice.objects.create(
            user=user, kind="test.offered", channel=MessageChannel.SMS, wanted=True
        )
    notify.send_message("test.offered", to=[agreed, silent, nobody], context=context, key="1")
    assert list(Delivery.objects.filter(channel="sms").values_list("recipient", flat=True)) == [
        agreed.pk
    ]


def test_withdrawn_consent_lets_go_of_sms_that_wait_and_of_nothing_else(context):
    user, other = (
        UserFactory(phone="13800001111", email="a@example.org"),
        UserFactory(phone="13800002222"),
    )
    person = agree(user)
    agree(other)
    for one in (user, other):
        Choice.objects.create(
            user=one, kind="test.offered", channel=MessageChannel.SMS, wanted=True
        )
    notify.send_message("test.offered", to=[user, other], context=context, key="1")
    withdraw_consent(actor=user, person=person, purpose=ConsentPurpose.SMS)
    assert sorted(Delivery.objects.values_list("recipient", "channel", "state")) == sorted(
        [(user.pk, "mail", "queued"), (user.pk, "sms", "dropped"), (other.pk, "sms", "queued")]
    )


def test_mandatory_kind_stays_in_the_inbox_and_security_everywhere(context):
    registry.register_message_kind("test.must", label="x", subject="x", text="x", mandatory=True)
    registry.register_message_kind("test.guard", label="x", subject="x", text="x", security=True)
    user = UserFactory(email="a@example.org")
    for kind in ("test.must", "test.guard", "test.offered"):
        for channel in MessageChannel:
            Choice.objects.create(user=user, kind=kind, channel=channel, wanted=False)
        notify.send_message(kind, to=user, context=context, key="1")
    assert sorted(Message.objects.values_list("kind", "in_inbox")) == [
        ("test.guard", True),
        ("test.must", True),
        ("test.offered", False),
    ]
    assert list(Delivery.objects.values_list("message__kind", "channel")) == [
        ("test.guard", "mail")
    ]


def test_send_outside_a_transaction_and_without_a_value_are_mistakes(context):
    user = UserFactory()
    with pytest.raises(ValueError, match=r"test\.offered needs until"):
        notify.send_message("test.offered", to=user, context={"course": "x", "number": 1}, key="1")
    with pytest.raises(LookupError, match="not declared"):
        notify.send_message("test.nothing", to=user, context={}, key="1")


@pytest.mark.django_db(transaction=True)
def test_send_needs_the_transaction_of_the_deed(context):
    with pytest.raises(transaction.TransactionManagementError):
        notify.send_message("test.offered", to=UserFactory(), context=context, key="1")


def test_each_reader_gets_their_own_language():
    registry.register_message_kind(
        "test.words",
        label="x",
        subject=gettext_lazy("Sign in"),
        text="{state} {on:day}",
        sample={"state": "", "on": ""},
    )
    english, chinese = UserFactory(), UserFactory()
    Settings.objects.create(user=english, language="en")
    notify.send_message(
        "test.words",
        to=[english, chinese],
        context={"state": gettext_lazy("Monday"), "on": date(2020, 9, 26)},
        key="1",
    )
    assert [(m.recipient, m.subject, m.text) for m in Message.objects.order_by("pk")] == [
        (english, "Sign in", "Monday 26 September 2020"),
        (chinese, "登录", "星期一 2020 年 9 月 26 日"),
    ]


def test_link_that_leaves_the_site_is_a_mistake():
    registry.register_message_kind("test.away", label="x", subject="x", text="x", link="{to}")
    for to in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        with pytest.raises(ValueError, match="path of this site"):
            notify.send_message("test.away", to=UserFactory(), context={"to": to}, key="1")


@pytest.mark.parametrize("many", [2, 40])
def test_send_costs_the_same_queries_for_2_and_40_people(context, many, django_assert_num_queries):
    users = [UserFactory(email=f"{n}@example.org") for n in range(many)]
    with django_assert_num_queries(7):
        notify.send_message("test.offered", to=users, context=context, key="1")
