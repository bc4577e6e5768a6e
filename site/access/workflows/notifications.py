"""Notifications about roles, sent inside the workflows that change them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import notify
from access import registry
from access.models import RoleAssignment, RoleProposal
from access.queries.accounts import name_of
from notify.reminders import Reminder

DAYS = (14, 3)  # before a role runs out


def _of(row: Any, scope: Any) -> dict[str, Any]:
    return {"role": registry.get_role_label(row.role), "where": str(scope)}


def notify_proposal_deciders(row: RoleProposal, people: list[Any]) -> None:
    """Tell *people*, who may decide, that a proposal is pending.

    The receiver and the proposer are left out.
    """
    but = {row.user_id, row.proposed_by_id}
    context = {
        **_of(row, row.scope),
        "who": name_of(row.user),
        "reason": row.reason,
        "until": row.lapses_on,
        "proposal": str(row.public_id),
    }
    key = f"{row.public_id}:{row.state}"
    notify.send_message(
        "access.role_proposed",
        to=[user for user in people if user.pk not in but],
        context=context,
        about=row,
        key=key,
    )


def notify_proposal_declined(row: RoleProposal, *, reason: str) -> None:
    """Tell the person who proposed, or asked, that the proposal was declined."""
    context = {**_of(row, row.scope), "reason": reason, "proposal": str(row.public_id)}
    notify.send_message(
        "access.proposal_declined",
        to=row.proposed_by or row.user,
        context=context,
        about=row,
        key=str(row.public_id),
    )


def notify_role_granted(row: RoleAssignment, scope: Any) -> None:
    """Tell the receiver that they have a role or that it was extended."""
    context = {**_of(row, scope), "starts": row.starts_on, "ends": row.ends_on}
    notify.send_message(
        "access.role_granted",
        to=row.user,
        context=context,
        about=row,
        key=f"{row.public_id}:{row.ends_on}",
    )


def notify_role_withdrawn(row: RoleAssignment, scope: Any, *, reason: str) -> None:
    """Tell the former holder that the role is over."""
    notify.send_message(
        "access.role_withdrawn",
        to=row.user,
        context={**_of(row, scope), "reason": reason},
        about=row,
        key=str(row.public_id),
    )


def remind_of_ending_roles(today: date) -> Iterator[Reminder]:
    """Yield the reminders of *today* about roles that run out in two weeks or in three days."""
    days = [today + timedelta(days=ahead) for ahead in DAYS]
    rows = (
        RoleAssignment.objects.running()
        .filter(ends_on__in=days)
        .select_related("user", "scope_type")
        .order_by("pk")
    )
    for row in rows.iterator(chunk_size=500):
        scope = row.scope_type.get_object_for_this_type(pk=row.scope_id)
        yield Reminder(
            "access.role_expiring",
            row.user,
            {**_of(row, scope), "ends": row.ends_on},
            str(row.public_id),
            row,
        )
