"""Apply the completion rule. The facts decide, and the row keeps them. People who issue
certificates are told when the class is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

import audit
from access import SYSTEM
from core import clock
from core.actors import Actor
from core.errors import DomainError
from core.states import lock, move, move_all
from courses.enums import CLOSED_STATES, DECIDED_AGAIN, ENROLMENT_MOVES, EnrolmentState
from courses.models import Enrolment
from courses.queries import completion as facts
from courses.rules.completion import CompletionStanding
from courses.workflows.notifications import tell_one
from jobs import outcomes

PASSED = "courses.enrolment_passed"
# Decisions: the facts are frozen with them.
DECIDED = frozenset({EnrolmentState.PASSED, EnrolmentState.FAILED, EnrolmentState.ABSENT})


@transaction.atomic
def decide_completion(*, actor: Actor, enrolment: Enrolment, final: bool = False) -> Enrolment:
    """Decide a trainee's completion by the rule of the class.

    If all parts are met, the trainee has passed at once. If only exams are missing, the trainee is
    ready for the exam. *final* (the class is over) closes the rest as failed, or as absent if
    nothing was ever attended, read or sat. Called after every action that can complete a part, or
    take one away. A trainee who passed by a session that is cancelled now, and has no certificate
    yet, continues learning. It is safe to call at any time.
    """
    enrolment = lock(enrolment)
    if enrolment.state not in DECIDED_AGAIN:
        return enrolment
    standing = facts.assess_enrolment(enrolment)
    to = _decided(enrolment, standing, final=final)
    if to == enrolment.state:
        return enrolment
    had_passed = enrolment.state == EnrolmentState.PASSED
    if to in DECIDED:
        enrolment.decided_at, enrolment.decision = clock.now(), facts.as_facts(standing)
    elif had_passed:
        enrolment.decided_at = enrolment.decision = enrolment.announced_at = None
    enrolment.save(update_fields=["decided_at", "decision", "announced_at", "updated_at"])
    moved = move(enrolment, to, table=ENROLMENT_MOVES)
    audit.record(
        "courses.completion_decided",
        actor=actor,
        target=enrolment,
        before={"state": moved.old},
        after={
            "state": moved.new,
            "facts": facts.as_facts(standing),
            "rule": enrolment.training_class.rule_id,
        },
    )
    if to in DECIDED:
        tell_one(
            "courses.passed" if to == EnrolmentState.PASSED else "courses.not_passed",
            enrolment,
            key=_occasion(enrolment),
        )
    elif had_passed:
        tell_one("courses.pass_open_again", enrolment, key=clock.now().isoformat())
    if to == EnrolmentState.PASSED:
        announce_passed_enrolments([enrolment.pk])
    return enrolment


def _decided(enrolment: Enrolment, standing: CompletionStanding, *, final: bool) -> EnrolmentState:
    """Return the state the facts lead to."""
    if standing.complete:
        return EnrolmentState.PASSED
    if final:
        never = (
            standing.attended == 0
            and standing.lesson_hours == 0
            and all(mark is None for mark in standing.marks.values())
        )
        return (
            EnrolmentState.ABSENT
            if never and enrolment.state != EnrolmentState.PASSED
            else EnrolmentState.FAILED
        )
    if enrolment.state == EnrolmentState.PASSED:
        return EnrolmentState.ATTENDING
    if all(item.code.startswith("exam") for item in standing.missing):
        return EnrolmentState.ELIGIBLE
    return (
        EnrolmentState.ADMITTED
        if enrolment.state == EnrolmentState.ADMITTED
        else EnrolmentState.ATTENDING
    )


def _occasion(enrolment: Enrolment) -> str:
    """Set a decision apart from an earlier one of the same enrolment."""
    return enrolment.decided_at.isoformat() if enrolment.decided_at else ""


@transaction.atomic
def announce_passed_enrolments(enrolment_ids: Iterable[int]) -> int:
    """Tell the people who issue certificates which of *enrolment_ids* have passed in a class that
    is over, and return how many.

    A rule may be met before the last session. Its certificate waits for that session, because hours
    and days of attendance go on. The facts are read again at that moment, and a trainee who no
    longer meets the rule is decided again. It is safe to call at any time, because each enrolment
    is announced once.
    """
    now = clock.now()
    rows = facts.passed_unannounced(now).filter(pk__in=list(enrolment_ids))
    told: list[str] = []
    # Only the enrolments are locked: their classes are read.
    for enrolment in (
        rows.select_related("training_class__rule").select_for_update(of=("self",)).order_by("pk")
    ):
        standing = facts.assess_enrolment(enrolment)
        if not standing.complete:
            decide_completion(
                actor=SYSTEM,
                enrolment=enrolment,
                final=enrolment.training_class.state in CLOSED_STATES,
            )
            continue
        before, after = enrolment.decision, facts.as_facts(standing)
        enrolment.decision = after
        enrolment.announced_at = now
        enrolment.save(update_fields=["decision", "announced_at", "updated_at"])
        if before != after:
            audit.record(
                "courses.completion_decided",
                actor=SYSTEM,
                target=enrolment,
                before={"facts": before},
                after={"facts": after},
            )
        told.append(str(enrolment.public_id))
    if told:
        outcomes.announce_outcome(PASSED, told, actor=SYSTEM)
    return len(told)


def announce_all_passed(*, at_once: int = 200) -> int:
    """Announce everybody whose class has ended since they passed, some at a time, and return how
    many.
    """
    count = 0
    while ids := list(
        facts.passed_unannounced(clock.now()).order_by("pk").values_list("pk", flat=True)[:at_once]
    ):
        count += announce_passed_enrolments(ids)
    return count


@transaction.atomic
def mark_enrolment_certified(*, actor: Actor, enrolment: Enrolment) -> Enrolment:
    """Note that the certificate of a passed enrolment is issued. It is safe to call twice.

    For the issuing domain, which has checked its own right.
    """
    enrolment = lock(enrolment)
    if enrolment.state == EnrolmentState.CERTIFIED:
        return enrolment
    if enrolment.state != EnrolmentState.PASSED:
        raise DomainError("not_passed", "This enrolment has not passed.")
    moved = move(enrolment, EnrolmentState.CERTIFIED, table=ENROLMENT_MOVES)
    audit.record(
        "courses.completion_decided",
        actor=actor,
        target=enrolment,
        before={"state": moved.old},
        after={"state": moved.new},
    )
    return enrolment


@transaction.atomic
def mark_enrolments_certified(*, actor: Actor, enrolment_public_ids: Sequence[str]) -> None:
    """Note that the certificates of many passed enrolments are issued. Those noted already, or
    never passed, stay as they are.
    """
    rows = Enrolment.objects.filter(
        public_id__among=enrolment_public_ids, state=EnrolmentState.PASSED
    )
    passed = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    move_all(
        Enrolment.objects.filter(pk__among=passed),
        EnrolmentState.PASSED,
        EnrolmentState.CERTIFIED,
        table=ENROLMENT_MOVES,
    )
    states = ({"state": str(EnrolmentState.PASSED)}, {"state": str(EnrolmentState.CERTIFIED)})
    audit.record_many(
        "courses.completion_decided",
        actor=actor,
        deeds=[((Enrolment, pk), *states) for pk in passed],
    )
