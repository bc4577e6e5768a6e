"""Configure tests, on SQLite unless DATABASE_URL names a PostgreSQL, and with Redis and
Elasticsearch where their addresses are set.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Before the base is read: a test never touches the folder of a running site.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
_var = (
    Path(os.environ.setdefault("CRAFTPATH_TEST_VAR", tempfile.mkdtemp(prefix="craftpath-test-")))
    / _worker
)
_var.mkdir(parents=True, exist_ok=True)
os.environ["CRAFTPATH_VAR"] = str(_var)

from config import env  # noqa: E402 - after the folder is known
from config.settings.base import *  # noqa: E402,F403 - a settings profile extends the base
from config.settings.base import ROOT, STORAGES, VAR  # noqa: E402 - after the folder is known

CLOCK_FILE = VAR / "clock"  # no other settings may have it (core.clock)
EMBEDDED = True
CERTIFICATE_KEYS_SELF_MADE = True
STYLEGUIDE = True
SECRET_KEY = "test-only-" + "k" * 50
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
BASE_URL_IS_SET = True
IDENTITY_KEYS = ["dGVzdC1vbmx5LWtleS1vZi0zMi1ieXRlcy0hISEhISE="]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if env.get_setting("DATABASE_URL"):
    DATABASES = {"default": env.get_database_setting("DATABASE_URL")}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR / "test.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;",
            },
            # A file, not memory: threads of the concurrency tests and the live server share it.
            "TEST": {"NAME": str(VAR / "test-run.sqlite3")},
        }
    }
if env.get_setting("REDIS_URL"):
    # A database of its own for each process: clearing the cache of one must not clear another's.
    _number = int(_worker.removeprefix("gw")) + 1 if _worker.startswith("gw") else 0
    _address = (
        env.get_setting("REDIS_URL").rsplit("/", 1)[0]
        if env.get_setting("REDIS_URL").count("/") > 2
        else env.get_setting("REDIS_URL")
    )
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"{_address}/{_number}",
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

CELERY_BROKER_URL = "memory://"
SEARCH_ENGINE = "elasticsearch" if env.get_setting("ELASTICSEARCH_URL") else "tantivy"
ELASTICSEARCH_PREFIX = f"test-{_worker}"
# Cut once, kept between runs: the fonts depend on the system's CJK fonts only.
FONT_FOLDER = ROOT / "var" / "fonts"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CRAFTPATH_MFA_REQUIRED = False  # what it does is tested where it is at home, tests/people/login
SMS_GATEWAY = "core.sms.MemoryGateway"
CODES_INLINE = True
LOOK_UP_DRAIN_SECONDS = (
    0.0  # a thread would write into the next test's database; tests drain themselves
)
