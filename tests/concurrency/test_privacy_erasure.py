"""Withdraw or erase: of the two at once exactly one happens; and the same race without the lock,
in which both do.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from core.errors import DomainError
from oversight.workflows import privacy_requests as workflows
from oversight.workflows.privacy_export import request_data_copy
from people.models import DataExport, Person, PrivacyRequest
from people.privacy_enums import PrivacyRequestState
from tests.oversight.privacy_stage import officer, prepared_erasure, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def both(*jobs):
    """Run *jobs* at once, each with its own connection; return results in order (refusals as
    themselves).
    """
    gate = threading.Barrier(len(jobs))

    def run(job):
        try:
            gate.wait(10)
            return job()
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.mark.parametrize("serial", range(1, 7))
def test_withdrawal_and_execution_at_once_end_in_one_of_the_two(serial):
    person, second = worker(serial=serial), officer()
    request = prepared_erasure(person, officer())
    account = person.user
    both(
        lambda: workflows.withdraw_privacy_request(
            actor=account, request=PrivacyRequest.objects.get(pk=request.pk)
        ),
        lambda: workflows.execute_erasure(
            actor=second, request=PrivacyRequest.objects.get(pk=request.pk)
        ),
    )
    request.refresh_from_db()
    person.refresh_from_db()
    erased = person.name.startswith("已注销")
    assert (request.state, erased) in {
        (PrivacyRequestState.WITHDRAWN, False),
        (PrivacyRequestState.DONE, True),
    }


def test_two_officers_executing_at_once_erase_once():
    person = worker()
    request = prepared_erasure(person, officer())
    results = both(
        *[
            lambda actor=actor: workflows.execute_erasure(
                actor=actor, request=PrivacyRequest.objects.get(pk=request.pk)
            )
            for actor in (officer(), officer())
        ]
    )
    assert sorted(isinstance(one, DomainError) for one in results) == [False, True]


def test_copy_asked_eight_times_at_once_is_made_once():
    person = worker()
    both(
        *[
            lambda: request_data_copy(actor=person.user, person=Person.objects.get(pk=person.pk))
            for _time in range(8)
        ]
    )
    assert DataExport.objects.count() == 1


def test_control_without_the_lock_a_withdrawn_request_is_carried_out():
    """The same race by "look, then write": both look before either writes, and the person is
    erased though the request was withdrawn.
    """
    person = worker()
    request = prepared_erasure(person, officer())
    looked = threading.Barrier(2)

    def naive(state, deed):
        seen = PrivacyRequest.objects.get(pk=request.pk).state
        looked.wait(10)
        if seen == PrivacyRequestState.PREPARED:
            PrivacyRequest.objects.filter(pk=request.pk).update(note=state)
            deed()
            return True
        return False

    done = both(
        lambda: naive("withdrawn", lambda: None),
        lambda: naive("done", lambda: Person.objects.filter(pk=person.pk).update(name="已注销")),
    )
    assert done == [True, True]
    assert Person.objects.get(pk=person.pk).name == "已注销"
    connections.close_all()
