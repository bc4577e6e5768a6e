"""Pages appear and go when their time comes, without anybody pressing anything."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page

from cms.queries import has_scheduled_due
from cms.tasks import publish_scheduled
from jobs import sweeper
from tests.factories.courses import CourseFactory, LessonFactory, publish_lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def later(monkeypatch):
    """`later(hours=1)` moves the time of Django on."""
    now = timezone.now()
    return lambda **step: monkeypatch.setattr(timezone, "now", lambda: now + timedelta(**step))


def page_with(**fields):
    return publish_lesson(LessonFactory(course=CourseFactory()), **fields)


def test_page_is_published_when_its_time_has_come_and_not_before(later):
    page = page_with(live=False)
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision().publish()
    assert (Page.objects.get(pk=page.pk).live, has_scheduled_due()) == (False, False)
    later(hours=2)
    assert has_scheduled_due()
    publish_scheduled()
    assert (Page.objects.get(pk=page.pk).live, has_scheduled_due()) == (True, False)


def test_page_goes_when_its_time_is_over(later):
    page = page_with()
    page.expire_at = timezone.now() + timedelta(hours=1)
    page.save_revision().publish()
    assert (Page.objects.get(pk=page.pk).live, has_scheduled_due()) == (True, False)
    later(hours=2)
    publish_scheduled()
    assert (Page.objects.get(pk=page.pk).live, has_scheduled_due()) == (False, False)


def test_worker_is_rung_by_the_sweeper(later, monkeypatch):
    page = page_with(live=False)
    page.go_live_at = timezone.now() + timedelta(minutes=1)
    page.save_revision().publish()
    later(hours=1)
    rung = []
    monkeypatch.setattr("celery.current_app.send_task", rung.append)
    monkeypatch.setattr(sweeper._chores["cms.publish_scheduled"], "next_at", 0.0)
    sweeper.send_due_tasks()
    assert "cms.publish_scheduled" in rung
