"""Documents over models of the foundation: search knows no domain, and neither do its tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from org.models import Employer, OrgUnit
from search import registry, testing
from search.base import EVERYONE, Document, Visibility, allow_account, allow_scope_holders
from search.engines import _engine, get_search_engine


class FirmDocument(Document[Employer]):
    """A firm, for everybody."""

    kind = "firm"
    label = "单位"
    model = "org.Employer"
    tone = "info"
    order = 10

    def title(self, row: Employer) -> str:
        return row.name

    def url(self, row: Employer) -> str:
        return f"/firms/{row.public_id}/"

    def facets(self, row: Employer) -> dict[str, Any]:
        return {"region": row.name[:2]}

    def visibility(self, row: Employer) -> Visibility:
        return EVERYONE


class UnionDocument(Document[OrgUnit]):
    """A union, for holders of a right on it or above it."""

    kind = "union"
    label = "工会"
    model = "org.OrgUnit"
    order = 20
    codenames = ("org.view_unit",)

    def title(self, row: OrgUnit) -> str:
        return row.name

    def codes(self, row: OrgUnit) -> list[str]:
        return [row.code]

    def date(self, row: OrgUnit) -> date:
        return date(2026, 1, 1)

    def url(self, row: OrgUnit) -> str:
        return f"/unions/{row.public_id}/"

    def visibility(self, row: OrgUnit) -> Visibility:
        return allow_scope_holders("org.view_unit", row, org=row)


@pytest.fixture
def index(settings: Any, tmp_path: Any) -> Iterator[Any]:
    """An empty index of the engine under test, with only the two kinds above registered."""
    kept = dict(registry._documents)
    for kind in kept:
        registry.unregister_document(kind)
    settings.SEARCH_TANTIVY_PATH = tmp_path / "index"
    # Two processes may run tests of one name at once.
    settings.ELASTICSEARCH_PREFIX = f"test-{os.getpid()}-{tmp_path.name.replace('_', '-').lower()}"
    _engine.cache_clear()
    registry.register_document(FirmDocument)
    registry.register_document(UnionDocument)
    made = get_search_engine()
    testing.empty_index()
    yield made
    for kind in ("firm", "union"):
        registry.unregister_document(kind)
    if made.name == "elasticsearch":
        made.client.indices.delete(index=f"{made.alias}-*", ignore_unavailable=True)
    made.close()
    _engine.cache_clear()
    for document in kept.values():
        registry.register_document(type(document))


class Row:
    """A row that is no model: enough for `Document.indexed`."""

    def __init__(self, pk: int, title: str, **more: Any) -> None:
        self.pk = pk
        self.title = title
        self.more = more


class FreeDocument(Document[Any]):
    """A document whose every part a test chooses."""

    kind = "free"
    label = "任意"
    model = "org.Employer"

    def title(self, row: Any) -> str:
        return row.title

    def summary(self, row: Any) -> str:
        return row.more.get("summary", "")

    def body(self, row: Any) -> str:
        return row.more.get("body", "")

    def keywords(self, row: Any) -> list[str]:
        return row.more.get("keywords", [])

    def codes(self, row: Any) -> list[str]:
        return row.more.get("codes", [])

    def facets(self, row: Any) -> dict[str, Any]:
        return row.more.get("facets", {})

    def date(self, row: Any) -> date | None:
        return row.more.get("date")

    def url(self, row: Any) -> str:
        return f"/free/{row.pk}/"

    def visibility(self, row: Any) -> Visibility:
        return row.more.get("visibility", EVERYONE)


@pytest.fixture
def put(index: Any) -> Any:
    """Put rows straight into the index: `put("焊工", "电工", …)` or `put(("焊工", {"keywords": […]}),
    …)`; keys count from 1.
    """
    document = FreeDocument()
    registry._documents["free"] = document
    seen = iter(range(1, 10_000))

    def write(*rows: Any) -> list[int]:
        made = [
            Row(
                next(seen),
                *((row, {}) if isinstance(row, str) else row)[:1],
                **(row[1] if isinstance(row, tuple) else {}),
            )
            for row in rows
        ]
        index.write([document.indexed(row) for row in made], [], version=1)
        return [row.pk for row in made]

    yield write
    registry._documents.pop("free", None)


__all__ = ["FirmDocument", "FreeDocument", "Row", "UnionDocument", "allow_account"]
