"""Proposals of roles, made by one person and agreed to by another, neither of them the receiver."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

import audit
from access import registry
from access.enums import LIVE, PROPOSAL_MOVES, ProposalKind, ProposalState
from access.errors import (
    AlreadyHeld,
    AlreadyProposed,
    Ended,
    Inactive,
    Lapsed,
    OwnRole,
    ProposerLost,
    SamePerson,
)
from access.models import RoleAssignment, RoleProposal
from access.queries.where import who_may
from access.rules import terms
from access.workflows.assignment import (
    assign_role,
    check_dates,
    check_exclusive,
    extend_role,
    list_employer_unions,
    may_give,
    reason_of,
    require_giving,
)
from access.workflows.notifications import notify_proposal_deciders, notify_proposal_declined
from core import clock
from core.actors import Actor, account_id
from core.errors import Forbidden
from core.states import lock, move
from people.accounts import require_account
from people.models import User


@transaction.atomic
def propose_role(
    *,
    actor: Actor,
    user: User,
    role: str,
    scope: models.Model,
    reason: str,
    ends_on: date,
    starts_on: date | None = None,
) -> RoleProposal:
    """Propose that *user* gets *role* on *scope* from *starts_on* (today if None) to *ends_on*.

    The actor needs the right to give the role there.
    """
    declared = registry.get_role(role)
    if scope._meta.label != declared.scope:
        msg = f"role {role} is given on {declared.scope}, not on {scope._meta.label}"
        raise TypeError(msg)
    scope = lock(scope)
    require_giving(actor, declared, scope)
    if actor.pk == user.pk:
        raise OwnRole
    reason = reason_of(reason)
    today = clock.today()
    starts_on = max(starts_on or today, today)
    check_dates(starts_on, ends_on, first=today)
    if not user.is_active:
        raise Inactive
    if RoleAssignment.objects.not_over().on(scope).filter(user=user, role=role).exists():
        raise AlreadyHeld
    check_exclusive(user, declared)
    row = RoleProposal(
        kind=ProposalKind.GRANT,
        state=ProposalState.PROPOSED,
        user=user,
        role=role,
        scope_type=ContentType.objects.get_for_model(scope),
        scope_id=scope.pk,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        proposed_by=require_account(actor),
        lapses_on=terms.lapses_on(today),
    )
    return _save(row, scope, actor, "access.role_proposed")


@transaction.atomic
def ask_extension(
    *, actor: Actor, assignment: RoleAssignment, ends_on: date, reason: str
) -> RoleProposal:
    """Ask that *assignment* runs on to *ends_on*.

    A person who may give the role proposes the extension with this. The holder only asks for it,
    and the request still needs a proposer and another person who agrees.
    """
    scope = lock(assignment.scope)
    own = actor.pk == assignment.user_id
    if not own:
        require_giving(actor, registry.get_role(assignment.role), scope)
    assignment = lock(assignment)
    today = clock.today()
    if assignment.withdrawn_at or not assignment.counts_on(max(today, assignment.starts_on)):
        raise Ended
    reason = reason_of(reason)
    check_dates(assignment.ends_on or today, ends_on, first=today)
    row = RoleProposal(
        kind=ProposalKind.EXTENSION,
        state=ProposalState.ASKED if own else ProposalState.PROPOSED,
        user=assignment.user,
        role=assignment.role,
        scope_type=assignment.scope_type,
        scope_id=assignment.scope_id,
        assignment=assignment,
        starts_on=assignment.starts_on,
        ends_on=ends_on,
        reason=reason,
        proposed_by=None if own else require_account(actor),
        lapses_on=terms.lapses_on(today),
    )
    return _save(row, scope, actor, "access.extension_asked" if own else "access.role_proposed")


@transaction.atomic
def take_up_extension(*, actor: Actor, proposal: RoleProposal) -> RoleProposal:
    """Turn the holder's request into the actor's own proposal.

    Another person still has to agree, within seven days from now.
    """
    proposal = _open(actor, proposal)
    moved = move(proposal, ProposalState.PROPOSED, table=PROPOSAL_MOVES)
    proposal.proposed_by, proposal.lapses_on = (
        require_account(actor),
        terms.lapses_on(clock.today()),
    )
    proposal.save(update_fields=["proposed_by", "lapses_on", "updated_at"])
    _record("access.extension_taken_up", actor, proposal, moved.old)
    _tell_who_decides(proposal, proposal.scope)
    return proposal


@transaction.atomic
def agree_to_role_proposal(*, actor: Actor, proposal: RoleProposal) -> RoleAssignment:
    """Agree to *proposal*, so that the role runs from now on.

    Neither the proposer nor the receiver may agree. Everything is checked again under locks.
    """
    proposal = _open(actor, proposal)
    if proposal.proposed_by_id == actor.pk:
        raise SamePerson
    scope, proposer = proposal.scope, proposal.proposed_by
    second = require_account(actor)
    proposal.decided_by, proposal.decided_at = second, clock.now()
    proposal.save(update_fields=["decided_by", "decided_at", "updated_at"])
    move(proposal, ProposalState.AGREED, table=PROPOSAL_MOVES)
    # Who proposed must still be allowed to: a proposer who lost the right meanwhile proposes
    # nothing.
    if proposer is None or not still_may_propose(proposal):
        raise ProposerLost
    if proposal.kind == ProposalKind.EXTENSION:
        if proposal.assignment is None or proposal.assignment.withdrawn_at is not None:
            raise Ended
        row = extend_role(
            actor=proposer,
            assignment=proposal.assignment,
            ends_on=proposal.ends_on,
            agreed_by=second,
            reason=proposal.reason,
        )
    else:
        if (
            RoleAssignment.objects.not_over()
            .on(scope)
            .filter(user=proposal.user_id, role=proposal.role)
            .exists()
        ):
            raise AlreadyHeld
        row = assign_role(
            actor=proposer,
            user=proposal.user,
            role=proposal.role,
            scope=scope,
            starts_on=max(proposal.starts_on, clock.today()),
            ends_on=proposal.ends_on,
            agreed_by=second,
            reason=proposal.reason,
        )
    return row


@transaction.atomic
def decline_role_proposal(*, actor: Actor, proposal: RoleProposal, reason: str) -> RoleProposal:
    """Decline *proposal* with a reason."""
    proposal = _open(actor, proposal)
    reason = reason_of(reason)
    moved = move(proposal, ProposalState.DECLINED, table=PROPOSAL_MOVES)
    proposal.decided_by, proposal.decided_at, proposal.decided_because = (
        require_account(actor),
        clock.now(),
        reason,
    )
    proposal.save(update_fields=["decided_by", "decided_at", "decided_because", "updated_at"])
    _record("access.proposal_declined", actor, proposal, moved.old, reason=reason)
    notify_proposal_declined(proposal, reason=reason)
    return proposal


@transaction.atomic
def retract_role_proposal(*, actor: Actor, proposal: RoleProposal) -> RoleProposal:
    """Retract the actor's own proposal or request.

    Raises `Forbidden` for anybody else.
    """
    proposal = lock(proposal)
    asker = proposal.proposed_by_id or proposal.user_id
    if actor.pk != asker:
        raise Forbidden
    moved = move(proposal, ProposalState.RETRACTED, table=PROPOSAL_MOVES)
    _record("access.proposal_retracted", actor, proposal, moved.old)
    return proposal


@transaction.atomic
def lapse_old(*, actor: Actor) -> int:
    """Close the proposals whose week is over and those whose proposer lost the right, and return
    how many.

    They could not be agreed to any more anyway.
    """
    count = 0
    for pk in [
        *list_overdue_proposals().values_list("pk", flat=True),
        *(row.pk for row in list_orphaned_proposals()),
    ]:
        proposal = RoleProposal.objects.select_for_update().get(pk=pk)
        if proposal.state in LIVE and (
            proposal.lapses_on < clock.today() or not still_may_propose(proposal)
        ):
            moved = move(proposal, ProposalState.LAPSED, table=PROPOSAL_MOVES)
            _record("access.proposal_lapsed", actor, proposal, moved.old)
            count += 1
    return count


def list_overdue_proposals() -> models.QuerySet[RoleProposal]:
    """Return the proposals whose week is over."""
    return RoleProposal.objects.filter(state__in=LIVE, lapses_on__lt=clock.today()).order_by("pk")


def still_may_propose(proposal: RoleProposal) -> bool:
    """Say whether the proposer may give the role there today.

    A holder's own request needs no such right.
    """
    who, role = proposal.proposed_by, registry.find_role(proposal.role)
    if who is None:
        return True
    return who.is_active and role is not None and may_give(who, role, proposal.scope)


def list_orphaned_proposals(user: Actor | None = None) -> list[RoleProposal]:
    """Return the pending proposals (of *user*, or of anybody) whose proposer may no longer give
    the role there.

    Each one is checked again. There are seldom more than a handful.
    """
    rows = (
        RoleProposal.objects.filter(state=ProposalState.PROPOSED)
        .select_related("proposed_by")
        .order_by("pk")
    )
    rows = (
        rows.filter(proposed_by__isnull=False)
        if user is None
        else rows.filter(proposed_by=account_id(user))
    )
    return [row for row in rows if not still_may_propose(row)]


def lapse_orphaned_proposals(*, actor: Actor, user: Actor, **_: Any) -> None:
    """Lapse the proposals that *user* no longer has the right to make.

    It is called when a role of the user has just ended (`registry.when_role_ends`).
    """
    for row in list_orphaned_proposals(user):
        proposal = RoleProposal.objects.select_for_update().get(pk=row.pk)
        if proposal.state == ProposalState.PROPOSED:
            moved = move(proposal, ProposalState.LAPSED, table=PROPOSAL_MOVES)
            _record("access.proposal_lapsed", actor, proposal, moved.old)


def _open(actor: Actor, proposal: RoleProposal) -> RoleProposal:
    scope = lock(proposal.scope)  # scope before proposal, as everywhere
    proposal = lock(proposal)
    proposal.scope = scope
    require_giving(actor, registry.get_role(proposal.role), scope)
    if actor.pk == proposal.user_id:
        raise OwnRole
    if proposal.state in LIVE and proposal.lapses_on < clock.today():
        raise Lapsed
    return proposal


def _save(row: RoleProposal, scope: models.Model, actor: Actor, kind: str) -> RoleProposal:
    # The week of an older one may be over without the sweeper having come by.
    old = RoleProposal.objects.filter(
        user=row.user,
        role=row.role,
        scope_type=row.scope_type,
        scope_id=row.scope_id,
        state__in=LIVE,
    ).first()
    if old is not None:
        if old.lapses_on >= clock.today():
            raise AlreadyProposed
        move(old, ProposalState.LAPSED, table=PROPOSAL_MOVES)
    row.full_clean()
    row.save()
    row.scope = scope
    _record(kind, actor, row, None, reason=row.reason)
    _tell_who_decides(row, scope)
    return row


def _tell_who_decides(row: RoleProposal, scope: models.Model) -> None:
    places = (scope, *list_employer_unions(scope))
    able = {
        held.assignment.user.pk: held.assignment.user
        for at in places
        for held in who_may(registry.get_role(row.role).granted_with, at)
    }
    notify_proposal_deciders(row, list(able.values()))


def _record(kind: str, actor: Actor, row: RoleProposal, old: str | None, reason: str = "") -> None:
    audit.record(
        kind,
        actor=actor,
        target=row.scope,
        before=None if old is None else {"state": old},
        after={
            "user": row.user_id,
            "role": row.role,
            "from": row.starts_on,
            "to": row.ends_on,
            "state": row.state,
        },
        reason=reason,
    )
