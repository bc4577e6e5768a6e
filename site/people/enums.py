"""Choices about people."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sex(models.TextChoices):
    """As on the resident identity card."""

    MALE = "male", _("male")
    FEMALE = "female", _("female")
    UNKNOWN = "", _("not recorded")


class IdType(models.TextChoices):
    """Kinds of identity documents; the rule for the number follows the kind (../shared/domain.md 6)."""

    RESIDENT = "resident", _("resident identity card")
    HMT_RESIDENCE = "hmt_residence", _("residence permit for Hong Kong, Macao and Taiwan residents")
    FOREIGN_RESIDENCE = "foreign_residence", _("foreigner's permanent residence card")
    PASSPORT = "passport", _("passport")
