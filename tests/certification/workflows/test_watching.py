"""Watch-lists: entered by number and name only, told once, ended with the year or the employment,
seen by the holder.
"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

import access
from access.workflows import assign_role
from certification.models import Misses, Watch
from certification.queries import watching as queries
from certification.rules import watching as rules
from certification.workflows import status_changes
from certification.workflows import watching as workflows
from core.errors import InvalidInput, NotFound
from notify.models import Message
from org.models import Employment
from tests.factories.certification import CertificateFactory
from tests.factories.ground import EmployerFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/verify/watch-list/"


@pytest.fixture
def employer():
    return EmployerFactory()


@pytest.fixture
def hr(client, employer):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="employer_hr", scope=employer)
    client.force_login(user)
    return user


@pytest.fixture
def chief():
    return UserFactory(is_superuser=True)


def watch(hr, employer, row, name=None):
    return workflows.watch_by_number_and_name(
        actor=hr, employer=employer, number=row.number, name=name or row.holder_name, address=None
    )


def told(user):
    return list(
        Message.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True)
    )


def in_days(days, **more):
    today = timezone.localdate()
    return CertificateFactory(
        issued_on=today - timedelta(days=700), valid_until=today + timedelta(days=days), **more
    )


def test_entry_needs_number_and_name_and_a_miss_is_counted(hr, employer):
    row = CertificateFactory()
    with pytest.raises(InvalidInput) as wrong_name:
        watch(hr, employer, row, "别人")
    with pytest.raises(InvalidInput) as unknown:
        watch(hr, employer, CertificateFactory(state="approved", sha256=""), "别人")
    assert str(wrong_name.value.message) == str(unknown.value.message)
    assert Misses.objects.get().count == 2
    with pytest.raises(NotFound):
        watch(hr, EmployerFactory(), row)
    made = watch(hr, employer, row)
    assert (made.ends_on - made.added_on).days == 365
    assert watch(hr, employer, row).pk == made.pk
    assert Watch.objects.count() == 1


def test_changes_of_standing_are_told_once_each_to_the_employer_only(hr, employer, chief):
    row, other_hr, other = CertificateFactory(), UserFactory(), EmployerFactory()
    assign_role(actor=access.SYSTEM, user=other_hr, role="employer_hr", scope=other)
    watch(hr, employer, row)
    status_changes.suspend_certificate(actor=chief, certificate=row, reason="under_review")
    status_changes.reinstate_certificate(actor=chief, certificate=row)
    second = UserFactory(is_superuser=True)
    status_changes.confirm_revocation(
        actor=second,
        request=status_changes.request_revocation(
            actor=chief, certificate=row, reason="fraud", note="冒用"
        ),
    )
    assert told(hr) == [
        "certification.watched_suspended",
        "certification.watched_reinstated",
        "certification.watched_revoked",
    ]
    assert told(other_hr) == []
    text = Message.objects.filter(recipient=hr).last().text
    assert employer.name in text
    assert row.holder_name not in text


def test_running_out_is_told_thirty_days_before_and_on_the_day_once_each(hr, employer):
    rows = [watch(hr, employer, in_days(days)) for days in (31, 100)]
    watch(hr, employer, CertificateFactory())
    today = timezone.localdate()
    assert [
        workflows.notify_expiring_watches(today + timedelta(days=ahead))
        for ahead in (0, 1, 1, 20, 30, 31, 31, 40)
    ] == [
        0,
        1,
        0,
        0,
        0,
        1,
        0,
        0,
    ]
    assert told(hr) == ["certification.watched_expires", "certification.watched_expired"]
    assert set(Message.objects.filter(recipient=hr).values_list("about_id", flat=True)) == {
        str(rows[0].pk)
    }


def test_days_the_worker_stood_still_are_made_up_for(hr, employer):
    watch(hr, employer, in_days(40))
    assert workflows.notify_expiring_watches(timezone.localdate() + timedelta(days=60)) == 1
    assert told(hr) == ["certification.watched_expired"]


def test_what_was_known_when_it_was_entered_is_not_told_again(hr, employer):
    watch(hr, employer, in_days(10))
    watch(hr, employer, in_days(-3))
    assert not queries.has_watches_to_notify()
    assert workflows.notify_expiring_watches() == 0


@pytest.mark.parametrize(
    ("until", "soon", "end", "due"),
    [
        (None, False, False, ""),
        (date(2027, 1, 31), False, False, ""),
        (date(2027, 1, 30), False, False, "soon"),
        (date(2027, 1, 30), True, False, ""),
        (date(2026, 12, 31), True, False, "end"),
        (date(2026, 12, 1), False, False, "end"),
        (date(2026, 12, 1), True, True, ""),
    ],
)
def test_what_is_due_is_a_matter_of_days(until, soon, end, due):
    assert (
        rules.due_expiry_notice(until, today=date(2026, 12, 31), told_soon=soon, told_end=end)
        == due
    )


def test_entry_ends_with_the_year_unless_renewed(hr, employer):
    made = watch(hr, employer, CertificateFactory())
    Watch.objects.update(ends_on=timezone.localdate())
    assert list(queries.list_running_watches()) == [made]
    assert list(queries.list_running_watches(timezone.localdate() + timedelta(days=1))) == []
    workflows.renew_watch(actor=hr, watch=made)
    assert list(queries.list_running_watches(timezone.localdate() + timedelta(days=365))) == [made]
    Watch.objects.update(
        added_on=timezone.localdate() - timedelta(days=9),
        ends_on=timezone.localdate() - timedelta(days=1),
    )
    assert workflows.purge_ended_watches(timezone.now()) == 1
    assert Watch.objects.count() == 0


def test_entry_ends_with_the_employment_but_not_with_an_earlier_one(hr, employer):
    today = timezone.localdate()
    row = CertificateFactory()
    Employment.objects.create(
        person=row.person, employer=employer, starts_on=date(2020, 1, 1), ends_on=date(2022, 1, 1)
    )
    made = watch(hr, employer, row)
    assert list(queries.list_running_watches()) == [made]
    Watch.objects.update(added_on=today - timedelta(days=30))
    job = Employment.objects.create(
        person=row.person, employer=employer, starts_on=today - timedelta(days=30)
    )
    assert list(queries.list_running_watches()) == [made]
    job.ends_on = today - timedelta(days=1)
    job.save()
    assert list(queries.list_running_watches()) == []
    assert list(queries.list_ended_watches(timezone.now())) == [made]
    again = watch(hr, employer, row)
    assert (again.pk, again.added_on, list(queries.list_running_watches())) == (
        made.pk,
        today,
        [made],
    )


def test_successor_takes_the_place_of_a_replaced_one(hr, employer):
    new = CertificateFactory()
    old = CertificateFactory()
    made = watch(hr, employer, old)
    type(old).objects.filter(pk=old.pk).update(
        state="superseded",
        state_reason="corrected",
        state_since=timezone.localdate(),
        replaced_by=new,
    )
    follow = workflows.watch_successor(actor=hr, watch=made)
    assert list(Watch.objects.values_list("certificate_id", flat=True)) == [new.pk]
    with pytest.raises(InvalidInput):
        workflows.watch_successor(actor=hr, watch=follow)


def test_holder_sees_who_watches_unless_the_operator_turned_it_off(client, hr, employer, settings):
    worker = UserFactory()
    row = CertificateFactory(person=PersonFactory(user=worker))
    watch(hr, employer, row)
    assert [(one.employer, one.since) for one in queries.list_certificate_watchers(row)] == [
        (employer.name, timezone.localdate())
    ]
    settings.SHOW_WATCHERS = False
    assert queries.list_certificate_watchers(row) == []


def test_list_is_shown_exported_and_taken_from_by_its_own_hr_only(client, hr, employer):
    row = CertificateFactory(person=PersonFactory(name="=1+1"))
    page = client.post(
        URL,
        {"employer": str(employer.public_id), "number": row.number, "name": row.holder_name},
        follow=True,
    )
    assert row.number in page.content.decode()
    made = Watch.objects.get()
    csv = client.get(URL + "watch-list.csv").content.decode("utf-8-sig").splitlines()
    assert (len(csv), csv[1].split(",")[0], csv[1].split(",")[1][:2]) == (2, row.number, "'=")
    assert (
        client.post(
            URL, {"employer": str(employer.public_id), "number": row.number, "name": "别人"}
        ).status_code
        == 422
    )
    assert client.get(f"{URL}?employer={EmployerFactory().public_id}").status_code == 404
    remove = f"{URL}{made.public_id}/remove/"
    assert row.number in client.get(remove).content.decode()
    other = UserFactory()
    assign_role(actor=access.SYSTEM, user=other, role="employer_hr", scope=EmployerFactory())
    client.force_login(other)
    assert [client.get(remove).status_code, client.post(remove).status_code] == [404, 404]
    client.force_login(hr)
    assert client.get(f"{URL}{made.public_id}/renew/").status_code == 404
    assert client.post(f"{URL}{made.public_id}/renew/").status_code == 302
    client.post(remove)
    assert Watch.objects.count() == 0
    assert "还没有关注证书" in client.get(URL).content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_list_costs_the_same_for_one_row_and_thirty(
    client, hr, employer, rows, django_assert_num_queries
):
    for _ in range(rows):
        watch(hr, employer, CertificateFactory())
    client.get(URL)
    with django_assert_num_queries(
        7
    ):  # session, account, employers, how many, the page, the working places, unread messages
        client.get(URL)
