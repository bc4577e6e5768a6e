"""Read the roles a person holds, for the person to see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from access import registry
from access.models import RoleAssignment
from home.queries.shelf import ShelfRow

SOON = 30  # days before its end from which a role is marked


def roles_shown(rows: Sequence[RoleAssignment], *, today: date) -> tuple[ShelfRow, ...]:
    """Return roles held with the names of their scopes, with one query for each scope model,
    however many roles there are.
    """
    wanted: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        wanted[row.scope_type_id].add(row.scope_id)
    names = {}
    for type_id, ids in wanted.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        if model is not None:
            names.update(
                {
                    (type_id, pk): str(scope)
                    for pk, scope in model._default_manager.in_bulk(ids).items()
                }
            )
    shown = []
    for row in rows:
        ends = _("until %(date)s") % {"date": row.ends_on.isoformat()} if row.ends_on else ""
        tone = "warn" if row.ends_on is not None and (row.ends_on - today).days <= SOON else ""
        shown.append(
            ShelfRow(
                title=str(registry.get_role(row.role).label),
                text=names.get((row.scope_type_id, row.scope_id), ""),
                word=ends,
                tone=tone,
            )
        )
    return tuple(shown)
