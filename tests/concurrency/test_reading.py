"""A person's pages report at once: the time that passed is credited once. The control leaves the
lock on the person's reading out.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from courses.models import LessonProgress, ReadingLease
from courses.workflows import lesson as workflows
from courses.workflows.lesson import ReadingReport, credit_reading_report
from tests.factories.courses import EnrolmentFactory, LessonFactory, publish_lesson

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PAGES = 6
SECONDS = 30


@pytest.fixture
def readings():
    """Six classes of one person with a lesson each."""
    enrolments = [EnrolmentFactory()]
    enrolments += [EnrolmentFactory(person=enrolments[0].person) for _n in range(PAGES - 1)]
    lessons = [
        LessonFactory(course=enrolment.training_class.course, number=1) for enrolment in enrolments
    ]
    for lesson in lessons:
        publish_lesson(lesson)
    return list(zip(enrolments, lessons, strict=True))


def report_at_once(readings, count):
    """Let *count* pages, each of a class of its own, report at the same time; return the states
    they were told.
    """
    barrier = threading.Barrier(count)

    def run(number):
        enrolment, lesson = readings[number]
        report = ReadingReport(page=UUID(int=number + 1), by_script=True)
        try:
            barrier.wait(20)
            return credit_reading_report(
                actor=enrolment.person.user, enrolment=enrolment, lesson=lesson, report=report
            ).state
        except OperationalError:  # SQLite: the database was busy for too long
            return "busy"
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(run, range(count)))


def test_pages_that_report_at_once_credit_the_time_once(readings):
    enrolment, lesson = readings[0]
    credit_reading_report(
        actor=enrolment.person.user,
        enrolment=enrolment,
        lesson=lesson,
        report=ReadingReport(page=UUID(int=1), by_script=True),
    )
    ReadingLease.objects.update(counted_to=timezone.now() - timedelta(seconds=SECONDS))
    states = report_at_once(readings, PAGES)
    credited = sum(LessonProgress.objects.values_list("seconds", flat=True))
    assert SECONDS <= credited <= SECONDS + 5
    assert (states[0], states.count("counting"), ReadingLease.objects.get().page) == (
        "counting",
        1,
        UUID(int=1),
    )


@pytest.mark.service("postgresql")  # SQLite lets only one write at a time, with or without a lock
def test_of_two_pages_one_gets_the_reading(readings):
    ReadingLease.objects.create(person=readings[0][0].person)
    assert report_at_once(readings, 2) == ["counting", "elsewhere"]


@pytest.mark.service("postgresql")
def test_control_without_the_lock_both_pages_are_told_that_their_time_counts(readings, monkeypatch):
    ReadingLease.objects.create(person=readings[0][0].person)
    both_have_read = threading.Barrier(2)

    def read_without_lock(person):
        lease = ReadingLease.objects.get(person=person)
        both_have_read.wait(20)
        return lease

    monkeypatch.setattr(workflows, "_lock_lease", read_without_lock)
    assert report_at_once(readings, 2) == ["counting", "counting"]
