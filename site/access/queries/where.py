"""Who may do something on a union or employer.

It lists everybody who holds the permission there, says from which scope it comes, and explains why
an account lacks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from access import registry
from access.enums import LIVE
from access.models import RoleAssignment, RoleProposal, WholeSite
from access.models.assignment import AssignmentQuerySet
from access.queries import scopes
from access.queries.person import status_of
from access.words import join_words
from core import clock
from core.actors import Actor, account_id
from org.models import OrgUnit


@dataclass(frozen=True, slots=True)
class Holder:
    """One role that gives somebody the permission here.

    *inherited_from* is the scope it was given on, if that is another one.
    """

    assignment: Any
    inherited_from: Any


def _reaching(scope: Any) -> Q:
    """Return the condition that an assignment was given where it extends to *scope*."""
    condition = Q(scope_type=ContentType.objects.get_for_model(scope), scope_id=scope.pk)
    condition |= Q(scope_type=ContentType.objects.get_for_model(WholeSite))
    unit = scopes.union_of(scope)
    if unit is not None:
        steps = OrgUnit.steplen
        above = OrgUnit.objects.filter(
            path__in=[unit.path[:end] for end in range(steps, len(unit.path) + 1, steps)]
        )
        condition |= Q(
            scope_type=ContentType.objects.get_for_model(OrgUnit),
            scope_id__in=above.order_by().values("pk"),
        )
    return condition


def _able(codename: str, scope: Any) -> AssignmentQuerySet:
    keys = [role.key for role in registry.roles_with(codename)]
    return RoleAssignment.objects.filter(_reaching(scope), role__in=keys)


def who_may(codename: str, scope: Any) -> list[Holder]:
    """Return the holders of active accounts whose role lets them do *codename* on *scope* today,
    nearest scope first.

    Superusers may do everything everywhere and are not in this list. The site warns when there are
    any in production.
    """
    rows: QuerySet[Any] = _able(codename, scope).running().filter(user__is_active=True)
    kept = scopes.attach_scopes(
        rows.select_related("user__person", "granted_by__person", "agreed_by__person").order_by(
            "user__username", "pk"
        )
    )
    for row in kept:
        row.status = status_of(row)
    found = [Holder(row, None if row.scope == scope else row.scope) for row in kept]
    return sorted(
        found,
        key=lambda h: (
            -(
                len(h.inherited_from.path)
                if isinstance(h.inherited_from, OrgUnit)
                else 10**6 * (not h.inherited_from)
            )
        ),
    )


def why_not(user: Actor, codename: str, scope: Any) -> list[str]:
    """Return sentences that say why *user* can't do *codename* on *scope* today.

    The list is empty if the user can.
    """
    today = clock.today()
    if not user.is_active:
        return [_("The account is closed, so none of its roles is in force.")]
    rows = list(_able(codename, scope).filter(user=account_id(user)).order_by("-pk"))
    if user.is_superuser or any(row.counts_on(today) for row in rows):
        return []
    said = []
    for row in rows[:3]:
        words = {
            "role": row.label,
            "day": (row.ends_on or today).isoformat(),
            "start": row.starts_on.isoformat(),
        }
        if row.withdrawn_at is not None:
            said.append(
                _("“%(role)s” was withdrawn on %(day)s.")
                % {**words, "day": timezone.localdate(row.withdrawn_at).isoformat()}
            )
        elif row.starts_on > today:
            said.append(_("“%(role)s” starts on %(start)s.") % words)
        else:
            said.append(_("“%(role)s” expired on %(day)s.") % words)
    keys = [role.key for role in registry.roles_with(codename)]
    if RoleProposal.objects.filter(
        _reaching(scope), user=account_id(user), role__in=keys, state__in=LIVE, lapses_on__gte=today
    ).exists():
        said.append(_("A role for this has been proposed and is waiting for a second person."))
    elsewhere = (
        RoleAssignment.objects.running().filter(user=account_id(user), role__in=keys).exists()
    )
    if elsewhere and not rows:
        said.append(
            _("This person holds the role, but only for an area that doesn't include this one.")
        )
    if not said:
        said.append(
            _("This person has never held a role for this here. One of these is needed: %(roles)s.")
            % {"roles": join_words([registry.get_role_label(key) for key in keys])}
        )
    return said
