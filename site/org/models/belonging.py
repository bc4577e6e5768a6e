"""Memberships and employments, with their first and last day.

People change employer and union, but a case keeps the ones of its day.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Stamped
from org.enums import EmploymentForm, Ending, MembershipStanding, MemberStatus


class Membership(Stamped):
    """A person in a union over one period. A change of standing or of union ends the row and
    starts the next one.
    """

    person = models.ForeignKey(
        "people.Person", models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    org_unit = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="memberships", verbose_name=_("union")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    standing = models.CharField(
        _("membership status"),
        max_length=10,
        choices=MembershipStanding,
        default=MembershipStanding.MEMBER,
    )
    ending = models.CharField(_("reason for ending"), max_length=12, choices=Ending, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                name="membership_dates_in_order",
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(ends_on=None), name="membership_one_open"
            ),
            models.CheckConstraint(
                name="membership_open_has_no_ending",
                condition=models.Q(ending="") | models.Q(ends_on__isnull=False),
            ),
        ]
        # Who is in these unions, and who left them, without opening the rows: the list of members
        # counts and walks by them.
        indexes = [
            models.Index(
                fields=["org_unit", "person"],
                condition=models.Q(ends_on=None),
                name="membership_open_by_union",
            ),
            models.Index(
                fields=["org_unit", "person"],
                condition=models.Q(ends_on__isnull=False),
                name="membership_ended_by_union",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} – {self.org_unit_id}"

    @property
    def status(self) -> MemberStatus:
        """Return the member's status by this row, which is in the union, kept, transferred or
        left.
        """
        if self.ending in (Ending.TRANSFERRED, Ending.MERGED):
            return MemberStatus.TRANSFERRED
        if self.ending in (Ending.LEFT, Ending.REMOVED, Ending.DECEASED, Ending.DISSOLVED):
            return MemberStatus.LEFT
        return (
            MemberStatus.KEPT if self.standing == MembershipStanding.KEPT else MemberStatus.ACTIVE
        )

    @property
    def status_label(self) -> str:
        """Return the status as a word."""
        return str(self.status.label)


class Employment(Stamped):
    """A person at work over one period.

    Dispatched workers are employed by the agency (`employer`) and work at the firm (`works_at`).
    New-form workers (riders, drivers) may have no employer at all. The platform, if it is known, is
    then given in `works_at`.
    """

    person = models.ForeignKey(
        "people.Person", models.CASCADE, related_name="employments", verbose_name=_("person")
    )
    employer = models.ForeignKey(
        "org.Employer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="employments",
        verbose_name=_("employer"),
    )
    form = models.CharField(
        _("form of employment"),
        max_length=12,
        choices=EmploymentForm,
        default=EmploymentForm.CONTRACT,
    )
    works_at = models.ForeignKey(
        "org.Employer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="works_here",
        verbose_name=_("works at"),
    )
    job_title = models.CharField(_("post"), max_length=100, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        constraints = [
            models.CheckConstraint(
                name="employment_dates_in_order",
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.UniqueConstraint(
                fields=["person", "employer"],
                condition=models.Q(ends_on=None),
                name="employment_open_once",
            ),
            models.CheckConstraint(
                name="employment_without_employer_is_new_form",
                condition=models.Q(employer__isnull=False) | models.Q(form=EmploymentForm.NEW_FORM),
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(ends_on=None, employer=None),
                name="employment_open_without_employer_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} – {self.employer_id}"
