"""One-time codes, and the devices a person has signed in from."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import clock
from core.models import MomentField
from people.login.enums import CodeChannel, CodePurpose


def new_token() -> str:
    """Return a random token of 128 bits (hex)."""
    return secrets.token_hex(16)


class OneTimeCode(models.Model):
    """A code that is sent or handed out once.

    It is stored as a keyed hash. The message with the code exists, encrypted, only until it is
    sent.
    """

    token = models.CharField(
        max_length=32, unique=True, default=new_token, editable=False
    )  # what the asker's session holds
    purpose = models.CharField(_("purpose"), max_length=10, choices=CodePurpose)
    channel = models.CharField(_("method"), max_length=10, choices=CodeChannel)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("account"),
    )
    code_hash = models.CharField(max_length=64, editable=False)
    sealed = models.BinaryField(
        default=bytes, editable=False
    )  # the message, encrypted; empty as soon as it is sent
    created_at = MomentField(_("created on"), default=clock.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"), db_index=True)
    tries = models.PositiveSmallIntegerField(_("wrong attempts"), default=0)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    sending_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # the lease of who is sending it
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.created_at:%Y-%m-%d %H:%M}"


class KnownDevice(models.Model):
    """A browser a person has signed in with.

    It is recognised by a random cookie, of which only the hash is stored.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="known_devices",
        verbose_name=_("account"),
    )
    cookie_hash = models.CharField(max_length=64, editable=False)
    label = models.CharField(_("device"), max_length=100)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    first_at = MomentField(_("first seen"), default=clock.now)
    last_at = MomentField(_("last seen"), default=clock.now)

    class Meta:
        verbose_name = _("known device")
        verbose_name_plural = _("known devices")
        constraints = [
            models.UniqueConstraint(fields=["user", "cookie_hash"], name="known_device_once")
        ]

    def __str__(self) -> str:
        return self.label
