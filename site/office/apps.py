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
        from office import events, grants, merging, notices, people_events, people_grants  # noqa: F401 - app ready
        from office.demo import load as load_unions  # app ready
        from office.people_demo import load as load_people  # app ready
        from office.queries import todos as waiting  # app ready
        from office.workflows import bulk_export  # app ready
        from office.workflows.importing.kind import ROSTER  # app ready

        register_import(ROSTER)
        todos.register("office.second_person", waiting.of_second_person, codenames={people_grants.APPROVE})
        registry.register(bulk_export.JOB, bulk_export.make_file, on_finished=bulk_export.failed, lease_seconds=600)
        sweeper.every_sweep("office.tidy_exports", bulk_export.is_due, seconds=300)
        todos.register("office.export_decider", waiting.of_export_decider, codenames={people_grants.APPROVE_EXPORT})
        todos.register("office.export_asker", waiting.of_export_asker, codenames={people_grants.EXPORT})
        todos.register("office.importer", waiting.of_importer, codenames={grants.IMPORT_ROSTER, grants.IMPORT_TREE})
        demo.register("unions", _("unions with a past"), load_unions, order=12)
        demo.register("people", _("double records"), load_people, order=13)
        places.register("members", _("Members"), url_name="office:people", codenames={"people.view_person"}, order=20)
        places.register(
            "duplicates",
            _("Double records"),
            url_name="office:duplicates",
            codenames={people_grants.PROPOSE, people_grants.APPROVE},
            order=23,
        )
        places.register("unions", _("Unions"), url_name="office:tree", codenames={"org.view_unit"}, order=21)
        places.register("employers", _("Employers"), url_name="office:employers", codenames={"org.manage_unit"}, order=21)
        places.register("imports", _("Imports"), url_name="office:imports", codenames={grants.IMPORT_ROSTER}, order=22)
