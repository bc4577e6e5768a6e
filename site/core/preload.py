"""Prepare a web process before its first request, so that no request pays for it.

Python's garbage collector walks all live objects, sometimes in the middle of answering a request. A
loaded process has half a million objects that never go away, which takes 0.3 s of the unlucky
request. They are loaded at once and excluded for good, so that only what requests leave behind is
walked.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.template.exceptions import TemplateSyntaxError
from django.template.loader import get_template
from django.urls import get_resolver


def _own_templates() -> Iterator[str]:
    """Yield the names of the project's own templates. Libraries' templates are loaded when they
    are needed.
    """
    home = Path(settings.SITE).parent
    folders = {Path(app.path) / "templates" for app in apps.get_app_configs()} | {
        Path(settings.SITE) / "templates"
    }
    for folder in sorted(folders):
        if folder.is_relative_to(home) and "site-packages" not in folder.parts:
            yield from (str(file.relative_to(folder)) for file in sorted(folder.rglob("*.html")))


def preload_and_freeze() -> int:
    """Load every address and every template of the project, then exclude all live objects from
    garbage collection. Return how many objects there are.

    For a process that answers requests from now on. It is called once, at its start
    (`config.wsgi`).
    """
    get_resolver().reverse_dict  # noqa: B018 - reading it imports the views of all addresses
    for name in _own_templates():
        try:
            get_template(name)
        except TemplateSyntaxError:  # says so to whoever asks for the page, not to the whole site
            continue
    return freeze_objects()


def freeze_objects() -> int:
    """Exclude all live objects from garbage collection and return how many there are. A worker
    does this before its first task (`config.celery`).
    """
    gc.collect()
    gc.freeze()
    return gc.get_freeze_count()
