"""Django application `home`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    """The public front page and everybody's own home."""

    name = "home"
    verbose_name = _("Home")

    def ready(self) -> None:
        """Declare deeds and the demo's front page."""
        from core import demo  # app ready
        from home import events  # noqa: F401 - app ready
        from home.sample import load  # app ready

        demo.register("site", _("front page and news"), load, order=20)
