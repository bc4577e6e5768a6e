"""One code, many hands: one succeeds, and no crowd guesses more often than five times. The
controls leave the condition out.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.models import F
from django.utils import timezone

from core.errors import InvalidInput
from people import throttling
from people.login.enums import CodeChannel, CodePurpose
from people.login.nobody import NOBODY
from people.models import OneTimeCode
from people.workflows import codes, credentials
from tests.factories.ground import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
THREADS = 8
RIGHT, WRONG = "123456", "000000"


@pytest.fixture
def row():
    made = codes.issue_one_time_code(
        actor=NOBODY, purpose=CodePurpose.SIGN_IN, channel=CodeChannel.SMS, to="13812345678"
    )
    made.code_hash = codes.code_hash(made.token, RIGHT)
    made.save()
    return made


def at_once(work):
    """Run *work* in threads that start together; return what each gave (its error's code, if it
    raised one).
    """
    barrier = threading.Barrier(THREADS)

    def run(_n):
        try:
            return work(barrier)
        except InvalidInput as error:
            return error.code
        except OperationalError:  # SQLite: the database was busy for too long
            return "busy"
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_the_right_code_opens_for_exactly_one(row):
    def work(barrier):
        barrier.wait(10)
        return codes.redeem_one_time_code(
            token=row.token, code=RIGHT, purpose=CodePurpose.SIGN_IN
        ).pk

    answers = at_once(work)
    assert answers.count(row.pk) == 1


def test_without_the_condition_it_opens_for_all(row):
    def work(barrier):
        found = OneTimeCode.objects.get(pk=row.pk)
        barrier.wait(10)
        if found.used_at is None and found.code_hash == codes.code_hash(row.token, RIGHT):
            OneTimeCode.objects.filter(pk=row.pk).update(used_at=timezone.now())
            return row.pk
        return "refused"

    assert at_once(work).count(row.pk) > 1


def test_a_crowd_has_five_tries_together(row):
    def work(barrier):
        barrier.wait(10)
        return codes.redeem_one_time_code(
            token=row.token, code=WRONG, purpose=CodePurpose.SIGN_IN
        ).pk

    answers = at_once(work)
    assert answers.count("code_wrong") == codes.TRIES
    row.refresh_from_db()
    assert row.tries == codes.TRIES


def test_counting_after_judging_would_give_a_crowd_more(row):
    def work(barrier):
        found = OneTimeCode.objects.get(pk=row.pk)
        barrier.wait(10)
        if found.tries >= codes.TRIES:
            return "over"
        OneTimeCode.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
        return "judged"

    assert at_once(work).count("judged") > codes.TRIES


def test_an_activation_opens_one_account_once():
    user = UserFactory()
    row, _code = codes.make_activation(actor=NOBODY, user=user)

    def work(barrier):
        barrier.wait(10)
        return credentials.activate_account(row=row, password="Brass anvil 27").pk

    assert at_once(work).count(user.pk) == 1


@pytest.mark.parametrize("table", [False, True])
def test_tries_are_counted_one_by_one_on_every_cache(table, settings):
    if table:
        if connection.vendor != "sqlite":
            pytest.skip("the cache is a table in the embedded form only, which is SQLite")
        settings.CACHES = {
            "default": {
                "BACKEND": "django.core.cache.backends.db.DatabaseCache",
                "LOCATION": "core_cache",
            }
        }
        call_command("createcachetable", verbosity=0)

    def work(barrier):
        barrier.wait(10)
        return throttling.count_attempt(throttling.NAME, "zhang")

    assert sorted(at_once(work)) == list(range(1, THREADS + 1))
    throttling.clear_attempts(throttling.NAME, "zhang")
