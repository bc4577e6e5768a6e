"""Half-yearly reviews, in which an administrator says of each role on their unions whether it is
still needed.

Roles that nobody confirms lapse.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.translation import gettext as _

import audit
from access import registry
from access.enums import ITEM_MOVES, REVIEW_MOVES, ReviewItemState, ReviewState
from access.errors import OwnRole
from access.models import Review, ReviewItem, RoleAssignment
from access.rules import terms
from access.sync import list_leftover_members
from access.workflows.assignment import end_now, leave_groups, reason_of, require_giving
from core import clock
from core.actors import Actor
from core.states import lock, move
from people.accounts import require_account


@transaction.atomic
def open_review(*, actor: Actor, scope: models.Model, due_on: date | None = None) -> Review | None:
    """Open this half-year's review of the roles on *scope*, and return it, or None if nobody holds
    a role there.

    Roles given by one person for some weeks (a class, an event) aren't reviewed, because they end
    with their day. A second call changes nothing.
    """
    scope = lock(scope)
    if actor.pk is not None:
        require_giving(actor, registry.Role("", "", scope._meta.label), scope)
    today = clock.today()
    scope_type = ContentType.objects.get_for_model(scope)
    period = terms.half_year(today)
    review = Review.objects.filter(scope_type=scope_type, scope_id=scope.pk, period=period).first()
    if review:
        return review
    rows = list(
        RoleAssignment.objects.not_over().on(scope).filter(role__in=reviewed_roles()).order_by("pk")
    )
    if not rows:
        return None
    review = Review(
        scope_type=scope_type,
        scope_id=scope.pk,
        period=period,
        due_on=due_on or today + timedelta(days=terms.REVIEW_DAYS),
    )
    review.full_clean()
    review.save()
    ReviewItem.objects.bulk_create([ReviewItem(review=review, assignment=row) for row in rows])
    audit.record(
        "access.review_opened",
        actor=actor,
        target=scope,
        after={"roles": len(rows), "due": review.due_on},
    )
    return review


@transaction.atomic
def keep_review_item(*, actor: Actor, item: ReviewItem) -> ReviewItem:
    """Confirm that the role is still needed."""
    review, item = _open(actor, item)
    moved = _decide(item, actor, ReviewItemState.KEPT, "")
    audit.record(
        "access.review_kept",
        actor=actor,
        target=review.scope,
        before={"state": moved},
        after={"user": item.assignment.user_id, "role": item.assignment.role},
    )
    _close_if_done(actor, review)
    return item


@transaction.atomic
def withdraw_review_item(*, actor: Actor, item: ReviewItem, reason: str) -> ReviewItem:
    """Withdraw the role at once."""
    review, item = _open(actor, item)
    reason = reason_of(reason)
    _decide(item, actor, ReviewItemState.WITHDRAWN, reason)
    row = lock(item.assignment)
    if row.withdrawn_at is None:
        end_now(actor=actor, row=row, scope=review.scope, reason=reason)
    _close_if_done(actor, review)
    return item


@transaction.atomic
def close_overdue(*, actor: Actor) -> int:
    """Close the reviews whose due day is past, and return how many roles lapsed because nobody
    confirmed them.
    """
    lapsed = 0
    for waiting in list(list_overdue_reviews()):
        lock(waiting.scope)  # before the review and its roles (`core.locks`)
        review = lock(waiting)
        if review.state != ReviewState.OPEN or not review.overdue:
            continue
        reason = _("Not confirmed in the review by the due date.")
        for item in (
            review.items.select_for_update().filter(state=ReviewItemState.PENDING).order_by("pk")
        ):
            row = lock(item.assignment)
            if not row.counts_on(max(clock.today(), row.starts_on)):
                move(item, ReviewItemState.ENDED, table=ITEM_MOVES)
                continue
            move(item, ReviewItemState.LAPSED, table=ITEM_MOVES)
            end_now(actor=actor, row=row, scope=review.scope, reason=reason)
            lapsed += 1
        _close(actor, review)
    return lapsed


def list_overdue_reviews() -> models.QuerySet[Review]:
    """Return the open reviews whose due day is past."""
    return Review.objects.filter(state=ReviewState.OPEN, due_on__lt=clock.today()).order_by("pk")


def list_scopes_to_review() -> list[tuple[int, int]]:
    """Return the scopes (type and number) with reviewed roles and no review in this half-year.

    The list is empty outside January and July.
    """
    today = clock.today()
    if not terms.reviews_open_on(today):
        return []
    period = terms.half_year(today)
    done = set(Review.objects.filter(period=period).values_list("scope_type_id", "scope_id"))
    held = RoleAssignment.objects.not_over().filter(role__in=reviewed_roles(), starts_on__lt=period)
    return sorted(set(held.order_by().values_list("scope_type_id", "scope_id").distinct()) - done)


def open_due(*, actor: Actor) -> int:
    """Open the reviews of this half-year that aren't open yet, and return how many were opened."""
    count = 0
    for type_id, scope_id in list_scopes_to_review():
        model = ContentType.objects.get_for_id(type_id).model_class()
        scope = model._default_manager.filter(pk=scope_id).first() if model else None
        count += scope is not None and open_review(actor=actor, scope=scope) is not None
    return count


@transaction.atomic
def tidy_groups() -> int:
    """Remove accounts from the groups of roles that are over, and return how many roles there were.

    Rights ask the dates, but Wagtail's admin asks the groups.
    """
    rows = list(list_leftover_members().select_related("user", "group"))
    for row in rows:
        leave_groups(row)
    return len(rows)


def reviewed_roles() -> list[str]:
    """Return the keys of the roles that reviews are about."""
    return [role.key for role in registry.all_roles() if role.two_people]


def _open(actor: Actor, item: ReviewItem) -> tuple[Review, ReviewItem]:
    lock(item.review.scope)  # before the review and its roles (`core.locks`)
    review = lock(item.review)
    item = lock(item)
    require_giving(actor, registry.find_role(item.assignment.role), review.scope)
    if item.assignment.user_id == actor.pk:
        raise OwnRole
    return review, item


def _decide(item: ReviewItem, actor: Actor, state: ReviewItemState, reason: str) -> str:
    item.decided_by, item.decided_at, item.reason = require_account(actor), clock.now(), reason
    item.save(update_fields=["decided_by", "decided_at", "reason", "updated_at"])
    return move(item, state, table=ITEM_MOVES).old


def _close_if_done(actor: Actor, review: Review) -> None:
    if not review.items.filter(state=ReviewItemState.PENDING).exists():
        _close(actor, review)


def _close(actor: Actor, review: Review) -> None:
    moved = move(review, ReviewState.CLOSED, table=REVIEW_MOVES)
    review.closed_at = clock.now()
    review.save(update_fields=["closed_at", "updated_at"])
    audit.record(
        "access.review_closed",
        actor=actor,
        target=review.scope,
        before={"state": moved.old},
        after={"state": moved.new},
    )
