"""Django application `access`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save, pre_save
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """Roles and rights."""

    name = "access"
    verbose_name = _("Roles and rights")

    def ready(self) -> None:
        """Declare permission labels and roles and connect the app to the others.

        After each migration, guardian's permission rows are brought in step with the declared
        codenames.
        """
        from django.contrib.auth import get_user_model  # app ready

        from access import events, grants, notices, registry, system_checks  # noqa: F401 - app ready
        from access.demo import load as load_ground  # app ready
        from access.queries import (
            codenames_of,  # app ready
            has_strong_role,  # app ready
        )
        from access.queries import todos as waiting  # app ready
        from access.sync import after_migrate  # app ready
        from access.tasks import due  # app ready
        from access.workflows.leaving import above, end_when_closed, follow, hold_before_closing, roles_on  # app ready
        from access.workflows.proposal import lapse_of  # app ready
        from access.workflows.telling import reminders  # app ready
        from core import demo, places, todos  # app ready
        from jobs.sweeper import every_sweep  # app ready
        from notify import reminders as daily  # app ready
        from org import merging  # app ready
        from people import closing  # app ready
        from people.login import policy  # app ready

        registry.when_role_ends(lapse_of)
        places.ask_with(codenames_of)
        policy.ask_with(has_strong_role)
        merging.register(follow, key="roles", label=_("roles"), count=roles_on)
        places.register("rights", _("Rights"), url_name="access:desk", codenames={grants.VIEW_ROLES}, order=60)
        todos.register("access.grantor", waiting.of_grantor, codenames={registry.GRANT, registry.APPOINT})
        todos.register("access.holder", waiting.of_holder)
        closing.register(above)
        pre_save.connect(hold_before_closing, sender=get_user_model(), dispatch_uid="access.hold_before_closing")
        post_save.connect(end_when_closed, sender=get_user_model(), dispatch_uid="access.end_when_closed")
        daily.register("roles", reminders)
        every_sweep("access.keep_calendar", due, seconds=60)
        demo.register("ground", _("people, unions, roles"), load_ground, order=10)
        post_migrate.connect(after_migrate, dispatch_uid="access.after_migrate")
