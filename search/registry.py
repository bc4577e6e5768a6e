"""Keep the kinds of documents, which the domains register in `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from search.base import Document

if TYPE_CHECKING:
    from django.db.models import Model
    from django.utils.functional import _StrPromise

_documents: dict[str, Document[Any]] = {}
_facets: dict[str, tuple[str | _StrPromise, Callable[[str], str]]] = {}


def register_document(document: type[Document[Any]]) -> type[Document[Any]]:
    """Register one kind. It can be used as a decorator in `indexing.py`. A second class under the
    same kind is a programming mistake.
    """
    from search import signals  # app ready

    held = _documents.get(document.kind)
    if held is not None and type(held) is not document:
        msg = f"two search documents are called {document.kind!r}"
        raise ValueError(msg)
    if held is None:
        made = document()
        _documents[document.kind] = made
        signals.connect_document(made)
    return document


def unregister_document(kind: str) -> None:
    """Remove a kind again (tests)."""
    from search import signals  # app ready

    made = _documents.pop(kind, None)
    if made is not None:
        signals.disconnect_document(made)


def register_facet(
    name: str, *, label: str | _StrPromise, show: Callable[[str], str] = str
) -> None:
    """Offer the facet *name* on the search page under *label*. *show* turns a stored value into
    words.
    """
    _facets[name] = (label, show)


def list_registered_documents() -> Iterator[Document[Any]]:
    """Yield the registered kinds in the order of their chips."""
    yield from sorted(_documents.values(), key=lambda document: (document.order, document.kind))


def get_registered_document(kind: str) -> Document[Any] | None:
    """Return the document class called *kind*, if there is one."""
    return _documents.get(kind)


def for_model(model: type[Model]) -> list[Document[Any]]:
    """Return the kinds made from *model* or a model it extends (a Wagtail page type counts as its
    own rows).
    """
    return [
        document
        for document in list_registered_documents()
        if issubclass(model, document.model_class())
    ]


def list_registered_facets() -> dict[str, tuple[str | _StrPromise, Callable[[str], str]]]:
    """Return the facets offered on the page, as name → label, and how a value is shown."""
    return dict(_facets)
