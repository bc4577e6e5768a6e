"""Django application `audit`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """The append-only audit log."""

    name = "audit"
    verbose_name = _("Audit record")

    def ready(self) -> None:
        """Declare kinds of events and append-only tables, and report faults of the last check to
        the readiness page.
        """
        from audit import append_only, audit_kinds, privacy  # noqa: F401 - app ready
        from audit.queries import report_audit_health  # app ready
        from core import health  # app ready

        for table in (
            "audit_event",
            "audit_link",
            "audit_check",
            "audit_archive",
            "audit_tally",
            "audit_head",
        ):
            append_only.expect_append_only(table)
        append_only.expect_trigger("audit_event_tally")
        health.warn_with("audit", report_audit_health)
