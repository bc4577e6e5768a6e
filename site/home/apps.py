"""Django application `home`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    """The public front page and everybody's own home."""

    name = "home"
    verbose_name = _("Home")

    def ready(self) -> None:
        """Declare deeds; let menus ask which codenames a person's roles hold."""
        from core import places  # app ready
        from home import events  # noqa: F401 - app ready
        from home.queries.roles import codenames_held  # app ready

        places.ask_with(codenames_held)
