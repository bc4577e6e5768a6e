"""Django application `access`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save, pre_save
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """Roles and rights."""

    name = "access"
    verbose_name = _("Roles and permissions")

    def ready(self) -> None:
        """Declare permission labels and roles and connect the app to the others.

        After each migration, guardian's permission rows are brought in step with the declared
        codenames.
        """
        from django.contrib.auth import get_user_model  # app ready

        from access import audit_kinds, grants, notification_kinds, registry, system_checks  # noqa: F401 - app ready
        from access.demo import load_base_demo as load_ground  # app ready
        from access.queries import (
            codenames_of,  # app ready
            has_strong_role,  # app ready
        )
        from access.queries import todos as waiting  # app ready
        from access.sync import after_migrate  # app ready
        from access.tasks import has_calendar_work  # app ready
        from access.workflows.leaving import (  # app ready
            end_when_closed,
            hold_before_closing,
            list_dependent_roles,
            move_roles_on_merge,
            roles_on,
        )
        from access.workflows.notifications import remind_of_ending_roles  # app ready
        from access.workflows.proposal import lapse_orphaned_proposals  # app ready
        from core import demo, places, todos  # app ready
        from jobs.sweeper import register_sweeper_task  # app ready
        from notify import reminders as daily  # app ready
        from org import merging  # app ready
        from people import closing  # app ready
        from people.login import policy  # app ready

        registry.when_role_ends(lapse_orphaned_proposals)
        places.set_codename_source(codenames_of)
        policy.set_strong_role_check(has_strong_role)
        merging.register_follower(
            move_roles_on_merge, key="roles", label=_("roles"), count=roles_on
        )
        places.register_place(
            "rights",
            _("Permissions"),
            url_name="access:desk",
            codenames={grants.VIEW_ROLES},
            order=60,
        )
        todos.register_todos(
            "access.grantor",
            waiting.list_grantor_todos,
            codenames={registry.GRANT, registry.APPOINT},
        )
        todos.register_todos("access.holder", waiting.list_holder_todos)
        closing.register_account_dependents(list_dependent_roles)
        pre_save.connect(
            hold_before_closing, sender=get_user_model(), dispatch_uid="access.hold_before_closing"
        )
        post_save.connect(
            end_when_closed, sender=get_user_model(), dispatch_uid="access.end_when_closed"
        )
        daily.register_reminder_provider("roles", remind_of_ending_roles)
        register_sweeper_task("access.keep_calendar", has_calendar_work, seconds=60)
        demo.register_demo("ground", _("people, unions, roles"), load_ground, order=10)
        post_migrate.connect(after_migrate, dispatch_uid="access.after_migrate")
