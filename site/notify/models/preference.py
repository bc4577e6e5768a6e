"""What a person has chosen about kinds, channels, rhythm, quiet hours and language."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import PublicId, Stamped
from notify.enums import MessageChannel, Rhythm, Weekday


class Settings(PublicId, Stamped):
    """One person's hours and language. People without a row have the defaults."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("account")
    )
    language = models.CharField(
        _("Language of messages"),
        max_length=10,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
    )
    rhythm = models.CharField(
        _("Email frequency"), max_length=10, choices=Rhythm, default=Rhythm.NOW
    )
    digest_hour = models.PositiveSmallIntegerField(
        _("Time of the digest email"), default=8, validators=[MaxValueValidator(23)]
    )
    digest_weekday = models.PositiveSmallIntegerField(
        _("Day of the weekly email"), choices=Weekday, default=Weekday.MONDAY
    )
    quiet = models.BooleanField(_("Use quiet hours"), default=True)
    quiet_from = models.TimeField(_("Quiet hours start"), default=time(22, 0))
    quiet_to = models.TimeField(_("Quiet hours end"), default=time(7, 30))

    class Meta:
        verbose_name = _("hours and language")
        verbose_name_plural = _("hours and languages")

    def __str__(self) -> str:
        return f"{self.user_id}"


class Choice(models.Model):
    """A person's choice about one kind and channel, where it differs from the kind's default."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("account")
    )
    kind = models.CharField(_("kind"), max_length=80)
    channel = models.CharField(_("channel"), max_length=10, choices=MessageChannel)
    wanted = models.BooleanField(_("receive"))

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = pgettext_lazy("preference", "choices")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="choice_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}/{self.kind}/{self.channel}"
