"""Django application `api`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Keys and answers for programs."""

    name = "api"
    verbose_name = _("Programs")

    def ready(self) -> None:
        """Declare deeds, rights and the working place."""
        from api import events, grants, privacy  # noqa: F401 - app ready
        from core import places  # app ready

        places.register("api_keys", _("Keys for programs"), url_name="api:keys", codenames={grants.KEEP_KEYS}, order=62)
