"""What a person's roles let them do anywhere; for menus only, rights are asked per scope by the views behind them."""

from __future__ import annotations

from typing import Any

from access import registry
from access.queries import roles_of


def codenames_held(user: Any) -> set[str]:
    """Return the codenames that the roles of *user* hold today. One query."""
    keys = set(roles_of(user).order_by().values_list("role", flat=True).distinct())
    return {codename for role in registry.all_roles() if role.key in keys for codename in role.codenames}
