"""Register the privacy part of the app when Django starts."""

from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from core import demo, places, todos
from jobs import registry, sweeper
from oversight import notice, privacy_events, privacy_grants
from oversight.queries import todos as waiting
from oversight.workflows import privacy_export, privacy_retention

__all__ = ["connect", "privacy_events"]


def connect() -> None:
    """Load each app's declarations of personal data, and register background work, places in the
    navigation and the demo.
    """
    autodiscover_modules("privacy")
    from oversight.privacy_demo import load  # app ready

    notice.connect()
    registry.register(privacy_export.JOB, privacy_export.make_export, lease_seconds=300)
    registry.register(privacy_retention.JOB, privacy_retention.sweep_item, lease_seconds=600)
    sweeper.every_sweep("oversight.retention_night", privacy_retention.tonight_is_due, seconds=600)
    todos.register("oversight.privacy_officer", waiting.of_privacy_officer, codenames={privacy_grants.HANDLE_REQUEST})
    places.register("my_data", _("My data"), url_name="oversight:my_data", order=25)
    places.register(
        "privacy_requests",
        _("Data requests"),
        url_name="oversight:privacy_requests",
        codenames={privacy_grants.HANDLE_REQUEST},
        order=80,
    )
    places.register("inventory", _("Personal data"), url_name="oversight:inventory", codenames={privacy_grants.VIEW_INVENTORY}, order=81)
    places.register("retention", _("Retention"), url_name="oversight:retention", codenames={privacy_grants.SET_RETENTION}, order=82)
    places.register(
        "privacy_notice", _("Privacy notice"), url_name="oversight:privacy_policy", codenames={privacy_grants.HANDLE_REQUEST}, order=83
    )
    demo.register("privacy", _("privacy"), load, order=45)
