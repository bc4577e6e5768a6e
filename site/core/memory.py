"""What a web process does before its first request, so that no request pays for it.

Python's garbage collector walks everything that lives, now and then in the middle of somebody's answer. Loaded, this house is half a
million objects that never go away: 0.3 s for whoever is unlucky. They are loaded at once and put aside for good; what is walked then
is what requests leave behind.
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
    """Yield the names of the house's own templates (libraries' are loaded when they are asked for)."""
    home = Path(settings.SITE).parent
    folders = {Path(app.path) / "templates" for app in apps.get_app_configs()} | {Path(settings.SITE) / "templates"}
    for folder in sorted(folders):
        if folder.is_relative_to(home) and "site-packages" not in folder.parts:
            yield from (str(file.relative_to(folder)) for file in sorted(folder.rglob("*.html")))


def settle() -> int:
    """Load every address and every template of the house, then put all that lives aside from the collector; return how many objects.

    For a process that answers requests from now on: called once, at its start (`config.wsgi`).
    """
    get_resolver().reverse_dict  # noqa: B018 - reading it imports the views of all addresses
    for name in _own_templates():
        try:
            get_template(name)
        except TemplateSyntaxError:  # says so to whoever asks for the page, not to the whole site
            continue
    return freeze()


def freeze() -> int:
    """Put all that lives aside from the collector; return how many objects. A worker does this before its first task (`config.celery`)."""
    gc.collect()
    gc.freeze()
    return gc.get_freeze_count()
