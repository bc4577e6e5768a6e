"""Django application `occupations`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OccupationsConfig(AppConfig):
    """Provide occupations and levels."""

    name = "occupations"
    verbose_name = _("Occupations")
