"""A site without demo data: the three administrators are appointed, and each enters what is theirs
and nothing else.
"""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse

from access import SYSTEM, registry
from access.models import RoleAssignment
from access.sync import find_rights_drift, join_platform_groups
from access.workflows import withdraw_role
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def three():
    users = {key: UserFactory(username=key) for key in ("system", "security", "audit")}
    call_command("appoint_admins", system="system", security="security", audit="audit")
    return users


def answers(client, user, name, *args):
    client.force_login(user)
    return client.get(reverse(name, args=args)).status_code


def test_groups_that_roles_name_stand_after_migrate():
    named = {role.platform_group for role in registry.all_roles() if role.platform_group}
    assert (
        set(
            Group.objects.filter(name__in=named, permissions__codename="access_admin").values_list(
                "name", flat=True
            )
        )
        == named
    )


def test_system_administrator_alone_of_the_three_keeps_the_settings(client, three):
    pk = apps.get_model("cms", "SiteTexts").load().pk
    seen = {
        key: answers(client, user, "wagtailsettings:edit", "cms", "sitetexts", pk)
        for key, user in three.items()
    }
    assert (seen["system"], {seen["security"], seen["audit"]} & {200}) == (200, set())


def test_none_of_the_three_sees_pages_or_pictures(client, three):
    for user in three.values():
        for name, args in (("wagtailadmin_explore", (1,)), ("wagtailimages:index", ())):
            assert answers(client, user, name, *args) != 200


def test_holder_from_before_the_group_joins_at_the_end_of_migrate(three):
    group = Group.objects.get(name=registry.get_role("system_admin").platform_group)
    group.user_set.clear()
    assert (join_platform_groups(), join_platform_groups()) == (1, 0)
    assert list(group.user_set.all()) == [three["system"]]
    assert list(find_rights_drift()) == []


def test_group_is_left_with_the_role(three):
    withdraw_role(actor=SYSTEM, assignment=RoleAssignment.objects.get(user=three["system"]))
    assert not three["system"].groups.exists()
