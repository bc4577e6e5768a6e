"""Sheets of one account at once: no more misses than the day allows, each part answered once. The
control shows the race is real.
"""

import threading

import pytest
from django.utils import timezone

import access
from access.workflows import assign_role
from api import workflows as api
from certification.models import LookUp, Misses
from certification.queries.verification import Asked
from certification.rules import number
from certification.rules import sheet as rules
from certification.workflows import sheets
from tests.concurrency.test_certificate_numbers import together
from tests.factories.ground import EmployerFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True)]
WORKERS = 4


@pytest.fixture
def hr():
    return UserFactory()


def test_misses_counted_at_once_never_pass_the_quota(hr, monkeypatch):
    monkeypatch.setattr(rules, "MISSES_A_DAY", 10)
    outcomes = together(
        [lambda: [sheets.count_daily_misses(account=hr, count=1) for _ in range(5)]] * WORKERS
    )
    assert sorted(one for each in outcomes for one in each) == [False] * 10 + [True] * 10
    assert Misses.objects.get().count == 10


def test_without_the_lock_misses_are_lost(hr):
    """The control: read, add one, write, as the workflow does it, but with everybody reading
    first.
    """
    Misses.objects.create(account=hr, day=timezone.localdate())
    read = threading.Barrier(WORKERS)

    def careless():
        row = Misses.objects.get()
        read.wait()
        row.count += 1
        row.save()

    together([careless] * WORKERS)
    assert Misses.objects.get().count < WORKERS


def test_one_part_delivered_to_all_workers_at_once_is_answered_once(hr):
    employer = EmployerFactory()
    assign_role(actor=access.SYSTEM, user=hr, role="employer_hr", scope=employer)
    rows = [
        (
            at,
            Asked(
                str(number.make_certificate_number(org="990009", kind="PX", year=2026, serial=at)),
                "王",
            ),
        )
        for at in range(1, 302)
    ]
    check = sheets.check_sheet(
        actor=hr, scope=employer, file_name="a.xlsx", rows=rows, address=None
    )
    outcomes = together(
        [lambda: sheets.answer_sheet_part(check=check, position=1, hashed="").answered] * WORKERS
    )
    assert outcomes == [301] * WORKERS
    assert (LookUp.objects.count(), Misses.objects.get().count) == (301, 301)


def test_one_request_sent_twice_at_once_is_begun_once(hr):
    employer = EmployerFactory()
    assign_role(actor=access.SYSTEM, user=hr, role="employer_hr", scope=employer)
    key, _text = api.create_api_key(
        actor=hr, scope=employer, name="x", scopes=["verify"], ends_on=timezone.localdate()
    )
    outcomes = together(
        [lambda: api.begin_answer(key=key, request_key="a", request_hash="b")[1]] * WORKERS
    )
    assert sorted(outcomes) == [False] * (WORKERS - 1) + [True]
