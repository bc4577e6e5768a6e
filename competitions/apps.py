"""Django application `competitions`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompetitionsConfig(AppConfig):
    """Skill competitions: events, blind marking, results."""

    name = "competitions"
    verbose_name = _("Competitions")

    def ready(self) -> None:
        """Declare roles, deeds and search documents."""
        from competitions import events, grants, indexing  # noqa: F401 - app ready
        from competitions.demo import load  # app ready
        from core import demo  # app ready

        demo.register("competitions", _("Competitions"), load, order=30)
