"""The search page."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from search import registry, testing
from search.apps import level_name
from search.errors import EngineDown
from tests.factories.ground import EmployerFactory, OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db


def page(client, **query):
    return client.get("/search/", query)


def test_address_is_short():
    assert reverse("search:results") == "/search/"


def test_page_without_a_question_shows_examples(client, index):
    response = page(client)
    assert response.status_code == 200
    assert "dhgjn" in response.text


def test_page_shows_marked_hits_with_kind_and_link(client, index):
    firm = EmployerFactory(name="红星机械厂")
    testing.flush_index()
    response = page(client, q="jixie")
    assert response.status_code == 200
    assert (
        f'<a class="hit" href="/firms/{firm.public_id}/">红星<mark>机械</mark>厂</a>'
        in response.text
    )
    assert '<span class="tag info">单位</span>' in response.text


def test_page_escapes_titles_and_questions(client, index):
    EmployerFactory(name="<script>alert(1)</script>红星")
    testing.flush_index()
    text = page(client, q='红星"><script>').text
    assert "<script>alert" not in text
    assert '"><script>' not in text
    assert "&lt;" in text


def test_chips_count_kinds_and_turn_on_and_off(client, index):
    EmployerFactory(name="东海厂")
    OrgUnitFactory(name="东海工会")
    testing.flush_index()
    client.force_login(UserFactory(is_superuser=True))
    text = page(client, q="东海").text
    assert re.findall(
        r'<a href="([^"]*)"( aria-current="true")?>([^<]*?)\s+<span class="num">(\d+)</span>', text
    )[1:] == [
        ("?q=%E4%B8%9C%E6%B5%B7&amp;kind=firm", "", "单位", "1"),
        ("?q=%E4%B8%9C%E6%B5%B7&amp;kind=union", "", "工会", "1"),
    ]
    text = page(client, q="东海", kind="union").text
    assert '<a href="?q=%E4%B8%9C%E6%B5%B7" aria-current="true">工会' in text
    assert "东海</mark>厂" not in text


def test_facet_offered_on_the_page_narrows(client, index):
    registry.register_facet("region", label="地区", show=lambda value: f"〔{value}〕")
    try:
        EmployerFactory(name="东海机械厂")
        EmployerFactory(name="西山机械厂")
        testing.flush_index()
        assert '<option value="东海">〔东海〕 (1)</option>' in page(client, q="机械").text
        text = page(client, q="机械", region="西山").text
        assert '<option value="西山" selected>' in text
        assert "东海" not in text
    finally:
        registry._facets.pop("region")


def test_pages_keep_the_question(client, index):
    EmployerFactory.create_batch(25, name="东海厂")
    testing.flush_index()
    text = page(client, q="东海", page="2").text
    assert text.count('class="hit"') == 5
    assert 'href="?q=%E4%B8%9C%E6%B5%B7&amp;page=1"' in text
    assert 'start="21"' in text


@pytest.mark.parametrize(("value", "words"), [("3", "三级"), ("0", "学徒"), ("9", "9"), ("x", "x")])
def test_level_facet_is_shown_in_words(value, words):
    assert words in level_name(value)


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 50, "２", "1e9", ""])
def test_odd_page_numbers_show_a_page(client, index, number):
    EmployerFactory(name="东海厂")
    testing.flush_index()
    response = page(client, q="东海", page=number)
    assert response.status_code == 200
    assert response.text.count('class="hit"') == 1


@pytest.mark.parametrize(
    "typed",
    ['"', "*", "a" * 10_000, "焊" * 10_000, "\x00", "😀", "%", "<svg onload=1>", "𠮷" * 3000],
)
def test_odd_questions_answer_with_a_sentence(client, index, typed):
    EmployerFactory(name="东海厂")
    testing.flush_index()
    response = page(client, q=typed, kind=typed[:50], page=typed[:50])
    assert response.status_code == 200
    assert 'class="note' in response.text or 'class="empty' in response.text


def test_nothing_found_offers_what_was_meant(client, index):
    EmployerFactory(name="东海机械厂")
    testing.flush_index()
    text = page(client, q="鸡血").text
    assert '<a href="?q=%E6%9C%BA%E6%A2%B0"><b>机械</b></a>' in text


def test_nothing_in_a_kind_leads_to_all_kinds(client, index):
    EmployerFactory(name="东海机械厂")
    testing.flush_index()
    assert '<a href="?q=%E6%9C%BA%E6%A2%B0">' in page(client, q="机械", kind="union").text


def test_htmx_gets_the_list_alone(client, index):
    EmployerFactory(name="东海厂")
    testing.flush_index()
    response = client.get("/search/", {"q": "东海"}, headers={"HX-Request": "true"})
    assert "<html" not in response.text
    assert 'class="hit"' in response.text
    assert "HX-Request" in response["Vary"]


def test_engine_away_says_so_calmly_and_the_site_goes_on(client, index, monkeypatch):
    def away(self, request):
        raise EngineDown("no answer")

    monkeypatch.setattr(type(index), "search", away)
    response = page(client, q="焊工")
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert 'class="note warn"' in response.text
    assert 'value="焊工"' in response.text
    partial = client.get("/search/", {"q": "焊工"}, headers={"HX-Request": "true"})
    assert (partial.status_code, 'class="note warn"' in partial.text) == (200, True)


def test_only_reading_is_answered(client, index):
    assert client.post("/search/", {"q": "a"}).status_code == 405


@pytest.mark.parametrize("count", [1, 30])
def test_page_costs_one_query_for_visitors(client, index, django_assert_num_queries, count):
    EmployerFactory.create_batch(count, name="东海厂")
    testing.flush_index()
    page(client, q="东海")
    with django_assert_num_queries(1):
        page(client, q="东海")
