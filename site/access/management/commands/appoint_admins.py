"""Appoint the first three administrators of a site, who are three people.

Run it as `manage.py appoint_admins --system A --security B --audit C`.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from access.errors import Exclusive
from access.grants import ADMINISTRATORS
from access.models import RoleAssignment, WholeSite
from access.system import SYSTEM
from access.workflows import assign_role


class Command(BaseCommand):
    """Appoint the first three administrators.

    Once they are there, they appoint each other's successors on the site, two agreeing each time.
    """

    help = "Appoint the first system, security and audit administrator (three existing accounts)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take three user names."""
        for key in ADMINISTRATORS:
            parser.add_argument(
                f"--{key.removesuffix('_admin')}", required=True, metavar="USER_NAME"
            )
        parser.add_argument(
            "--keep-superusers",
            action="store_true",
            help="leave the superuser mark on accounts that have it",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Appoint the three accounts, or raise `CommandError` if that isn't possible."""
        names = [options[key.removesuffix("_admin")] for key in ADMINISTRATORS]
        if len(set(names)) != len(names):
            msg = "The three administrators are three people: give three different user names."
            raise CommandError(msg)
        site = WholeSite.get()
        taken = (
            RoleAssignment.objects.running()
            .on(site)
            .filter(role__in=ADMINISTRATORS)
            .exclude(user__username__in=names)
        )
        if taken.exists():
            msg = (
                "There are administrators already. They appoint others on the site: "
                "/office/access/new/"
            )
            raise CommandError(msg)
        users = get_user_model().objects.filter(is_active=True)
        for key, name in zip(ADMINISTRATORS, names, strict=True):
            user = users.filter(username=name).first()
            if user is None:
                msg = f"There is no active account {name}. Make it first: manage.py createsuperuser, or the members' desk."
                raise CommandError(msg)
            try:
                row = assign_role(
                    actor=SYSTEM, user=user, role=key, scope=site, reason="first start"
                )
            except Exclusive as error:
                raise CommandError(str(error)) from error
            if user.is_superuser and not options["keep_superusers"]:
                user.is_superuser = False
                user.save(update_fields=["is_superuser"])
            self.stdout.write(f"{row.label}: {name}, until {row.ends_on}")
