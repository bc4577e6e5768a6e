"""Pages for when something is not as hoped."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from core import views
from core.errors import Forbidden

pytestmark = pytest.mark.django_db
CHINESE = {"headers": {"Accept-Language": "zh-CN"}}


def test_unknown_address_answers_404_with_a_search_box_and_the_request_number(client):
    response = client.get("/no-such-page/", **CHINESE)
    text = response.content.decode()
    assert response.status_code == 404
    assert '<html lang="zh-Hans">' in text
    assert 'role="search"' in text
    assert response["X-Request-Number"] in text
    assert "no-such-page" not in text.replace('value="/no-such-page/"', "")


def test_forbidden_names_the_roles_that_may():
    request = RequestFactory().get("/office/")
    with translation.override("en"):
        response = views.permission_denied(
            request, Forbidden(roles_needed=["union officer", "union reviewer"])
        )
    text = response.content.decode()
    assert response.status_code == 403
    assert ["union officer" in text, "union reviewer" in text] == [True, True]


def test_server_error_asks_no_database_and_shows_the_number(django_assert_num_queries):
    request = RequestFactory().get("/")
    request.number = "ABCDE23456"
    with django_assert_num_queries(0):
        response = views.server_error(request)
    assert response.status_code == 500
    assert "ABCDE23456" in response.content.decode()


def test_crash_in_a_view_answers_the_500_page_with_its_number(client, monkeypatch):
    def crash(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr("core.views.render", crash)
    client.raise_request_exception = False
    response = client.get("/licence/", **CHINESE)
    assert response.status_code == 500
    assert response["X-Request-Number"] in response.content.decode()


def test_form_without_token_is_refused_with_a_sentence_and_the_way_back():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(
        "/sign-in/",
        {"username": "a"},
        headers={"Referer": "http://testserver/training/", "Accept-Language": "en"},
    )
    text = response.content.decode()
    assert response.status_code == 403
    assert "please send the form again" in text
    assert 'href="/training/"' in text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("screen", ["", *(f"{screen}/" for screen in views.SCREENS)])
def test_style_guide_shows_each_screen(client, screen, language):
    client.raise_request_exception = False
    response = client.get(f"/styleguide/{screen}", headers={"Accept-Language": language})
    text = response.content.decode()
    assert response.status_code == (
        int(screen[:-1])
        if screen[:-1].isdigit()
        else {"csrf/": 403, "domain/": 409}.get(screen, 200)
    )
    assert text.count("<h1") == 1
    assert 'style="' not in text
    assert "<script" not in text


def test_style_guide_of_an_unknown_screen_is_not_found(client):
    assert client.get("/styleguide/nothing/").status_code == 404


def test_language_switch_stays_on_the_page_and_changes_its_language(client):
    response = client.post("/language/", {"language": "en", "next": "/licence/"}, **CHINESE)
    assert (response.status_code, response["Location"]) == (302, "/licence/")
    assert '<html lang="en">' in client.get("/licence/", **CHINESE).content.decode()


def test_language_switch_does_not_lead_to_other_hosts(client):
    response = client.post("/language/", {"language": "en", "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"


def test_pages_allow_no_inline_style_and_no_foreign_host(client):
    policy = client.get("/licence/")["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "http" not in policy.replace("'", "")
