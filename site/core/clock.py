"""Say what time it is. Nothing else in the product may ask (ADR 56).

It is the system's clock. Only the test settings can move it: they name a file that web, worker and
every command of one run share. Rows of Django, Wagtail and allauth (sessions, sign-ins, scheduled
pages) follow the system's clock: they are not ours.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

TEST_SETTINGS = "config.settings.test"

_file: Path | None = None


def now() -> datetime:
    """Return the present moment, in UTC."""
    return timezone.now() if _file is None else _moved(_file)


def today() -> date:
    """Return the present day in the site's time zone."""
    return timezone.localdate(now())


def local_now() -> datetime:
    """Return the present moment in the site's time zone."""
    return timezone.localtime(now())


def timestamp() -> float:
    """Return the present moment in seconds since 1970."""
    return now().timestamp()


def read_settings() -> None:
    """Let the file named by `CLOCK_FILE` move the clock. Refuse it outside the test settings."""
    global _file  # asked for at every call of `now`
    file = getattr(settings, "CLOCK_FILE", None)
    if file is not None and settings.SETTINGS_MODULE != TEST_SETTINGS:
        msg = f"Only tests may move the clock: take CLOCK_FILE out of {settings.SETTINGS_MODULE}."
        raise ImproperlyConfigured(msg)
    _file = file


def _moved(file: Path) -> datetime:
    """Return the moment that *file* says.

    It says "by 3600.0" (seconds, and the clock goes on) or "at 2027-01-05T00:00:00+00:00" (it
    stands).
    """
    try:
        word, value = file.read_text(encoding="ascii").split()
    except FileNotFoundError:
        return timezone.now()
    return (
        timezone.now() + timedelta(seconds=float(value))
        if word == "by"
        else datetime.fromisoformat(value)
    )
