"""The commands of rights: the first three administrators, and what has drifted from the
assignments.
"""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

import access
from access.grants import ADMINISTRATORS
from access.models import OrgUnitGroupPermission, RoleAssignment, WholeSite
from access.sync import find_rights_drift, group_name
from access.system_checks import check_administrators
from access.workflows import assign_role
from tests.factories.ground import OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def three():
    return [UserFactory(username=name) for name in ("sys", "sec", "aud")]


def appoint(*names, **options):
    call_command("appoint_admins", system=names[0], security=names[1], audit=names[2], **options)


def test_appoint_admins_gives_each_of_three_people_one_role_and_can_be_repeated(three, capsys):
    appoint("sys", "sec", "aud")
    appoint("sys", "sec", "aud")
    held = (
        RoleAssignment.objects.running()
        .on(WholeSite.get())
        .order_by("pk")
        .values_list("user__username", "role")
    )
    assert list(held) == [
        ("sys", "system_admin"),
        ("sec", "security_admin"),
        ("aud", "audit_admin"),
    ]
    assert "sys" in capsys.readouterr().out


def test_appoint_admins_takes_the_superuser_mark_away_unless_told_to_keep_it():
    for name in ("sys", "sec", "aud"):
        get_user_model().objects.create_superuser(name)
    appoint("sys", "sec", "aud", keep_superusers=True)
    assert get_user_model().objects.filter(is_superuser=True).count() == 3
    appoint("sys", "sec", "aud")
    assert get_user_model().objects.filter(is_superuser=True).count() == 0


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("sys", "sys", "aud"), "three people"),
        (("sys", "sec", "nobody"), "no active account nobody"),
    ],
)
def test_appoint_admins_with_two_people_or_an_unknown_one_appoints_nobody(three, names, said):
    with pytest.raises(CommandError, match=said):
        appoint(*names)
    assert RoleAssignment.objects.count() == 0


def test_appoint_admins_with_others_in_office_is_refused(three):
    appoint("sys", "sec", "aud")
    UserFactory(username="new")
    with pytest.raises(CommandError, match="administrators already"):
        appoint("new", "sec", "aud")


def test_appoint_admins_with_crossed_roles_is_refused_and_changes_nothing(three):
    appoint("sys", "sec", "aud")
    with pytest.raises(CommandError):
        appoint("sec", "sys", "aud")
    assert RoleAssignment.objects.running().count() == 3


def test_check_rights_finds_what_drifted_and_mends_it(capsys):
    unit, user, stranger = OrgUnitFactory(), UserFactory(), UserFactory()
    row = assign_role(actor=access.SYSTEM, user=user, role="editor", scope=unit)
    call_command("check_rights")
    assert "in order" in capsys.readouterr().out
    user.groups.clear()
    row.group.user_set.add(stranger)
    OrgUnitGroupPermission.objects.filter(group=row.group).delete()
    with pytest.raises(CommandError, match="3 differences"):
        call_command("check_rights")
    assert {(fault.what, fault.group) for fault in find_rights_drift()} == {
        ("rights", group_name(row.declared, unit)), ("member", row.group.name), ("platform", "editors"),
    }  # fmt: skip
    call_command("check_rights", mend=True)
    assert list(find_rights_drift()) == []
    assert set(user.groups.all()) == {row.group, Group.objects.get(name="editors")}
    assert list(stranger.groups.all()) == []


def test_deploy_check_warns_of_superusers_and_of_missing_administrators(three):
    get_user_model().objects.create_superuser("boss")
    assert [found.id for found in check_administrators()] == ["access.W001", "access.W002"]
    assert "system_admin, security_admin, audit_admin" in check_administrators()[1].msg
    get_user_model().objects.update(is_superuser=False)
    appoint("sys", "sec", "aud")
    assert check_administrators() == []
    assert {role.role for role in RoleAssignment.objects.running()} == set(ADMINISTRATORS)
    assert [
        found
        for found in run_checks(tags=["security"], include_deployment_checks=True)
        if found.id.startswith("access.")
    ] == []
