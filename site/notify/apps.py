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
        from notify import audit_kinds, notification_kinds  # noqa: F401 - app ready
        from notify.queries.deliveries import has_claimable_deliveries  # app ready
        from notify.workflows.daily import is_daily_work_due  # app ready
        from notify.workflows.security import NEW_DEVICE_JOB, tell_new_device  # app ready
        from notify.workflows.waiting import drop_waiting_sms  # app ready

        personal.after_consent_withdrawn("notify.sms", drop_waiting_sms)
        registry.register_job_kind(NEW_DEVICE_JOB, tell_new_device)
        outcomes.subscribe_to_outcome(
            "people.signed_in_new_device",
            NEW_DEVICE_JOB,
            title=_("Notice of a sign-in on a new device"),
        )
        sweeper.register_sweeper_task("notify.deliver", has_claimable_deliveries)
        sweeper.register_sweeper_task("notify.daily", is_daily_work_due, seconds=60)
