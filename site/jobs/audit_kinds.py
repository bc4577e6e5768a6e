"""Kinds of audit events about batches."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register_audit_kind

STARTED = register_audit_kind("jobs.job_started", label=_("Batch started"))
PAUSED = register_audit_kind("jobs.job_paused", label=_("Batch paused"))
RESUMED = register_audit_kind("jobs.job_resumed", label=_("Batch resumed"))
RETRIED = register_audit_kind("jobs.items_retried", label=_("Failed items queued again"))
