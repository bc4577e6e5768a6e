"""Django application `notify`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotifyConfig(AppConfig):
    """The app that sends messages to people, in the inbox on the site and by mail, SMS and web
    push.
    """

    name = "notify"
    verbose_name = _("Messages")

    def ready(self) -> None:
        """Declare kinds of messages and audit events, and register the tasks that deliver messages
        and do the day's work.
        """
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
