"""Members come, go, are kept; people work here and there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Event
from core.errors import DomainError, InvalidInput
from org.enums import MemberStatus
from org.errors import NotAMember, WrongDay
from org.models import Employment, Membership
from org.queries import current_employer, current_union
from org.workflows.belonging import (
    end_employment,
    end_membership,
    join_union,
    keep_membership,
    record_employment,
    resume_membership,
    transfer_membership,
)
from tests.factories.ground import (
    EmployerFactory,
    EmploymentFactory,
    MembershipFactory,
    PersonFactory,
)
from tests.org.conftest import SYSTEM
from tests.org.test_ending import periods

pytestmark = pytest.mark.django_db
DAY = date(2024, 6, 1)
TOMORROW = timezone.localdate() + timedelta(days=1)


def test_transfer_ends_the_old_row_the_day_before_and_begins_the_new_one(tree):
    person = MembershipFactory(org_unit=tree.mill).person
    transfer_membership(actor=SYSTEM, person=person, to=tree.shop, on=DAY, reason="调动")
    assert periods(person) == [
        ("33090101", date(2020, 1, 1), date(2024, 5, 31), MemberStatus.TRANSFERRED), ("33090201", DAY, None, MemberStatus.ACTIVE),
    ]  # fmt: skip
    assert [current_union(person, on=day) for day in (date(2024, 5, 31), DAY)] == [
        tree.mill,
        tree.shop,
    ]
    assert Event.objects.filter(kind="org.membership_transferred", reason="调动").count() == 1


def test_transfer_to_the_same_union_or_of_nobodys_member_is_refused(tree):
    person = MembershipFactory(org_unit=tree.mill).person
    with pytest.raises(InvalidInput):
        transfer_membership(actor=SYSTEM, person=person, to=tree.mill, on=DAY, reason="x")
    with pytest.raises(NotAMember):
        transfer_membership(actor=SYSTEM, person=PersonFactory(), to=tree.mill, on=DAY, reason="x")


@pytest.mark.parametrize("on", [TOMORROW, date(2020, 1, 1), date(2019, 1, 1)])
def test_transfer_in_the_future_or_before_the_present_membership_is_refused(tree, on):
    person = MembershipFactory(org_unit=tree.yard).person
    with pytest.raises(WrongDay):
        transfer_membership(actor=SYSTEM, person=person, to=tree.shop, on=on, reason="x")
    assert periods(person) == [("33090102", date(2020, 1, 1), None, MemberStatus.ACTIVE)]


def test_transfer_before_the_other_union_was_founded_is_refused(tree):
    person = MembershipFactory(org_unit=tree.shop, starts_on=date(2000, 1, 1)).person
    with pytest.raises(WrongDay):
        transfer_membership(
            actor=SYSTEM, person=person, to=tree.mill, on=date(2001, 2, 28), reason="x"
        )


def test_keep_and_resume_and_leave_make_one_dated_row_each(tree):
    person = MembershipFactory(org_unit=tree.mill).person
    end_membership(actor=SYSTEM, person=person, on=date(2021, 1, 1), kind="kept", reason="退休")
    keep_membership(actor=SYSTEM, person=person, on=date(2021, 5, 1), reason="又一次")
    resume_membership(actor=SYSTEM, person=person, on=date(2022, 1, 1), reason="返聘")
    end_membership(actor=SYSTEM, person=person, on=date(2023, 1, 1), kind="left", reason="本人申请")
    assert [(start, end, status) for _code, start, end, status in periods(person)] == [
        (date(2020, 1, 1), date(2020, 12, 31), MemberStatus.ACTIVE),
        (date(2021, 1, 1), date(2021, 12, 31), MemberStatus.KEPT),
        (date(2022, 1, 1), date(2022, 12, 31), MemberStatus.LEFT),
    ]
    assert current_union(person, on=date(2023, 1, 1)) is None
    with pytest.raises(NotAMember):
        end_membership(actor=SYSTEM, person=person, on=DAY, kind="left", reason="x")
    assert (
        join_union(actor=SYSTEM, person=person, org_unit=tree.mill, starts_on=DAY).status
        == MemberStatus.ACTIVE
    )


@pytest.mark.parametrize("kind", ["removed", "deceased"])
def test_leave_of_another_kind_counts_as_left(tree, kind):
    person = MembershipFactory(org_unit=tree.mill).person
    assert (
        end_membership(actor=SYSTEM, person=person, on=DAY, kind=kind, reason="x").status
        == MemberStatus.LEFT
    )


def test_leave_of_an_unknown_kind_is_refused(tree):
    person = MembershipFactory(org_unit=tree.mill).person
    with pytest.raises(InvalidInput):
        end_membership(actor=SYSTEM, person=person, on=DAY, kind="vanished", reason="x")


def test_person_in_two_unions_at_once_is_refused_by_the_database(tree):
    person = MembershipFactory(org_unit=tree.mill).person
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(person=person, org_unit=tree.yard, starts_on=DAY)


def test_employ_new_form_worker_needs_no_employer_and_others_do(tree):
    rider, platform = PersonFactory(), EmployerFactory(name="配送平台")
    row = record_employment(
        actor=SYSTEM,
        person=rider,
        employer=None,
        starts_on=DAY,
        form="new_form",
        works_at=platform,
        job_title="骑手",
    )
    assert (
        record_employment(actor=SYSTEM, person=rider, employer=None, starts_on=DAY, form="new_form")
        == row
    )
    assert current_employer(rider, on=DAY) is None
    with pytest.raises(InvalidInput):
        record_employment(actor=SYSTEM, person=rider, employer=None, starts_on=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Employment.objects.create(person=rider, employer=None, form="contract", starts_on=DAY)


def test_employ_dispatched_worker_knows_agency_and_firm(tree):
    agency, firm, person = EmployerFactory(), EmployerFactory(), PersonFactory()
    row = record_employment(
        actor=SYSTEM,
        person=person,
        employer=agency,
        starts_on=DAY,
        form="dispatched",
        works_at=firm,
    )
    assert (row.employer, row.works_at, current_employer(person, on=DAY)) == (agency, firm, agency)


def test_end_employment_once_with_a_day_that_can_be(tree):
    job = EmploymentFactory()
    for on in (TOMORROW, date(2019, 12, 31)):
        with pytest.raises(WrongDay):
            end_employment(actor=SYSTEM, person=job.person, employment=job, on=on, reason="离职")
    ended = end_employment(actor=SYSTEM, person=job.person, employment=job, on=DAY, reason="离职")
    assert (
        end_employment(actor=SYSTEM, person=job.person, employment=job, on=DAY, reason="离职")
        == ended
    )
    with pytest.raises(DomainError):
        end_employment(
            actor=SYSTEM, person=job.person, employment=job, on=date(2024, 6, 2), reason="离职"
        )
    assert [current_employer(job.person, on=day) for day in (DAY, date(2024, 6, 2))] == [
        job.employer,
        None,
    ]
