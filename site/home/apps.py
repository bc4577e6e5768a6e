"""Django application `home`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    """Provide the public front page and everybody's own home page."""

    name = "home"
    verbose_name = _("Home")

    def ready(self) -> None:
        """Declare audit events and the demo's front page."""
        from core import demo  # app ready
        from home import events  # noqa: F401 - app ready
        from home.sample import load  # app ready

        demo.register("site", _("front page and news"), load, order=20)
