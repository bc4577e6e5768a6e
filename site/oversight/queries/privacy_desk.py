"""Read requests and retention rules for the data protection officer's desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from core import clock, personal
from core.personal import Keeping
from people.models import PrivacyRequest, RetentionRule, RetentionRun
from people.privacy_enums import OPEN_STATES, PrivacyRequestKind, PrivacyRequestState, RuleState


def list_privacy_requests(state: str = "open", kind: str = "") -> QuerySet[PrivacyRequest]:
    """Return the requests for the desk, open ones by due date or closed ones newest first. One
    query.
    """
    rows = PrivacyRequest.objects.select_related("person", "prepared_by", "decided_by")
    if kind in PrivacyRequestKind.values:
        rows = rows.filter(kind=kind)
    if state == "closed":
        return rows.exclude(state__in=OPEN_STATES).order_by("-updated_at", "-pk")
    return rows.filter(state__in=OPEN_STATES).order_by("due_on", "pk")


@dataclass(frozen=True, slots=True)
class RequestReport:
    """How requests were answered."""

    open: int
    late: int
    done: int
    refused: int
    withdrawn: int
    in_time: int

    @property
    def answered(self) -> int:
        """Return how many were answered."""
        return self.done + self.refused


def count_request_answers(year: int | None = None) -> RequestReport:
    """Return how many requests there were (of *year*, or ever) and how they were answered. One
    query.
    """
    rows = (
        PrivacyRequest.objects.filter(created_at__year=year)
        if year
        else PrivacyRequest.objects.all()
    )
    answered = Q(state__in=[PrivacyRequestState.DONE, PrivacyRequestState.REFUSED])
    numbers = rows.aggregate(
        open=Count("pk", filter=Q(state__in=OPEN_STATES)),
        late=Count("pk", filter=Q(state__in=OPEN_STATES, due_on__lt=clock.today())),
        done=Count("pk", filter=Q(state=PrivacyRequestState.DONE)),
        refused=Count("pk", filter=Q(state=PrivacyRequestState.REFUSED)),
        withdrawn=Count("pk", filter=Q(state=PrivacyRequestState.WITHDRAWN)),
        in_time=Count("pk", filter=answered & Q(decided_at__date__lte=F("due_on"))),
    )
    return RequestReport(**numbers)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One kind of data with its rule and what would be deleted."""

    keeping: Keeping
    rule: RetentionRule | None
    proposed: RetentionRule | None
    cutoff: datetime | None
    due: int | None
    last_run: RetentionRun | None

    @property
    def settable(self) -> bool:
        """Say whether a rule can be set for it."""
        return self.keeping.can_sweep and self.keeping.days is None


def rule_rows(cutoff_of: Any) -> list[RuleRow]:
    """Return every kind of data with its rule.

    There are two queries, and one count for each kind that a program deletes.
    """
    now = clock.now()
    listed = RetentionRule.objects.filter(
        state__in=[RuleState.ON, RuleState.PROPOSED]
    ).select_related("proposed_by", "confirmed_by")
    by_state = {(rule.key, rule.state): rule for rule in listed}
    runs = {run.key: run for run in RetentionRun.objects.order_by("ran_on")}
    made = []
    for keeping in personal.list_keepings():
        rule, proposed = (
            by_state.get((keeping.key, RuleState.ON)),
            by_state.get((keeping.key, RuleState.PROPOSED)),
        )
        months = rule.months if rule else proposed.months if proposed else keeping.months
        cutoff = cutoff_of(keeping, months, now=now) if keeping.can_sweep else None
        due = keeping.due(cutoff).count() if keeping.due and cutoff else None
        made.append(RuleRow(keeping, rule, proposed, cutoff, due, runs.get(keeping.key)))
    return made
