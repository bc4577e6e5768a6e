"""Codes by short message and mail: one way in each, once, soon, and never a word about who exists."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from core import sms
from core.sms import MemoryGateway
from people import throttling
from people.login import code_messages
from people.login.enums import CodeChannel, CodePurpose
from people.models import OneTimeCode
from people.tasks import send_codes
from people.workflows import codes, credentials
from tests.factories.ground import PersonFactory, UserFactory
from tests.people.login.support import NEW, PASSWORD, PHONE, last_code, member, sign_in, with_app

pytestmark = pytest.mark.django_db
CODE, ENTER, CHOOSE = "/sign-in/code/", "/sign-in/code/enter/", "/sign-in/code/choose/"
FORGOT, FORGOT_ENTER, FORGOT_PASSWORD = (
    "/sign-in/forgot/",
    "/sign-in/forgot/enter/",
    "/sign-in/forgot/password/",
)
FIRST, FIRST_PASSWORD = "/sign-in/first/", "/sign-in/first/password/"
TWICE = {"password": NEW, "repeated": NEW}


def who(client):
    return client.session.get("_auth_user_id")


def test_code_signs_in_its_holder_and_leads_on(client, posts):
    user = member()
    assert posts(CODE, {"phone": "138 1234 5678", "next": "/me/account/"}).url == ENTER
    assert len(MemoryGateway.outbox) == 1
    assert posts(ENTER, {"code": last_code()}).url == "/me/account/"
    assert who(client) == str(user.pk)
    assert [e.kind for e in Event.objects.order_by("pk")] == [
        "people.code_sent",
        "people.signed_in",
    ]
    assert OneTimeCode.objects.get().sealed == b""


def test_an_unknown_phone_is_answered_alike_and_gets_nothing(client, posts):
    member()
    known, unknown = posts(CODE, {"phone": PHONE}), posts(CODE, {"phone": "13900000000"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [sent.to for sent in MemoryGateway.outbox] == [PHONE]
    assert client.get(ENTER).status_code == 200
    assert posts(ENTER, {"code": "123456"}).status_code == 422
    rows = [
        (row.purpose, row.channel, row.user_id, row.tries)
        for row in OneTimeCode.objects.order_by("pk")
    ]
    assert rows == [("sign_in", "sms", None, 0), ("sign_in", "sms", None, 1)]


def test_a_number_nobody_has_confirmed_gets_nothing(posts):
    UserFactory(phone=PHONE)
    posts(CODE, {"phone": PHONE})
    assert MemoryGateway.outbox == []


def test_an_account_the_office_has_just_opened_is_entered_by_a_code_and_its_number_confirmed(
    client, posts
):
    user = UserFactory(phone=PHONE)
    user.set_unusable_password()
    user.save()
    posts(CODE, {"phone": PHONE})
    posts(ENTER, {"code": last_code()})
    user.refresh_from_db()
    assert who(client) == str(user.pk)
    assert user.phone_verified_at is not None


def test_a_code_works_once(client, posts):
    member()
    posts(CODE, {"phone": PHONE})
    code, kept = last_code(), client.session["people_code"]
    posts(ENTER, {"code": code})
    client.post(reverse("people:sign_out"))
    session = client.session
    session["people_code"] = kept
    session.save()
    client.cookies["sessionid"] = session.session_key
    answer = posts(ENTER, {"code": code})
    assert answer.status_code == 422
    assert str(codes.OVER) in str(answer.context["form"].errors)
    assert who(client) is None


def test_a_code_belongs_to_the_session_that_asked_for_it(client, posts):
    member()
    posts(CODE, {"phone": PHONE})
    code = last_code()
    other = Client()
    assert other.post(ENTER, {"code": code}).url == CODE
    assert who(other) is None


def test_a_code_is_over_after_five_minutes(client, posts):
    member()
    posts(CODE, {"phone": PHONE})
    OneTimeCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert str(codes.OVER) in str(posts(ENTER, {"code": last_code()}).context["form"].errors)


def test_a_code_is_over_after_five_wrong_tries(client, posts):
    member()
    posts(CODE, {"phone": PHONE})
    right = last_code()
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    sentences = [
        str(posts(ENTER, {"code": wrong}).context["form"].errors["code"][0]) for _n in range(5)
    ]
    assert sentences == [str(codes.WRONG)] * 4 + [str(codes.OVER)]
    assert posts(ENTER, {"code": right}).status_code == 422
    assert who(client) is None


@pytest.mark.parametrize("typed", ["{0} {1}", "{0}-{1}", " {0}{1} "])
def test_a_code_may_be_typed_with_blanks(client, posts, typed):
    member()
    posts(CODE, {"phone": PHONE})
    code = last_code()
    assert posts(ENTER, {"code": typed.format(code[:3], code[3:])}).status_code == 302


def test_one_code_a_minute_and_ten_a_day_for_a_number_known_or_not(client, posts):
    member()
    for phone in (PHONE, "13900000000"):
        assert posts(CODE, {"phone": phone}).status_code == 302
        answer = posts(CODE, {"phone": phone})
        assert answer.status_code == 429
        assert "60" in str(answer.context["form"].errors["phone"])
        for _n in range(9):
            throttling.clear_attempts(throttling.CODE_A_MINUTE, phone)
            assert posts(CODE, {"phone": phone}).status_code == 302
        throttling.clear_attempts(throttling.CODE_A_MINUTE, phone)
        assert posts(CODE, {"phone": phone}).status_code == 429


def test_an_address_and_the_site_have_limits_of_their_own(posts, monkeypatch):
    monkeypatch.setattr(
        throttling, "CODE_ADDRESS", throttling.AttemptLimit("code:address", 1, 3600)
    )
    assert posts(CODE, {"phone": "13900000001"}).status_code == 302
    assert posts(CODE, {"phone": "13900000002"}).status_code == 429
    assert posts(CODE, {"phone": "13900000002"}, REMOTE_ADDR="10.0.0.2").status_code == 302
    monkeypatch.setattr(throttling, "CODE_SITE", throttling.AttemptLimit("code:site", 1, 3600))
    assert posts(CODE, {"phone": "13900000003"}, REMOTE_ADDR="10.0.0.3").status_code == 429


def test_a_family_chooses_by_masked_names(client, posts):
    first, second = member(username="wang-mu"), member(username="li-fu")
    PersonFactory(user=first, name="王小兰")
    PersonFactory(user=second, name="李建国")
    member(username="closed", is_active=False)
    posts(CODE, {"phone": PHONE, "next": "/me/account/"})
    assert posts(ENTER, {"code": last_code()}).url == CHOOSE
    page = client.get(CHOOSE)
    assert [label for _pk, label in page.context["form"].fields["account"].choices] == [
        "王**（wan…）",
        "李**（li-…）",
    ]
    assert "王小兰" not in page.content.decode()
    stranger = UserFactory()
    assert posts(CHOOSE, {"account": stranger.pk}).status_code == 422
    assert posts(CHOOSE, {"account": second.pk}).url == "/me/account/"
    assert who(client) == str(second.pk)
    assert client.get(CHOOSE).url == CODE  # the way back leads nowhere


def test_a_code_doesnt_spare_the_second_factor(client, posts):
    with_app(member())
    posts(CODE, {"phone": PHONE})
    assert posts(ENTER, {"code": last_code()}).url == "/sign-in/second/"
    assert who(client) is None


def test_a_code_for_one_thing_opens_nothing_else(client, posts):
    member()
    posts(FORGOT, {"contact": PHONE})
    assert posts(ENTER, {"code": last_code()}).url == CODE
    assert client.get(FORGOT_PASSWORD).url == FORGOT


def test_without_a_gateway_there_is_no_way_by_message(client, settings):
    settings.SMS_GATEWAY = ""
    assert client.get(CODE).status_code == 404
    assert CODE not in client.get("/sign-in/").content.decode()


def test_forgotten_password_is_replaced_after_a_code_and_all_sessions_end(client, posts):
    user = member()
    elsewhere = Client()
    sign_in(elsewhere, user)
    assert elsewhere.get("/me/account/").status_code == 200
    posts(FORGOT, {"contact": PHONE})
    assert posts(FORGOT_ENTER, {"code": last_code()}).url == FORGOT_PASSWORD
    assert posts(FORGOT_PASSWORD, {"password": "short", "repeated": "short"}).status_code == 422
    assert posts(FORGOT_PASSWORD, {"password": NEW, "repeated": NEW + "x"}).status_code == 422
    assert posts(FORGOT_PASSWORD, TWICE).url == "/sign-in/"
    assert who(client) is None  # the second factor, if any, is still to come
    assert elsewhere.get("/me/account/").status_code == 302
    assert sign_in(client, user, NEW).status_code == 302
    assert posts(FORGOT_PASSWORD, TWICE).url == FORGOT  # the back button finds nothing


def test_forgotten_password_by_mail(client, posts):
    user = UserFactory(email="Zhang@example.cn", email_verified_at=timezone.now())
    UserFactory(email="unconfirmed@example.cn")
    posts(FORGOT, {"contact": "unconfirmed@example.cn"})
    assert mail.outbox == []
    posts(FORGOT, {"contact": "zhang@example.cn"})
    assert [sent.to for sent in mail.outbox] == [["zhang@example.cn"]]
    posts(FORGOT_ENTER, {"code": re.search(r"(?<!\d)\d{6}(?!\d)", mail.outbox[0].body)[0]})
    posts(FORGOT_PASSWORD, TWICE)
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_a_family_chooses_whose_password_it_is(client, posts):
    member()
    second = member()
    posts(FORGOT, {"contact": PHONE})
    assert posts(FORGOT_ENTER, {"code": last_code()}).url == CHOOSE
    assert posts(CHOOSE, {"account": second.pk}).url == FORGOT_PASSWORD
    posts(FORGOT_PASSWORD, TWICE)
    second.refresh_from_db()
    assert second.check_password(NEW)
    assert who(client) is None


@pytest.mark.parametrize("contact", ["138", "x@", "张三", ""])
def test_what_is_no_contact_is_refused_with_a_sentence(client, posts, contact):
    answer = posts(FORGOT, {"contact": contact})
    assert answer.status_code == 422
    assert answer.context["form"]["contact"].value() == contact


def test_first_sign_in_with_the_offices_code(client, posts):
    officer, user = UserFactory(), UserFactory(username="zhang")
    user.set_unusable_password()
    user.save()
    row, code = codes.make_activation(actor=officer, user=user)
    assert row.channel == CodeChannel.PAPER
    assert posts(FIRST, {"username": "zhang", "code": "AAAA-BBBB-CCCC"}).status_code == 422
    assert posts(FIRST, {"username": "li", "code": code}).status_code == 422
    assert posts(FIRST, {"username": "zhang", "code": code.lower()}).url == FIRST_PASSWORD
    assert client.get(FIRST_PASSWORD).status_code == 200
    assert posts(FIRST_PASSWORD, TWICE).url == "/me/"
    assert who(client) == str(user.pk)
    user.refresh_from_db()
    assert (user.check_password(NEW), user.phone_verified_at) == (True, None)
    client.post(reverse("people:sign_out"))
    assert posts(FIRST, {"username": "zhang", "code": code}).status_code == 422


def test_an_activation_by_message_confirms_the_number(
    client, posts, django_capture_on_commit_callbacks
):
    user = UserFactory(username="zhang", phone=PHONE)
    with django_capture_on_commit_callbacks(execute=True):
        _row, code = codes.make_activation(actor=UserFactory(), user=user, by_sms=True)
    assert [sent.to for sent in MemoryGateway.outbox] == [PHONE]
    assert code in MemoryGateway.outbox[0].text
    posts(FIRST, {"username": "zhang", "code": code})
    posts(FIRST_PASSWORD, TWICE)
    user.refresh_from_db()
    assert user.phone_verified_at is not None


def test_a_second_activation_ends_the_first(client, posts):
    user = UserFactory(username="zhang")
    _row, old = codes.make_activation(actor=UserFactory(), user=user)
    _row, new = codes.make_activation(actor=UserFactory(), user=user)
    assert posts(FIRST, {"username": "zhang", "code": old}).status_code == 422
    assert posts(FIRST, {"username": "zhang", "code": new}).status_code == 302


def test_an_activation_used_in_another_tab_is_refused(client, posts):
    user = UserFactory(username="zhang")
    row, code = codes.make_activation(actor=UserFactory(), user=user)
    posts(FIRST, {"username": "zhang", "code": code})
    credentials.activate_account(row=row, password=NEW)
    assert (
        posts(FIRST_PASSWORD, {"password": "Other anvil 28", "repeated": "Other anvil 28"}).url
        == FIRST
    )
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_phone_counts_only_after_its_code(client, posts):
    user = UserFactory()
    client.force_login(user)
    assert posts("/me/account/phone/", {"phone": "12345"}).status_code == 422
    assert posts("/me/account/phone/", {"phone": PHONE}).url == "/me/account/phone/enter/"
    user.refresh_from_db()
    assert user.phone == ""
    assert posts("/me/account/phone/enter/", {"code": last_code()}).url == "/me/account/"
    user.refresh_from_db()
    assert (user.phone, user.phone_verified_at is not None) == (PHONE, True)


def test_a_code_for_a_phone_of_another_account_is_refused(client, posts):
    first, second = UserFactory(), UserFactory()
    client.force_login(first)
    posts("/me/account/phone/", {"phone": PHONE})
    kept, code = client.session["people_code"], last_code()
    client.force_login(second)
    session = client.session
    session["people_code"] = kept
    session.save()
    assert posts("/me/account/phone/enter/", {"code": code}).status_code == 422
    second.refresh_from_db()
    assert second.phone == ""


def test_mail_counts_only_after_its_code_and_can_be_removed(client, posts):
    user = UserFactory()
    client.force_login(user)
    posts("/me/account/mail/", {"mail": "zhang@example.cn"})
    posts(
        "/me/account/mail/enter/",
        {"code": re.search(r"(?<!\d)\d{6}(?!\d)", mail.outbox[0].body)[0]},
    )
    user.refresh_from_db()
    assert (user.email, user.email_verified_at is not None) == ("zhang@example.cn", True)
    assert client.get("/me/account/mail/remove/").status_code == 200
    posts("/me/account/mail/remove/")
    user.refresh_from_db()
    assert (user.email, user.email_verified_at) == ("", None)


def test_a_gateway_that_fails_is_tried_again_by_the_sweeper(
    monkeypatch, django_capture_on_commit_callbacks
):
    def down(*args):
        raise sms.SmsError("down", again=True)

    member()
    monkeypatch.setattr(sms, "send_sms", down)
    with django_capture_on_commit_callbacks(execute=True):
        row = codes.issue_one_time_code(
            actor=UserFactory(), purpose=CodePurpose.SIGN_IN, channel=CodeChannel.SMS, to=PHONE
        )
    monkeypatch.undo()
    assert not code_messages.has_codes_to_send()
    OneTimeCode.objects.filter(pk=row.pk).update(sending_at=timezone.now() - timedelta(minutes=1))
    assert code_messages.has_codes_to_send()
    assert send_codes() == 1
    assert [sent.to for sent in MemoryGateway.outbox] == [PHONE]
    assert send_codes() == 0


def test_old_codes_are_thrown_away():
    codes.issue_one_time_code(
        actor=UserFactory(), purpose=CodePurpose.SIGN_IN, channel=CodeChannel.SMS, to=PHONE
    )
    OneTimeCode.objects.update(expires_at=timezone.now() - timedelta(days=2))
    send_codes()
    assert OneTimeCode.objects.count() == 0


def test_nothing_of_a_code_stands_in_the_database_in_clear(posts):
    member()
    posts(CODE, {"phone": PHONE})
    row, code = OneTimeCode.objects.get(), last_code()
    kept = " ".join(str(value) for value in (row.code_hash, row.token, bytes(row.sealed)))
    assert code not in kept
    assert PHONE not in kept
    assert not any(PHONE in str(e.after) for e in Event.objects.all())


def test_password_right_after_reset_needs_the_new_one(client, posts):
    user = member()
    posts(FORGOT, {"contact": PHONE})
    posts(FORGOT_ENTER, {"code": last_code()})
    posts(FORGOT_PASSWORD, TWICE)
    assert sign_in(client, user, PASSWORD).status_code == 200
