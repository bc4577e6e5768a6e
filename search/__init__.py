"""Provide the search as a library below the domains. It knows no domain, and each one registers
its documents in `AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet


def queue_reindexing(what: Model | QuerySet[Model] | Iterable[Model]) -> None:
    """Note in the caller's transaction that *what* (an object, a queryset, several objects)
    changed. See `search.outbox.queue_changed_documents`.

    Saves and deletions are noted automatically. Bulk updates (`queryset.update`, `bulk_create`) are
    not, and have to call this.
    """
    from search.outbox import (
        queue_changed_documents as note,
    )  # slow import: models, not before the applications are loaded

    note(what)


__all__ = ["queue_reindexing"]
