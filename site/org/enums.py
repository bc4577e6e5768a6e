"""Choices about unions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrgLevel(models.IntegerChoices):
    """Level in the tree of unions (../shared/domain.md 2.1)."""

    NATIONAL = 0, _("national")
    PROVINCE = 1, _("province")
    CITY = 2, _("city")
    COUNTY = 3, _("district or county")
    TOWNSHIP = 4, _("township or street")
    GRASSROOTS = 5, _("grass-roots union")
    GROUP = 6, _("union group")


class OrgStatus(models.TextChoices):
    """Life of a union."""

    FOUNDING = "founding", _("being founded")
    NORMAL = "normal", _("active")
    MERGED = "merged", _("merged")
    DISSOLVED = "dissolved", _("dissolved")
