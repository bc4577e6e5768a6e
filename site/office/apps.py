"""Django application `office`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    """Union office."""

    name = "office"
    verbose_name = _("Union office")

    def ready(self) -> None:
        """Declare deeds, rights and places."""
        from core import places  # app ready
        from office import events, grants, merging  # noqa: F401 - app ready

        places.register("members", _("Members"), url_name="office:people", codenames={"people.view_person"}, order=20)
        places.register("unions", _("Unions"), url_name="office:tree", codenames={"org.view_unit"}, order=21)
        places.register("imports", _("Imports"), url_name="office:imports", codenames={grants.IMPORT_ROSTER}, order=22)
