"""Unions (a tree) and employers (beside it, many to many)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from core.models import DerivedKeyField, PublicId, Stamped
from core.text import search_key
from org.enums import LIVE, LegalPerson, OrgLevel, OrgStatus, UnitType
from org.rules import codes
from people.rules.names import ORDER_LENGTH, order_key

USCC_SENTENCES = {
    "length": _(
        "A unified social credit code has 18 characters, but this one has %(count)s. "
        "Compare it with the certificate."
    ),
    "alphabet": _(
        "A unified social credit code never contains the letters I, O, S, V and Z. Did you "
        "mean %(suggestion)s?"
    ),
    "alphabet_only": _(
        "A unified social credit code never contains the letters I, O, S, V and Z. Compare "
        "it with the certificate."
    ),
    "characters": _(
        "A unified social credit code contains only capital letters and digits. Compare it "
        "with the certificate."
    ),
    "check": _(
        "This isn't a valid unified social credit code. Compare all 18 characters with the "
        "certificate."
    ),
}


def check_uscc(value: str) -> None:
    """Refuse a unified social credit code whose form or check character is wrong (GB 32100-2015),
    and say what is wrong.
    """
    found = codes.examine_uscc(value)
    if found.fault:
        raise ValidationError(
            USCC_SENTENCES[found.fault],
            code="uscc",
            params={"count": len(found.code), "suggestion": found.suggestion},
        )


def check_industry(value: str) -> None:
    """Refuse *value* if it isn't a code of GB/T 4754, which is a capital letter A–T, or two to
    four digits, or both.
    """
    if not codes.is_industry(value):
        raise ValidationError(
            _(
                "An industry code (GB/T 4754) is a letter from A to T, two to four digits, "
                "or both, e.g. C34 or 3411."
            )
        )


def check_region(value: str) -> None:
    """Refuse *value* if it doesn't have the form of GB/T 2260, with six digits, or nine or twelve
    down to the street or village.

    Old codes are accepted.
    """
    if not codes.is_region(value):
        raise ValidationError(
            _(
                "A region code has six digits (GB/T 2260), or nine or twelve for a street "
                "or village."
            )
        )


def unit_key(unit: OrgUnit) -> str:
    """Return the search keys of name and short name, each enclosed in `|`.

    No key holds a `|`, so a whole name can be told from a part of one.
    """
    return "".join(f"|{name_words(name)}|" for name in (unit.name, unit.short_name) if name)


def employer_key(employer: Employer) -> str:
    """Return the key by which an employer's name is compared."""
    return name_words(employer.name)


def employer_order(employer: Employer) -> str:
    """Return the key by which employers are sorted."""
    return order_key(employer.name)


def name_words(text: str) -> str:
    """Return the search key of the name of a union or employer, or of a part of one."""
    return search_key(text).replace("|", "")


class OrgUnit(PublicId, Stamped, MP_Node):  # type: ignore[django-manager-missing]  # treebeard comes without types
    """One union as it is today. What it was on another day is kept in `UnitChange`
    (`org.queries.history`).
    """

    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    name_key = DerivedKeyField(max_length=264, blank=True, editable=False, derive=unit_key)
    code = models.CharField(
        _("internal code"),
        max_length=30,
        unique=True,
        help_text=_("Used in certificate numbers, e.g. 330106."),
        error_messages={
            "unique": _(
                "Another union already has this code. Each union needs its own code, so "
                "compare it with your list."
            )
        },
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=OrgLevel)
    uscc = models.CharField(
        _("unified social credit code"), max_length=18, blank=True, validators=[check_uscc]
    )
    region_code = models.CharField(
        _("region (GB/T 2260)"), max_length=12, blank=True, validators=[check_region]
    )
    industry_code = models.CharField(
        _("industry (GB/T 4754)"), max_length=5, blank=True, validators=[check_industry]
    )
    unit_type = models.CharField(_("kind of unit"), max_length=12, choices=UnitType, blank=True)
    legal_person_status = models.CharField(
        _("legal person status"), max_length=8, choices=LegalPerson, blank=True
    )
    established_on = models.DateField(_("founded on"), null=True, blank=True)
    chair = models.CharField(_("chair"), max_length=100, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=100, blank=True)
    contact_phone = models.CharField(_("contact"), max_length=40, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=OrgStatus, default=OrgStatus.NORMAL
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_units",
        verbose_name=_("merged into"),
    )

    node_order_by: list[str] = []

    class Meta:
        verbose_name = _("union")
        verbose_name_plural = _("unions")
        constraints = [
            models.UniqueConstraint(
                fields=["uscc"], condition=~models.Q(uscc=""), name="org_unit_uscc_once"
            ),
            models.CheckConstraint(
                name="org_unit_merged_names_successor",
                condition=~models.Q(status=OrgStatus.MERGED) | models.Q(merged_into__isnull=False),
            ),
            models.CheckConstraint(
                name="org_unit_not_merged_into_itself",
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def live(self) -> bool:
        """Say whether people can join it and unions can be placed under it."""
        return self.status in LIVE

    @property
    def status_tone(self) -> str:
        """Return the tone of the status word."""
        return {OrgStatus.FOUNDING: "info", OrgStatus.NORMAL: "ok"}.get(OrgStatus(self.status), "")


class Employer(PublicId, Stamped):
    """A firm or public body where people work. It isn't a union, because a joint union has several
    employers.
    """

    name = models.CharField(_("name"), max_length=200)
    name_key = DerivedKeyField(
        max_length=200, blank=True, editable=False, db_index=True, derive=employer_key
    )
    name_order = DerivedKeyField(
        max_length=ORDER_LENGTH, blank=True, editable=False, derive=employer_order
    )
    uscc = models.CharField(
        _("unified social credit code"), max_length=18, blank=True, validators=[check_uscc]
    )
    region_code = models.CharField(
        _("region (GB/T 2260)"), max_length=12, blank=True, validators=[check_region]
    )
    industry_code = models.CharField(
        _("industry (GB/T 4754)"), max_length=5, blank=True, validators=[check_industry]
    )
    contact_name = models.CharField(_("contact person"), max_length=100, blank=True)
    contact_phone = models.CharField(_("contact"), max_length=40, blank=True)
    unions = models.ManyToManyField(
        OrgUnit, related_name="employers", blank=True, verbose_name=_("unions")
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_employers",
        verbose_name=_("merged into"),
    )

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        constraints = [
            models.UniqueConstraint(
                fields=["uscc"], condition=~models.Q(uscc=""), name="employer_uscc_once"
            ),
            models.CheckConstraint(
                name="employer_not_merged_into_itself",
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
