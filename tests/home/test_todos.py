"""What waits at home comes from every app: for whom it is, by when, and who waits for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

import access
from access.models import WholeSite
from access.workflows import assign_role
from home import queries
from office.models import SheetImport
from people.models import PrivacyRequest
from tests.factories.ground import OrgUnitFactory, UserFactory, WorkerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_importer_goes_on_with_the_own_open_sheet_and_not_with_a_colleagues():
    city = OrgUnitFactory(name="市总工会")
    mine, other = UserFactory(), UserFactory()
    for user in (mine, other):
        assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=city)
        SheetImport.objects.create(
            kind="roster",
            org=city,
            actor=user,
            filename=f"{user.pk}.xlsx",
            state="ready",
            rows=3,
            sha256=str(user.pk),
        )
    SheetImport.objects.create(
        kind="roster", org=city, actor=mine, filename="done.xlsx", state="applied", sha256="x"
    )
    assert [(row.title, row.act) for row in queries.own_page(mine).todos] == [
        (f"Sheet not yet taken over: {mine.pk}.xlsx", "Go on")
    ]


def test_data_protection_officer_sees_requests_with_the_day_of_answer_and_a_masked_name():
    officer, worker = UserFactory(), WorkerFactory(name="欧阳𠮷")
    assign_role(
        actor=access.SYSTEM, user=officer, role="privacy_officer", scope=WholeSite.objects.get()
    )
    due = timezone.localdate() + timedelta(days=15)
    PrivacyRequest.objects.create(
        kind="correction",
        person=worker,
        asked_by=worker.user,
        field="name",
        due_on=due,
        ripe_on=due,
    )
    (todo,) = [row for row in queries.own_page(officer).todos if row.due == due]
    assert (todo.text, "欧阳𠮷" in todo.text) == ("欧阳*", False)
    assert [row for row in queries.own_page(UserFactory()).todos if row.due == due] == []


def test_holder_of_a_role_that_ends_soon_is_told_and_can_ask_to_extend():
    officer, city = UserFactory(), OrgUnitFactory(name="市总工会")
    ends = timezone.localdate() + timedelta(days=8)
    row = assign_role(
        actor=access.SYSTEM, user=officer, role="union_reviewer", scope=city, ends_on=ends
    )
    (todo,) = [found for found in queries.own_page(officer).todos if found.due == ends]
    assert (todo.title, todo.href) == (
        "Your role ends: union reviewer",
        f"/office/access/roles/{row.public_id}/extend/",
    )
