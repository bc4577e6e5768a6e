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
        from competitions import (  # noqa: F401 - app ready
            audit_kinds,
            grants,
            indexing,
            merging,
            notification_kinds,
            panels,
            reminders,
        )
        from competitions.demo import load_competitions_demo  # app ready
        from competitions.queries import todos as waiting  # app ready
        from competitions.role_endings import (
            vacate_unsigned_sheets,
            warn_of_vacated_sheets,
        )  # app ready
        from core import demo, places, todos  # app ready
        from notify import reminders as daily  # app ready

        registry.when_role_ends(vacate_unsigned_sheets)
        registry.before_role_ends(warn_of_vacated_sheets)
        daily.register_reminder_provider("competitions", reminders.list_event_reminders)
        demo.register_demo("competitions", _("Competitions"), load_competitions_demo, order=30)
        places.register_place(
            "judging",
            _("Judge's desk"),
            url_name="competitions:desk",
            codenames={grants.JUDGE},
            order=40,
        )
        places.register_place(
            "competitions_office",
            _("Competitions I manage"),
            url_name="competitions:office_list",
            codenames={grants.VIEW},
            order=41,
        )
        todos.register_todos("competitions.competitor", waiting.of_competitor)
        todos.register_todos("competitions.judge", waiting.of_judge, codenames={grants.JUDGE})
        todos.register_todos(
            "competitions.second_person",
            waiting.list_requests_to_decide,
            codenames={grants.WITNESS},
        )
        todos.register_todos(
            "competitions.vacancies", waiting.of_vacancies, codenames={grants.LEAD, grants.MANAGE}
        )
        todos.register_todos("competitions.manager", waiting.of_manager, codenames={grants.VIEW})
