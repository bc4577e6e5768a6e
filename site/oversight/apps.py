"""Django application `oversight`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OversightConfig(AppConfig):
    """The app for the desks of the audit administrator and the data protection officer."""

    name = "oversight"
    verbose_name = _("Oversight")

    def ready(self) -> None:
        """Declare audit events, rights, places in the navigation and background work."""
        from oversight import audit_setup, privacy_setup  # app ready

        audit_setup.register_audit_desk()
        privacy_setup.register_privacy_desk()
