"""Define the base of every page and the site's own texts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.models import Page
from wagtail.search import index


class BasePage(Page):
    """A public page of texts and pictures. Facts are in the model the page points to."""

    summary = models.CharField(
        _("summary"),
        max_length=200,
        blank=True,
        help_text=_("One or two sentences, shown under the title, in lists and in search results."),
    )
    social_image = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture for sharing"),
        help_text=_("Shown when the link is shared. At least 1200 × 630."),
    )

    # A page is public or for people signed in; finer rights belong to the domains (scope groups
    # never show up here).
    private_page_options: ClassVar[list[str]] = ["login"]

    content_panels: ClassVar[list[object]] = [*Page.content_panels, FieldPanel("summary")]
    promote_panels: ClassVar[list[object]] = [
        MultiFieldPanel(
            [
                FieldPanel("slug"),
                FieldPanel("seo_title"),
                FieldPanel("search_description"),
                FieldPanel("social_image"),
            ],
            _("Search and sharing"),
        ),
        MultiFieldPanel([FieldPanel("show_in_menus")], _("Menus")),
    ]
    search_fields: ClassVar[list[object]] = [*Page.search_fields, index.SearchField("summary")]

    class Meta:
        abstract = True

    @property
    def description(self) -> str:
        """Return the sentence for search engines, which is the editor's own, else the summary."""
        return str(self.search_description or self.summary)


@register_setting(icon="doc-full")
class SiteTexts(BaseGenericSetting):
    """Who to ask, in the operator's words, shown on the home page."""

    contact = models.CharField(
        _("contact"), max_length=100, blank=True, help_text=_("Department and person.")
    )
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    hours = models.CharField(pgettext_lazy("opening", "hours"), max_length=100, blank=True)
    notice = models.CharField(
        _("notice on the home page"),
        max_length=200,
        blank=True,
        help_text=_("One sentence for everyone, for example about planned maintenance."),
    )

    panels: ClassVar[list[object]] = [
        FieldPanel("notice"),
        FieldPanel("contact"),
        FieldPanel("phone"),
        FieldPanel("hours"),
    ]

    class Meta:
        verbose_name = _("texts of the site")
