"""Adapt Wagtail's admin to our site, with our name and seal, our colours, and nothing that belongs
to other screens.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin import widgets
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.menu import MenuItem

from core.forms import CleanCharField

# Texts of pages and snippets go through the same decision as those of our own forms.
register_form_field_override(
    models.CharField, override={"form_class": CleanCharField}, exact_class=True
)
register_form_field_override(
    models.TextField,
    override={"widget": widgets.AdminAutoHeightTextInput, "form_class": CleanCharField},
    exact_class=True,
)


@hooks.register("insert_global_admin_css")
def load_site_colours() -> SafeString:
    """Load the seal red and ink of the site into the admin."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("construct_settings_menu")
def hide_users_and_groups(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Remove Wagtail's users and groups, because accounts and roles have their own screens, and
    groups named `scope:…` are derived data.
    """
    menu_items[:] = [
        item
        for item in menu_items
        if item.name not in {"users", "groups", "workflows", "workflow-tasks"}
    ]


@hooks.register("construct_homepage_summary_items", order=1000)  # after those that add
def hide_dashboard_counts(request: HttpRequest, summary_items: list[Any]) -> None:
    """Remove the counts from the dashboard, because they tell editors nothing."""
    summary_items[:] = []
