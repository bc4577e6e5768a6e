"""Django application `api`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Provide keys, answers and webhooks for programs."""

    name = "api"
    verbose_name = _("API")

    def ready(self) -> None:
        """Declare audit events, rights and the working places."""
        from api import audit_kinds, grants, kept_secrets, notification_kinds, privacy, webhooks  # noqa: F401 - app ready
        from api.delivery import has_waiting_deliveries  # app ready
        from core import places  # app ready
        from jobs import sweeper  # app ready
        from notify import program_events  # app ready

        program_events.register_event(
            webhooks.PING, label=_("Test of a webhook"), sample={}, hidden=True
        )
        program_events.subscribe_to_events(webhooks.queue_event)
        sweeper.register_sweeper_task("api.deliver_webhooks", has_waiting_deliveries)

        places.register_place(
            "api_keys",
            _("API keys"),
            url_name="api:keys",
            codenames={grants.KEEP_KEYS},
            order=62,
        )
        places.register_place(
            "webhooks",
            _("Webhooks"),
            url_name="api:webhooks",
            codenames={grants.KEEP_WEBHOOKS},
            order=63,
        )
