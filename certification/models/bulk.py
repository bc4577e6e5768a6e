"""A change of many certificates at once, with one row for the request and one line for each
certificate.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from certification.enums import BulkAct, BulkState, Reason
from core.models import PublicId, Stamped


class BulkChange(PublicId, Stamped):
    """One change of many certificates.

    A revocation waits for a second person, who confirms all of it, and so does making new files.
    Other changes start at once.
    """

    act = models.CharField(_("kind of change"), max_length=20, choices=BulkAct)
    state = models.CharField(
        _("state"), max_length=20, choices=BulkState, default=BulkState.RUNNING, editable=False
    )
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    job = models.ForeignKey(
        "jobs.Job", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("job")
    )
    entries = models.ForeignKey(
        "jobs.Job",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("batch of its entries in the register"),
    )

    class Meta:
        verbose_name = _("bulk change of certificates")
        verbose_name_plural = _("bulk changes of certificates")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="bulk_second_person_is_another",
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("asked_by")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.act}: {self.state}"


class BulkLine(models.Model):
    """One certificate of a bulk change, and what became of it."""

    change = models.ForeignKey(
        BulkChange,
        models.CASCADE,
        related_name="lines",
        verbose_name=_("bulk change of certificates"),
    )
    certificate = models.ForeignKey(
        "certification.Certificate", models.PROTECT, related_name="+", verbose_name=_("certificate")
    )
    # The name of the file that is made for it, written down before the file is stored (see
    # `workflows.filing`).
    file = models.CharField(max_length=200, blank=True, editable=False)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    problem = models.CharField(_("why not done"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("line of a bulk change")
        verbose_name_plural = _("lines of bulk changes")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["change", "certificate"], name="bulk_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.change_id}: {self.certificate_id}"
