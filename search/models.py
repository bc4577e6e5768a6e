"""Store the outbox, which holds what has changed and is not yet in the index."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import MomentField


class Pending(models.Model):
    """One change to one document, written in the transaction of the change itself.

    Rows are only ever added and removed, never updated, and may repeat: writers don't wait for one
    another, and a change made while a flush runs leaves a row of its own.
    """

    kind = models.CharField(_("kind"), max_length=60)
    object_pk = models.CharField(pgettext_lazy("database", "key"), max_length=64)
    touched_at = MomentField(_("changed"), auto_now_add=True)

    class Meta:
        verbose_name = _("pending change")
        verbose_name_plural = _("pending changes")
        indexes = [models.Index(fields=["kind", "object_pk"], name="search_pending_document")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_pk}"
