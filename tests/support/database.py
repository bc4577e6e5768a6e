"""A migrated database prepared once and copied for every run, worker and transactional test.

Migrating takes the better part of a minute (Wagtail alone has 150 migrations); copying takes
milliseconds. The copy is also what a transactional test leaves behind: Django's flush would throw
away what migrations wrote (Wagtail's root page, occupations, levels).
"""

from __future__ import annotations

import fcntl
import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "test-template"
SOURCES = (
    "uv.lock",
    "tests/support/database.py",
    "site/config/settings/*.py",
    *(
        f"{root}{part}"
        for root in ("*/", "site/*/")
        for part in ("migrations/*.py", "apps.py", "grants.py", "models.py", "models/*.py")
    ),
)

LIFETIME = 12 * 3600  # seconds


def digest() -> str:
    """Return a name for the state of everything that shapes a freshly migrated database."""
    sums = hashlib.sha256(connection.vendor.encode())
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            sums.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return sums.hexdigest()[:16]


def prepare() -> None:
    """Point the default connection at a test database equal to the prepared one, which is built if
    it is missing.
    """
    name = str(
        connection.settings_dict["TEST"]["NAME"] or f"test_{connection.settings_dict['NAME']}"
    )
    with _only_one():
        _build_if_missing()
        use(name)
        restore()


def use(name: str) -> None:
    """Let the default connection, and those of other threads, open the database called *name*."""
    connections["default"].close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def restore() -> None:
    """Make the test database equal to the prepared one again."""
    name = connection.settings_dict["NAME"]
    connection.close()
    if connection.vendor == "sqlite":
        with (
            closing(sqlite3.connect(_template())) as source,
            closing(sqlite3.connect(name, timeout=30)) as target,
        ):
            source.backup(target)
    else:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{_template()}"')
    ContentType.objects.clear_cache()
    cache.clear()


def discard() -> None:
    """Remove the test database (the prepared one stays for the next run)."""
    name = connection.settings_dict["NAME"]
    connections.close_all()
    if connection.vendor == "sqlite":
        for path in (name, f"{name}-wal", f"{name}-shm"):
            Path(path).unlink(missing_ok=True)
    else:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


_digest: str | None = None


def _template() -> str:
    global _digest  # read from disk once, not after every test
    _digest = _digest or digest()
    return (
        str(FOLDER / f"{_digest}.sqlite3")
        if connection.vendor == "sqlite"
        else f"craftpath_template_{_digest}"
    )


@contextmanager
def _only_one() -> Iterator[None]:
    """Workers start together: one builds, the others wait for it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build_if_missing() -> None:
    template = _template()
    if connection.vendor == "sqlite":
        if Path(template).exists():
            return
        draft = f"{template}.draft"
        for old in FOLDER.glob("*.sqlite3*"):
            if (
                time.time() - old.stat().st_mtime > LIFETIME
            ):  # another run may still copy from a younger one
                old.unlink(missing_ok=True)
        use(draft)
        _migrate()
        with closing(sqlite3.connect(draft)) as database:
            database.execute("PRAGMA journal_mode=DELETE")  # one file, so that a copy is whole
        Path(draft).rename(template)
        return
    with connection._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'craftpath\\_template\\_%%'"
        )
        known = {row[0] for row in cursor.fetchall()}
        if template in known:
            return
        draft = f"{template}_draft"
        for old in known:
            cursor.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{draft}"')
    use(draft)
    _migrate()
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{draft}" RENAME TO "{template}"')


def _migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    connection.close()
