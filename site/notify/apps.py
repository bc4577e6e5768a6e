"""Django application `notify`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotifyConfig(AppConfig):
    """Messages to people: in-site inbox, mail, SMS, web push."""

    name = "notify"
    verbose_name = _("Messages")

    def ready(self) -> None:
        """Declare kinds and deeds; ring for what may leave and for the day's work."""
        from core import personal  # app ready
        from jobs import outcomes, registry, sweeper  # app ready
        from notify import events, notices  # noqa: F401 - app ready
        from notify.queries.deliveries import waiting  # app ready
        from notify.workflows.daily import is_due  # app ready
        from notify.workflows.security import NEW_DEVICE_JOB, tell_new_device  # app ready
        from notify.workflows.waiting import let_go_of_sms  # app ready

        personal.after_consent_withdrawn("notify.sms", let_go_of_sms)
        registry.register(NEW_DEVICE_JOB, tell_new_device)
        outcomes.subscribe("people.signed_in_new_device", NEW_DEVICE_JOB, title=_("Notice of a sign-in from a new device"))
        sweeper.every_sweep("notify.deliver", waiting)
        sweeper.every_sweep("notify.daily", is_due, seconds=60)
