"""Run with one command and no server, on SQLite, with Celery on files, Tantivy, and keys made on
first start.
"""

from __future__ import annotations

from config import env
from config.settings.base import *  # noqa: F403 - a settings profile extends the base
from config.settings.base import VAR
from core.keys import embedded_secret_key

EMBEDDED = True
CERTIFICATE_KEYS_SELF_MADE = True
DEMO = env.get_setting("CRAFTPATH_DEMO")
STYLEGUIDE = DEMO
CRAFTPATH_MFA_REQUIRED = (
    env.get_setting("CRAFTPATH_MFA_REQUIRED") and not DEMO
)  # the demo's buttons sign anybody in as anybody
SMS_GATEWAY = env.get_setting("CRAFTPATH_SMS_GATEWAY") or "core.sms.ConsoleGateway"
SECRET_KEY = env.get_setting("CRAFTPATH_SECRET_KEY") or embedded_secret_key(VAR / "keys")

for folder in (
    "keys",
    "files",
    "private",
    "celery/in",
    "celery/processed",
    "celery/control",
    "static",
    "search",
):
    (VAR / folder).mkdir(parents=True, exist_ok=True)

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR / "craftpath.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

if not env.get_setting("CRAFTPATH_MAIL_HOST"):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR / "mail"

CELERY_BROKER_URL = "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Both the same folder: what one side puts out, the other takes in.
    "data_folder_in": str(VAR / "celery/in"),
    "data_folder_out": str(VAR / "celery/in"),
    "processed_folder": str(VAR / "celery/processed"),
    "store_processed": False,
    "control_folder": str(VAR / "celery/control"),
    "polling_interval": 0.2,
}

# Tantivy needs no server; whoever has an Elasticsearch may use it here too.
if env.get_setting("ELASTICSEARCH_URL"):
    SEARCH_ENGINE = "elasticsearch"
