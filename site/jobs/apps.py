"""Django application `jobs`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    """Background batches."""

    name = "jobs"
    verbose_name = _("Background work")

    def ready(self) -> None:
        """Declare audit events and the periodic tasks of the audit record, and connect the sweeper
        to the worker.
        """
        from audit.queries import full_check_due, has_unsealed_events, new_check_due  # app ready
        from jobs import audit_kinds, sweeper  # noqa: F401 - app ready

        sweeper.register_sweeper_task("audit.seal", has_unsealed_events, seconds=60)
        sweeper.register_sweeper_task("audit.check_full", full_check_due, seconds=6 * 3600)
        sweeper.register_sweeper_task("audit.check_new", new_check_due, seconds=3600)
