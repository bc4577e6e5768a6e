"""What `manage.py check --deploy` says about rights.

It warns if a superuser is active in production and if one of the three administrators is missing.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError


@register(Tags.security, deploy=True)
def check_administrators(**_: Any) -> list[CheckMessage]:
    """Warn of active superusers and of missing administrators.

    Superusers are outside every role and every rule of two people.
    """
    from access.grants import ADMINISTRATORS  # app ready
    from access.models import RoleAssignment  # app ready

    try:
        bosses = get_user_model().objects.filter(is_superuser=True, is_active=True).count()
        held = set(
            RoleAssignment.objects.running()
            .filter(role__in=ADMINISTRATORS)
            .values_list("role", flat=True)
        )
    except DatabaseError:  # before the first migrate there is nothing to say
        return []
    found: list[CheckMessage] = []
    if bosses:
        found.append(
            Warning(
                f"{bosses} active superusers can do everything everywhere.",
                hint=(
                    "They are for the first start only: appoint the three administrators "
                    "(manage.py appoint_admins)."
                ),
                id="access.W001",
            )
        )
    if len(held) < len(ADMINISTRATORS):
        missing = ", ".join(key for key in ADMINISTRATORS if key not in held)
        found.append(
            Warning(
                f"Nobody is {missing}.",
                hint="manage.py appoint_admins --system … --security … --audit …",
                id="access.W002",
            )
        )
    return found
