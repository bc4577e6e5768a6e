"""Answer load balancers and containers whether the process is alive and can do its work. Outsiders
learn no more than the names of parts.

A library for this (django-health-check) was tried. It runs the checks in threads with connections
of their own and answers with the text of the errors. Three plain questions need neither.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

import structlog
from django.core.cache import cache
from django.core.files.storage import storages
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

log = structlog.get_logger("craftpath.health")


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM core_namedlock WHERE 1 = 0"
        )  # also tells that the migrations have run


def _cache() -> None:
    value = secrets.token_hex(8)
    cache.set(f"health:{value}", value, 5)
    if cache.get(f"health:{value}") != value:
        msg = "the cache forgot at once"
        raise RuntimeError(msg)


def _files() -> None:
    storages["private"].exists("health")


CHECKS: dict[str, Callable[[], None]] = {"database": _database, "cache": _cache, "files": _files}
_warnings: dict[str, Callable[[], str]] = {}


def warn_with(part: str, question: Callable[[], str]) -> None:
    """Let `/health/ready` show what *question* answers about *part*, without a failed answer. The
    answer is a word, or empty if all is well.
    """
    _warnings[part] = question


def _warned(part: str, question: Callable[[], str]) -> str:
    try:
        return question()
    except Exception as error:  # noqa: BLE001 - a warning that can't be worked out turns nobody away
        log.warning("warning_unknown", part=part, error=type(error).__name__)
        return ""


@never_cache
def check_liveness(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as this process answers at all. Nothing else is asked, so that a slow
    database doesn't get it killed.
    """
    return JsonResponse({"status": "ok"})


@never_cache
def check_readiness(request: HttpRequest) -> JsonResponse:
    """Answer 200 if database, cache and files can be used, else 503 with the names of those that
    can't. Warnings don't change the status.
    """
    parts = {name: _passes(name, check) for name, check in CHECKS.items()}
    well = all(parts.values())
    warnings = {
        part: word
        for part, question in _warnings.items()
        if well and (word := _warned(part, question))
    }
    return JsonResponse(
        {
            "status": "ok" if well else "failing",
            **{name: "ok" if passed else "failing" for name, passed in parts.items()},
        }
        | ({"warnings": warnings} if warnings else {}),
        status=200 if well else 503,
    )


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - whatever a part raises, it isn't ready
        log.warning("not_ready", part=name, error=type(error).__name__)
        return False
    return True
