"""Keys of programs, kept as hashes; answers kept for a day so that a request may be repeated."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import PublicId, Stamped


class ApiKey(PublicId, Stamped):
    """A key of one account for one employer or union: it never may more than the account, and ends with the account's right."""

    name = models.CharField(_("what it is for"), max_length=60)
    prefix = models.CharField(_("begins with"), max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_keys", verbose_name=_("made by"))
    employer = models.ForeignKey("org.Employer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("employer"))
    org = models.ForeignKey("org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("union"))
    scopes = models.JSONField(pgettext_lazy("API key", "may"))
    ends_on = models.DateField(_("valid until"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(pgettext_lazy("time", "revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("key for a program")
        verbose_name_plural = _("keys for programs")
        constraints = [
            models.CheckConstraint(
                name="api_key_for_one",
                condition=models.Q(employer__isnull=False, org__isnull=True) | models.Q(employer__isnull=True, org__isnull=False),
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
        return self.counts_on(timezone.localdate())


class KeptAnswer(models.Model):
    """What a POST with an idempotency key was answered; the same request within a day gets it again. `status` is 0 while at work."""

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+", verbose_name=_("key for a program"))
    at = models.DateTimeField(_("time"), default=timezone.now)
    request_key = models.CharField(max_length=64, editable=False)
    request_hash = models.CharField(max_length=64, editable=False)
    status = models.PositiveSmallIntegerField(pgettext_lazy("http", "status"), default=0)
    body = models.JSONField(_("reply"), null=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("kept reply")
        verbose_name_plural = _("kept replies")
        constraints = [models.UniqueConstraint(fields=["key", "request_key"], name="kept_answer_once")]
        indexes = [models.Index(fields=["at"], name="kept_answer_age")]

    def __str__(self) -> str:
        return f"{self.key_id}/{self.request_key[:8]}"
