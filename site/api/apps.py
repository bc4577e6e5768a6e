"""Django application `api`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Provide keys, answers and webhooks for programs."""

    name = "api"
    verbose_name = _("Programs")

    def ready(self) -> None:
        """Declare audit events, rights and the working places."""
        from api import events, grants, kept_secrets, notices, privacy, webhooks  # noqa: F401 - app ready
        from api.delivering import has_waiting_deliveries  # app ready
        from core import places  # app ready
        from jobs import sweeper  # app ready
        from notify import program_events  # app ready

        program_events.register_event(webhooks.PING, label=_("Test of a webhook"), sample={}, hidden=True)
        program_events.subscribe_to_events(webhooks.queue_event)
        sweeper.every_sweep("api.deliver_webhooks", has_waiting_deliveries)

        places.register("api_keys", _("Keys for programs"), url_name="api:keys", codenames={grants.KEEP_KEYS}, order=62)
        places.register("webhooks", _("Webhooks"), url_name="api:webhooks", codenames={grants.KEEP_WEBHOOKS}, order=63)
