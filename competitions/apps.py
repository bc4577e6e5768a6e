"""Django application `competitions`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompetitionsConfig(AppConfig):
    """Skill competitions: events, blind marking, results."""

    name = "competitions"
    verbose_name = _("Competitions")

    def ready(self) -> None:
        """Declare roles, deeds and search documents."""
        from competitions import events, grants, indexing, merging  # noqa: F401 - app ready
        from competitions.demo import load  # app ready
        from core import demo, places  # app ready

        demo.register("competitions", _("Competitions"), load, order=30)
        places.register("judging", _("Judge's desk"), url_name="competitions:desk", codenames={grants.JUDGE}, order=40)
        places.register(
            "competitions_office", _("Competitions I run"), url_name="competitions:office_list", codenames={grants.VIEW}, order=41
        )
