"""Suspend, reinstate, revoke or reissue many certificates at once.

The change is planned first and then done in the background in chunks. Each certificate gets its own
record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

import audit
import jobs.workflows
from access.checks import require
from certification.enums import (
    BULK_MOVES,
    REVOCATION_REASONS,
    SUSPENSION_REASONS,
    TWO_PERSON_ACTS,
    BulkAct,
    BulkState,
    Reason,
)
from certification.errors import SecondOfficerNeeded
from certification.grants import CONFIRM_REVOCATION
from certification.models import BulkChange, BulkLine, Certificate, StatusChange
from certification.queries import bulk as queries
from certification.workflows import log_entries, status_changes
from certification.workflows.notifications import (
    notify_bulk_change_done,
    notify_bulk_change_refused,
    notify_bulk_change_waiting,
)
from core import clock
from core.actors import Actor
from core.errors import DomainError, InvalidInput, NotFound
from core.states import lock, move
from jobs.enums import JobState
from people.accounts import require_account

JOB = "certification.change_standing"
REISSUE_JOB = "certification.reissue_file"
_REASONS: dict[str, tuple[Reason, ...]] = {
    BulkAct.SUSPEND: SUSPENSION_REASONS,
    BulkAct.REVOKE: REVOCATION_REASONS,
    BulkAct.REINSTATE: (),
    BulkAct.REISSUE: (),
}


@transaction.atomic
def start_bulk_change(
    *, actor: Actor, act: str, numbers: Sequence[str], reason: str = "", note: str = ""
) -> BulkChange:
    """Begin to do *act* to those of *numbers* that allow it, in the background. What needs a
    second person waits for them first.

    The actor needs the same right on each certificate as for changing a single one. Certificates
    without it are left out as if they didn't exist. Raises `InvalidInput` for a reason that isn't
    listed, a missing note or too many numbers, and `DomainError` if none of the certificates can be
    changed.
    """
    allowed = _REASONS[BulkAct(act)]
    if allowed and reason not in allowed:
        sentence = _("Choose one of the listed reasons.")
        raise InvalidInput("reason_unknown", sentence, fields={"reason": sentence})
    if act in TWO_PERSON_ACTS and not note.strip():
        sentence = _("Say what was found. The second person decides on that basis.")
        raise InvalidInput("note_missing", sentence, fields={"note": sentence})
    if len(numbers) > queries.AT_MOST:
        raise InvalidInput(
            "too_many",
            _("You can change at most %(count)s at once. Split the list.")
            % {"count": queries.AT_MOST},
        )
    rows = [
        one.certificate
        for one in queries.plan_bulk_change(actor, act, numbers)
        if one.certificate is not None and not one.problem
    ]
    if not rows:
        raise DomainError(
            "nothing_to_change",
            _("None of these can be changed this way. See the reasons in the table."),
        )
    change = BulkChange(
        act=act,
        state=BulkState.WAITING if act in TWO_PERSON_ACTS else BulkState.RUNNING,
        reason=reason if allowed else "",
        note=note.strip(),
        asked_by=require_account(actor),
    )
    change.full_clean()
    change.save()
    BulkLine.objects.bulk_create(
        [BulkLine(change=change, certificate=row) for row in rows], batch_size=500
    )
    audit.record(
        "certification.bulk_asked",
        actor=actor,
        target=change,
        after={"act": act, "reason": reason, "count": len(rows)},
        reason=note,
    )
    if change.state == BulkState.WAITING:
        notify_bulk_change_waiting(change, rows[0], len(rows))
    else:
        _run(change, actor)
    return change


@transaction.atomic
def confirm_bulk_change(*, actor: Actor, change: BulkChange) -> BulkChange:
    """Start a revocation or reissue of many certificates, as the second person. It can't be undone.

    Needs `certification.confirm_revocation` on every certificate.
    """
    change = _decided(actor, change, BulkState.RUNNING)
    _run(change, actor)
    return change


@transaction.atomic
def refuse_bulk_change(*, actor: Actor, change: BulkChange) -> BulkChange:
    """Turn down a change of many certificates, as the second person.

    Every certificate stays as it is, and the person who asked is notified.
    """
    change = _decided(actor, change, BulkState.REFUSED)
    notify_bulk_change_refused(change, by=actor, count=change.lines.count())
    return change


def apply_bulk_line(line_id: int) -> None:
    """Apply one line of a change, or write down why it can't be done any more. It is safe to run
    twice.
    """
    apply_bulk_lines([line_id])


@transaction.atomic
def apply_bulk_lines(line_ids: Sequence[int]) -> None:
    """Apply some lines of one change together.

    Each line is done by itself and has its own record. The entries in the register are queued as
    one batch. A line that can't be done any more says why.
    """
    lines = list(
        BulkLine.objects.select_related(
            "change__asked_by", "change__decided_by", "change__job"
        ).filter(pk__in=line_ids, done_at=None)
    )
    if not lines:
        return
    # All rows first, in the order of their keys: a change of standing locks more behind them, and
    # must not wait for another row then.
    certificates = (
        Certificate.objects.select_for_update()
        .order_by("pk")
        .in_bulk([line.certificate_id for line in lines])
    )
    changes: list[StatusChange] = []
    problems: dict[int, str] = {}
    for line in sorted(lines, key=lambda one: one.certificate_id):
        line.certificate = certificates[line.certificate_id]
        try:
            with transaction.atomic():
                mine: list[StatusChange] = []
                _one(line, mine)
                changes += mine
        except DomainError as error:
            problems[line.pk] = str(error.message)[:300]
    done = [line.pk for line in lines if line.pk not in problems]
    BulkLine.objects.filter(pk__in=done).update(done_at=clock.now(), problem="")
    for pk, problem in problems.items():
        BulkLine.objects.filter(pk=pk).update(problem=problem)
    if changes:
        _enter(lines[0].change, changes)


def _enter(change: BulkChange, changes: Sequence[StatusChange]) -> None:
    change = lock(change)
    entries = log_entries.queue_register_entries(
        changes, actor=change.decided_by or change.asked_by, job=change.entries
    )
    if entries != change.entries:
        change.entries = entries
        change.save(update_fields=["entries", "updated_at"])


def finish_bulk_change(job: Any) -> None:
    """Mark the change of *job* as done and notify the person who asked for it. It is safe to run
    twice and by two workers.
    """
    with transaction.atomic():
        for found in BulkChange.objects.filter(job=job, state=BulkState.RUNNING):
            change = lock(found)
            if change.state == BulkState.RUNNING:
                move(change, BulkState.DONE, table=BULK_MOVES)
                lines = change.lines.aggregate(count=Count("pk"), done=Count("done_at"))
                notify_bulk_change_done(change, **lines)


def has_unfinished_bulk_changes() -> bool:
    """Say whether there is a change whose work is over but that isn't marked as done.

    That happens when a worker ends in between.
    """
    return _changes_left().exists()


def _changes_left() -> QuerySet[BulkChange]:
    return BulkChange.objects.filter(state=BulkState.RUNNING, job__state=JobState.FINISHED)


def finish_left_bulk_changes() -> int:
    """Finish the changes that `has_unfinished_bulk_changes` found, and return how many."""
    jobs_over = [change.job for change in _changes_left().select_related("job").order_by("pk")]
    for job in jobs_over:
        finish_bulk_change(job)
    return len(jobs_over)


def _one(line: BulkLine, among: list[StatusChange]) -> None:
    change, certificate = line.change, line.certificate
    match change.act:
        case BulkAct.SUSPEND:
            status_changes.suspend_certificate(
                actor=change.asked_by,
                certificate=certificate,
                reason=change.reason,
                note=change.note,
                among=among,
            )
        case BulkAct.REINSTATE:
            status_changes.reinstate_certificate(
                actor=change.asked_by, certificate=certificate, note=change.note, among=among
            )
        case _:
            status_changes.revoke_with_second_person(
                actor=change.asked_by,
                second=require_account(change.decided_by),
                certificate=certificate,
                reason=change.reason,
                note=change.note,
                among=among,
            )


def _decided(actor: Actor, change: BulkChange, to: str) -> BulkChange:
    change = lock(change)
    if actor.pk is not None and actor.pk == change.asked_by_id:
        raise SecondOfficerNeeded(
            "second_person",
            _(
                "The person who asked for this change can't confirm it. Another person has "
                "to review it."
            ),
        )
    lines = list(queries.list_bulk_lines(change))
    if not lines:
        raise NotFound
    for line in lines:
        require(actor, CONFIRM_REVOCATION, line.certificate)
    moved = move(change, to, table=BULK_MOVES)
    change.decided_by_id, change.decided_at = actor.pk, clock.now()
    change.save(update_fields=["decided_by", "decided_at", "updated_at"])
    audit.record(
        "certification.bulk_decided",
        actor=actor,
        target=change,
        before={"state": moved.old},
        after={"state": moved.new},
    )
    return change


def _run(change: BulkChange, actor: Actor) -> None:
    keys = [str(pk) for pk in change.lines.values_list("pk", flat=True)]
    kind = REISSUE_JOB if change.act == BulkAct.REISSUE else JOB
    change.job = jobs.workflows.start_job(
        kind=kind, keys=keys, actor=actor, title=str(change.get_act_display())
    )
    change.save(update_fields=["job", "updated_at"])
