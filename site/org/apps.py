"""Django application `org`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    """Unions and employers."""

    name = "org"
    verbose_name = _("Unions and employers")

    def ready(self) -> None:
        """Declare audit events, and what merging two persons does to memberships and employments."""
        from org import audit_kinds, persons  # noqa: F401 - app ready
