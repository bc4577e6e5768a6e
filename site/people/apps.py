"""Django application `people`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Accounts and persons."""

    name = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        """Declare the kinds of deeds, background work, and what merging does to our own rows."""
        from jobs import registry, sweeper  # app ready
        from people import events, kept_secrets, limits, references, tasks  # noqa: F401 - app ready
        from people.login import recent  # app ready
        from people.workflows import duplicates  # app ready

        limits.connect()
        recent.connect()
        registry.register(duplicates.JOB, tasks.find_duplicates, lease_seconds=600)
        sweeper.every_sweep("people.scan_duplicates", duplicates.scan_due, seconds=600)
