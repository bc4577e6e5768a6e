"""Django application `search`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    """Provide the index, the outbox and the search page."""

    name = "search"
    label = "search"
    verbose_name = _("Search")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to Wagtail's page signals, and check the outbox from time to time in each worker."""
        from jobs.sweeper import register_sweeper_task  # app ready
        from search import outbox, signals  # app ready
        from search.registry import register_facet  # app ready

        signals.connect_pages()
        register_facet("occupation", label=_("Occupation"))
        register_facet("level", label=_("Level"), show=level_name)
        register_facet("year", label=_("Year"))
        register_sweeper_task("search.flush", outbox.is_flush_overdue)


def level_name(value: str) -> str:
    """Return the words for a level's ordinal, or *value* itself where it is none."""
    from occupations.enums import Level  # app ready

    return (
        str(Level(int(value)).label) if value.isdecimal() and int(value) in Level.values else value
    )
