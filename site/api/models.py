"""Store keys of programs as hashes, answers for a day so that a request may be repeated, and
webhooks with what is sent to them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from core.models import MomentField, PublicId, Stamped
from notify.enums import DeliveryState
from people import crypto


class ApiKey(PublicId, Stamped):
    """A key of one account for one employer or union. It never has more rights than the account,
    and ends with the account's right.
    """

    name = models.CharField(_("purpose"), max_length=60)
    prefix = models.CharField(_("starts with"), max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="api_keys",
        verbose_name=_("set up by"),
    )
    employer = models.ForeignKey(
        "org.Employer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("employer"),
    )
    org = models.ForeignKey(
        "org.OrgUnit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("union"),
    )
    scopes = models.JSONField(pgettext_lazy("API key", "permissions"))
    ends_on = models.DateField(_("valid until"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(pgettext_lazy("time", "revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                name="api_key_for_one",
                condition=models.Q(employer__isnull=False, org__isnull=True)
                | models.Q(employer__isnull=True, org__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def counts_on(self, day: date) -> bool:
        """Say whether the key may be used on *day*."""
        return self.revoked_at is None and day <= self.ends_on

    @property
    def active(self) -> bool:
        """Say whether the key may be used today."""
        return self.counts_on(clock.today())


class KeptAnswer(models.Model):
    """The answer to a POST with an idempotency key. The same request within a day gets it again.
    `status` is 0 while the request is at work.
    """

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+", verbose_name=_("API key"))
    at = MomentField(_("time"), default=clock.now)
    request_key = models.CharField(max_length=64, editable=False)
    request_hash = models.CharField(max_length=64, editable=False)
    status = models.PositiveSmallIntegerField(pgettext_lazy("http", "status"), default=0)
    body = models.JSONField(_("reply"), null=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("stored reply")
        verbose_name_plural = _("stored replies")
        constraints = [
            models.UniqueConstraint(fields=["key", "request_key"], name="kept_answer_once")
        ]
        indexes = [models.Index(fields=["at"], name="kept_answer_age")]

    def __str__(self) -> str:
        return f"{self.key_id}/{self.request_key[:8]}"


class WebhookEndpoint(PublicId, Stamped):
    """An address of an employer or union that is told in fields what happens. It belongs to them,
    not to the person who set it up.
    """

    name = models.CharField(pgettext_lazy("webhook", "name"), max_length=100)
    url = models.URLField(pgettext_lazy("webhook", "address"), max_length=500)
    kinds = models.JSONField(_("kinds of events"), default=list, blank=True)
    employer = models.ForeignKey(
        "org.Employer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("employer"),
    )
    org = models.ForeignKey(
        "org.OrgUnit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("union"),
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("set up by"),
    )
    secret_encrypted = models.BinaryField(editable=False)
    former_secret_encrypted = models.BinaryField(default=bytes, blank=True, editable=False)
    former_until = models.DateTimeField(null=True, blank=True, editable=False)
    active = models.BooleanField(pgettext_lazy("webhook", "active"), default=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True, editable=False)
    disabled_at = models.DateTimeField(_("turned off"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.CheckConstraint(
                name="webhook_for_one",
                condition=models.Q(employer__isnull=False, org__isnull=True)
                | models.Q(employer__isnull=True, org__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Any:
        """Return the employer or union it belongs to."""
        return self.employer or self.org

    @property
    def bound_to(self) -> str:
        """Return what the encryption of its secrets is bound to."""
        return f"webhook {self.public_id}"

    def set_secret(self, text: str, *, former_until: datetime | None = None) -> None:
        """Keep the secret *text* encrypted, bound to this row. Until *former_until*, deliveries
        are signed with the previous one as well.
        """
        self.former_secret_encrypted, self.former_until = (
            (self.secret_encrypted if former_until else b""),
            former_until,
        )
        self.secret_encrypted = crypto.encrypt_text(text, bound_to=self.bound_to)

    @property
    def secret(self) -> str:
        """Return the secret as it is shown."""
        return crypto.decrypt_text(bytes(self.secret_encrypted), bound_to=self.bound_to)

    def secrets_at(self, moment: datetime) -> list[str]:
        """Return the secrets that sign at *moment*, the newest first."""
        former = (
            self.former_until is not None
            and moment < self.former_until
            and self.former_secret_encrypted
        )
        return [
            self.secret,
            *(
                [crypto.decrypt_text(bytes(self.former_secret_encrypted), bound_to=self.bound_to)]
                if former
                else []
            ),
        ]


class WebhookDelivery(PublicId, Stamped):
    """One event on its way to one endpoint. `public_id` is its `webhook-id`, which stays the same
    when it is tried again.
    """

    endpoint = models.ForeignKey(
        WebhookEndpoint, models.CASCADE, related_name="deliveries", verbose_name=_("webhook")
    )
    kind = models.CharField(_("kind"), max_length=80)
    key = models.CharField(max_length=200)
    at = models.DateTimeField(_("time"))
    data = models.JSONField(_("fields"), encoder=DjangoJSONEncoder)
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED
    )
    due_at = models.DateTimeField(_("not before"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    answer = models.PositiveSmallIntegerField(_("response of the other side"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    settled_at = models.DateTimeField(pgettext_lazy("delivery", "closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery to a webhook")
        verbose_name_plural = _("deliveries to webhooks")
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "kind", "key"], name="webhook_event_once")
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(settled_at=None), name="webhook_next"
            ),
            models.Index(
                fields=["endpoint", "id"], condition=models.Q(settled_at=None), name="webhook_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
