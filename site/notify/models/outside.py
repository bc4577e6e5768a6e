"""Where messages go that leave the site by themselves: browsers and webhooks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import PublicId, Stamped
from people import crypto


class PushSubscription(PublicId, Stamped):
    """One browser of one person. The endpoint is the push service's address for it; a hash keeps it unique at any length."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="push_subscriptions", verbose_name=_("account"))
    endpoint = models.TextField(pgettext_lazy("webhook", "address"))
    endpoint_hash = models.CharField(max_length=64, unique=True, editable=False)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    device = models.CharField(_("device"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("push subscription")
        verbose_name_plural = _("push subscriptions")

    def __str__(self) -> str:
        return self.device or str(self.public_id)


class WebhookEndpoint(PublicId, Stamped):
    """An address that gets what its owner's inbox gets, so that it can never learn more than its owner."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks", verbose_name=_("owner"))
    name = models.CharField(pgettext_lazy("webhook", "name"), max_length=100)
    url = models.URLField(pgettext_lazy("webhook", "address"), max_length=500)
    kinds = models.JSONField(_("kinds"), default=list, blank=True)
    secret_encrypted = models.BinaryField(editable=False)
    active = models.BooleanField(pgettext_lazy("webhook", "active"), default=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    disabled_at = models.DateTimeField(_("switched off"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        indexes = [models.Index(fields=["owner", "active"], name="webhook_owner")]

    def __str__(self) -> str:
        return self.name

    def set_secret(self, text: str) -> None:
        """Keep the secret *text* encrypted, bound to this row."""
        self.secret_encrypted = crypto.encrypt(text, bound_to=f"webhook {self.public_id}")

    @property
    def secret(self) -> str:
        """Return the secret as it is shown to its owner."""
        return crypto.decrypt(bytes(self.secret_encrypted), bound_to=f"webhook {self.public_id}")
