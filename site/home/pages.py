"""Define the front page and the news, which show what the domains know."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField

from cms.blocks import BodyBlock
from cms.models import BasePage, SiteTexts
from core import clock
from core.models import DayField


class HomePage(BasePage):
    """The front page. Its words are the editor's, its numbers the database's."""

    eyebrow = models.CharField(
        _("line above the title"), max_length=60, default="职工素质提升 · 五位一体"
    )
    headline = models.TextField(
        _("main headline"),
        max_length=60,
        default="从第一堂课，\n走到工匠之名。",
        help_text=_("At most two short lines."),
    )
    lede = models.CharField(
        _("introduction"),
        max_length=200,
        default="报名培训、拜师学艺、登台比武、晋升等级、领取激励。每一步都有记录，每一张证书都查得到。",
    )
    often_searched = models.CharField(
        _("often searched"),
        max_length=200,
        default="焊工 电工 数控车工 茶艺师",
        blank=True,
        help_text=_("Separate the words with spaces."),
    )

    template = "home/home_page.html"
    max_count = 1
    content_panels: ClassVar[list[object]] = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("eyebrow"),
                FieldPanel("headline"),
                FieldPanel("lede"),
                FieldPanel("often_searched"),
            ],
            _("Opening"),
        ),
    ]

    class Meta:
        verbose_name = _("front page")

    @property
    def search_words(self) -> list[str]:
        """Return the often searched words one by one."""
        return [str(word) for word in self.often_searched.split()]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the domains have to show today."""
        from home import queries  # app ready

        context = super().get_context(request, *args, **kwargs)
        context["front"] = queries.front_page()
        context["texts"] = SiteTexts.load(request_or_site=request)
        context["news"] = (
            ArticlePage.objects.live()
            .public()
            .order_by("-published_on", "-pk")
            .only("title", "url_path", "published_on", "depth", "path")[:3]
        )
        return dict(context)


class NewsIndexPage(BasePage):
    """The list of articles."""

    template = "home/news_index_page.html"
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["home.ArticlePage"]

    class Meta:
        verbose_name = _("news")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the articles, newest first, twenty a page."""
        context = super().get_context(request, *args, **kwargs)
        articles = (
            ArticlePage.objects.child_of(self).live().public().order_by("-published_on", "-pk")
        )
        context["page_obj"] = Paginator(articles, 20).get_page(request.GET.get("page"))
        return dict(context)


class ArticlePage(BasePage):
    """One piece of news, a notice, a craftsman's portrait."""

    published_on = DayField(_("date"), default=clock.today)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("body"))

    template = "home/article_page.html"
    parent_page_types: ClassVar[list[str]] = ["home.NewsIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[object]] = [
        *BasePage.content_panels,
        FieldPanel("published_on"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("article")
