"""Make the demo's front page, with who to ask and one piece of news. Everything is made up."""

from __future__ import annotations

from typing import Any

from access.system import SYSTEM
from cms.models import SiteTexts
from core.demo import World
from home.pages import ArticlePage, NewsIndexPage
from home.workflows import ensure_site

BODY: list[tuple[str, Any]] = [
    (
        "text",
        "<p>今年冬训从十二月开始，焊工、电工、数控车工三个工种先开班。在岗职工凭姓名和证件号就能报名，费用由工会承担。</p>",
    ),
    ("heading", "怎么报名"),
    (
        "steps",
        {
            "steps": [
                {
                    "title": "在“技能培训”里选一个班",
                    "text": "<p>还剩多少席、什么时候上课，班次上都写着。</p>",
                },
                {
                    "title": "登录后点“报名”",
                    "text": "<p>满了可以排候补，有人退出就按顺序递补。</p>",
                },
                {
                    "title": "开班当天扫码签到",
                    "text": "<p>没带手机，请班主任代签，由另一人核对。</p>",
                },
            ]
        },
    ),
    (
        "note",
        {"kind": "info", "title": "缺课怎么补", "text": "<p>两次以内，下一期补上，学时照记。</p>"},
    ),
]


def load_site_texts(world: World) -> None:
    """Make the site if it is missing, its texts and one article. It may run twice."""
    home = ensure_site(actor=SYSTEM)
    texts = SiteTexts.load()
    if not texts.contact:
        texts.contact, texts.phone, texts.hours = (
            "某市总工会技能培训科 · 示例老师",
            "0571-0000 0000",
            "工作日 8:30–17:00",
        )
        texts.save()
    index = NewsIndexPage.objects.child_of(home).first()
    if index is None or ArticlePage.objects.child_of(index).exists():
        return
    article = ArticlePage(
        title="冬季技能提升班开始报名",
        slug="winter-classes",
        summary="三个工种先开班，职工免费，名额报满即止。",
        owner=world.users.get("editor"),
    )
    article.body = BODY
    index.add_child(instance=article)
    article.save_revision().publish()
