"""Register the audit administrator's desk when Django starts."""

from django.utils.translation import gettext_lazy as _


def connect() -> None:
    """Declare audit events, the place in the navigation, and background work."""
    from core import places  # app ready
    from jobs import registry  # app ready
    from oversight import events, grants  # noqa: F401 - app ready
    from oversight.workflows import audit_check, audit_export  # app ready

    places.register("audit", _("Record of deeds"), url_name="oversight:audit", codenames={grants.VIEW_EVENTS}, order=80, role_only=True)
    registry.register(audit_export.JOB, audit_export.write_file, lease_seconds=1800)
    registry.register(audit_check.JOB, audit_check.run, lease_seconds=3600)
