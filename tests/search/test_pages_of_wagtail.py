"""Wagtail's publishing reaches the index: going live, going off, moving, with documents made from
pages or watching them.
"""

from __future__ import annotations

import pytest
from wagtail.models import Page

from search import outbox, queries, registry, testing
from search.base import EVERYONE, Document
from search.models import Pending
from tests.factories.ground import OrgUnitFactory

pytestmark = pytest.mark.django_db


class PageDocument(Document):
    """Any live page."""

    kind = "page"
    label = "页面"
    model = "wagtailcore.Page"

    def queryset(self):
        return Page.objects.live().filter(depth__gt=1)

    def title(self, row):
        return row.title

    def url(self, row):
        return row.url_path

    def visibility(self, row):
        return EVERYONE


@pytest.fixture
def root(index):
    registry.register_document(PageDocument)
    yield Page.objects.get(depth=1)
    registry.unregister_document("page")


def addresses():
    testing.flush_index()
    return [hit.url for hit in queries.search_documents("焊接").hits]


def test_page_is_found_while_it_is_live(root):
    page = root.add_child(instance=Page(title="焊接安全", slug="safety", live=False))
    assert addresses() == []
    page.save_revision().publish()
    assert addresses() == ["/safety/"]
    Page.objects.get(pk=page.pk).unpublish()
    assert addresses() == []
    page.save_revision().publish()
    Page.objects.get(pk=page.pk).delete()
    assert addresses() == []


def test_moved_branch_gets_its_new_addresses(root):
    old, new = (root.add_child(instance=Page(title=slug, slug=slug)) for slug in ("old", "new"))
    old.add_child(instance=Page(title="焊接安全", slug="safety"))
    assert addresses() == ["/old/safety/"]
    Page.objects.get(pk=old.pk).move(Page.objects.get(pk=new.pk), pos="last-child")
    assert addresses() == ["/new/old/safety/"]


def test_new_slug_gives_the_branch_its_new_addresses(root, django_capture_on_commit_callbacks):
    old = root.add_child(instance=Page(title="old", slug="old"))
    old.add_child(instance=Page(title="焊接安全", slug="safety"))
    assert addresses() == ["/old/safety/"]
    old = Page.objects.get(pk=old.pk)
    old.slug = "fresh"
    with django_capture_on_commit_callbacks(
        execute=True
    ):  # Wagtail tells of a new slug after the commit
        old.save_revision().publish()
    assert addresses() == ["/fresh/safety/"]


def test_document_watching_pages_follows_them(root):
    union = OrgUnitFactory()

    class Watching(Document):
        kind = "watching"
        label = "联"
        model = "org.OrgUnit"
        watches = {"wagtailcore.Page": lambda page: [union] if page.slug == "safety" else []}

    old, new = (root.add_child(instance=Page(title=slug, slug=slug)) for slug in ("old", "new"))
    page = old.add_child(instance=Page(title="焊接安全", slug="safety"))
    registry.register_document(Watching)
    try:
        for act in (
            lambda: Page.objects.get(pk=page.pk).unpublish(),
            lambda: Page.objects.get(pk=page.pk).save_revision().publish(),
            lambda: Page.objects.get(pk=old.pk).move(Page.objects.get(pk=new.pk), pos="last-child"),
        ):
            Pending.objects.all().delete()
            act()
            assert Pending.objects.filter(kind="watching", object_pk=str(union.pk)).exists()
    finally:
        registry.unregister_document("watching")
    assert outbox.is_flush_overdue() is False
