"""A message as one person has it, and its deliveries outside the site."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import PublicId, Stamped
from notify.enums import DeliveryState, MessageChannel


class Message(PublicId, Stamped):
    """One message to one account, in that person's language, as it was when written.

    The same `key` occurs once per person and kind.
    """

    kind = models.CharField(_("kind"), max_length=80)
    key = models.CharField(max_length=200)
    recipient = models.ForeignKey(  # the first column of `message_inbox`
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="messages",
        verbose_name=pgettext_lazy("message", "to"),
        db_index=False,
    )
    language = models.CharField(_("language"), max_length=10)
    context = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    subject = models.CharField(pgettext_lazy("message", "subject"), max_length=300)
    text = models.TextField(_("text"), blank=True)
    link = models.CharField(max_length=500, blank=True)
    about_type = models.CharField(max_length=100, blank=True)
    about_id = models.CharField(max_length=64, blank=True)
    in_inbox = models.BooleanField(default=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "key"], name="message_once_per_person"
            )
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="message_inbox"),
            models.Index(
                fields=["recipient"],
                condition=models.Q(in_inbox=True, read_at=None, archived_at=None),
                name="message_unread",
            ),
            models.Index(fields=["about_type", "about_id"], name="message_about"),
            models.Index(fields=["created_at"], name="message_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.pk}"


class Delivery(PublicId, Stamped):
    """One message through one channel to one address. Rows with the same `bundle` leave as one
    piece.

    `address` is a mail address or a number, or the public identifier of a push subscription.
    """

    message = models.ForeignKey(
        Message, models.CASCADE, related_name="deliveries", verbose_name=_("message")
    )
    # Repeats the message's, so that a claim is decided on this row alone.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        verbose_name=pgettext_lazy("message", "to"),
    )
    channel = models.CharField(_("channel"), max_length=10, choices=MessageChannel)
    address = models.CharField(max_length=320)
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED
    )
    bundled = models.BooleanField(default=False)
    bundle = models.UUIDField(null=True, db_index=True)
    due_at = models.DateTimeField(_("not before"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    settled_at = models.DateTimeField(pgettext_lazy("delivery", "closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["message", "channel", "address"], name="delivery_once_per_address"
            )
        ]
        indexes = [
            models.Index(fields=["state", "due_at", "id"], name="delivery_next"),
            models.Index(fields=["channel", "address", "-id"], name="delivery_log"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.channel}"


class DailyRun(models.Model):
    """Which daily work was done on which day."""

    name = models.CharField(max_length=40, primary_key=True)
    day = models.DateField()

    class Meta:
        verbose_name = _("daily run")
        verbose_name_plural = _("daily runs")

    def __str__(self) -> str:
        return f"{self.name} {self.day}"
