"""Register the privacy part of the app when Django starts."""

from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from core import demo, places, todos
from jobs import registry, sweeper
from oversight import notice, privacy_audit_kinds, privacy_grants
from oversight.queries import todos as waiting
from oversight.workflows import privacy_export, privacy_retention

__all__ = ["privacy_audit_kinds", "register_privacy_desk"]


def register_privacy_desk() -> None:
    """Load each app's declarations of personal data, and register background work, places in the
    navigation and the demo.
    """
    autodiscover_modules("privacy")
    from oversight.privacy_demo import load_privacy_demo  # app ready

    notice.connect_notice_signal()
    registry.register_job_kind(privacy_export.JOB, privacy_export.make_export, lease_seconds=300)
    registry.register_job_kind(
        privacy_retention.JOB, privacy_retention.run_retention_item, lease_seconds=600
    )
    sweeper.register_sweeper_task(
        "oversight.retention_night", privacy_retention.is_nightly_run_due, seconds=600
    )
    todos.register_todos(
        "oversight.privacy_officer",
        waiting.list_privacy_request_todos,
        codenames={privacy_grants.HANDLE_REQUEST},
    )
    places.register_place("my_data", _("My data"), url_name="oversight:my_data", order=25)
    places.register_place(
        "privacy_requests",
        _("Data requests"),
        url_name="oversight:privacy_requests",
        codenames={privacy_grants.HANDLE_REQUEST},
        order=80,
    )
    places.register_place(
        "inventory",
        _("Personal data"),
        url_name="oversight:inventory",
        codenames={privacy_grants.VIEW_INVENTORY},
        order=81,
    )
    places.register_place(
        "retention",
        _("Retention"),
        url_name="oversight:retention",
        codenames={privacy_grants.SET_RETENTION},
        order=82,
    )
    places.register_place(
        "privacy_notice",
        _("Privacy notice"),
        url_name="oversight:privacy_policy",
        codenames={privacy_grants.HANDLE_REQUEST},
        order=83,
    )
    demo.register_demo("privacy", _("privacy"), load_privacy_demo, order=45)
