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
        from audit.queries import full_check_due, new_check_due, unsealed  # app ready
        from jobs import events, sweeper  # noqa: F401 - app ready

        sweeper.every_sweep("audit.seal", unsealed, seconds=60)
        sweeper.every_sweep("audit.check_full", full_check_due, seconds=6 * 3600)
        sweeper.every_sweep("audit.check_new", new_check_due, seconds=3600)
