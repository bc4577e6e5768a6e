"""Offer two engines behind one protocol, which are Tantivy on disk (embedded) and an Elasticsearch
8 cluster (production).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from search.engines.protocol import Engine


@lru_cache(maxsize=1)
def _engine(name: str, path: str, url: str, prefix: str) -> Engine:
    if name == "tantivy":
        from search.engines.tantivy import TantivyEngine  # slow import: only the engine in use

        return TantivyEngine(Path(path))
    if name == "elasticsearch":
        from search.engines.elastic import ElasticEngine  # slow import: only the engine in use

        return ElasticEngine(url, prefix)
    msg = f"SEARCH_ENGINE is {name!r}; it must be 'tantivy' or 'elasticsearch'."
    raise ImproperlyConfigured(msg)


def get_search_engine() -> Engine:
    """Return the engine that the settings name, one for each process."""
    return _engine(
        settings.SEARCH_ENGINE,
        str(settings.SEARCH_TANTIVY_PATH),
        settings.ELASTICSEARCH_URL,
        settings.ELASTICSEARCH_PREFIX,
    )
