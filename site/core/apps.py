"""Django application `core`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """Provide the foundation, without words of any domain."""

    name = "core"
    verbose_name = _("Foundation")

    def ready(self) -> None:
        """Register our look-ups, and let tests move the clock."""
        from core import clock, lookups  # noqa: F401 - app ready

        clock.read_settings()
