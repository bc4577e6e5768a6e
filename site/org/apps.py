"""Django application `org`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    """Unions and employers."""

    name = "org"
    verbose_name = _("Unions and employers")

    def ready(self) -> None:
        """Declare deeds and the places of the union office."""
        from core import places  # app ready
        from org import events  # noqa: F401 - app ready

        places.register("members", _("Members"), url_name="org:people", codenames={"people.view_person"}, order=20)
        places.register("unions", _("Unions"), url_name="org:tree", codenames={"org.view_unit"}, order=21)
        places.register("imports", _("Imports"), url_name="org:imports", codenames={"org.import_roster"}, order=22)
