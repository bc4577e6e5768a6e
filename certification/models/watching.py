"""The watch-list of an employer. It has the certificates whose end and changes the employer is
notified of.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicId, Stamped


class Watch(PublicId, Stamped):
    """One certificate on an employer's list. It ends by itself after a year or with the employment.

    Adding one needs number and name. *told_…* say what was notified already, each once. What the
    holder ended stays as a row, so that it isn't entered again against their will.
    """

    employer = models.ForeignKey(
        "org.Employer", models.PROTECT, related_name="+", verbose_name=_("employer")
    )
    certificate = models.ForeignKey(
        "certification.Certificate",
        models.PROTECT,
        related_name="watches",
        verbose_name=_("certificate"),
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    added_on = models.DateField(_("watched since"))
    ends_on = models.DateField(_("watched until"))
    told_soon = models.BooleanField(
        _("notified a month before expiry"), default=False, editable=False
    )
    told_end = models.BooleanField(
        _("notified on the day of expiry"), default=False, editable=False
    )
    ended_by_holder_on = models.DateField(_("ended by the holder on"), null=True, blank=True)
    objected_on = models.DateField(_("objected to on"), null=True, blank=True)
    objection = models.CharField(_("objection"), max_length=300, blank=True)
    answer_due_on = models.DateField(_("to be answered by"), null=True, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("watch-list entry")
        verbose_name_plural = _("watch-list entries")
        constraints = [
            models.UniqueConstraint(fields=["employer", "certificate"], name="watch_once"),
            models.CheckConstraint(
                name="watch_days_in_order", condition=models.Q(ends_on__gte=models.F("added_on"))
            ),
            models.CheckConstraint(
                name="watch_objection_has_its_days",
                condition=models.Q(
                    objected_on=None, answer_due_on=None, answered_on=None, objection="", answer=""
                )
                | models.Q(objected_on__isnull=False, answer_due_on__gte=models.F("objected_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["employer", "-id"], name="watch_of_employer"),
            models.Index(fields=["ends_on"], name="watch_end"),
        ]

    @property
    def objection_open(self) -> bool:
        """Say whether the holder objected and waits for the employer's answer."""
        return (
            self.objected_on is not None
            and self.answered_on is None
            and self.ended_by_holder_on is None
        )

    def __str__(self) -> str:
        return f"{self.employer_id}: {self.certificate_id}"
