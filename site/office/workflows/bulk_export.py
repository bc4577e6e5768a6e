"""Make a large list of members, or one with full numbers.

One person asks with a purpose, another agrees, and the file waits seven days for the asker.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

import audit
from access import SYSTEM
from access.checks import is_allowed, require
from core import clock
from core.actors import Actor
from core.errors import DomainError, InvalidInput, NotFound
from core.states import lock, move
from jobs.enums import JobItemState
from jobs.models import Job, JobItem
from jobs.workflows import start_job
from office.enums import EXPORT_MOVES, PeopleExportState
from office.models import PeopleExport
from office.people_grants import APPROVE_EXPORT, EXPORT, UNMASK
from office.queries.exports import list_export_deciders, list_export_members
from office.queries.people import EXPORT_CAP
from office.workflows import people_notifications as telling
from office.workflows.people_export import build_people_workbook
from org.models import Employer, OrgUnit
from people.accounts import require_account
from people.workflows.person import require_long_reason

JOB = "office.people_export"
KEPT = timedelta(days=7)
LAPSES = timedelta(days=14)
LARGEST = 100_000


@transaction.atomic
def request_people_export(
    *,
    actor: Actor,
    org: OrgUnit,
    employer: Employer | None = None,
    standing: str = "",
    full_numbers: bool = False,
    purpose: str,
) -> PeopleExport:
    """Ask for the list of the members of *org* and below. Nothing is made until another person
    agrees.

    Raises `InvalidInput` for a missing purpose. Raises `DomainError` if nobody is in the list, if
    it is too large, if nobody could decide, or if the list can be taken at once. Full numbers need
    the right to look at them.
    """
    require(actor, EXPORT, org)
    if full_numbers:
        require(actor, UNMASK, org)
    try:
        purpose = require_long_reason(purpose)
    except InvalidInput as error:
        raise InvalidInput("purpose_missing", str(error), fields={"purpose": str(error)}) from error
    row = PeopleExport(
        org=org,
        employer=employer,
        standing=standing,
        full_numbers=full_numbers,
        purpose=purpose[:300],
        asked_by=require_account(actor),
        count=0,
    )
    row.count = list_export_members(row).count()
    if not row.count:
        raise DomainError(
            "export_empty",
            _("There are no people on this list. Choose another union or fewer filters."),
        )
    if row.count > LARGEST:
        raise DomainError(
            "export_too_large",
            _("The list has more than %(most)s people. Request it separately for each union below.")
            % {"most": LARGEST},
        )
    if row.count <= EXPORT_CAP and not full_numbers:
        raise DomainError(
            "export_small",
            _(
                "This list is short enough to export directly. Go back to the members page "
                "and export it there."
            ),
        )
    if not list_export_deciders(row):
        raise DomainError(
            "export_no_second",
            _(
                "No one else here can approve this. Ask the superior union to appoint a "
                "reviewer or union administrator."
            ),
        )
    row.full_clean()
    row.save()
    audit.record("office.export_asked", actor=actor, target=row, after=_told(row), reason=purpose)
    telling.tell_export_waits(row)
    return row


def _told(row: PeopleExport) -> dict[str, Any]:
    return {
        "union": row.org.code,
        "employer": row.employer_id,
        "status": row.standing,
        "count": row.count,
        "full_numbers": row.full_numbers,
    }


@transaction.atomic
def approve_export(*, actor: Actor, export: PeopleExport, remark: str = "") -> PeopleExport:
    """Approve the request as the second person. The file is then made in the background.

    Raises `DomainError` if the asker no longer holds the rights.
    """
    export = _to_decide(actor, export)
    asker = export.asked_by
    if not (
        asker.is_active
        and is_allowed(asker, EXPORT, export.org)
        and (not export.full_numbers or is_allowed(asker, UNMASK, export.org))
    ):
        raise DomainError(
            "export_right_gone",
            _("The requester no longer has permission to export this list. Decline the request."),
        )
    _decide(actor, export, PeopleExportState.MAKING, "office.export_approved", remark.strip()[:300])
    start_job(kind=JOB, keys=[str(export.public_id)], actor=actor, title=_("Member list"))
    return export


@transaction.atomic
def decline_export(*, actor: Actor, export: PeopleExport, reason: str) -> PeopleExport:
    """Decline the request, with a reason."""
    export = _to_decide(actor, export)
    _decide(
        actor,
        export,
        PeopleExportState.DECLINED,
        "office.export_declined",
        require_long_reason(reason)[:300],
    )
    telling.tell_export_declined(export)
    return export


@transaction.atomic
def withdraw_export(*, actor: Actor, export: PeopleExport) -> PeopleExport:
    """Withdraw one's own request. Raises `NotFound` for anybody else."""
    export = lock(export)
    if actor.pk != export.asked_by_id:
        raise NotFound
    _moved(actor, export, PeopleExportState.WITHDRAWN, "office.export_withdrawn")
    return export


def _to_decide(actor: Actor, export: PeopleExport) -> PeopleExport:
    export = lock(export)
    require(actor, APPROVE_EXPORT, export.org)
    if actor.pk == export.asked_by_id:
        raise DomainError("export_own", _("You requested this list, so someone else must decide."))
    return export


def _decide(
    actor: Actor, export: PeopleExport, state: PeopleExportState, kind: str, remark: str
) -> None:
    export.decided_by, export.decided_at, export.decision = (
        require_account(actor),
        clock.now(),
        remark,
    )
    export.save(update_fields=["decided_by", "decided_at", "decision", "updated_at"])
    _moved(actor, export, state, kind, reason=remark)


def _moved(
    actor: Actor,
    export: PeopleExport,
    state: PeopleExportState,
    kind: str,
    *,
    reason: str = "",
    **told: Any,
) -> None:
    moved = move(export, state, table=EXPORT_MOVES)
    audit.record(
        kind,
        actor=actor,
        target=export,
        before={"state": moved.old},
        after={"state": moved.new, **told},
        reason=reason,
    )


def make_file(item: JobItem) -> dict[str, Any] | None:
    """Make the file that *item* names, with the people whom the asker may export at this moment.
    It is safe to run twice.
    """
    export = (
        PeopleExport.objects.select_related("org", "employer", "asked_by")
        .filter(public_id=item.key)
        .first()
    )
    if export is None or export.state != PeopleExportState.MAKING:
        return None
    if export.full_numbers:
        require(export.asked_by, UNMASK, export.org)
    with transaction.atomic():
        data, persons = build_people_workbook(
            list_export_members(export), actor=export.asked_by, full_numbers=export.full_numbers
        )
        export = lock(export)
        if export.state != PeopleExportState.MAKING:
            return None
        if export.full_numbers:
            # Whose number left the house learns so on the own page, as with a look at the desk.
            for person in persons:
                audit.record(
                    "people.identity_shown",
                    actor=export.asked_by,
                    target=person,
                    after={"list": True},
                    reason=export.purpose,
                )
        export.file.save("list.xlsx", ContentFile(data), save=False)
        export.sha256, export.rows, export.ready_at = (
            hashlib.sha256(data).hexdigest(),
            len(persons),
            clock.now(),
        )
        export.expires_at = export.ready_at + KEPT
        export.save(
            update_fields=["file", "sha256", "rows", "ready_at", "expires_at", "updated_at"]
        )
        _moved(SYSTEM, export, PeopleExportState.READY, "office.export_made", rows=export.rows)
        telling.tell_export_ready(export)
    return {"rows": export.rows}


def end_failed_exports(job: Job) -> None:
    """End a request whose file could not be made. This is the job's `on_finished`."""
    for item in job.items.filter(state=JobItemState.FAILED):
        with transaction.atomic():
            export = (
                PeopleExport.objects.select_for_update()
                .filter(public_id=item.key, state=PeopleExportState.MAKING)
                .first()
            )
            if export is not None:
                _moved(SYSTEM, export, PeopleExportState.FAILED, "office.export_failed")
                telling.tell_export_failed(export)


def is_people_export_available(export: PeopleExport) -> bool:
    """Say whether the file can still be downloaded."""
    return (
        export.state == PeopleExportState.READY
        and bool(export.file)
        and (export.expires_at or clock.now()) > clock.now()
    )


@transaction.atomic
def note_people_export_taken(*, actor: Actor, export: PeopleExport) -> PeopleExport:
    """Record a download.

    Raises `NotFound` for everybody but the asker and for a file that is gone, and `Forbidden` if
    the asker lost the right.
    """
    export = lock(export)
    if actor.pk != export.asked_by_id or not is_people_export_available(export):
        raise NotFound
    require(actor, EXPORT, export.org)
    if export.full_numbers:
        require(actor, UNMASK, export.org)
    if export.taken_at is None:
        export.taken_at = clock.now()
        export.save(update_fields=["taken_at", "updated_at"])
    audit.record(
        "office.export_taken",
        actor=actor,
        target=export,
        after={"rows": export.rows, "full_numbers": export.full_numbers},
    )
    return export


@transaction.atomic
def delete_people_export_file(*, actor: Actor, export: PeopleExport) -> bool:
    """Delete the file, and say whether there was one.

    The asker may do it before its time is over, and the sweeper does it afterwards.
    """
    export = lock(export)
    if actor.pk is not None and actor.pk != export.asked_by_id:
        raise NotFound
    if export.state != PeopleExportState.READY:
        return False
    name, storage = str(export.file.name), export.file.storage
    export.file = ""
    export.save(update_fields=["file", "updated_at"])
    _moved(actor, export, PeopleExportState.DELETED, "office.export_deleted")
    transaction.on_commit(lambda: storage.delete(name))
    return True


def _due() -> QuerySet[PeopleExport]:
    now = clock.now()
    over = Q(state=PeopleExportState.READY, expires_at__lte=now) | Q(
        state=PeopleExportState.ASKED, created_at__lte=now - LAPSES
    )
    return PeopleExport.objects.filter(over)


def has_due_exports() -> bool:
    """Say whether a file's time is over or a request was left undecided too long, which the
    sweeper asks.
    """
    return _due().exists()


def tidy_due_exports() -> int:
    """Delete files whose time is over, let old requests lapse, and return how many there were. It
    is safe to run twice.
    """
    done = 0
    for export in _due()[:200]:
        with transaction.atomic():
            fresh = _due().select_for_update().filter(pk=export.pk).first()
            if fresh is None:
                continue
            if fresh.state == PeopleExportState.READY:
                delete_people_export_file(actor=SYSTEM, export=fresh)
            else:
                _moved(SYSTEM, fresh, PeopleExportState.LAPSED, "office.export_lapsed")
            done += 1
    return done
