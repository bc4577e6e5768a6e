"""The rights desk through its doors: who sees what, what was typed stays, sheets, number of
queries.
"""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

import access
from access import handles, permission_labels, registry
from access.models import RoleAssignment, RoleProposal
from access.workflows import assign_role, proposal, withdraw_role
from tests.factories.ground import MembershipFactory, OrgUnitFactory, UserFactory, WorkerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return OrgUnitFactory(name="市总工会", code="330900")


@pytest.fixture
def admin(city, client):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="union_admin", scope=city)
    client.force_login(user)
    return user


def holder(scope, role="union_officer"):
    person = WorkerFactory()
    assign_role(actor=access.SYSTEM, user=person.user, role=role, scope=scope)
    return person.user


def page_of(user):
    return reverse("access:person", args=[handles.handle_of(user.pk)])


def test_handle_of_an_account_leads_back_to_it_and_an_invented_one_nowhere(client, admin):
    handle = handles.handle_of(admin.pk)
    assert handles.account_of(handle) == admin.pk
    assert handles.account_of(type(handle)(int=handle.int ^ 1)) is None
    assert (
        client.get(reverse("access:person", args=[type(handle)(int=handle.int ^ 1)])).status_code
        == 404
    )


def test_viewer_sees_the_roles_in_his_own_unions_only(client, city, admin):
    user = holder(city)
    other = OrgUnitFactory(name="邻市总工会")
    assign_role(actor=access.SYSTEM, user=user, role="union_reviewer", scope=other)
    seen = client.get(page_of(user))
    assert [row.role for row in seen.context["seen"].rows] == ["union_officer"]
    assert "邻市总工会" not in seen.content.decode()
    client.force_login(user)
    assert [row.role for row in client.get(page_of(user)).context["seen"].rows] == [
        "union_officer",
        "union_reviewer",
    ]


def test_what_a_wider_role_gives_for_as_long_is_said_once_and_a_long_line_folds_its_rest(
    client, city, admin
):
    user = holder(city)
    district = OrgUnitFactory(name="东区总工会", parent=city)
    assign_role(actor=access.SYSTEM, user=user, role="union_reviewer", scope=district)
    seen = client.get(page_of(user)).context["seen"]
    wide = {deed for line in seen.can if line.where.startswith("市总工会") for deed in line.named}
    narrow = {deed for line in seen.can if line.where == "东区总工会" for deed in line.named}
    assert narrow
    assert not wide & narrow
    (longest,) = [
        line for line in seen.can if len(line.named) == max(len(one.named) for one in seen.can)
    ]
    assert (longest.count, f"{longest.first}、{longest.more}") == (
        len(longest.named) - 3,
        longest.deeds,
    )
    # One that lasts longer than the wider one is said in full.
    RoleAssignment.objects.filter(user=user, role="union_officer").update(
        ends_on=timezone.localdate() + timedelta(days=3)
    )
    seen = client.get(page_of(user)).context["seen"]
    assert wide & {deed for line in seen.can if line.where == "东区总工会" for deed in line.named}


def test_every_line_of_what_one_may_not_names_exactly_the_roles_each_of_its_deeds_takes(
    client, city, admin
):
    seen = client.get(page_of(holder(city))).context["seen"]
    sentences = {
        str(deed.sentence): deed.codename
        for deed in permission_labels.sort_permission_labels(registry.all_codenames())
    }
    for line in seen.cannot:
        roles = {
            tuple(sorted(str(role.label) for role in registry.roles_with(sentences[deed])))
            for deed in line.named
        }
        assert len(roles) == 1, line


def test_proposal_is_made_agreed_and_shown_by_two_people_through_the_pages(client, city, admin):
    receiver = WorkerFactory().user
    MembershipFactory(person=receiver.person, org_unit=city)
    second = holder(city, "union_admin")
    url = f"{reverse('access:new')}?account={handles.handle_of(receiver.pk)}"
    sent = {
        "role": "union_officer",
        "where": "330900",
        "starts_on": timezone.localdate(),
        "ends_on": timezone.localdate() + timedelta(days=90),
    }
    without = client.post(url, {**sent, "reason": ""})
    assert (without.status_code, without.context["form"].errors["reason"]) == (
        422,
        ["请简单写明事由，会留在记录里。"],
    )
    assert client.post(url, {**sent, "reason": "接班"}).url == page_of(receiver)
    row = RoleProposal.objects.get()
    assert client.post(reverse("access:agree", args=[row.public_id])).status_code == 409
    client.force_login(second)
    assert "等您同意" in client.get(page_of(receiver)).content.decode()
    assert client.post(reverse("access:agree", args=[row.public_id])).url == page_of(receiver)
    given = RoleAssignment.objects.get(user=receiver)
    assert (given.granted_by, given.agreed_by) == (admin, second)
    # The back button and a second click.
    assert client.post(reverse("access:agree", args=[row.public_id])).status_code == 409


def test_scope_that_fits_several_or_none_is_asked_for_again_with_what_was_typed(
    client, city, admin
):
    from org.models import OrgUnit

    for name in ("甲厂工会", "乙厂工会"):
        OrgUnitFactory(name=name, parent=OrgUnit.objects.get(pk=city.pk))
    OrgUnitFactory(name="邻市总工会")
    url = f"{reverse('access:new')}?account={handles.handle_of(WorkerFactory().user.pk)}"
    sent = {
        "role": "union_officer",
        "starts_on": timezone.localdate(),
        "ends_on": timezone.localdate(),
        "reason": "试",
    }
    for where, said in (
        ("厂工会", "甲厂工会、乙厂工会"),
        ("邻市", "没有这个工会或单位"),
        ("", "哪个工会或单位"),
    ):
        answer = client.post(url, {**sent, "where": where})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert answer.context["form"]["reason"].value() == "试"


def test_question_who_may_do_this_here_names_the_holders_and_why_another_can_not(
    client, city, admin
):
    from org.models import OrgUnit

    district = OrgUnitFactory(
        name="区总工会", code="330990", parent=OrgUnit.objects.get(pk=city.pk)
    )
    above, here, gone = holder(city), holder(district), holder(district)
    withdraw_role(actor=access.SYSTEM, assignment=RoleAssignment.objects.get(user=gone))
    asked = {"where": "330990", "deed": "office.import_roster", "who": gone.username}
    answer = client.get(reverse("access:where"), asked)
    found = [(row.assignment.user, row.inherited_from) for row in answer.context["holders"]]
    assert found == [(here, None), (above, city)]
    (_name, _handle, said) = answer.context["who"][0]
    assert said == [f"“工会经办人”已于 {timezone.localdate():%Y-%m-%d} 收回。"]


def test_sheet_of_roles_names_who_took_it_and_runs_no_formula(client, city, admin):
    row = proposal.propose_role(
        actor=admin,
        user=WorkerFactory().user,
        role="union_officer",
        scope=city,
        reason="=1+1",
        ends_on=timezone.localdate(),
    )
    proposal.agree_to_role_proposal(actor=holder(city, "union_admin"), proposal=row)
    answer = client.get(reverse("access:roles_sheet", args=["csv"]), {"role": "union_officer"})
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (lines[1][2], lines[1][-1]) == ("工会经办人", "'=1+1")
    assert lines[-1][0].startswith(str(admin))
    assert client.get(reverse("access:roles_sheet", args=["xlsx"])).content[:2] == b"PK"


def test_administrators_of_the_whole_site_see_every_union(client, city):
    from access.models import WholeSite

    auditor = UserFactory()
    assign_role(actor=access.SYSTEM, user=auditor, role="audit_admin", scope=WholeSite.get())
    user = holder(city)
    client.force_login(auditor)
    assert client.get(page_of(user)).status_code == 200
    row = RoleAssignment.objects.get(user=user)
    assert client.get(reverse("access:withdraw", args=[row.public_id])).status_code == 403


@pytest.mark.parametrize(
    "name", ["access:desk", "access:people", "access:roles", "access:reviews", "access:log"]
)
def test_lists_cost_the_same_queries_at_1_and_30_rows(
    client, city, admin, django_assert_max_num_queries, name
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def fill(count):
        for _n in range(count):
            row = RoleAssignment.objects.get(user=holder(city))
            proposal.ask_extension(
                actor=admin,
                assignment=row,
                ends_on=timezone.localdate() + timedelta(days=400),
                reason="试",
            )

    def cost():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(name)).status_code == 200
        return len(seen)

    fill(1)
    client.get(reverse(name))
    first = cost()
    fill(29)
    assert cost() == first
    assert first <= 16
