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
        from people import events, kept_secrets, limits, references, tasks  # noqa: F401 - app ready
        from people.login import events as login_events  # noqa: F401 - app ready
        from people.login import outside as others  # app ready
        from people.login import recent, sealing  # app ready
        from people.login.dingtalk import DingTalkProvider  # app ready
        from people.login.wecom import WeComProvider  # app ready
        from people.login.weixin import WeixinProvider  # app ready
        from people.models import FormerName, Person  # app ready
        from people.models.person import NAME_KEYS  # app ready
        from people.workflows import duplicates  # app ready

        derived.register("people.Person", NAME_KEYS, Person.derive_keys)
        derived.register("people.FormerName", ("name_key",), FormerName.derive_keys)
        append_only.expect("people_consent")
        limits.connect()
        recent.connect()
        others.connect()
        for provider in (WeComProvider, DingTalkProvider, WeixinProvider):
            outside.register(provider)
        sweeper.every_sweep("people.send_codes", sealing.due, seconds=10)
        registry.register(duplicates.JOB, tasks.find_duplicates, lease_seconds=600)
        sweeper.every_sweep("people.scan_duplicates", duplicates.scan_due, seconds=600)
