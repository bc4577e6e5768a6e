"""What unions and employers were on another day.

Today's facts are on their own rows, and each change leaves one row here. `name_on(unit, day)`
returns the old name of the earliest change of name after that day, or today's name (ADR 0014).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicId, Stamped
from org.enums import ChangeKind, EmployerChangeKind, LinkKind
from org.models.unit import Employer, OrgUnit


class Change(PublicId, Stamped):
    """One dated change, with its day, document, reason and who recorded it.

    It is *annulled* if it should never have been recorded.
    """

    on = models.DateField(_("day"), db_index=True)
    old_name = models.CharField(_("name before"), max_length=200, blank=True)
    new_name = models.CharField(_("name after"), max_length=200, blank=True)
    document_no = models.CharField(_("document number"), max_length=100, blank=True)
    document_on = models.DateField(_("date of the document"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    annulled_at = models.DateTimeField(_("annulled"), null=True, blank=True)
    annulled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("annulled by"),
    )
    annulled_reason = models.CharField(_("reason for the annulment"), max_length=300, blank=True)

    class Meta:
        abstract = True
        ordering = ["on", "pk"]


class UnitChange(Change):
    """One change of a union. *other* is the union it was merged into, or the one it took over."""

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="changes", verbose_name=_("union")
    )
    kind = models.CharField(_("what happened"), max_length=12, choices=ChangeKind)
    old_short_name = models.CharField(_("short name before"), max_length=60, blank=True)
    new_short_name = models.CharField(_("short name after"), max_length=60, blank=True)
    old_parent = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("union above before"),
    )
    new_parent = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("union above after"),
    )
    other = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("other union"),
    )
    facts = models.JSONField(_("in numbers"), default=dict, blank=True)

    class Meta(Change.Meta):
        verbose_name = _("change of a union")
        verbose_name_plural = _("changes of unions")
        indexes = [models.Index(fields=["unit", "kind", "on"], name="unit_change_of_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.kind} {self.on}"


class EmployerChange(Change):
    """One change of an employer, such as a new name, a union joined or left, or a merger."""

    employer = models.ForeignKey(
        Employer, models.PROTECT, related_name="changes", verbose_name=_("employer")
    )
    kind = models.CharField(_("what happened"), max_length=12, choices=EmployerChangeKind)
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("union")
    )
    other = models.ForeignKey(
        Employer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("other employer"),
    )

    class Meta(Change.Meta):
        verbose_name = _("change of an employer")
        verbose_name_plural = _("changes of employers")
        indexes = [
            models.Index(fields=["employer", "kind", "on"], name="employer_change_of_employer")
        ]

    def __str__(self) -> str:
        return f"{self.employer_id}: {self.kind} {self.on}"


class SecondaryLink(PublicId, Stamped):
    """A superior beside the tree.

    A grass-roots union has a territorial parent and may have an industry superior as well.
    """

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="superior_links", verbose_name=_("union")
    )
    superior = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="inferior_links", verbose_name=_("superior")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=LinkKind, default=LinkKind.INDUSTRY)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    document_no = models.CharField(_("document number"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("link to an industry union")
        verbose_name_plural = _("links to industry unions")
        constraints = [
            models.CheckConstraint(
                name="secondary_link_dates_in_order",
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="secondary_link_not_to_itself", condition=~models.Q(unit=models.F("superior"))
            ),
            models.UniqueConstraint(
                fields=["unit", "kind"],
                condition=models.Q(ends_on=None),
                name="secondary_link_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} – {self.superior_id}"
