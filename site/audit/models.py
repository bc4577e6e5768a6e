"""The tables of the audit log.

The database refuses UPDATE and DELETE of its rows by triggers (migrations 0002 and 0004).
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import MomentField


class AppendOnly(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row, and raise `TypeError` for one that exists."""
        if self.pk is not None:
            self._refuse()
        super().save(*args, force_insert=True)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise `TypeError`."""
        self._refuse()

    @staticmethod
    def _refuse() -> NoReturn:
        msg = "audit events are append-only"
        raise TypeError(msg)


class Event(AppendOnly):
    """One recorded action.

    *digest* covers the whole row, and `Link` chains the digests. A search goes along (time,
    number). Each index serves one filter, so a page costs the same among a million rows.
    """

    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("kind"), max_length=80)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("actor"),
        db_index=False,
    )
    actor_label = models.CharField(_("actor's name at the time"), max_length=150)
    target_type = models.CharField(_("object type"), max_length=100)
    target_id = models.CharField(_("object"), max_length=64)
    before = models.JSONField(_("before"), null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), null=True, encoder=DjangoJSONEncoder)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    request_number = models.CharField(_("request"), max_length=20, blank=True)
    address = models.GenericIPAddressField(
        pgettext_lazy("network", "address"), null=True, blank=True
    )
    source = models.CharField(_("source"), max_length=60, blank=True)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(fields=["at", "id"], name="audit_event_at"),
            models.Index(fields=["kind", "at", "id"], name="audit_event_kind"),
            models.Index(fields=["actor", "at", "id"], name="audit_event_actor"),
            models.Index(fields=["target_type", "target_id", "id"], name="audit_event_thing"),
            # Rows that a worker wrote have none.
            models.Index(
                fields=["request_number"],
                name="audit_event_request",
                condition=~models.Q(request_number=""),
            ),
            models.Index(
                fields=["address", "at", "id"],
                name="audit_event_address",
                condition=models.Q(address__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.kind}"


class Link(models.Model):
    """One link of the hash chain.

    Its value is `sha256(previous chain value + event digest)`, in the order of sealing.
    """

    event = models.OneToOneField(Event, models.PROTECT, related_name="link")
    value = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("chain link")
        verbose_name_plural = _("chain links")

    def __str__(self) -> str:
        return self.value


class Tally(models.Model):
    """An event that waits for its link, noted by the database itself when it stores the row (a
    trigger, migration 0005).

    It is deleted only when the event is sealed as it was written. If an unsealed row is deleted or
    changed, its tally stays behind.
    """

    event_id = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("event waiting to be added to the chain")
        verbose_name_plural = _("events waiting to be added to the chain")

    def __str__(self) -> str:
        return f"{self.event_id}"


class Head(models.Model):
    """The one row that says where the chain ends (`audit.heads`).

    Sealing moves it on and signs it. A trigger refuses to move it back.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    links = models.PositiveBigIntegerField()
    last_link = models.PositiveBigIntegerField()
    value = models.CharField(max_length=64)
    signature = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("end of the chain")
        verbose_name_plural = _("ends of the chain")
        constraints = [models.CheckConstraint(name="audit_one_head", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"{self.last_link}"


class Check(AppendOnly):
    """One run of the check, with what was looked at, what the chain's head was, and the first
    fault if there was one.
    """

    class Scope(models.TextChoices):
        """How much was looked at."""

        FULL = "full", _("the whole chain")
        NEW = "new", _("new entries since the last check")

    class FaultKind(models.TextChoices):
        """What was wrong."""

        ROW_CHANGED = "row_changed", _("a row was changed")
        LINK_CHANGED = "link_changed", _("a link of the chain was changed")
        ROW_MISSING = "row_missing", _("a row is missing")
        ORDER_CHANGED = "order_changed", _("links are out of order")
        END_CUT = "end_cut", _("the end of the chain was cut off")
        REWRITTEN = "rewritten", _("the chain was rewritten from this point")
        UNSEALED = "unsealed", _("rows have waited too long to be added to the chain")
        HEAD_CHANGED = (
            "head_changed",
            _("the signed end of the chain was changed or doesn't match the chain"),
        )
        UNGUARDED = "unguarded", _("a database trigger is missing or disabled")
        ARCHIVE_MISSING = "archive_missing", _("an archive file is missing")
        ARCHIVE_CHANGED = "archive_changed", _("an archive file was changed")

    at = MomentField(_("time"), auto_now_add=True, db_index=True)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope)
    events = models.PositiveBigIntegerField(_("number of rows checked"))
    last_link = models.PositiveBigIntegerField(_("last link"))
    head = models.CharField(_("head value"), max_length=64)
    seconds = models.FloatField(_("seconds"))
    fault = models.CharField(_("problem"), max_length=20, choices=FaultKind, blank=True)
    fault_event = models.PositiveBigIntegerField(_("row with the problem"), null=True)
    fault_link = models.PositiveBigIntegerField(_("link with the problem"), null=True)
    fault_name = models.CharField(_("position of the problem"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("check of the audit log")
        verbose_name_plural = _("checks of the audit log")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.fault or 'ok'}"


class Archive(AppendOnly):
    """An archive file that holds the oldest part of the chain.

    The chain goes on from *end_value*. Rows may be deleted only once this row exists and covers
    them, and never those younger than six months (migration 0004).
    """

    at = MomentField(_("time"), auto_now_add=True)
    first_link = models.PositiveBigIntegerField(_("first link"), unique=True)
    last_link = models.PositiveBigIntegerField(_("last link"), unique=True)
    events = models.PositiveBigIntegerField(_("rows"))
    start_value = models.CharField(_("chain value before"), max_length=64)
    end_value = models.CharField(_("chain value at the end"), max_length=64)
    oldest_at = models.DateTimeField(_("oldest row"))
    newest_at = models.DateTimeField(_("newest row"))
    name = models.CharField(_("file"), max_length=200, unique=True)
    sha256 = models.CharField(_("checksum (SHA-256)"), max_length=64)

    class Meta:
        verbose_name = _("archive of the audit log")
        verbose_name_plural = _("archives of the audit log")

    def __str__(self) -> str:
        return self.name
