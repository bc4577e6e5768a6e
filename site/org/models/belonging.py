"""Who belongs where, from which day to which. People change employer and union; cases keep the one of their day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Stamped


class Membership(Stamped):
    """A person in a union."""

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="memberships", verbose_name=_("person"))
    org_unit = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="memberships", verbose_name=_("union"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                name="membership_dates_in_order", condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on"))
            ),
            models.UniqueConstraint(fields=["person"], condition=models.Q(ends_on=None), name="membership_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} – {self.org_unit_id}"


class Employment(Stamped):
    """A person at an employer."""

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="employments", verbose_name=_("person"))
    employer = models.ForeignKey("org.Employer", models.PROTECT, related_name="employments", verbose_name=_("employer"))
    job_title = models.CharField(_("post"), max_length=100, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        constraints = [
            models.CheckConstraint(
                name="employment_dates_in_order", condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on"))
            ),
            models.UniqueConstraint(fields=["person", "employer"], condition=models.Q(ends_on=None), name="employment_open_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} – {self.employer_id}"
