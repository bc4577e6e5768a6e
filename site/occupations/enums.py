"""Define the ladder of skill levels (新八级工). A smaller official digit is a higher level, so compare
ordinals.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.IntegerChoices):
    """Ordinal 0–7, low to high."""

    APPRENTICE = 0, _("apprentice worker")
    FIVE = 1, _("level five / junior worker")
    FOUR = 2, _("level four / intermediate worker")
    THREE = 3, _("level three / senior worker")
    TWO = 4, _("level two / technician")
    ONE = 5, _("level one / senior technician")
    SPECIAL = 6, _("special-grade technician")
    CHIEF = 7, _("chief technician")


OFFICIAL_DIGIT = {Level.FIVE: 5, Level.FOUR: 4, Level.THREE: 3, Level.TWO: 2, Level.ONE: 1}
SHORT = {
    Level.APPRENTICE: _("apprentice"),
    Level.FIVE: _("level five"),
    Level.FOUR: _("level four"),
    Level.THREE: _("level three"),
    Level.TWO: _("level two"),
    Level.ONE: _("level one"),
    Level.SPECIAL: _("special grade"),
    Level.CHIEF: _("chief"),
}
