"""Make the catalogue page on every site from the first migrate, because `/training/` is on
everybody's navigation bar.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from wagtail.models import Page, Site

SLUG = "training"
DESK = "training desk"


def give_training_officers_rights(**_: Any) -> None:
    """Let holders of the training officer's role enter Wagtail's admin. Pages and pictures stay
    with the editors. Safe to run again.
    """
    enter = Permission.objects.filter(
        content_type__app_label="wagtailadmin", codename="access_admin"
    ).first()
    if enter is not None:
        Group.objects.get_or_create(name=DESK)[0].permissions.add(enter)


def ensure_catalogue(**_: Any) -> Page | None:
    """Make the catalogue page below the default site's front page unless there is one. Safe to run
    again.
    """
    from courses.pages import CourseIndexPage  # app ready

    held = CourseIndexPage.objects.first()
    if held is not None:
        return held
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None or site.root_page.get_children().filter(slug=SLUG).exists():
        return None
    page = CourseIndexPage(
        title="技能培训",
        slug=SLUG,
        summary="线上随时学，线下动手练。选一个班次，两步就能报上名；学完考核合格，发培训合格证书。",
        show_in_menus=True,
        live=True,
    )
    site.root_page.add_child(instance=page)
    return page
