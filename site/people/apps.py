"""Django application `people`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Accounts and persons."""

    name = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        """Declare kinds of events, background work, and what merging does to this app's own rows."""
        from allauth.socialaccount.providers import registry as outside  # app ready

        from audit import append_only  # app ready
        from core import derived  # app ready
        from jobs import registry, sweeper  # app ready
        from people import audit_kinds, kept_secrets, references, tasks, throttling  # noqa: F401 - app ready
        from people.login import audit_kinds as login_events  # noqa: F401 - app ready
        from people.login import code_messages, recent  # app ready
        from people.login import outside as others  # app ready
        from people.login.dingtalk import DingTalkProvider  # app ready
        from people.login.wecom import WeComProvider  # app ready
        from people.login.weixin import WeixinProvider  # app ready
        from people.models import FormerName, Person  # app ready
        from people.models.person import NAME_KEYS  # app ready
        from people.workflows import duplicates  # app ready

        derived.register_derived("people.Person", NAME_KEYS, Person.derive_keys)
        derived.register_derived("people.FormerName", ("name_key",), FormerName.derive_keys)
        append_only.expect_append_only("people_consent")
        throttling.connect_limit_signals()
        recent.connect_recent_sign_in()
        others.connect_profile_filter()
        for provider in (WeComProvider, DingTalkProvider, WeixinProvider):
            outside.register(provider)
        sweeper.register_sweeper_task(
            "people.send_codes", code_messages.has_codes_to_send, seconds=10
        )
        registry.register_job_kind(duplicates.JOB, tasks.find_duplicates, lease_seconds=600)
        sweeper.register_sweeper_task("people.scan_duplicates", duplicates.scan_due, seconds=600)
