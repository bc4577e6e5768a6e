"""Decide how long data is kept.

One person proposes a rule and another puts it in force. A nightly run deletes what such a rule
names, and nothing else.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from access import SYSTEM
from access.checks import require
from access.models import WholeSite
from core import clock, locks, personal
from core.actors import Actor
from core.errors import DomainError, InvalidInput, NotFound
from core.personal import Keeping
from core.states import lock, move
from jobs.models import Job, JobItem
from jobs.workflows import start_job
from oversight.privacy_grants import SET_RETENTION
from people.accounts import account_or_none, require_account
from people.models import RetentionRule, RetentionRun
from people.privacy_enums import RULE_MOVES, RuleState
from people.privacy_queries import rules_in_force
from people.rules.privacy import months_before
from people.workflows.person import require_long_reason

JOB = "oversight.retention"
LOCK = "privacy.retention"


def _may_set(actor: Actor) -> None:
    require(actor, SET_RETENTION, WholeSite.get())


def _keeping(key: str) -> Keeping:
    keeping = next((one for one in personal.list_keepings() if one.key == key), None)
    if keeping is None or not keeping.can_sweep or keeping.days is not None:
        raise NotFound
    return keeping


@transaction.atomic
def propose_rule(
    *, actor: Actor, key: str, months: int, basis: str, source_document: str, valid_from: Any = None
) -> RetentionRule:
    """Propose how long data of the kind *key* is kept. This deletes nothing, because a second
    person has to put the rule in force.

    Needs `privacy.set_retention`.
    """
    _may_set(actor)
    keeping = _keeping(key)
    locks.acquire_named_lock(LOCK)
    fields: dict[str, Any] = {}
    if not 1 <= months <= 1200:
        fields["months"] = _("Enter a number from 1 to 1200 months.")
    if not basis.strip():
        fields["basis"] = _("Enter the legal basis.")
    if not source_document.strip():
        fields["source_document"] = _("Enter the document number.")
    if fields:
        raise InvalidInput("rule_invalid", _("Some fields need to be corrected."), fields=fields)
    if RetentionRule.objects.filter(key=key, state=RuleState.PROPOSED).exists():
        raise DomainError(
            "rule_waiting",
            _(
                "A retention rule for this kind of data is already waiting for a second "
                "person. Decide that one first."
            ),
        )
    last = (
        RetentionRule.objects.filter(key=key)
        .order_by("-version")
        .values_list("version", flat=True)
        .first()
        or 0
    )
    rule = RetentionRule(
        key=keeping.key,
        version=last + 1,
        months=months,
        basis=basis.strip(),
        source_document=source_document.strip(),
        valid_from=valid_from or clock.today(),
        proposed_by=account_or_none(actor),
    )
    rule.full_clean()
    rule.save()
    audit.record(
        "privacy.retention_proposed",
        actor=actor,
        target=rule,
        after={"key": key, "months": months, "document": rule.source_document},
    )
    return rule


@transaction.atomic
def confirm_rule(*, actor: Actor, rule: RetentionRule) -> RetentionRule:
    """Put a proposed rule in force, so that the nightly run deletes by it from its day on.

    Needs `privacy.set_retention`, and a person other than the one who proposed it.
    """
    _may_set(actor)
    locks.acquire_named_lock(LOCK)
    rule = lock(rule)
    if actor.pk is None or rule.proposed_by_id == actor.pk:
        raise DomainError(
            "second_person",
            _(
                "You proposed this rule yourself. Another data protection officer must put "
                "it in force."
            ),
        )
    for old in RetentionRule.objects.select_for_update().filter(key=rule.key, state=RuleState.ON):
        move(old, RuleState.REPLACED, table=RULE_MOVES)
    rule.confirmed_by, rule.confirmed_at = require_account(actor), clock.now()
    rule.save(update_fields=["confirmed_by", "confirmed_at", "updated_at"])
    moved = move(rule, RuleState.ON, table=RULE_MOVES)
    audit.record(
        "privacy.retention_confirmed",
        actor=actor,
        target=rule,
        before={"state": moved.old},
        after={"state": moved.new, "key": rule.key, "months": rule.months},
    )
    return rule


@transaction.atomic
def refuse_rule(*, actor: Actor, rule: RetentionRule, reason: str) -> RetentionRule:
    """Refuse a proposed rule with a reason. The person who proposed it may do so too. Needs
    `privacy.set_retention`.
    """
    _may_set(actor)
    rule, reason = lock(rule), require_long_reason(reason)
    moved = move(rule, RuleState.REFUSED, table=RULE_MOVES)
    audit.record(
        "privacy.retention_refused",
        actor=actor,
        target=rule,
        before={"state": moved.old},
        after={"state": moved.new},
        reason=reason,
    )
    return rule


@transaction.atomic
def switch_off_rule(*, actor: Actor, rule: RetentionRule, reason: str) -> RetentionRule:
    """Stop a rule, so that nothing is deleted by it any more. One person is enough to stop it.
    Needs `privacy.set_retention`.
    """
    _may_set(actor)
    rule, reason = lock(rule), require_long_reason(reason)
    moved = move(rule, RuleState.OFF, table=RULE_MOVES)
    audit.record(
        "privacy.retention_switched_off",
        actor=actor,
        target=rule,
        before={"state": moved.old},
        after={"state": moved.new},
        reason=reason,
    )
    return rule


def cutoff_of(keeping: Keeping, months: int | None, *, now: datetime) -> datetime | None:
    """Return the moment before which data of this kind is due, or None if it is kept forever."""
    if keeping.days is not None:
        return now - timedelta(days=keeping.days)
    return None if months is None else months_before(now, months)


# ---- the nightly run ----


def is_nightly_run_due() -> bool:
    """Say whether this night's run is still to be started, from two o'clock on. One query."""
    now = clock.local_now()
    return now.hour >= 2 and not RetentionRun.objects.filter(ran_on=now.date()).exists()


@transaction.atomic
def start_nightly_run() -> Job | None:
    """Start this night's run, with one item for each kind that a rule in force names. Called
    twice, it starts once.
    """
    locks.acquire_named_lock(LOCK)
    today = clock.today()
    if RetentionRun.objects.filter(ran_on=today).exists():
        return None
    rules = rules_in_force()
    keys = [
        one.key
        for one in personal.list_keepings()
        if one.can_sweep and (one.days is not None or _applies(rules.get(one.key), today))
    ]
    RetentionRun.objects.create(key="night", ran_on=today, cutoff=clock.now())
    return start_job(
        kind=JOB,
        keys=[f"{key}@{today.isoformat()}" for key in keys],
        actor=SYSTEM,
        title=_("Data due for deletion"),
    )


def _applies(rule: RetentionRule | None, today: Any) -> bool:
    return rule is not None and rule.valid_from <= today


def run_retention_item(item: JobItem) -> dict[str, Any] | None:
    """Delete what is due of one kind. It is safe to run twice.

    The rule is read again, so a rule that was switched off in the meantime deletes nothing.
    """
    key, _at, _day = item.key.partition("@")
    return {"removed": delete_due_data(key)}


@transaction.atomic
def delete_due_data(key: str) -> int:
    """Delete what is due of the kind *key* today, record the run, and return how many rows were
    deleted.
    """
    locks.acquire_named_lock(LOCK)
    keeping = personal.keeping_of(key)
    today = clock.today()
    rule = rules_in_force().get(key)
    if (
        not keeping.can_sweep
        or keeping.purge is None
        or (keeping.days is None and not _applies(rule, today))
    ):
        return 0
    if RetentionRun.objects.filter(key=key, ran_on=today).exists():
        return 0
    cutoff = cutoff_of(keeping, rule.months if rule else None, now=clock.now())
    if cutoff is None:
        return 0
    removed = keeping.purge(cutoff)
    run = RetentionRun.objects.create(
        key=key, rule=rule, ran_on=today, cutoff=cutoff, removed=removed
    )
    if removed:
        audit.record(
            "privacy.retention_swept",
            actor=SYSTEM,
            target=run,
            after={"key": key, "removed": removed, "older_than": cutoff},
        )
    return removed
