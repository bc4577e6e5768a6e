"""The completion rule fires: the facts decide, the row keeps them, whoever issues certificates is told in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

import audit
from access import SYSTEM
from core.errors import DomainError
from core.states import lock, move, move_all
from courses.enums import ENROLMENT_MOVES, LEARNING_STATES, EnrolmentState
from courses.models import Enrolment
from courses.queries import completion as facts
from courses.workflows.telling import tell_one
from jobs import outcomes

PASSED = "courses.enrolment_passed"


@transaction.atomic
def decide_completion(*, actor: Any, enrolment: Enrolment, final: bool = False) -> Enrolment:
    """Hold a trainee's facts against the rule of the class.

    All met: passed, at once. Only exams missing: ready for the exam. *final* (the class is over) closes the rest as failed, or as
    absent if nothing was ever attended, read or sat. Called after every deed that can complete a part; safe to call any time.
    """
    enrolment = lock(enrolment)
    if enrolment.state not in LEARNING_STATES:
        return enrolment
    standing = facts.standing(enrolment)
    if standing.complete:
        to = EnrolmentState.PASSED
    elif final:
        never = standing.attended == 0 and standing.lesson_hours == 0 and all(mark is None for mark in standing.marks.values())
        to = EnrolmentState.ABSENT if never else EnrolmentState.FAILED
    elif all(item.code.startswith("exam") for item in standing.missing):
        to = EnrolmentState.ELIGIBLE
    else:
        return enrolment
    if to == enrolment.state:
        return enrolment
    if to != EnrolmentState.ELIGIBLE:
        enrolment.decided_at = timezone.now()
        enrolment.decision = facts.as_facts(standing)
        enrolment.save(update_fields=["decided_at", "decision", "updated_at"])
    moved = move(enrolment, to, table=ENROLMENT_MOVES)
    audit.record(
        "courses.completion_decided",
        actor=actor,
        target=enrolment,
        before={"state": moved.old},
        after={"state": moved.new, "facts": facts.as_facts(standing), "rule": enrolment.training_class.rule_id},
    )
    if to in (EnrolmentState.PASSED, EnrolmentState.FAILED, EnrolmentState.ABSENT):
        tell_one("courses.passed" if to == EnrolmentState.PASSED else "courses.not_passed", enrolment)
    if to == EnrolmentState.PASSED:
        outcomes.announce(PASSED, [str(enrolment.public_id)], actor=SYSTEM)
    return enrolment


@transaction.atomic
def mark_certified(*, actor: Any, enrolment: Enrolment) -> Enrolment:
    """Note that the certificate of a passed enrolment is out; safe to call twice.

    For the issuing domain, which has asked for its own right.
    """
    enrolment = lock(enrolment)
    if enrolment.state == EnrolmentState.CERTIFIED:
        return enrolment
    if enrolment.state != EnrolmentState.PASSED:
        raise DomainError("not_passed", "This enrolment has not passed.")
    moved = move(enrolment, EnrolmentState.CERTIFIED, table=ENROLMENT_MOVES)
    audit.record("courses.completion_decided", actor=actor, target=enrolment, before={"state": moved.old}, after={"state": moved.new})
    return enrolment


@transaction.atomic
def mark_certified_all(*, actor: Any, enrolment_public_ids: Sequence[str]) -> None:
    """Note that the certificates of many passed enrolments are out; what is noted already, or never passed, stays as it is."""
    rows = Enrolment.objects.filter(public_id__among=enrolment_public_ids, state=EnrolmentState.PASSED)
    passed = list(rows.select_for_update().only("pk").order_by("pk"))
    move_all(
        Enrolment.objects.filter(pk__among=[row.pk for row in passed]),
        EnrolmentState.PASSED,
        EnrolmentState.CERTIFIED,
        table=ENROLMENT_MOVES,
    )
    states = ({"state": str(EnrolmentState.PASSED)}, {"state": str(EnrolmentState.CERTIFIED)})
    audit.record_many("courses.completion_decided", actor=actor, deeds=[(row, *states) for row in passed])
