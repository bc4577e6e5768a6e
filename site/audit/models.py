"""Append-only rows. The database refuses UPDATE and DELETE by triggers (migration 0002)."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One deed. *digest* covers the whole row; `Link` chains the digests."""

    at = models.DateTimeField(_("time"), db_index=True)
    kind = models.CharField(_("kind"), max_length=80, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("actor"))
    actor_label = models.CharField(_("actor as named then"), max_length=150)
    target_type = models.CharField(_("object type"), max_length=100)
    target_id = models.CharField(_("object"), max_length=64)
    before = models.JSONField(_("before"), null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), null=True, encoder=DjangoJSONEncoder)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    request_number = models.CharField(_("request"), max_length=20, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=60, blank=True)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [models.Index(fields=["target_type", "target_id"], name="audit_event_target")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert only."""
        if self.pk is not None:
            self._refuse()
        super().save(*args, force_insert=True)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Never."""
        self._refuse()

    @staticmethod
    def _refuse() -> NoReturn:
        msg = "audit events are append-only"
        raise TypeError(msg)


class Link(models.Model):
    """One step of the hash chain: sha256(previous chain value + event digest), in the order of sealing."""

    event = models.OneToOneField(Event, models.PROTECT, related_name="link")
    value = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("chain link")
        verbose_name_plural = _("chain links")

    def __str__(self) -> str:
        return self.value
