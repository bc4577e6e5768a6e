"""Store the judges of an event, their seats in the modules, and whom they don't mark."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from competitions.enums import RecusalGround
from competitions.models.entry import BlindCode, Entry
from competitions.models.event import Event
from competitions.models.scheme import Module
from core.models import PublicId, Stamped


class Judge(PublicId, Stamped):
    """An account that judges an event. `seat` is the name that other judges and logs use."""

    event = models.ForeignKey(
        Event, models.PROTECT, related_name="judges", verbose_name=_("competition")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="judge_seats",
        verbose_name=_("account"),
    )
    seat = models.PositiveSmallIntegerField(_("seat"))

    class Meta:
        verbose_name = _("judge")
        verbose_name_plural = _("judges")
        ordering = ["event_id", "seat"]
        constraints = [
            models.UniqueConstraint(fields=["event", "user"], name="judge_once"),
            models.UniqueConstraint(fields=["event", "seat"], name="judge_seat_once"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}/{self.seat}"


class PanelSeat(models.Model):
    """A judge in the panel of a module. Everybody of a panel marks every sheet, and whose scores
    count is settled while the numbers are sealed (ADR 48).
    """

    module = models.ForeignKey(Module, models.CASCADE, related_name="seats")
    judge = models.ForeignKey(Judge, models.CASCADE, related_name="panel_seats")
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("panel seat")
        verbose_name_plural = _("panel seats")
        ordering = ["module_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["module", "judge"], name="panel_judge_once"),
            models.UniqueConstraint(fields=["module", "position"], name="panel_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.module_id}/{self.judge_id}"


class Recusal(Stamped):
    """A judge stands aside for a competitor, found from employer and union or declared.

    A judge who recognises work during the competition stands aside for its blind number (`code`),
    since nobody there knows the name (`entry`).
    """

    judge = models.ForeignKey(Judge, models.CASCADE, related_name="recusals")
    entry = models.ForeignKey(Entry, models.CASCADE, null=True, blank=True, related_name="recusals")
    code = models.ForeignKey(
        BlindCode, models.CASCADE, null=True, blank=True, related_name="recusals"
    )
    ground = models.CharField(_("ground"), max_length=20, choices=RecusalGround)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("declared by"),
    )

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        constraints = [
            models.UniqueConstraint(fields=["judge", "entry", "ground"], name="recusal_once"),
            models.UniqueConstraint(fields=["judge", "code"], name="recusal_once_for_a_number"),
            models.CheckConstraint(
                name="recusal_for_entry_or_number",
                condition=models.Q(entry__isnull=False, code=None)
                | models.Q(entry=None, code__isnull=False, ground=RecusalGround.DECLARED),
            ),
            models.CheckConstraint(
                name="declared_recusal_says_why",
                condition=~models.Q(ground=RecusalGround.DECLARED) | ~models.Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.judge_id} {self.ground}"
