"""Django application `oversight`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OversightConfig(AppConfig):
    """Desk of the audit administrator and the data protection officer."""

    name = "oversight"
    verbose_name = _("Oversight")
