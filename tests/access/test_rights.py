"""Rights: what a role opens, where, until when, and nothing else."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from guardian.models import GroupObjectPermission, UserObjectPermission

import access
from access.checks import is_allowed, require
from access.models import OrgUnitGroupPermission
from access.queries import has_role, list_role_holders, permitted
from access.workflows import assign_role, withdraw_role
from audit.models import Event
from core.errors import DomainError, Forbidden, NotFound
from org.models import OrgUnit
from people.login import policy
from tests.factories.ground import EmployerFactory, OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    city = OrgUnitFactory(name="市总工会")
    district = OrgUnitFactory(name="区总工会", parent=city)
    other = OrgUnitFactory(name="邻市总工会")
    return city, district, other


def test_role_on_union_reaches_its_subtree_and_nothing_else(tree):
    city, district, other = tree
    below = OrgUnitFactory(name="厂工会", parent=OrgUnit.objects.get(pk=district.pk))
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=district)
    assert set(permitted(user, "office.import_roster", OrgUnit.objects.all())) == {district, below}
    assert not is_allowed(user, "office.import_roster", city)
    assert not is_allowed(user, "office.import_roster", other)


def test_permitted_adds_no_query_of_its_own(tree, django_assert_num_queries):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=tree[0])
    with django_assert_num_queries(1):
        list(permitted(user, "office.import_roster", OrgUnit.objects.all()))


def test_require_without_any_right_on_scope_answers_not_found(tree):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=tree[1])
    with pytest.raises(NotFound):
        require(user, "office.import_roster", tree[2])


def test_require_with_other_right_on_scope_names_the_roles_needed(tree):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="union_reviewer", scope=tree[1])
    with pytest.raises(Forbidden) as refused:
        require(user, "office.import_roster", tree[1])
    assert refused.value.roles_needed == ("工会经办人",)


@pytest.mark.parametrize(
    ("starts", "ends", "holds"), [(0, None, True), (1, None, False), (-5, -1, False), (-5, 0, True)]
)
def test_role_counts_from_its_first_to_its_last_day(tree, starts, ends, holds):
    today = timezone.localdate()
    user = UserFactory()
    assign_role(
        actor=access.SYSTEM,
        user=user,
        role="union_officer",
        scope=tree[0],
        starts_on=today + timedelta(days=starts),
        ends_on=None if ends is None else today + timedelta(days=ends),
    )
    assert is_allowed(user, "office.import_roster", tree[0]) is holds
    assert has_role(user, "union_officer") is holds


def test_withdrawn_role_is_gone_at_once_with_its_group(tree):
    user = UserFactory()
    row = assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=tree[0])
    withdraw_role(actor=access.SYSTEM, assignment=row, reason="转岗")
    assert not is_allowed(user, "office.import_roster", tree[0])
    assert list(user.groups.all()) == []
    assert [e.kind for e in Event.objects.order_by("pk")] == [
        "access.role_granted",
        "access.role_withdrawn",
    ]


def test_group_holds_exactly_the_declared_codenames_in_the_direct_table(tree):
    assign_role(actor=access.SYSTEM, user=UserFactory(), role="union_reviewer", scope=tree[0])
    rows = OrgUnitGroupPermission.objects.filter(content_object=tree[0])
    from access import registry

    assert {r.permission.codename.replace("__", ".") for r in rows} == registry.get_role(
        "union_reviewer"
    ).codenames
    assert GroupObjectPermission.objects.count() == 0
    assert UserObjectPermission.objects.count() == 0


def test_nobody_gives_a_role_to_himself(tree):
    admin = UserFactory()
    assign_role(actor=access.SYSTEM, user=admin, role="union_admin", scope=tree[0])
    with pytest.raises(DomainError) as refused:
        assign_role(actor=admin, user=admin, role="union_officer", scope=tree[0])
    assert refused.value.code == "own_role"


def test_role_given_twice_stays_one(tree):
    user = UserFactory()
    first = assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=tree[0])
    assert assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=tree[0]) == first
    assert [row.user for row in list_role_holders("union_officer", tree[0])] == [user]


def test_administrator_of_one_union_can_not_give_roles_in_another(tree):
    admin = UserFactory()
    assign_role(actor=access.SYSTEM, user=admin, role="union_admin", scope=tree[1])
    with pytest.raises(NotFound):
        assign_role(actor=admin, user=UserFactory(), role="union_officer", scope=tree[2])


def test_role_on_employer_needs_its_own_scope(tree):
    user = UserFactory()
    employer = EmployerFactory()
    assign_role(actor=access.SYSTEM, user=user, role="employer_hr", scope=employer)
    assert is_allowed(user, "certification.verify_batch", employer)
    assert not is_allowed(user, "certification.verify_batch", EmployerFactory())
    with pytest.raises(TypeError):
        assign_role(actor=access.SYSTEM, user=user, role="employer_hr", scope=tree[0])


def test_database_refuses_a_role_given_to_oneself(tree):
    user = UserFactory()
    row = assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=tree[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(granted_by=user)


def test_inactive_account_may_nothing(tree):
    user = UserFactory(is_active=False, is_superuser=True)
    assert not is_allowed(user, "office.import_roster", tree[0])
    assert list(permitted(user, None, OrgUnit.objects.all())) == []


def test_last_office_role_withdrawn_by_another_ends_every_session_and_one_of_two_ends_none(
    tree, client
):
    user = UserFactory()
    rows = [
        assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=unit)
        for unit in tree[1:]
    ]
    client.force_login(user)
    withdraw_role(actor=access.SYSTEM, assignment=rows[0])
    assert client.get("/me/").status_code == 200
    withdraw_role(actor=access.SYSTEM, assignment=rows[1])
    assert client.get("/me/").status_code == 302
    assert Event.objects.order_by("pk").last().kind == "people.sessions_ended"


def test_office_role_laid_down_by_its_holder_and_a_plain_one_withdrawn_leave_him_signed_in(
    tree, client
):
    user = UserFactory()
    own = assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=tree[0])
    plain = assign_role(actor=access.SYSTEM, user=user, role="employer_hr", scope=EmployerFactory())
    client.force_login(user)
    withdraw_role(actor=user, assignment=own, reason="转岗")
    withdraw_role(actor=access.SYSTEM, assignment=plain)
    assert client.get("/me/").status_code == 200


def test_role_given_or_withdrawn_is_known_to_sign_in_at_once(
    tree, django_capture_on_commit_callbacks
):
    user = UserFactory()
    assert not policy.holds_strong_role(user)
    with django_capture_on_commit_callbacks() as later:
        row = assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=tree[0])
    assert policy.holds_strong_role(user)
    assert len(later) == 1  # and once more when others can see it
    withdraw_role(actor=access.SYSTEM, assignment=row)
    assert not policy.holds_strong_role(user)
