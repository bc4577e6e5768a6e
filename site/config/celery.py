"""The Celery application: a doorbell for the rows in `jobs`."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")

app = Celery("craftpath")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Celery would replace the structured logging; Django has set it up already."""


@worker_init.connect
def put_aside(**_: object) -> None:
    """Keep the collector off what is loaded: it would walk half a million objects that never go away in the middle of a batch."""
    from core.memory import freeze  # Django is set up by now

    freeze()
