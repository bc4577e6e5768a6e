"""Keys: shown once, kept as a hash, made after a fresh proof, revoked for good."""

from datetime import timedelta

import pytest
from django.utils import timezone

import access
from access.workflows import assign_role
from api import workflows
from api.models import ApiKey
from audit.models import Event
from core.errors import InvalidInput, NotFound
from people.login.recent import STAMP
from tests.factories.ground import EmployerFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/api/keys/"


@pytest.fixture
def employer():
    return EmployerFactory()


@pytest.fixture
def hr(client, employer):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="employer_hr", scope=employer)
    client.force_login(user)
    return user


def send(client, employer, **changes):
    day = timezone.localdate() + timedelta(days=30)
    values = {
        "scope": f"employer-{employer.public_id}",
        "name": "人事系统",
        "scopes": ["verify"],
        "ends_on": day.isoformat(),
    }
    return client.post(URL, values | changes)


def test_key_is_shown_once_and_kept_as_a_hash(client, hr, employer):
    page = send(client, employer)
    text = page.context["text"]
    row = ApiKey.objects.get()
    assert text in page.content.decode()
    assert text.startswith(row.prefix + "_")
    assert len(text) > 50
    assert text not in str(ApiKey.objects.values().get())
    listed = client.get(URL).content.decode()
    assert row.prefix in listed
    assert text not in listed
    event = Event.objects.get(kind="api.key_made")
    assert event.after == {
        "prefix": row.prefix,
        "scopes": ["verify"],
        "ends_on": row.ends_on.isoformat(),
    }


def test_old_proof_is_asked_for_again_before_a_key_is_made(client, hr, employer):
    session = client.session
    session[STAMP] = 0
    session.save()
    assert send(client, employer).url.startswith("/sign-in/again/")
    assert ApiKey.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"scopes": ["all"]},
        {"name": ""},
        {"ends_on": "x"},
        {"ends_on": "2020-01-01"},
        {"ends_on": "2099-01-01"},
        {"scope": "x"},
    ],
)
def test_wrong_wish_comes_back_with_a_sentence(client, hr, employer, wrong):
    page = send(client, employer, **wrong)
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    assert ApiKey.objects.count() == 0


def test_only_who_may_makes_keys_and_only_for_the_own_employer(client, hr, employer):
    wish = {"name": "x", "scopes": ["verify"], "ends_on": timezone.localdate()}
    with pytest.raises(NotFound):
        workflows.create_api_key(actor=hr, scope=EmployerFactory(), **wish)
    for _ in range(workflows.LIMIT):
        workflows.create_api_key(actor=hr, scope=employer, **wish)
    with pytest.raises(InvalidInput):
        workflows.create_api_key(actor=hr, scope=employer, **wish)
    client.force_login(UserFactory())
    assert client.get(URL).status_code == 403


def test_key_is_revoked_after_being_asked_once_more_and_only_ones_own(client, hr, employer):
    send(client, employer)
    row = ApiKey.objects.get()
    address = f"{URL}{row.public_id}/revoke/"
    assert row.prefix in client.get(address).content.decode()
    assert client.post(address).url == URL
    row.refresh_from_db()
    assert (row.revoked_at is not None, row.active) == (True, False)
    assert "已吊销" in client.get(URL).content.decode()
    other = UserFactory()
    assign_role(actor=access.SYSTEM, user=other, role="employer_hr", scope=EmployerFactory())
    client.force_login(other)
    assert client.post(address).status_code == 404
