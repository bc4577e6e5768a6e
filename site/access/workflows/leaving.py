"""End or move roles because an account was closed or a union was merged or dissolved."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext

import audit
from access import registry
from access.enums import LIVE, PROPOSAL_MOVES, ProposalState
from access.models import RoleAssignment, RoleProposal
from access.sync import group_for
from access.system import SYSTEM
from access.workflows.assignment import end_now, leave_groups
from core import clock
from core.actors import Actor, account_id
from core.states import lock, move
from people import closing


def list_dependent_roles(users: Collection[int], *, locked: bool) -> frozenset[Hashable]:
    """Return the rows that end with the accounts *users*, and lock them if *locked*.

    The locks are taken on the scopes, then the proposals, then the roles (`core.locks`). The
    proposals are those for these users and those they made, which lapse with the right to make
    them.
    """
    held = RoleAssignment.objects.not_over().filter(user__in=users).order_by("pk")
    waiting = RoleProposal.objects.filter(
        Q(user__in=users) | Q(proposed_by__in=users), state__in=LIVE
    ).order_by("pk")
    scopes = sorted(
        {
            *held.values_list("scope_type", "scope_id"),
            *waiting.values_list("scope_type", "scope_id"),
        }
    )
    if locked:
        for scope_type, scope_id in scopes:
            _lock_scope(scope_type, scope_id)
        waiting, held = waiting.select_for_update(), held.select_for_update()
    proposals = {("proposal", row.pk) for row in waiting}
    roles = {("role", row.pk) for row in held}
    return frozenset({*(("scope", *scope) for scope in scopes), *proposals, *roles})


@transaction.atomic
def end_roles_of(*, actor: Actor, user: Actor, reason: str) -> int:
    """End every role of *user*, whose account was closed, and every proposal for them, and return
    how many roles ended.

    The code that closes the account has checked the right to do so, and holds the locks of all
    these rows already, in their order (`people.closing`, `list_dependent_roles`). An active
    superuser's flag isn't touched.
    """
    list_dependent_roles([user.pk], locked=True)
    rows = list(
        RoleAssignment.objects.select_for_update()
        .not_over()
        .filter(user=account_id(user))
        .order_by("pk")
    )
    for row in rows:
        end_now(actor=actor, row=row, scope=row.scope, reason=reason)
    for proposal in (
        RoleProposal.objects.select_for_update()
        .filter(user=account_id(user), state__in=LIVE)
        .order_by("pk")
    ):
        moved = move(proposal, ProposalState.LAPSED, table=PROPOSAL_MOVES)
        audit.record(
            "access.proposal_lapsed",
            actor=actor,
            target=proposal.scope,
            before={"state": moved.old},
            after={"user": user.pk, "role": proposal.role, "state": moved.new},
            reason=reason,
        )
    return len(rows)


@transaction.atomic
def move_scope_roles(
    *, actor: Actor, gone: models.Model, into: models.Model | None, reason: str = ""
) -> int:
    """Move the roles on *gone* to *into* and return how many were touched.

    It is used when unions merge or dissolve. If *into* is None, the roles end. A role that the same
    person holds on *into* already isn't doubled, and the later end counts. Live proposals for
    *gone* lapse, so that the proposer looks at the new union first.
    """
    rows = list(RoleAssignment.objects.select_for_update().not_over().on(gone).order_by("pk"))
    for row in rows:
        declared = registry.find_role(row.role)
        if into is None or declared is None:
            end_now(actor=actor, row=row, scope=gone, reason=reason)
            continue
        _follow(actor, row, declared, gone, into, reason)
    waiting = RoleProposal.objects.select_for_update().filter(
        scope_type=ContentType.objects.get_for_model(gone), scope_id=gone.pk, state__in=LIVE
    )
    for proposal in waiting.order_by("pk"):
        moved = move(proposal, ProposalState.LAPSED, table=PROPOSAL_MOVES)
        audit.record(
            "access.proposal_lapsed",
            actor=actor,
            target=gone,
            before={"state": moved.old},
            after={"user": proposal.user_id, "role": proposal.role, "state": moved.new},
            reason=reason,
        )
    return len(rows)


def _follow(
    actor: Actor,
    row: RoleAssignment,
    role: registry.Role,
    gone: models.Model,
    into: models.Model,
    reason: str,
) -> None:
    there = (
        RoleAssignment.objects.select_for_update()
        .not_over()
        .on(into)
        .filter(user=row.user_id, role=row.role)
        .first()
    )
    if there is not None:
        if there.ends_on and row.ends_on and row.ends_on > there.ends_on:
            there.ends_on = row.ends_on
            there.save(update_fields=["ends_on", "updated_at"])
        end_now(actor=actor, row=row, scope=gone, reason=reason)
        return
    before = {"user": row.user_id, "role": row.role, "scope": gone.pk}
    leave_groups(row)
    row.scope_id, row.group = into.pk, group_for(role, into)
    row.save(update_fields=["scope_id", "group", "updated_at"])
    row.user.groups.add(row.group)
    audit.record(
        "access.role_moved",
        actor=actor,
        target=into,
        before=before,
        after={"user": row.user_id, "role": row.role, "scope": into.pk},
        reason=reason,
    )


def list_run_out_roles() -> models.QuerySet[RoleAssignment]:
    """Return the roles that have run out and whose end hasn't been announced yet."""
    return RoleAssignment.objects.filter(
        ends_on__lt=clock.today(), withdrawn_at=None, end_told_at=None
    ).order_by("pk")


def announce_run_out_roles(*, actor: Actor) -> int:
    """Announce the roles that ran out, so that open work is handed over, and return how many there
    were.

    Each is announced once and in a transaction of its own. The scope is locked before the role
    (`core.locks`), because handing over locks the scope again.
    """
    told = 0
    for key, scope_type, scope_id in list(
        list_run_out_roles().values_list("pk", "scope_type", "scope_id")
    ):
        with transaction.atomic():
            scope = _lock_scope(scope_type, scope_id)
            row = RoleAssignment.objects.select_for_update().filter(pk=key).first()
            # Extended or told meanwhile.
            if row is None or not list_run_out_roles().filter(pk=key).exists():
                continue
            row.end_told_at = clock.now()
            row.save(update_fields=["end_told_at", "updated_at"])
            if scope is not None and (row.scope_type_id, row.scope_id) == (scope_type, scope_id):
                registry.announce_end(actor=actor, user=row.user, role=row.role, scope=scope)
            told += 1
    return told


def _lock_scope(scope_type: int, scope_id: int) -> Any:
    model = ContentType.objects.get_for_id(scope_type).model_class()
    scope = model._default_manager.filter(pk=scope_id).first() if model else None
    return scope and lock(scope)


def move_roles_on_merge(
    *, actor: Actor, gone: models.Model, successor: models.Model | None, **_: Any
) -> int:
    """Move roles along when `org` merges or dissolves a union or an employer (`org.merging`)."""
    return move_scope_roles(actor=actor, gone=gone, into=successor)


def roles_on(gone: models.Model) -> int:
    """Return how many roles are given on *gone*."""
    return RoleAssignment.objects.not_over().on(gone).count()


def end_when_closed(
    instance: Any, *, created: bool = False, update_fields: Any = None, **_: Any
) -> None:
    """End the roles of an account the moment it is saved as closed, wherever that happens (a
    signal of the account's model).
    """
    if (
        created
        or instance.is_active
        or (update_fields is not None and "is_active" not in update_fields)
    ):
        return
    end_roles_of(actor=SYSTEM, user=instance, reason=gettext("The account was closed."))


def hold_before_closing(instance: Any, *, update_fields: Any = None, **_: Any) -> None:
    """Lock the rows that will end before the row of an account that is being closed is written,
    wherever that happens (a signal).
    """
    if (
        instance.pk is None
        or instance.is_active
        or (update_fields is not None and "is_active" not in update_fields)
    ):
        return
    if transaction.get_connection().in_atomic_block:
        closing.lock_closing_accounts(instance)
