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
        from home import audit_kinds  # noqa: F401 - app ready
        from home.sample import load_site_texts  # app ready

        demo.register_demo("site", _("front page and news"), load_site_texts, order=20)
