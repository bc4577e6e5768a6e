"""Django application `competitions`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompetitionsConfig(AppConfig):
    """Run skill competitions, from events through blind marking to results."""

    name = "competitions"
    verbose_name = _("Competitions")

    def ready(self) -> None:
        """Declare roles, audit events and search documents."""
        from access import registry  # app ready
        from competitions import events, grants, indexing, merging, notices, panels, reminders  # noqa: F401 - app ready
        from competitions.demo import load  # app ready
        from competitions.queries import todos as waiting  # app ready
        from competitions.standing_in import goes_back, hand_back  # app ready
        from core import demo, places, todos  # app ready
        from notify import reminders as daily  # app ready

        registry.when_role_ends(hand_back)
        registry.before_role_ends(goes_back)
        daily.register("competitions", reminders.provider)
        demo.register("competitions", _("Competitions"), load, order=30)
        places.register("judging", _("Judge's desk"), url_name="competitions:desk", codenames={grants.JUDGE}, order=40)
        places.register(
            "competitions_office", _("Competitions I run"), url_name="competitions:office_list", codenames={grants.VIEW}, order=41
        )
        todos.register("competitions.competitor", waiting.of_competitor)
        todos.register("competitions.judge", waiting.of_judge, codenames={grants.JUDGE})
        todos.register("competitions.second_person", waiting.of_second_person, codenames={grants.WITNESS})
        todos.register("competitions.vacancies", waiting.of_vacancies, codenames={grants.LEAD, grants.MANAGE})
        todos.register("competitions.manager", waiting.of_manager, codenames={grants.VIEW})
