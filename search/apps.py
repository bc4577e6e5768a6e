"""Django application `search`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    """Index, outbox and the search page."""

    name = "search"
    label = "search"
    verbose_name = _("Search")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to Wagtail's page signals, and ring for the outbox from time to time in each worker."""
        from jobs.sweeper import every_sweep  # app ready
        from search import outbox, signals  # app ready

        signals.connect_pages()
        every_sweep("search.flush", outbox.due)
