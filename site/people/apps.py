"""Django application `people`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Accounts and persons."""

    name = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        """Declare the kinds of deeds."""
        from people import events, limits  # noqa: F401 - app ready
        from people.login import recent  # app ready

        limits.connect()
        recent.connect()
