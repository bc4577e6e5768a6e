"""Configure production. It refuses to start half configured, because a clear sentence is better
than a hidden weakness.
"""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.settings.base import *  # noqa: F403 - a settings profile extends the base
from config.settings.base import (
    ALLOWED_HOSTS,
    BASE_URL,
    BASE_URL_IS_SET,
    FORMER_ADDRESSES,
    STORAGES,
)

EMBEDDED = False


def required(name: str) -> str:
    """Return a setting that production can't do without."""
    value = env.get_setting(name)
    if not value:
        msg = f"{name} is not set. Production needs it: {env.BY_NAME[name].meaning}"
        raise ImproperlyConfigured(msg)
    return value


SECRET_KEY = required("CRAFTPATH_SECRET_KEY")
if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("development-"):
    msg = (
        "CRAFTPATH_SECRET_KEY is a development key or too short. Make one with `manage.py "
        "make_keys`."
    )
    raise ImproperlyConfigured(msg)
if env.get_setting("CRAFTPATH_DEMO"):
    msg = "CRAFTPATH_DEMO=1 lets anyone sign in as anyone. It is refused in production."
    raise ImproperlyConfigured(msg)
if env.env.bool("DEBUG", False) or env.env.bool("DJANGO_DEBUG", False):
    msg = "DEBUG shows secrets to strangers. It is refused in production."
    raise ImproperlyConfigured(msg)
if "*" in env.get_setting("CRAFTPATH_HOSTS"):
    msg = "CRAFTPATH_HOSTS must name this site's hosts; * would trust any."
    raise ImproperlyConfigured(msg)
required("CRAFTPATH_IDENTITY_KEYS")
if not BASE_URL_IS_SET:
    msg = f"CRAFTPATH_BASE_URL is not set. Production needs it: {env.BY_NAME['CRAFTPATH_BASE_URL'].meaning}"
    raise ImproperlyConfigured(msg)

required("DATABASE_URL")
DATABASES = {
    "default": env.get_database_setting("DATABASE_URL", conn_max_age=60, conn_health_checks=True)
}
REDIS_URL = required("REDIS_URL")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}
CELERY_BROKER_URL = env.get_setting("CELERY_BROKER_URL") or REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 3600} if CELERY_BROKER_URL.startswith("redis") else {}
)

SEARCH_ENGINE = "elasticsearch"
ELASTICSEARCH_URL = required("ELASTICSEARCH_URL")

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # the container's own probe speaks plain HTTP
SECURE_HSTS_SECONDS = env.get_setting("CRAFTPATH_HSTS_SECONDS")
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if env.get_setting("CRAFTPATH_TRUSTED_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = list(
    dict.fromkeys(
        [*(f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS), BASE_URL, *FORMER_ADDRESSES]
    )
)

if env.get_setting("S3_BUCKET"):
    S3 = {
        "bucket_name": env.get_setting("S3_BUCKET"),
        "endpoint_url": env.get_setting("S3_ENDPOINT") or None,
        "default_acl": "private",
    }
    STORAGES = {
        **STORAGES,
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {**S3, "location": "files"},
        },
        "private": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {**S3, "location": "private"},
        },
    }
