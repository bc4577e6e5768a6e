"""Django application `imports`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    """Staged imports of spreadsheets."""

    name = "imports"
    verbose_name = _("Imports")
