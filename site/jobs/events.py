"""Kinds of audit events about batches."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register

STARTED = register("jobs.job_started", label=_("Batch started"))
PAUSED = register("jobs.job_paused", label=_("Batch paused"))
RESUMED = register("jobs.job_resumed", label=_("Batch resumed"))
RETRIED = register("jobs.items_retried", label=_("Failed items queued again"))
