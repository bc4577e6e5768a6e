"""After a migrate the groups that exist already hold exactly what their roles declare, once, at a
cost that doesn't grow with them.
"""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models.signals import post_migrate
from django.test.utils import CaptureQueriesContext

import access
from access.checks import is_allowed
from access.models import OrgUnitGroupPermission
from access.sync import align_rights, codename_of
from access.workflows import assign_role
from tests.factories.ground import OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db


def holder(unit):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="union_reviewer", scope=unit)
    return user


def test_a_right_that_was_added_or_taken_away_reaches_the_groups_that_exist():
    unit = OrgUnitFactory()
    user = holder(unit)
    OrgUnitGroupPermission.objects.filter(
        permission__codename=codename_of("people.view_person")
    ).delete()
    group = user.role_assignments.get().group
    stray = Permission.objects.get(
        codename=codename_of("org.manage_unit"), content_type__model="orgunit"
    )
    OrgUnitGroupPermission.objects.create(group=group, permission=stray, content_object=unit)
    assert (
        is_allowed(user, "people.view_person", unit),
        is_allowed(user, "org.manage_unit", unit),
    ) == (False, True)
    assert align_rights() == 2
    assert (
        is_allowed(user, "people.view_person", unit),
        is_allowed(user, "org.manage_unit", unit),
    ) == (True, False)
    assert align_rights() == 0


def test_aligning_asks_the_same_queries_for_one_group_and_for_thirty():
    def asked():
        with CaptureQueriesContext(connection) as found:
            align_rights()
        return len(found)

    holder(OrgUnitFactory())
    one = asked()
    for _n in range(29):
        holder(OrgUnitFactory())
    assert asked() == one


def test_it_runs_after_the_last_app_has_migrated_and_not_after_each(monkeypatch):
    from django.apps import apps

    from access import sync

    runs = []
    monkeypatch.setattr(sync, "align_rights", lambda: runs.append(1))
    for config in apps.get_app_configs():
        if config.models_module is not None:
            sync.after_migrate(sender=config)
    assert (
        runs,
        any(key[0] == "access.after_migrate" for key, *_rest in post_migrate.receivers),
    ) == ([1], True)
