"""Unions (a tree) and employers (beside it, many to many)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as NumberError
from treebeard.mp_tree import MP_Node

from core.models import PublicId, Stamped
from org.enums import OrgLevel, OrgStatus


def check_uscc(value: str) -> None:
    """Refuse a unified social credit code whose form or check character is wrong (GB 32100-2015)."""
    try:
        uscc.validate(value)
    except NumberError as error:
        raise ValidationError(_("This is no unified social credit code: compare all 18 characters with the certificate.")) from error


class OrgUnit(PublicId, Stamped, MP_Node):  # type: ignore[django-manager-missing]  # treebeard comes without types
    """One union. Certificates keep the name of the day; this row holds today's."""

    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    code = models.CharField(_("our code"), max_length=30, unique=True, help_text=_("Stands in certificate numbers, e.g. 330106."))
    level = models.PositiveSmallIntegerField(_("level"), choices=OrgLevel)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True, validators=[check_uscc])
    region_code = models.CharField(_("region (GB/T 2260)"), max_length=12, blank=True)
    contact_phone = models.CharField(_("contact"), max_length=40, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=OrgStatus, default=OrgStatus.NORMAL)

    node_order_by: list[str] = []

    class Meta:
        verbose_name = _("union")
        verbose_name_plural = _("unions")
        constraints = [
            models.UniqueConstraint(fields=["uscc"], condition=~models.Q(uscc=""), name="org_unit_uscc_once"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name


class Employer(PublicId, Stamped):
    """A firm or public body where people work; joint unions hold several, so it isn't a union."""

    name = models.CharField(_("name"), max_length=200)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True, validators=[check_uscc])
    unions = models.ManyToManyField(OrgUnit, related_name="employers", blank=True, verbose_name=_("unions"))

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        constraints = [
            models.UniqueConstraint(fields=["uscc"], condition=~models.Q(uscc=""), name="employer_uscc_once"),
        ]

    def __str__(self) -> str:
        return self.name
