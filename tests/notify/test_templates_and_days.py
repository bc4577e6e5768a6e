"""Edited texts, reminders, retention."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

import notify
from audit.models import Event
from notify import registry, reminders
from notify.enums import MessageChannel
from notify.models import Message, Template
from notify.queries.deliveries import has_claimable_deliveries
from notify.rendering import edited_texts, render_message
from notify.workflows import daily
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db


def make(**changed):
    fields = {
        "kind": "test.offered",
        "language": "zh-hans",
        "channel": "",
        "subject": "{course}",
        "text": "{until:clock}",
    } | changed
    template = Template(**fields)
    template.full_clean()
    template.save()
    return template


def test_edited_text_replaces_the_shipped_one_until_it_is_deleted(context):
    user = UserFactory()
    template = make(subject="新词 {course}")
    make(channel=MessageChannel.MAIL, subject="邮件 {course}", text="正文")
    notify.send_message("test.offered", to=user, context=context, key="1")
    assert Message.objects.values_list("subject", "text").get() == ("新词 焊接安全", "10:00")
    kind, edited = registry.get_message_kind("test.offered"), edited_texts("test.offered")
    spoken = {
        channel: render_message(kind, context, language="zh-hans", channel=channel, edited=edited)
        for channel in ("mail", "sms", "push")
    }
    assert spoken == {
        "mail": ("邮件 焊接安全", "正文"),
        "sms": ("新词 焊接安全", "【匠路】焊接安全有名额，请于 2020 年 11 月 24 日 10:00 前确认。"),
        "push": ("新词 焊接安全", "10:00"),
    }
    template.delete()
    notify.send_message("test.offered", to=user, context=context, key="2")
    assert Message.objects.get(key="2").subject == "焊接安全有名额给您"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": "{password}"}, "text"),
        ({"subject": "{course.__class__}"}, "subject"),
        ({"text": "{until:secret}"}, "text"),
        ({"text": "{{ course }}"}, "text"),
        ({"text": "{course"}, "text"),
        ({"kind": "test.nothing"}, "kind"),
    ],
)
def test_text_that_asks_for_what_is_not_there_is_refused(changed, field):
    with pytest.raises(ValidationError) as refused:
        make(**changed)
    assert list(refused.value.message_dict) == [field]


def test_template_language_does_nothing_in_an_edited_text(context):
    make(text="100% {course} <b>")
    notify.send_message(
        "test.offered", to=UserFactory(), context={**context, "course": "{until}{% x %}"}, key="1"
    )
    assert Message.objects.get().text == "100% {until}{% x %} <b>"


def test_preview_shows_the_sample():
    preview = make().get_preview_context(None, "")
    assert (preview["subject"], preview["text"]) == ("焊接安全", "10:00")


def test_reminders_come_once_a_day_and_one_fault_silences_nobody_else(monkeypatch, context):
    user = UserFactory()
    monkeypatch.setattr(reminders, "_providers", {})

    def broken(today):
        raise RuntimeError

    reminders.register_reminder_provider("broken", broken)
    reminders.register_reminder_provider(
        "good", lambda today: [reminders.Reminder("test.offered", user, context, "exam")]
    )
    today = date(2026, 11, 23)
    assert [
        daily.run_daily_work(today),
        daily.run_daily_work(today),
        daily.run_daily_work(today + timedelta(days=1)),
    ] == [1, 0, 1]
    assert list(Message.objects.order_by("pk").values_list("key", flat=True)) == [
        "exam:2026-11-23",
        "exam:2026-11-24",
    ]


@pytest.mark.parametrize(("hour", "due"), [("07:59", False), ("08:00", True), ("23:59", True)])
def test_day_s_work_is_due_from_eight_until_done(monkeypatch, stopped_clock, hour, due):
    stopped_clock.move_to(timezone.make_aware(datetime.fromisoformat(f"2026-11-23T{hour}")))
    monkeypatch.setattr(reminders, "_providers", {})
    assert daily.is_daily_work_due() is due
    daily.run_daily_work()
    assert daily.is_daily_work_due() is False


def test_old_messages_go_but_unread_mandatory_ones_stay(context, settings):
    settings.MESSAGE_DAYS = 30
    registry.register_message_kind("test.must", label="x", subject="x", text="x", mandatory=True)
    user = UserFactory(email="a@example.org")
    for kind, key in (
        ("test.offered", "old"),
        ("test.offered", "new"),
        ("test.must", "unread"),
        ("test.must", "read"),
    ):
        notify.send_message(kind, to=user, context=context, key=key)
    Message.objects.exclude(key="new").update(created_at=timezone.now() - timedelta(days=40))
    Message.objects.filter(key="read").update(read_at=timezone.now())
    assert daily.delete_old_messages(timezone.localdate()) == 2
    assert sorted(Message.objects.values_list("key", flat=True)) == ["new", "unread"]


def test_nothing_waits_before_its_time(context):
    assert has_claimable_deliveries() is False


def test_editor_words_a_message_in_the_administration_and_goes_back(client):
    """Wagtail's own screens: the list of kinds, a refusal with a sentence, the history, and the
    record of who did it.
    """
    editor = UserFactory(is_staff=True)
    editor.groups.add(Group.objects.get(name="editors"))
    client.force_login(editor)
    add = reverse(Template.snippet_viewset.get_url_name("add"))
    assert "网络钩子已停用" in client.get(add).content.decode()
    fields = {
        "kind": "api.webhook_off",
        "language": "zh-hans",
        "channel": "",
        "subject": "停用 {name}",
        "text": "{password}",
    }
    assert "没有占位符" in client.post(add, fields).content.decode()
    assert client.post(add, {**fields, "text": "请处理。"}).status_code == 302
    template = Template.objects.get()
    edit = reverse(Template.snippet_viewset.get_url_name("edit"), args=[template.pk])
    client.post(edit, {**fields, "text": "请尽快处理。"})
    template.refresh_from_db()
    assert (template.text, template.revisions.count()) == ("请尽快处理。", 2)
    client.post(reverse(Template.snippet_viewset.get_url_name("delete"), args=[template.pk]))
    kinds = list(
        Event.objects.filter(kind__startswith="notify.").order_by("pk").values_list("kind", "actor")
    )
    assert kinds == [
        ("notify.template_changed", editor.pk),
        ("notify.template_changed", editor.pk),
        ("notify.template_reset", editor.pk),
    ]
