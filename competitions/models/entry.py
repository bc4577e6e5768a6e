"""Store entries, and the blind numbers that represent them until the numbers are opened."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from competitions.enums import CodeState, DrawState, EntryState
from competitions.models.event import Event
from core.models import PublicId, Stamped


class Entry(PublicId, Stamped):
    """A person in an event, with the employer and union of the day of entry."""

    event = models.ForeignKey(
        Event, models.PROTECT, related_name="entries", verbose_name=_("competition")
    )
    person = models.ForeignKey(
        "people.Person",
        models.PROTECT,
        related_name="competition_entries",
        verbose_name=_("competitor"),
    )
    employer = models.ForeignKey(
        "org.Employer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("employer"),
    )
    union = models.ForeignKey(
        "org.OrgUnit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("union"),
    )
    state = models.CharField(
        _("state"), max_length=20, choices=EntryState, default=EntryState.SUBMITTED, editable=False
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "person"],
                condition=~models.Q(state=EntryState.MERGED),
                name="entry_person_once",
            ),
            models.CheckConstraint(
                name="entry_rejected_with_reason",
                condition=~models.Q(state=EntryState.REJECTED) | ~models.Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}/{self.public_id}"


class Draw(Stamped):
    """The draw of an event. Its commitment is public from the first minute, its seed is encrypted
    until two people open it.
    """

    event = models.OneToOneField(
        Event, models.PROTECT, related_name="draw", verbose_name=_("competition")
    )
    state = models.CharField(
        _("state"), max_length=20, choices=DrawState, default=DrawState.SEALED, editable=False
    )
    commitment = models.CharField(_("commitment"), max_length=64)
    entries = models.JSONField(_("order of entries"))
    seed_encrypted = models.BinaryField(editable=False)
    seed = models.CharField(
        _("seed"),
        max_length=64,
        blank=True,
        help_text=_("Shown after unsealing, so that anybody can repeat the draw."),
    )
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("drawn by"),
    )
    opened_at = models.DateTimeField(_("unsealed"), null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("unsealed by"),
    )
    witnessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("witness"),
    )

    class Meta:
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        constraints = [
            models.CheckConstraint(
                name="draw_opened_by_two_people",
                condition=~models.Q(state=DrawState.OPENED)
                | (
                    models.Q(
                        opened_at__isnull=False, opened_by__isnull=False, witnessed_by__isnull=False
                    )
                    & ~models.Q(seed="")
                ),
            ),
            models.CheckConstraint(
                name="draw_witness_is_another",
                condition=models.Q(opened_by=None) | ~models.Q(opened_by=models.F("witnessed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.commitment[:12]}"


class BlindCode(PublicId, models.Model):
    """A blind number. The entry it belongs to is encrypted in the row, and `entry` is filled when
    the blind numbers are opened.

    Rows are made in the order of the numbers, so that neither keys nor times tell the order of
    entry.
    """

    event = models.ForeignKey(
        Event, models.PROTECT, related_name="codes", verbose_name=_("competition")
    )
    number = models.PositiveIntegerField(_("blind number"))
    sealed_entry = models.BinaryField(null=True, editable=False)
    entry = models.OneToOneField(
        Entry, models.PROTECT, null=True, blank=True, related_name="code", verbose_name=_("entry")
    )
    state = models.CharField(
        _("state"), max_length=20, choices=CodeState, default=CodeState.COMPETING, editable=False
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("blind number")
        verbose_name_plural = _("blind numbers")
        ordering = ["event_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="blind_number_once"),
            models.CheckConstraint(name="blind_number_positive", condition=models.Q(number__gte=1)),
            models.CheckConstraint(
                name="blind_number_out_with_reason",
                condition=models.Q(state=CodeState.COMPETING) | ~models.Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)
