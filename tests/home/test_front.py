"""The front page: the editor's words, the database's numbers, nothing of a draft, always the same
few queries.
"""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.models import Page, Site

import access
from audit.models import Event as Record
from cms.models import SiteTexts
from home import queries
from home.models import ArticlePage, HomePage, NewsIndexPage
from home.workflows import ensure_site
from tests.factories.certification import CertificateFactory, HonourFactory
from tests.factories.competitions import EventFactory
from tests.factories.courses import EnrolmentFactory

pytestmark = pytest.mark.django_db
CHINESE = {"headers": {"Accept-Language": "zh-CN"}}


def test_front_page_is_the_default_site_after_the_migrations(client):
    response = client.get("/", **CHINESE)
    text = response.content.decode()
    assert response.status_code == 200
    assert text.count("<h1") == 1
    assert "走到工匠之名" in text
    assert 'aria-current="page">首页' in text


def test_tree_after_the_migrations_is_sound():
    assert Page.find_problems() == ([], [], [], [], [])


def test_ensure_site_twice_changes_nothing_the_second_time():
    first = ensure_site(actor=access.SYSTEM)
    before = (Page.objects.count(), list(Site.objects.values()), Record.objects.count())
    assert ensure_site(actor=access.SYSTEM) == first
    assert (Page.objects.count(), list(Site.objects.values()), Record.objects.count()) == before


def test_ensure_site_mends_a_site_without_front_page(settings):
    settings.BASE_URL = "https://skills.example"
    HomePage.objects.get().delete()
    home = ensure_site(actor=access.SYSTEM)
    site = Site.objects.get()
    assert (site.hostname, site.port, site.root_page_id, site.is_default_site) == (
        "skills.example",
        443,
        home.pk,
        True,
    )
    assert NewsIndexPage.objects.child_of(home).count() == 1
    assert [record.kind for record in Record.objects.all()] == ["home.site_made"]


def test_empty_house_says_what_will_stand_there(client):
    text = client.get("/", headers={"Accept-Language": "en"}).content.decode()
    assert "No class is open for enrolment at present" in text
    assert "No competition has been announced at present" in text


def test_front_page_counts_what_is_there(open_class, front):
    running = open_class(name="周末班", capacity=10)
    EnrolmentFactory(training_class=running)
    EventFactory(title="焊工决赛")
    EventFactory(title="保密的赛事", draft=True)
    CertificateFactory()
    HonourFactory(display_name="甄铸新", title="示例工匠", published_on="2026-01-02")
    with translation.override("en"):
        page = queries.front_page()
    assert [(card.taken, card.seats, card.left, card.hot) for card in page.classes] == [
        (1, 10, 9, False)
    ]
    assert [row.title for row in page.events] == ["焊工决赛"]
    assert [(row.title, row.text) for row in page.honours] == [("甄铸新", "示例工匠 · 焊工")]
    assert [(figure.number, figure.word) for figure in page.figures] == [
        (1, "people in training"),
        (0, "trainings completed"),
        (1, "certificates issued"),
        (1, "competitions this year"),
    ]
    assert [stage.state for stage in page.stages] == ["done", "", "now", "done", ""]


def test_full_class_says_waiting_list(open_class):
    open_class(capacity=1, seats_taken=1)
    with translation.override("en"):
        (card,) = queries.front_page().classes
    assert (card.word, card.tone, card.left, card.hot) == ("waiting list", "warn", 0, True)


def test_front_page_asks_the_same_queries_for_one_and_for_thirty(client, open_class, front):
    index = NewsIndexPage.objects.get()

    def fill(times: int) -> int:
        for _n in range(times):
            open_class()
            EventFactory()
            HonourFactory(published_on="2026-01-02")
            index.add_child(instance=ArticlePage(title="通知"))
        client.get("/", **CHINESE)
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/", **CHINESE).status_code == 200
        return len(asked)

    one = fill(1)
    assert (fill(29), one <= 16) == (one, True)


def test_verify_form_sends_names_in_the_body_never_in_the_address(client):
    text = client.get("/", **CHINESE).content.decode()
    assert re.findall(r'<form method="(\w+)" action="/verify/">', text) == ["post"]


def test_editor_texts_are_escaped(client, front):
    front.headline = "<script>alert(1)</script>"
    front.save()
    texts = SiteTexts.load()
    texts.notice = "<b>停机</b>"
    texts.save()
    text = client.get("/", **CHINESE).content.decode()
    assert "<script>alert" not in text
    assert "&lt;b&gt;停机" in text


def test_article_shows_its_body_and_stays_hidden_until_published(client):
    index = NewsIndexPage.objects.get()
    article = ArticlePage(title="冬训开班", summary="三个工种先开。", live=False)
    article.body = [
        ("heading", "怎么报名"),
        (
            "steps",
            {
                "steps": [
                    {"title": "选一个班", "text": ""},
                    {"title": "点报名", "text": "<p>满了排候补。</p>"},
                ]
            },
        ),
        ("note", {"kind": "warn", "title": "", "text": "<p>带身份证。</p>"}),
        (
            "quiz",
            {
                "question": "动火前先做什么？",
                "answers": [{"text": "清场", "correct": True}, {"text": "点火", "correct": False}],
                "explanation": "",
            },
        ),
    ]
    index.add_child(instance=article)
    assert client.get("/news/" + article.slug + "/").status_code == 404
    article.save_revision().publish()
    text = client.get("/news/" + article.slug + "/", **CHINESE).content.decode()
    assert [
        part in text
        for part in ("<h2>怎么报名</h2>", "满了排候补", 'class="note warn', 'type="radio"')
    ] == [True] * 4
    assert "冬训开班" in client.get("/news/", **CHINESE).content.decode()
    assert 'style="' not in text
