"""Serves the one service worker of the site that keeps pages for times without network
(`static/js/page_keeper.js`).

A worker rules only the folder it comes from, so each part of the site serves it from its own folder
with settings of its own.
"""

from __future__ import annotations

import json
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse

SCRIPT = "js/page_keeper.js"


def serve_page_keeper(*, prefix: str, scope: str, fallback: str = "") -> HttpResponse:
    """Answer with the worker for the pages under *scope*.

    *prefix* begins the names of its caches, one for each owner of kept pages. *fallback* is the
    kept page that is shown instead of one that was never kept.
    """
    settings = json.dumps({"prefix": prefix, "scope": scope, "fallback": fallback})
    response = HttpResponse(
        f"const KEEPER = {settings};\n{_read_script()}",
        content_type="text/javascript; charset=utf-8",
    )
    response["Cache-Control"] = "no-cache"
    return response


def _read_script() -> str:
    found = finders.find(SCRIPT)
    if isinstance(found, str):
        return Path(found).read_text(encoding="utf-8")
    with staticfiles_storage.open(SCRIPT) as stream:  # collected: the finders may be switched off
        return str(stream.read().decode())
