"""Define the Celery application, which tells workers to look at the rows in `jobs`."""

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
    """Keep Celery from replacing the structured logging, which Django has set up already."""


@worker_init.connect
def exclude_loaded_objects(**_: object) -> None:
    """Exclude loaded objects from garbage collection, which would otherwise walk half a million
    objects that never go away in the middle of a batch.
    """
    from core.preload import freeze_objects  # app ready

    freeze_objects()
