"""Look-ups and spreadsheet checks.

Who asked is kept as a keyed hash of the address, and what was asked as a reference to our own row
or not at all.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from certification.enums import SheetCheckState, VerificationAnswer, VerificationWay
from core import clock
from core.models import MomentField, PublicId

_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, 1/I: people read it over the phone


def new_reference() -> str:
    """Return a reference such as V-7K2M-91XQ, by which people name a check."""
    return "V-" + "-".join("".join(secrets.choice(_SIGNS) for _i in range(4)) for _j in range(2))


class LookUp(PublicId, models.Model):
    """One verification. It has no personal data, neither what was typed nor who typed it."""

    at = MomentField(_("time"), default=clock.now)
    way = models.CharField(_("way"), max_length=10, choices=VerificationWay)
    answer = models.CharField(_("reply"), max_length=20, choices=VerificationAnswer)
    certificate = models.ForeignKey(
        "certification.Certificate",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="look_ups",
        verbose_name=_("certificate"),
    )
    writing = models.CharField(_("how the number is written"), max_length=20, blank=True)
    reference = models.CharField(_("reference"), max_length=12, default=new_reference)
    address_hash = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = _("look-up")
        verbose_name_plural = _("look-ups")

    def __str__(self) -> str:
        return self.reference


class BatchCheck(PublicId, models.Model):
    """One spreadsheet that was checked, with the answers as of then.

    Names are kept masked, and rows are found again by their row number. The rows are in
    `SheetPart`s, so that a long sheet is answered piece by piece. *previous* is the check whose
    rows this one asks again.
    """

    at = MomentField(_("time"), default=clock.now)
    reference = models.CharField(_("reference"), max_length=12, default=new_reference)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("checked by")
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
    file_name = models.CharField(_("file"), max_length=120)
    total = models.PositiveIntegerField(_("rows"))
    counts = models.JSONField(_("replies by kind"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=SheetCheckState,
        default=SheetCheckState.RUNNING,
        editable=False,
    )
    answered = models.PositiveIntegerField(_("rows answered"), default=0)
    changed = models.PositiveIntegerField(
        _("answers that changed since the previous check"), default=0
    )
    milliseconds = models.PositiveIntegerField(_("duration"), default=0)
    previous = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("previous check"),
    )

    class Meta:
        verbose_name = _("spreadsheet check")
        verbose_name_plural = _("spreadsheet checks")
        indexes = [models.Index(fields=["actor", "-at"], name="batch_check_own")]
        constraints = [
            models.CheckConstraint(
                name="batch_check_for_someone",
                condition=models.Q(employer__isnull=False) | models.Q(org__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.reference


class SheetPart(models.Model):
    """Up to 500 rows of a spreadsheet check, in their order. They are asked first and then
    answered.

    A row has the number as typed, the name masked, and a keyed hash of the name to compare with.
    The name itself is never kept.
    """

    check_of = models.ForeignKey(
        BatchCheck, models.CASCADE, related_name="parts", verbose_name=_("spreadsheet check")
    )
    position = models.PositiveIntegerField(_("position"))
    rows = models.JSONField(_("replies"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("part of a spreadsheet check")
        verbose_name_plural = _("parts of spreadsheet checks")
        constraints = [
            models.UniqueConstraint(fields=["check_of", "position"], name="sheet_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.check_of_id}/{self.position}"


class Misses(models.Model):
    """How many well-written numbers of one account found no certificate on one day.

    Guessing ends at a quota, and mistyped numbers don't count.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("account")
    )
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("misses"), default=0)

    class Meta:
        verbose_name = _("misses of a day")
        verbose_name_plural = _("misses of a day")
        constraints = [models.UniqueConstraint(fields=["account", "day"], name="misses_once_a_day")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}: {self.count}"
