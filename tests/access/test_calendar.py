"""What time, leaving and merging do to roles: dates end them by themselves; reviews, closed
accounts and mergers end or move them.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group

import access
from access import permission_labels, registry
from access.checks import is_allowed, require
from access.enums import ReviewItemState, ReviewState
from access.errors import OwnRole
from access.models import Review, RoleAssignment, RoleProposal
from access.queries import permitted
from access.rules import terms
from access.sync import find_rights_drift, repair_rights
from access.tasks import has_calendar_work, keep_calendar
from access.workflows import (
    assign_role,
    end_roles_of,
    move_scope_roles,
    proposal,
    review,
    withdraw_role,
)
from core.clock import today
from core.errors import NotFound
from org.models import OrgUnit
from tests.factories.courses import TrainingClassFactory
from tests.factories.ground import OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return OrgUnitFactory(name="市总工会")


@pytest.fixture
def admin(city):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="union_admin", scope=city)
    return user


def given(scope, role="union_officer", **dates):
    return assign_role(actor=access.SYSTEM, user=UserFactory(), role=role, scope=scope, **dates)


def test_rights_are_asked_anew_at_every_question_of_one_request(city):
    row = given(city)
    mine = permitted(row.user, "office.import_roster", OrgUnit.objects.all())
    require(row.user, "office.import_roster", city)
    withdraw_role(actor=access.SYSTEM, assignment=row)
    # The same account object, and a list asked for before the withdrawal but read after it.
    assert list(mine) == []
    with pytest.raises(NotFound):
        require(row.user, "office.import_roster", city)


def test_role_that_runs_out_in_mid_request_is_answered_with_a_sentence(city, client, clock):
    row = given(city, ends_on=today())
    client.force_login(row.user)
    assert client.get("/office/access/").status_code == 200
    clock.move_by(days=1)
    answer = client.get("/office/access/")
    assert answer.status_code == 403
    assert "工会经办人" in answer.content.decode()


@pytest.mark.parametrize(
    ("day", "first", "following", "opens"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 7, 1), True),
        (date(2026, 6, 30), date(2026, 1, 1), date(2026, 7, 1), False),
        (date(2026, 7, 31), date(2026, 7, 1), date(2027, 1, 1), True),
        (date(2026, 12, 31), date(2026, 7, 1), date(2027, 1, 1), False),
    ],
)
def test_half_years_begin_in_january_and_july(day, first, following, opens):
    assert (terms.half_year(day), terms.next_half_year(day), terms.reviews_open_on(day)) == (
        first,
        following,
        opens,
    )


def test_review_opens_once_a_half_year_for_scopes_with_roles_two_people_gave(city, clock):
    row = given(city)
    given(TrainingClassFactory(course__org=city), "trainer")
    clock.move_to(date(today().year + 1, 1, 5))
    assert review.open_due(actor=access.SYSTEM) == 1
    assert review.open_due(actor=access.SYSTEM) == 0
    found = Review.objects.get()
    assert [item.assignment for item in found.items.all()] == [row]
    assert found.due_on == terms.half_year(today()) + timedelta(days=34)


def test_review_keeps_one_withdraws_another_and_closes_when_all_is_said(city, admin):
    kept, dropped = given(city), given(city)
    withdraw_role(actor=access.SYSTEM, assignment=RoleAssignment.objects.get(user=admin))
    other = UserFactory()
    found = review.open_review(actor=access.SYSTEM, scope=city)
    assign_role(actor=access.SYSTEM, user=other, role="union_admin", scope=city)
    items = {item.assignment_id: item for item in found.items.all()}
    review.keep_review_item(actor=other, item=items[kept.pk])
    review.withdraw_review_item(actor=other, item=items[dropped.pk], reason="已调离")
    found.refresh_from_db()
    assert found.state == ReviewState.CLOSED
    assert is_allowed(kept.user, "office.import_roster", city)
    assert not is_allowed(dropped.user, "office.import_roster", city)


def test_nobody_confirms_his_own_role(city, admin):
    found = review.open_review(actor=access.SYSTEM, scope=city)
    with pytest.raises(OwnRole):
        review.keep_review_item(actor=admin, item=found.items.get())


def test_what_nobody_confirmed_by_the_due_day_lapses(city, clock):
    row = given(city)
    found = review.open_review(actor=access.SYSTEM, scope=city)
    clock.move_to(found.due_on)
    assert review.close_overdue(actor=access.SYSTEM) == 0
    clock.move_to(found.due_on + timedelta(days=1))
    assert has_calendar_work()
    keep_calendar()
    assert not is_allowed(row.user, "office.import_roster", city)
    assert found.items.get().state == ReviewItemState.LAPSED
    assert not has_calendar_work()


def test_account_that_is_closed_loses_every_role_and_proposal(city, admin):
    row = given(city)
    proposal.propose_role(
        actor=admin,
        user=row.user,
        role="editor",
        scope=city,
        reason="兼",
        ends_on=today(),
    )
    row.user.is_active = False
    row.user.save()
    assert RoleAssignment.objects.not_over().filter(user=row.user).count() == 0
    assert RoleProposal.objects.get().state == "lapsed"
    row.user.is_active = True
    row.user.save()
    assert not is_allowed(row.user, "office.import_roster", city)
    assert end_roles_of(actor=access.SYSTEM, user=row.user, reason="") == 0


def test_roles_follow_their_union_into_another_and_are_not_doubled(city):
    into = OrgUnitFactory()
    moved, double = given(city), given(city)
    assign_role(actor=access.SYSTEM, user=double.user, role="union_officer", scope=into)
    assert move_scope_roles(actor=access.SYSTEM, gone=city, into=into) == 2
    for row in (moved, double):
        assert is_allowed(row.user, "office.import_roster", into)
        assert not is_allowed(row.user, "office.import_roster", city)
        assert RoleAssignment.objects.not_over().filter(user=row.user).count() == 1
    assert list(find_rights_drift()) == []


def test_roles_of_a_dissolved_union_end(city):
    row = given(city)
    move_scope_roles(actor=access.SYSTEM, gone=city, into=None, reason="撤销")
    assert not is_allowed(row.user, "office.import_roster", city)


def test_groups_that_drifted_are_found_and_mended(city):
    row = given(city, "editor")
    assert list(find_rights_drift()) == []
    row.user.groups.clear()
    row.group.user_set.add(UserFactory())
    found = {(fault.what, len(fault.missing), len(fault.extra)) for fault in find_rights_drift()}
    assert found == {("member", 1, 1), ("platform", 1, 0)}
    assert repair_rights() == 2
    assert list(find_rights_drift()) == []
    assert row.user.groups.filter(name="editors").exists()


def test_expired_editor_leaves_the_group_that_opens_the_administration(city, clock):
    row = given(city, "editor", ends_on=today())
    clock.move_by(days=1)
    assert has_calendar_work()
    keep_calendar()
    assert list(row.user.groups.all()) == []
    assert Group.objects.filter(name="editors").exists()


def test_every_codename_has_a_sentence_and_every_sentence_a_codename():
    assert sorted(registry.all_codenames() - permission_labels.list_labelled_codenames()) == []
    assert sorted(permission_labels.list_labelled_codenames() - registry.all_codenames()) == []
