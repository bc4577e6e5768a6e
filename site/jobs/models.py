"""Rows of batches and their items, which are the truth about background work in both forms of the
product.
"""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicId, Stamped
from jobs.enums import JobItemState, JobState


class Job(PublicId, Stamped):
    """One batch of items of one kind."""

    kind = models.CharField(_("kind"), max_length=80, db_index=True)
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(_("state"), max_length=20, choices=JobState, default=JobState.RUNNING)
    payload = models.JSONField(_("payload"), default=dict, encoder=DjangoJSONEncoder)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("started by"),
    )
    total = models.PositiveIntegerField(_("items"), default=0)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")

    def __str__(self) -> str:
        return self.title


class JobItem(models.Model):
    """One piece of work in a batch.

    `key` is unique in its batch. A lease says which worker holds the item, and until when.
    """

    job = models.ForeignKey(
        Job, models.CASCADE, related_name="items", db_index=False
    )  # the first column of two others
    key = models.CharField(max_length=200)
    position = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=JobItemState, default=JobItemState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    waits_since = models.DateTimeField(
        null=True
    )  # when something outside first gave no answer; empty again once it does
    result = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    error_code = models.CharField(max_length=80, blank=True)
    error = models.CharField(max_length=500, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("batch item")
        verbose_name_plural = _("batch items")
        constraints = [models.UniqueConstraint(fields=["job", "key"], name="job_item_key_once")]
        indexes = [
            models.Index(fields=["state", "leased_until", "id"], name="job_item_next"),
            models.Index(fields=["job", "state"], name="job_item_progress"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.key}"
