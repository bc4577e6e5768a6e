"""The completion rule fires: the facts decide and the row keeps them. Whoever issues certificates is told when the class is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
        announce_passed([enrolment.pk])
    return enrolment


@transaction.atomic
def announce_passed(enrolment_ids: Iterable[int]) -> int:
    """Tell whoever issues certificates of those among *enrolment_ids* who passed and whose class is over; return how many.

    A rule may be met before the last session: its certificate waits for that session, because hours and days of attendance go on.
    The facts are read again at that moment. A trainee whom they don't carry any more (a session attended was cancelled) is left to the
    office. Safe to call any time: each is told once.
    """
    now = timezone.now()
    rows = facts.passed_unannounced(now).filter(pk__in=list(enrolment_ids))
    told: list[str] = []
    # Only the enrolments are locked: their classes are read.
    for enrolment in rows.select_related("training_class__rule").select_for_update(of=("self",)).order_by("pk"):
        standing = facts.standing(enrolment)
        before, after = enrolment.decision, facts.as_facts(standing)
        enrolment.decision = after
        enrolment.announced_at = now
        enrolment.save(update_fields=["decision", "announced_at", "updated_at"])
        if before != after:
            audit.record("courses.completion_decided", actor=SYSTEM, target=enrolment, before={"facts": before}, after={"facts": after})
        if standing.complete:
            told.append(str(enrolment.public_id))
    if told:
        outcomes.announce(PASSED, told, actor=SYSTEM)
    return len(told)


def announce_all_passed(*, at_once: int = 200) -> int:
    """Do so for everybody whose class has ended since they passed, some at a time; return how many."""
    count = 0
    while ids := list(facts.passed_unannounced(timezone.now()).order_by("pk").values_list("pk", flat=True)[:at_once]):
        count += announce_passed(ids)
    return count


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
    passed = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    move_all(
        Enrolment.objects.filter(pk__among=passed),
        EnrolmentState.PASSED,
        EnrolmentState.CERTIFIED,
        table=ENROLMENT_MOVES,
    )
    states = ({"state": str(EnrolmentState.PASSED)}, {"state": str(EnrolmentState.CERTIFIED)})
    audit.record_many("courses.completion_decided", actor=actor, deeds=[((Enrolment, pk), *states) for pk in passed])
