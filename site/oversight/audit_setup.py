"""Register the audit administrator's desk when Django starts."""

from django.utils.translation import gettext_lazy as _


def register_audit_desk() -> None:
    """Declare audit events, the place in the navigation, and background work."""
    from core import places  # app ready
    from jobs import registry  # app ready
    from oversight import audit_kinds, grants  # noqa: F401 - app ready
    from oversight.workflows import audit_check, audit_export  # app ready

    places.register_place(
        "audit",
        _("Audit log"),
        url_name="oversight:audit",
        codenames={grants.VIEW_EVENTS},
        order=80,
        role_only=True,
    )
    registry.register_job_kind(audit_export.JOB, audit_export.write_file, lease_seconds=1800)
    registry.register_job_kind(audit_check.JOB, audit_check.run_audit_check, lease_seconds=3600)
