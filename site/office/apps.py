"""Django application `office`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    """The app for the union office."""

    name = "office"
    verbose_name = _("Union office")

    def ready(self) -> None:
        """Declare audit events, rights, to-dos, background work, demo data and places in the
        navigation.
        """
        from core import demo, places, todos  # app ready
        from imports.workflows.ready import register_import  # app ready
        from jobs import registry, sweeper  # app ready
        from office import (  # noqa: F401 - app ready
            audit_kinds,
            grants,
            merging,
            notification_kinds,
            people_audit_kinds,
            people_grants,
        )
        from office.demo import load_unions_demo as load_unions  # app ready
        from office.people_demo import load_people_demo as load_people  # app ready
        from office.queries import todos as waiting  # app ready
        from office.workflows import bulk_export  # app ready
        from office.workflows.importing.kind import ROSTER  # app ready

        register_import(ROSTER)
        todos.register_todos(
            "office.second_person", waiting.list_merge_todos, codenames={people_grants.APPROVE}
        )
        registry.register_job_kind(
            bulk_export.JOB,
            bulk_export.make_file,
            on_finished=bulk_export.end_failed_exports,
            lease_seconds=600,
        )
        sweeper.register_sweeper_task(
            "office.tidy_exports", bulk_export.has_due_exports, seconds=300
        )
        todos.register_todos(
            "office.export_decider",
            waiting.list_export_decision_todos,
            codenames={people_grants.APPROVE_EXPORT},
        )
        todos.register_todos(
            "office.export_asker",
            waiting.list_export_pickup_todos,
            codenames={people_grants.EXPORT},
        )
        todos.register_todos(
            "office.importer",
            waiting.list_import_todos,
            codenames={grants.IMPORT_ROSTER, grants.IMPORT_TREE},
        )
        demo.register_demo("unions", _("unions with a history"), load_unions, order=12)
        demo.register_demo("people", _("duplicate records"), load_people, order=13)
        places.register_place(
            "members",
            _("Members"),
            url_name="office:people",
            codenames={"people.view_person"},
            order=20,
        )
        places.register_place(
            "duplicates",
            _("Duplicate records"),
            url_name="office:duplicates",
            codenames={people_grants.PROPOSE, people_grants.APPROVE},
            order=23,
        )
        places.register_place(
            "unions", _("Unions"), url_name="office:tree", codenames={"org.view_unit"}, order=21
        )
        places.register_place(
            "employers",
            _("Employers"),
            url_name="office:employers",
            codenames={"org.manage_unit"},
            order=21,
        )
        places.register_place(
            "imports",
            _("Imports"),
            url_name="office:imports",
            codenames={grants.IMPORT_ROSTER},
            order=22,
        )
