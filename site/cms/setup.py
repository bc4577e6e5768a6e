"""Give the platform groups `editors` and `site settings` their rights inside Wagtail. Roles
(`access`) decide who is in them, not this module.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
)

EDITORS = "editors"
SETTINGS = "site settings"
PAGE_RIGHTS = ("add_page", "change_page", "publish_page")
COLLECTION_RIGHTS = (
    ("wagtailimages", "add_image"),
    ("wagtailimages", "change_image"),
    ("wagtailimages", "choose_image"),
    ("wagtaildocs", "add_document"),
    ("wagtaildocs", "change_document"),
    ("wagtaildocs", "choose_document"),
)


def give_editors_their_rights(**_: Any) -> None:
    """Let editors enter the admin, write and publish every page, add pictures and documents, word
    messages. Safe to run again.
    """
    root = Page.objects.filter(depth=1).first()
    collection = Collection.get_first_root_node()
    if root is None or collection is None:
        return
    for label in ("wagtailadmin", "wagtailcore", "wagtailimages", "wagtaildocs", "cms", "notify"):
        create_permissions(apps.get_app_config(label), verbosity=0)
    group, _made = Group.objects.get_or_create(name=EDITORS)
    plain = Permission.objects.filter(
        content_type__app_label="wagtailadmin", codename="access_admin"
    )
    texts = Permission.objects.filter(content_type__app_label="cms", codename="change_sitetexts")
    messages = Permission.objects.filter(
        content_type__app_label="notify", content_type__model="template"
    )
    group.permissions.add(*plain, *texts, *messages)
    for permission in Permission.objects.filter(
        content_type__app_label="wagtailcore", content_type__model="page", codename__in=PAGE_RIGHTS
    ):
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    for app_label, codename in COLLECTION_RIGHTS:
        for permission in Permission.objects.filter(
            content_type__app_label=app_label, codename=codename
        ):
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collection, permission=permission
            )
    let_editors_review(group)
    let_settings_be_kept()


def let_editors_review(group: Group) -> None:
    """Let an editor's page that is sent for review wait for the other editors, because nobody is
    ever in Wagtail's own group of moderators.
    """
    for task in GroupApprovalTask.objects.filter(
        active=True, workflow_tasks__workflow__workflow_pages__page__depth=1
    ):
        task.groups.add(group)


def let_settings_be_kept() -> None:
    """Let the system administrator enter the admin for the site's own settings, which are its
    texts and its address, without pages or pictures.
    """
    group, _made = Group.objects.get_or_create(name=SETTINGS)
    group.permissions.add(
        *Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin"),
        *Permission.objects.filter(content_type__app_label="cms", codename="change_sitetexts"),
        *Permission.objects.filter(
            content_type__app_label="wagtailcore",
            content_type__model="site",
            codename="change_site",
        ),
    )
