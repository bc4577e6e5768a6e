"""Listen with the one generic signal listener of the project. When a registered model changes, its
documents are noted in the outbox.

The index is a cache, the one good use of signals. No signal does domain work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import post_delete, post_save

from search import outbox, registry

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from search.base import Document

_watchers: dict[str, list[tuple[Any, Callable[..., None]]]] = {}


def connect_document(document: Document[Any]) -> None:
    """Listen to the model of *document* and to those it watches."""
    model = document.model_class()
    kept: list[tuple[Any, Callable[..., None]]] = []

    def changed(sender: Any, instance: Model, raw: bool = False, **_: object) -> None:
        del sender, raw
        outbox.queue_document_keys([(document.kind, instance.pk)])

    # A page type that extends the model has rows of its own; Django sends its own class as the
    # sender.
    for sender in [one for one in apps.get_models() if issubclass(one, model)]:
        post_save.connect(changed, sender=sender, weak=False)
        post_delete.connect(changed, sender=sender, weak=False)
        kept.append((sender, changed))
    for label, rows in document.watches.items():
        watcher = _watcher(document.kind, rows)
        watched = apps.get_model(label)
        post_save.connect(watcher, sender=watched, weak=False)
        post_delete.connect(watcher, sender=watched, weak=False)
        kept.append((watched, watcher))
    _watchers[document.kind] = kept


def disconnect_document(document: Document[Any]) -> None:
    """Stop listening for *document* (tests)."""
    for sender, receiver in _watchers.pop(document.kind, []):
        post_save.disconnect(receiver, sender=sender)
        post_delete.disconnect(receiver, sender=sender)


def _watcher(kind: str, rows: Callable[[Any], Any]) -> Callable[..., None]:
    def changed(sender: Any, instance: Model, **_: object) -> None:
        del sender
        outbox.queue_document_keys((kind, row.pk) for row in rows(instance) if row is not None)

    return changed


def connect_pages() -> None:
    """Listen to Wagtail, for publishing, unpublishing, and moves that change the address of
    everything below.
    """
    from wagtail.signals import (
        page_published,
        page_slug_changed,
        page_unpublished,
        post_page_move,
    )  # app ready

    page_published.connect(_page_changed, dispatch_uid="search.page_published")
    page_unpublished.connect(_page_changed, dispatch_uid="search.page_unpublished")
    page_slug_changed.connect(_branch_changed, dispatch_uid="search.page_slug_changed")
    post_page_move.connect(_branch_changed, dispatch_uid="search.post_page_move")


def _page_changed(sender: Any, instance: Any, **_: object) -> None:
    """Note a page that was published or unpublished, perhaps saved as its base class only, because
    Django's own signal would then miss its page type.
    """
    outbox.queue_document_keys(
        (document.kind, instance.pk) for document in registry.for_model(sender)
    )
    for document in registry.list_registered_documents():
        for label, rows in document.watches.items():
            if issubclass(sender, apps.get_model(label)):
                outbox.queue_document_keys(
                    (document.kind, row.pk) for row in rows(instance.specific) if row is not None
                )


def _branch_changed(sender: Any, instance: Any, **_: object) -> None:
    """Note a page that has a new address, and with it every page below."""
    del sender
    for document in registry.list_registered_documents():
        if _is_page(document.model_class()):
            outbox.queue_document_keys(
                (document.kind, pk)
                for pk in _below(document.model_class(), instance).values_list("pk", flat=True)
            )
        for label, rows in document.watches.items():
            watched = apps.get_model(label)
            if _is_page(watched):
                outbox.queue_document_keys(
                    (document.kind, row.pk)
                    for page in _below(watched, instance)
                    for row in rows(page)
                    if row is not None
                )


def _is_page(model: type[Model]) -> bool:
    from wagtail.models import Page  # app ready

    return issubclass(model, Page)


def _below(model: type[Model], page: Any) -> QuerySet[Any]:
    return model._default_manager.filter(path__startswith=page.path).order_by("path")
