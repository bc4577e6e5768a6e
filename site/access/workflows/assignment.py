"""Give, extend and withdraw roles."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.translation import gettext

import audit
from access import registry
from access.checks import is_allowed, missing_right_error, require
from access.errors import BadDates, Ended, Exclusive, Inactive, NeedsTwo, OwnRole, ReasonMissing
from access.models import RoleAssignment
from access.rules import terms
from access.sync import group_for
from access.workflows.notifications import notify_role_granted, notify_role_withdrawn
from core import clock
from core.actors import Actor
from core.errors import NotFound
from core.states import lock
from people.accounts import account_or_none, require_account
from people.login import policy
from people.models import User
from people.workflows.sessions import end_sessions


@transaction.atomic
def assign_role(
    *,
    actor: Actor,
    user: User,
    role: str,
    scope: models.Model,
    starts_on: date | None = None,
    ends_on: date | None = None,
    agreed_by: User | None = None,
    reason: str = "",
) -> RoleAssignment:
    """Give *user* the *role* on *scope* from today (or *starts_on*) to *ends_on* (a year if None).

    Giving a role that runs already changes nothing. Nobody gives a role to themselves. There are
    three kinds of actors:

    - `access.SYSTEM`, for the first start, the demo, and workflows of the domains that have checked
      their own right.
    - A person, for a role declared `two_people=False`. They may give roles on the scope, or hold
      everything the role may do there.
    - A person with *agreed_by*, another person, which
      `access.workflows.proposal.agree_to_role_proposal` uses for the other roles.
    """
    declared = registry.get_role(role)
    if scope._meta.label != declared.scope:
        msg = f"role {role} is given on {declared.scope}, not on {scope._meta.label}"
        raise TypeError(msg)
    scope = lock(scope)
    if actor.pk is not None:
        if agreed_by is None:
            _require_direct(actor, declared, scope)
        if user.pk in (actor.pk, getattr(agreed_by, "pk", None)):
            raise OwnRole
        if declared.two_people and agreed_by is None:
            raise NeedsTwo
    user = _lock_account(user)
    held = (
        RoleAssignment.objects.not_over()
        .on(scope)
        .filter(user=user, role=role)
        .order_by("pk")
        .first()
    )
    if held:
        return held
    if not user.is_active:
        raise Inactive
    check_exclusive(user, declared)
    starts_on = starts_on or clock.today()
    row = RoleAssignment(
        user=user,
        role=role,
        scope_type=ContentType.objects.get_for_model(scope),
        scope_id=scope.pk,
        group=group_for(declared, scope),
        starts_on=starts_on,
        # A start long past (demo, import) still gives a year from now on.
        ends_on=ends_on
        or terms.usual_end(max(starts_on, clock.today()), max_days=settings.ROLE_MAX_DAYS),
        granted_by=account_or_none(actor),
        agreed_by=agreed_by,
        reason=reason,
    )
    row.full_clean()
    row.save()
    user.groups.add(row.group)
    if declared.platform_group:
        user.groups.add(Group.objects.get_or_create(name=declared.platform_group)[0])
    refresh_strong_role(user.pk)
    audit.record(
        "access.role_granted",
        actor=agreed_by or actor,
        target=scope,
        after={
            "user": user.pk,
            "role": role,
            "from": row.starts_on,
            "to": row.ends_on,
            "proposed_by": row.granted_by_id,
            "agreed_by": row.agreed_by_id,
        },
        reason=reason,
    )
    if actor.pk is not None:  # the site's own gifts belong to a deed that tells about itself
        notify_role_granted(row, scope)
    return row


@transaction.atomic
def extend_role(
    *, actor: Actor, assignment: RoleAssignment, ends_on: date, agreed_by: User, reason: str
) -> RoleAssignment:
    """Let *assignment* run on to *ends_on*, as proposed by *actor* and agreed by *agreed_by*.

    `agree_to_role_proposal` has checked both and holds the scope's lock. The order of locks is
    scope, role, account, as everywhere (`core.locks`).
    """
    row = lock(assignment)
    if row.withdrawn_at is not None:
        raise Ended
    if row.user_id in (actor.pk, agreed_by.pk):
        raise OwnRole
    before = {"user": row.user_id, "role": row.role, "to": row.ends_on}
    declared = registry.get_role(row.role)
    if not row.user.is_active:
        raise Inactive
    # A role that ran out meanwhile comes back: another may have been given since.
    check_exclusive(_lock_account(row.user), declared)
    row.ends_on, row.granted_by, row.agreed_by, row.end_told_at = (
        ends_on,
        require_account(actor),
        agreed_by,
        None,
    )
    row.full_clean()
    row.save(update_fields=["ends_on", "granted_by", "agreed_by", "end_told_at", "updated_at"])
    row.user.groups.add(row.group)
    if declared.platform_group:
        row.user.groups.add(Group.objects.get_or_create(name=declared.platform_group)[0])
    refresh_strong_role(row.user_id)
    audit.record(
        "access.role_extended",
        actor=agreed_by,
        target=row.scope,
        before=before,
        after={
            "user": row.user_id,
            "role": row.role,
            "to": ends_on,
            "proposed_by": actor.pk,
            "agreed_by": agreed_by.pk,
        },
        reason=reason,
    )
    notify_role_granted(row, row.scope)
    return row


@transaction.atomic
def withdraw_role(*, actor: Actor, assignment: RoleAssignment, reason: str = "") -> RoleAssignment:
    """End *assignment* now, so that the very next check is refused.

    One person is enough, and the holder may lay the role down too. A person gives a *reason*, the
    system may leave it empty. Withdrawing a withdrawn role changes nothing. The scope is locked
    before the role, as in giving and extending (`core.locks`). Handing over open work of an event
    locks the event anyway.
    """
    scope, row = lock_with_scope(assignment)
    if actor.pk is not None:
        if actor.pk != row.user_id:
            require_giving(actor, registry.find_role(row.role), scope)
        reason = reason_of(reason)
    return row if row.withdrawn_at else end_now(actor=actor, row=row, scope=scope, reason=reason)


def end_now(
    *, actor: Actor, row: RoleAssignment, scope: models.Model, reason: str
) -> RoleAssignment:
    """End the locked *row*, for which the caller has checked the rights."""
    before = {"user": row.user_id, "role": row.role, "from": row.starts_on, "to": row.ends_on}
    today = clock.today()
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = (
        clock.now(),
        account_or_none(actor),
        reason,
    )
    row.ends_on = max(row.starts_on, min(row.ends_on or today, today))
    row.end_told_at = row.withdrawn_at
    row.save(
        update_fields=[
            "ends_on",
            "withdrawn_at",
            "withdrawn_by",
            "withdrawn_because",
            "end_told_at",
            "updated_at",
        ]
    )
    leave_groups(row)
    refresh_strong_role(row.user_id)
    registry.announce_end(actor=actor, user=row.user, role=row.role, scope=scope)
    audit.record(
        "access.role_withdrawn",
        actor=actor,
        target=scope,
        before=before,
        after={"user": row.user_id, "role": row.role, "to": row.ends_on},
        reason=reason,
    )
    if actor.pk != row.user_id:
        _sign_out(actor, row)
    if actor.pk is not None and actor.pk != row.user_id:
        notify_role_withdrawn(row, scope, reason=reason)
    return row


def refresh_strong_role(user_id: int) -> None:
    """Make sign-in check again whether the account needs a second factor.

    It does so at once, and again after the commit, when others can see the change.
    """
    policy.forget_strong_role(user_id)
    transaction.on_commit(lambda: policy.forget_strong_role(user_id))


def _sign_out(actor: Actor, row: RoleAssignment) -> None:
    # Who loses the last role of an office is signed out everywhere: what an open screen still shows
    # is none of his business now. Whoever lays a role down himself stays; an account nobody ever
    # signed in to has nothing to end.
    strong = registry.strong_keys()
    if row.role not in strong or row.user.last_login is None:
        return
    if (
        RoleAssignment.objects.running()
        .filter(user=row.user_id, role__in=strong)
        .exclude(pk=row.pk)
        .exists()
    ):
        return
    end_sessions(actor=actor, user=row.user, reason=gettext("The last office role was withdrawn."))


def leave_groups(row: RoleAssignment) -> None:
    """Take the account out of the role's group, and out of the platform group if no other role
    keeps it there.
    """
    others = RoleAssignment.objects.not_over().filter(user=row.user_id).exclude(pk=row.pk)
    if not others.filter(group=row.group_id).exists():
        row.user.groups.remove(row.group)
    declared = registry.find_role(row.role)
    if declared and declared.platform_group:
        same = [
            role.key
            for role in registry.all_roles()
            if role.platform_group == declared.platform_group
        ]
        if not others.filter(role__in=same).exists():
            row.user.groups.remove(*Group.objects.filter(name=declared.platform_group))


def require_giving(actor: Actor, role: registry.Role | None, scope: models.Model) -> None:
    """Return if *actor* may give, extend and withdraw *role* on *scope*, and raise otherwise.

    Raises `Forbidden` if the actor may see the roles on the scope or the scope is the site, and
    `NotFound` otherwise. An employer is reached through the unions it belongs to.
    """
    if (
        role is None
    ):  # no longer declared: ending it is all that is left to do, by whoever gives roles there
        role = registry.Role("", "", scope._meta.label)
    if may_give(actor, role, scope):
        return
    if scope._meta.label == registry.SITE or sees_roles(actor, scope):
        raise missing_right_error(role.granted_with)
    raise NotFound


def may_give(actor: Actor, role: registry.Role, scope: models.Model) -> bool:
    """Say whether *actor* may give *role* on *scope*."""
    return any(
        is_allowed(actor, role.granted_with, place)
        for place in (scope, *list_employer_unions(scope))
    )


def sees_roles(actor: Actor, scope: models.Model) -> bool:
    """Say whether *actor* may see who holds which role on *scope*."""
    return any(
        is_allowed(actor, "access.view_roles", place)
        for place in (scope, *list_employer_unions(scope))
    )


def list_employer_unions(scope: models.Model) -> list[Any]:
    """Return the unions an employer belongs to, through which its roles are given.

    The list is empty for every other scope.
    """
    return list(scope.unions.all()) if scope._meta.label == registry.EMPLOYER else []  # type: ignore[attr-defined]  # Employer has unions


def check_exclusive(user: User, role: registry.Role) -> None:
    """Raise `Exclusive` if *user* holds, or will hold, a role that excludes *role*.

    The account's row must be locked, because two such grants on different scopes meet there.
    """
    clash = (
        RoleAssignment.objects.not_over()
        .filter(user=user, role__in=registry.excluded_by(role.key))
        .order_by("pk")
        .first()
    )
    if clash:
        raise Exclusive(held=registry.get_role_label(clash.role), wanted=str(role.label))


def check_dates(starts_on: date, ends_on: date, *, first: date) -> None:
    """Raise `BadDates` for an end before *first* or the start, and for one beyond the site's
    maximum.
    """
    if ends_on < starts_on or ends_on < first:
        raise BadDates(field="ends_on")
    if ends_on > (
        latest := terms.latest_end(max(starts_on, first), max_days=settings.ROLE_MAX_DAYS)
    ):
        raise BadDates(field="ends_on", latest=latest)


def reason_of(text: str) -> str:
    """Return the reason without surrounding blanks, cut to 300 characters.

    Raises `ReasonMissing` if nothing is left.
    """
    text = text.strip()
    if not text:
        raise ReasonMissing
    return text[:300]


def _require_direct(actor: Actor, role: registry.Role, scope: models.Model) -> None:
    if role.two_people:
        require_giving(actor, role, scope)
        return
    held = (
        all(is_allowed(actor, codename, scope) for codename in role.codenames)
        if role.codenames
        else False
    )
    if not held:
        require(actor, role.granted_with, scope)


def lock_with_scope(assignment: RoleAssignment) -> tuple[Any, RoleAssignment]:
    """Return the scope of *assignment* and the role itself, read again under locks taken in this
    order (`core.locks`).

    Raises `Ended` if the role has moved to another scope meanwhile.
    """
    scope = lock(assignment.scope)
    row = lock(assignment)
    if (row.scope_type_id, row.scope_id) != (assignment.scope_type_id, scope.pk):
        raise Ended  # it moved to another union while we waited: whoever asked looks again
    return scope, row


def _lock_account(user: User) -> User:
    # Exclusive roles may be given on different scopes at once: they meet at the account's row.
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)
