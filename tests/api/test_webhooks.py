"""Webhooks of employers and unions: fields beside the words, signed, in order, each once; kept by
whoever holds the right today.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

import access
from access.workflows import assign_role
from api import delivery, webhooks
from api.models import WebhookDelivery, WebhookEndpoint
from audit.models import Event
from certification.enums import Reason
from certification.workflows import status_changes, watching
from core.errors import DomainError, Forbidden, InvalidInput
from jobs import sweeper
from notify.errors import AddressRefused
from notify.models import Message
from notify.program_events import ProgramEvent, find_event_kind, list_event_kinds, publish_event
from people.login.recent import STAMP
from tests.factories.certification import CertificateFactory
from tests.factories.ground import EmployerFactory, OrgUnitFactory, UserFactory
from tests.notify.receiver import receiver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def inside(settings):
    """Let the loopback be called."""
    settings.OUTSIDE_PRIVATE = True


def hr_of(employer):
    user = UserFactory()
    return user, assign_role(actor=access.SYSTEM, user=user, role="employer_hr", scope=employer)


@pytest.fixture
def employer():
    return EmployerFactory(name="示例机械")


@pytest.fixture
def hr(employer):
    return hr_of(employer)[0]


@pytest.fixture
def place():
    with receiver() as listening:
        yield listening


@pytest.fixture
def hook(hr, employer, place):
    return webhooks.add_webhook(
        actor=hr, scope=employer, name="人事系统", url=f"{place.url}/in?x=1", kinds=[]
    )


@pytest.fixture
def watched(hr, employer):
    row = CertificateFactory()
    with transaction.atomic():
        [watch] = watching._add(actor=hr, employer=employer, certificates=[row])
    return row, watch


def told(place):
    return [json.loads(body) for _path, _headers, body in place.got]


def event(scope, key="1", **data):
    return ProgramEvent("certificate.revoked", key, timezone.now(), scope, {"subject": "x", **data})


def fits(secret, headers, body):
    number, stamp = headers["webhook-id"], headers["webhook-timestamp"]
    digest = hmac.new(
        base64.b64decode(secret.removeprefix("whsec_")),
        f"{number}.{stamp}.{body.decode()}".encode(),
        hashlib.sha256,
    ).digest()
    return "v1," + base64.b64encode(digest).decode() in headers["webhook-signature"].split(" ")


def test_change_of_a_watched_certificate_comes_in_fields_and_words(hook, employer, watched, place):
    row, watch = watched
    status_changes.suspend_certificate(
        actor=access.SYSTEM, certificate=row, reason=Reason.UNDER_REVIEW
    )
    delivery.deliver_waiting()
    [body] = told(place)
    assert (body["type"], body["version"]) == ("certificate.suspended", 1)
    assert body["owner"] == {"type": "employer", "id": str(employer.public_id), "name": "示例机械"}
    data = body["data"]
    assert {
        name: data[name]
        for name in ("certificate", "number", "old", "new", "reason", "replaced_by", "watch")
    } == {
        "certificate": str(row.public_id),
        "number": row.number,
        "old": "valid",
        "new": "suspended",
        "reason": Reason.UNDER_REVIEW.value,
        "replaced_by": None,
        "watch": str(watch.public_id),
    }
    assert data["at"] == body["timestamp"]
    assert row.number in data["subject"]
    assert "示例机械" in data["text"]
    assert data["url"].startswith("http")
    assert row.holder_name not in json.dumps(body, ensure_ascii=False)


def test_fields_are_those_of_the_documented_sample(hook, watched, place, client):
    status_changes.suspend_certificate(
        actor=access.SYSTEM, certificate=watched[0], reason=Reason.UNDER_REVIEW
    )
    delivery.deliver_waiting()
    [body] = told(place)
    shown = json.loads(delivery.sample_body())
    assert list(body) == list(shown)
    assert (
        list(body["data"])
        == list(shown["data"])
        == list(find_event_kind("certificate.suspended").sample)
    )
    page = client.get(reverse("api:docs")).content.decode()
    assert "webhook-signature" in page
    assert all(kind.key in page for kind in list_event_kinds())


def test_old_and_new_are_answers_of_the_day_it_happened(hook, watched, place):
    row = watched[0]
    status_changes.suspend_certificate(
        actor=access.SYSTEM, certificate=row, reason=Reason.UNDER_REVIEW
    )
    status_changes.reinstate_certificate(actor=access.SYSTEM, certificate=row)
    delivery.deliver_waiting()
    assert [(one["type"], one["data"]["old"], one["data"]["new"]) for one in told(place)] == [
        ("certificate.suspended", "valid", "suspended"),
        ("certificate.reinstated", "suspended", "valid"),
    ]


def test_webhook_goes_on_when_who_added_it_leaves(hook, hr, employer, watched, place):
    hr.is_active = False
    hr.save()
    status_changes.suspend_certificate(
        actor=access.SYSTEM, certificate=watched[0], reason=Reason.UNDER_REVIEW
    )
    delivery.deliver_waiting()
    assert [one["type"] for one in told(place)] == ["certificate.suspended"]
    successor = hr_of(employer)[0]
    webhooks.change_webhook(
        actor=successor, endpoint=hook, name="新名", url=hook.url, kinds=[], active=True
    )
    assert WebhookEndpoint.objects.get().name == "新名"


def test_union_is_told_of_its_certificates_and_those_below_and_of_no_others(place):
    city = OrgUnitFactory()
    district, stranger = OrgUnitFactory(parent=city), OrgUnitFactory()
    officer = UserFactory()
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=city)
    webhooks.add_webhook(actor=officer, scope=city, name="x", url=f"{place.url}/", kinds=[])
    mine, foreign = CertificateFactory(org=district), CertificateFactory(org=stranger)
    for row in (foreign, mine):
        status_changes.suspend_certificate(
            actor=access.SYSTEM, certificate=row, reason=Reason.UNDER_REVIEW
        )
    delivery.deliver_waiting()
    assert [(one["owner"]["type"], one["data"]["number"]) for one in told(place)] == [
        ("union", mine.number)
    ]


def test_delivery_is_signed_as_the_specification_says(hook, employer, place):
    publish_event(event(employer))
    delivery.deliver_waiting()
    [(path, headers, body)] = place.got
    assert path == "/in?x=1"
    assert fits(hook.secret, headers, body)
    assert headers["webhook-id"] == json.loads(body)["id"]
    assert abs(time.time() - int(headers["webhook-timestamp"])) < 60


def test_for_a_day_after_a_new_secret_both_sign(hook, hr, employer, place):
    old = hook.secret
    hook = webhooks.rotate_secret(actor=hr, endpoint=hook)
    assert hook.secret != old
    publish_event(event(employer))
    delivery.deliver_waiting()
    WebhookEndpoint.objects.update(former_until=timezone.now())
    publish_event(event(employer, key="2"))
    delivery.deliver_waiting()
    signed = [
        [fits(secret, headers, body) for secret in (old, hook.secret)]
        for _path, headers, body in place.got
    ]
    assert signed == [[True, True], [False, True]]


def test_secrets_are_encrypted_anew_when_identity_keys_rotate(hook, hr, settings):
    from people import crypto, rotation

    old = hook.secret
    webhooks.rotate_secret(actor=hr, endpoint=hook)
    settings.IDENTITY_KEYS = [crypto.make_identity_key(), *settings.IDENTITY_KEYS]
    for secret in rotation.list_registered_secrets():
        if secret.model == "api.WebhookEndpoint":
            assert rotation.list_rows_to_reencrypt(secret) == [hook.pk]
            assert rotation.reencrypt_row(secret, hook.pk)
            assert rotation.list_rows_to_reencrypt(secret) == []
    row = WebhookEndpoint.objects.get()
    assert row.secrets_at(timezone.now())[1] == old


def test_same_event_is_queued_once_and_unwanted_kinds_not_at_all(hook, hr, employer):
    webhooks.add_webhook(
        actor=hr,
        scope=employer,
        name="other",
        url="https://hr.example.org/",
        kinds=["certificate.expires"],
    )
    for _turn in range(2):
        publish_event(event(employer))
    publish_event(event(EmployerFactory()))
    assert list(WebhookDelivery.objects.values_list("endpoint", "kind")) == [
        (hook.pk, "certificate.revoked")
    ]


def test_events_wait_for_the_one_before_and_come_in_order(hook, employer, place):
    for n in range(3):
        publish_event(event(employer, key=str(n), n=n))
    place.status = 500
    delivery.deliver_waiting()
    assert [one["data"]["n"] for one in told(place)] == [0]  # the others wait behind it
    place.status = 200
    WebhookDelivery.objects.update(due_at=timezone.now())
    delivery.deliver_waiting()
    assert [one["data"]["n"] for one in told(place)] == [0, 0, 1, 2]
    numbers = [headers["webhook-id"] for _path, headers, _body in place.got]
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) == 3


def test_one_address_that_fails_holds_up_no_other(hook, hr, employer, place):
    with receiver() as other:
        other.status = 500
        webhooks.add_webhook(actor=hr, scope=employer, name="other", url=f"{other.url}/", kinds=[])
        for n in range(2):
            publish_event(event(employer, key=str(n)))
        delivery.deliver_waiting()
        assert (len(place.got), len(other.got)) == (2, 1)


def test_tries_are_spaced_and_end_after_eight(hook, employer, place):
    place.status = 503
    publish_event(event(employer))
    waits = []
    for _turn in range(8):
        now = timezone.now()
        WebhookDelivery.objects.update(due_at=now)
        delivery.deliver_waiting()
        waits.append(round((WebhookDelivery.objects.get().due_at - now).total_seconds() / 10) * 10)
    assert waits[:7] == [30, 120, 480, 1920, 7680, 21600, 21600]
    row = WebhookDelivery.objects.get()
    assert (row.state, row.attempts, row.answer, row.reason) == (
        "dead",
        8,
        503,
        "the other side answered 503",
    )


def test_worker_that_died_leaves_the_delivery_to_the_next_under_its_old_number(
    hook, employer, place
):
    publish_event(event(employer))
    held = delivery.claim_delivery()
    assert delivery.claim_delivery() is None
    later = timezone.now() + delivery.LEASE + timedelta(seconds=1)
    again = delivery.claim_delivery(now=later)
    assert (again.pk, again.attempts) == (held.pk, 2)
    delivery.send_delivery(held)  # it wasn't dead after all; its word doesn't count
    assert WebhookDelivery.objects.get().state == "leased"
    delivery.send_delivery(again)
    assert WebhookDelivery.objects.get().state == "done"
    assert len({headers["webhook-id"] for _path, headers, _body in place.got}) == 1


def test_address_that_takes_nothing_for_three_days_is_switched_off_and_its_people_told(
    hook, employer, hr, place
):
    colleague = hr_of(employer)[0]
    place.status = 500
    for n in range(2):
        publish_event(event(employer, key=str(n)))
    delivery.deliver_waiting()
    hook.refresh_from_db()
    assert (hook.active, hook.failing_since is not None) == (True, True)
    WebhookEndpoint.objects.update(failing_since=timezone.now() - webhooks.DEAD_AFTER)
    WebhookDelivery.objects.update(due_at=timezone.now())
    delivery.deliver_waiting()
    hook.refresh_from_db()
    assert (hook.active, hook.disabled_at is not None) == (False, True)
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"dropped"}
    assert set(
        Message.objects.filter(kind="api.webhook_off").values_list("recipient", flat=True)
    ) == {hr.pk, colleague.pk}
    assert Event.objects.filter(kind="api.webhook_disabled").count() == 1
    publish_event(event(employer, key="later"))
    assert WebhookDelivery.objects.count() == 2
    changed = webhooks.change_webhook(
        actor=hr, endpoint=hook, name="x", url=hook.url, kinds=[], active=True
    )
    assert (changed.active, changed.failing_since, changed.disabled_at) == (True, None, None)


def test_success_forgets_failures_and_410_switches_off_at_once(hook, hr, place):
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=2))
    webhooks.send_test(actor=hr, endpoint=hook)
    delivery.deliver_waiting()
    hook.refresh_from_db()
    assert (hook.failing_since, told(place)[0]["type"]) == (None, "webhook.test")
    place.status = 410
    webhooks.send_test(actor=hr, endpoint=hook)
    delivery.deliver_waiting()
    hook.refresh_from_db()
    assert hook.active is False


def test_redirect_is_a_failure_and_is_not_followed(hook, employer, place):
    place.status, place.headers = 302, {"Location": f"{place.url}/elsewhere"}
    publish_event(event(employer))
    delivery.deliver_waiting()
    assert [path for path, _headers, _body in place.got] == ["/in?x=1"]
    assert list(WebhookDelivery.objects.values_list("state", "answer")) == [("queued", 302)]


def test_sweeper_rings_for_what_waits(hook, employer):
    chore = sweeper._chores["api.deliver_webhooks"]
    assert not chore.is_due()
    publish_event(event(employer))
    assert chore.is_due()


def test_only_who_holds_the_right_keeps_webhooks(hook, hr, employer):
    stranger = hr_of(EmployerFactory())[0]
    with pytest.raises((Forbidden, DomainError)):
        webhooks.add_webhook(
            actor=stranger, scope=employer, name="x", url="https://hr.example.org/", kinds=[]
        )
    for deed in (
        lambda: webhooks.change_webhook(
            actor=stranger, endpoint=hook, name="x", url=hook.url, kinds=[], active=True
        ),
        lambda: webhooks.rotate_secret(actor=stranger, endpoint=hook),
        lambda: webhooks.send_test(actor=stranger, endpoint=hook),
        lambda: webhooks.remove_webhook(actor=stranger, endpoint=hook),
    ):
        with pytest.raises(DomainError):
            deed()
    assert WebhookDelivery.objects.count() == 0


def test_webhook_belongs_to_one_employer_or_one_union(employer):
    for owners in ({}, {"employer": employer, "org": OrgUnitFactory()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            WebhookEndpoint.objects.create(
                name="x", url="https://hr.example.org/", secret_encrypted=b"-", **owners
            )


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/", "https://localhost/", "https://2130706433/",
        "https://user:pw@example.org/", "ftp://example.org/", "https:///x", "https://0.0.0.0/", "https://exa mple.org/",
    ],
)  # fmt: skip
def test_address_inside_or_unsafe_is_refused_when_typed(settings, hr, employer, url):
    settings.OUTSIDE_PRIVATE = False
    with pytest.raises(AddressRefused):
        webhooks.add_webhook(actor=hr, scope=employer, name="x", url=url, kinds=[])


def test_unknown_kind_is_refused(hr, employer):
    with pytest.raises(InvalidInput):
        webhooks.add_webhook(
            actor=hr,
            scope=employer,
            name="x",
            url="https://hr.example.org/",
            kinds=["certificate.eaten"],
        )


def test_webhook_through_its_pages(client, hr, employer, place):
    client.force_login(hr)
    listed, scope = reverse("api:webhooks"), f"employer-{employer.public_id}"
    assert (
        client.post(
            listed, {"scope": scope, "name": "人事", "url": "https://user:pw@127.0.0.1/"}
        ).status_code
        == 422
    )
    made = client.post(
        listed,
        {"scope": scope, "name": "人事", "url": f"{place.url}/", "kinds": ["certificate.revoked"]},
    )
    endpoint = WebhookEndpoint.objects.get()
    detail = reverse("api:webhook", args=[endpoint.public_id])
    assert made.url == detail
    assert (endpoint.employer, endpoint.added_by, endpoint.kinds) == (
        employer,
        hr,
        ["certificate.revoked"],
    )
    assert endpoint.secret in client.get(detail).content.decode()
    client.post(reverse("api:webhook_test", args=[endpoint.public_id]))
    delivery.deliver_waiting()
    page = client.get(detail).content.decode()
    assert "webhook.test" in page
    assert ">200<" in page
    client.post(
        reverse(
            "api:webhook_resend", args=[endpoint.public_id, WebhookDelivery.objects.get().public_id]
        )
    )
    delivery.deliver_waiting()
    assert len(place.got) == 2
    assert client.post(reverse("api:webhook_secret", args=[endpoint.public_id])).status_code == 302
    assert WebhookEndpoint.objects.get().secret != endpoint.secret
    assert (
        client.post(detail, {"name": "新名", "url": endpoint.url, "active": ""}).status_code == 302
    )
    assert WebhookEndpoint.objects.values_list("name", "active", "kinds").get() == (
        "新名",
        False,
        [],
    )
    assert "已停用" in client.get(listed).content.decode()
    assert client.post(reverse("api:webhook_remove", args=[endpoint.public_id])).status_code == 302
    assert not WebhookEndpoint.objects.exists()
    kinds = list(
        Event.objects.filter(kind__startswith="api.webhook")
        .order_by("pk")
        .values_list("kind", flat=True)
    )
    assert kinds == [
        "api.webhook_added",
        "api.webhook_changed",
        "api.webhook_changed",
        "api.webhook_removed",
    ]


def test_secret_is_shown_and_changed_after_a_fresh_proof_only(client, hr, hook):
    client.force_login(hr)
    session = client.session
    session[STAMP] = 0
    session.save()
    detail = reverse("api:webhook", args=[hook.public_id])
    page = client.get(detail).content.decode()
    assert hook.secret not in page
    assert reverse("people:sign_in_again") in page
    assert client.post(reverse("api:webhook_secret", args=[hook.public_id])).url.startswith(
        "/sign-in/again/"
    )
    assert client.post(detail, {"name": "x", "url": "https://other.example.org/"}).url.startswith(
        "/sign-in/again/"
    )
    assert WebhookEndpoint.objects.get().secret == hook.secret


def test_forms_open_only_after_the_proof_so_that_nothing_typed_is_lost(client, hr, hook):
    client.force_login(hr)
    pages = [
        reverse("api:webhooks"),
        reverse("api:webhook", args=[hook.public_id]),
        reverse("api:keys"),
    ]
    assert [b'name="name"' in client.get(page).content for page in pages] == [True] * 3
    session = client.session
    session[STAMP] = 0
    session.save()
    asked = [client.get(page).content.decode() for page in pages]
    assert ['name="name"' in page for page in asked] == [False] * 3
    assert [
        f"/sign-in/again/?next={page}" in text for page, text in zip(pages, asked, strict=True)
    ] == [True] * 3


def test_list_costs_the_same_queries_for_one_and_five(
    client, hr, hook, employer, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(hr)
    client.get(reverse("api:webhooks"))
    with CaptureQueriesContext(connection) as first:
        client.get(reverse("api:webhooks"))
    for n in range(webhooks.MOST - 1):
        webhooks.add_webhook(
            actor=hr, scope=employer, name=str(n), url="https://hr.example.org/", kinds=[]
        )
    with django_assert_num_queries(len(first)):
        client.get(reverse("api:webhooks"))
    with pytest.raises(DomainError, match="5"):
        webhooks.add_webhook(
            actor=hr, scope=employer, name="x", url="https://hr.example.org/", kinds=[]
        )


def test_log_costs_the_same_queries_for_one_and_thirty(
    client, hr, hook, employer, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(hr)
    publish_event(event(employer))
    detail = reverse("api:webhook", args=[hook.public_id])
    client.get(detail)
    with CaptureQueriesContext(connection) as first:
        client.get(detail)
    for n in range(30):
        publish_event(event(employer, key=f"more {n}"))
    with django_assert_num_queries(len(first)):
        client.get(detail)


def test_log_says_in_the_readers_language_why_an_address_took_nothing(client, hr, hook, employer):
    client.force_login(hr)
    publish_event(event(employer))
    detail = reverse("api:webhook", args=[hook.public_id])
    for reason, said in (
        ("the host name can't be found", "找不到这个主机名"),
        ("the other side didn't respond (TimeoutError)", "对方没有应答 (TimeoutError)"),
    ):
        WebhookDelivery.objects.update(reason=reason)
        page = client.get(detail).content.decode()
        assert said in page
        assert reason not in page
