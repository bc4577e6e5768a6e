"""Change an employer's facts, name and unions, and merge two records of one firm or two firms that
became one.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

import audit
from core import clock
from core.actors import Actor
from core.errors import DomainError, InvalidInput
from core.models import with_derived
from core.states import lock
from org import merging
from org.enums import EmployerChangeKind
from org.errors import WrongDay
from org.models import Employer, EmployerChange, Employment, OrgUnit
from org.rules import days
from org.workflows import guards
from org.workflows.unit import read_employer_code

FACTS = ("uscc", "region_code", "industry_code", "contact_name", "contact_phone")


@transaction.atomic
def change_employer(
    *, actor: Actor, employer: Employer, reason: str = "", **fields: Any
) -> Employer:
    """Change plain facts of *employer* (those of `FACTS`). A name is changed by `rename_employer`."""
    if unknown := set(fields) - set(FACTS):
        msg = f"not a plain fact of an employer: {sorted(unknown)}"
        raise TypeError(msg)
    row = _fresh(employer)
    if "uscc" in fields:
        fields["uscc"] = read_employer_code(fields["uscc"], employer=row)
    before = {name: getattr(row, name) for name in fields}
    changed = sorted(name for name, value in fields.items() if before[name] != value)
    if not changed:
        return row
    for name in changed:
        setattr(row, name, fields[name])
    row.full_clean()
    row.save(update_fields=[*changed, "updated_at"])
    audit.record(
        "org.employer_changed",
        actor=actor,
        target=row,
        before={name: before[name] for name in changed},
        after={name: fields[name] for name in changed},
        reason=reason,
    )
    return row


@transaction.atomic
def rename_employer(
    *,
    actor: Actor,
    employer: Employer,
    name: str,
    reason: str,
    on: date | None = None,
    document_no: str = "",
) -> EmployerChange:
    """Give *employer* a new name from the day *on*.

    Without a day it is a correction, which means that the employer was never called otherwise.
    """
    reason = guards.require_change_reason(reason)
    row = _fresh(employer)
    if name.strip() == row.name:
        sentence = _("The name hasn't changed. Enter the new name.")
        raise InvalidInput("same_name", sentence, fields={"name": sentence})
    if on is not None:
        _day_fits(row, on)
    kind = EmployerChangeKind.CORRECTED if on is None else EmployerChangeKind.RENAMED
    change = _note(
        actor,
        row,
        kind,
        on=on or clock.today(),
        old_name=row.name,
        new_name=name.strip(),
        document_no=document_no,
        reason=reason,
    )
    row.name = name.strip()
    row.full_clean()
    row.save(update_fields=with_derived(Employer, ["name", "updated_at"]))
    audit.record(
        "org.employer_renamed" if on else "org.employer_name_corrected",
        actor=actor,
        target=row,
        before={"name": change.old_name},
        after={"name": row.name, "on": change.on, "document": document_no},
        reason=reason,
    )
    return change


@transaction.atomic
def link_employer(
    *, actor: Actor, employer: Employer, unit: OrgUnit, on: date, reason: str = ""
) -> None:
    """Record that *employer* belongs to *unit* from the day *on*. Doing it again changes nothing."""
    row, union = _fresh(employer), guards.lock_unit(unit)
    guards.check_union_open(union, field="unit")
    _not_future(on)
    if row.unions.filter(pk=union.pk).exists():
        return
    row.unions.add(union)
    _note(actor, row, EmployerChangeKind.LINKED, unit=union, on=on, reason=reason)
    audit.record(
        "org.employer_linked",
        actor=actor,
        target=row,
        after={"union": union.code, "from": on},
        reason=reason,
    )


@transaction.atomic
def unlink_employer(
    *, actor: Actor, employer: Employer, unit: OrgUnit, on: date, reason: str
) -> None:
    """Record that *employer* no longer belongs to *unit*, where *on* is the first day without it.
    Memberships stay as they are.
    """
    reason = guards.require_change_reason(reason)
    row = _fresh(employer)
    _not_future(on)
    if not row.unions.filter(pk=unit.pk).exists():
        return
    row.unions.remove(unit)
    _note(actor, row, EmployerChangeKind.UNLINKED, unit=unit, on=on, reason=reason)
    audit.record(
        "org.employer_unlinked",
        actor=actor,
        target=row,
        before={"union": unit.code},
        after={"to": on},
        reason=reason,
    )


@transaction.atomic
def merge_employers(
    *,
    actor: Actor,
    employer: Employer,
    into: Employer,
    on: date,
    reason: str,
    document_no: str = "",
) -> EmployerChange:
    """Merge *employer* into *into* from the day *on*. Open employments end there the day before
    and go on at the successor.

    Earlier days keep the old name. This is used for two records of one firm as well as for firms
    that became one. The unified social credit code goes over if the successor has none. A merger
    can't be taken back.
    """
    reason = guards.require_change_reason(reason)
    if employer.pk == into.pk:
        sentence = _("An employer can't be merged into itself. Choose another one.")
        raise InvalidInput("itself", sentence, fields={"into": sentence})
    rows = {
        row.pk: row
        for row in Employer.objects.select_for_update()
        .filter(pk__in={employer.pk, into.pk})
        .order_by("pk")
    }
    row, successor = rows[employer.pk], rows[into.pk]
    _still_there(row)
    _day_fits(row, on)
    if successor.merged_into_id:
        sentence = _("This employer was merged into “%(name)s”. Choose that employer instead.") % {
            "name": successor.merged_into
        }
        raise InvalidInput("employer_merged", sentence, fields={"into": sentence})
    unions = list(row.unions.all())
    facts = {"employments": _hand_over_work(row, successor, on, reason), "unions": len(unions)}
    _hand_over_code(row, successor)
    _hand_over_unions(actor, row, successor, unions, on, reason)
    row.merged_into = successor
    row.save(update_fields=["merged_into", "uscc", "updated_at"])
    facts |= merging.run_followers(actor=actor, gone=row, successor=successor, on=on)
    paper = {"on": on, "document_no": document_no, "reason": reason}
    change = _note(actor, row, EmployerChangeKind.MERGED, other=successor, **paper)
    _note(actor, successor, EmployerChangeKind.ABSORBED, other=row, **paper)
    audit.record(
        "org.employer_merged",
        actor=actor,
        target=row,
        after={"into": successor.pk, "on": on, **facts},
        reason=reason,
    )
    return change


def _hand_over_work(row: Employer, successor: Employer, on: date, reason: str) -> int:
    work = Employment.objects.select_for_update().filter(employer=row, ends_on=None)
    there = set(
        Employment.objects.filter(employer=successor, ends_on=None).values_list(
            "person_id", flat=True
        )
    )
    going = list(work)
    doubled = [job.pk for job in going if job.person_id in there]
    late = [job for job in going if job.starts_on >= on and job.person_id not in there]
    earlier = [job for job in going if job.starts_on < on and job.person_id not in there]
    Employment.objects.filter(pk__in=[job.pk for job in late]).update(employer=successor)
    Employment.objects.filter(
        pk__in=[job.pk for job in earlier] + doubled, starts_on__lt=on
    ).update(ends_on=days.day_before(on), reason=reason)
    Employment.objects.filter(pk__in=doubled, ends_on=None).update(
        ends_on=F("starts_on"), reason=reason
    )
    Employment.objects.bulk_create(
        [
            Employment(
                person_id=job.person_id, employer=successor, form=job.form, works_at_id=job.works_at_id, job_title=job.job_title,
                starts_on=on, reason=reason,
            )
            for job in earlier
        ],
        batch_size=500,
    )  # fmt: skip
    Employment.objects.filter(works_at=row, ends_on=None).update(works_at=successor)
    return len(going)


def _hand_over_unions(
    actor: Actor, row: Employer, successor: Employer, unions: list[OrgUnit], on: date, reason: str
) -> None:
    there = set(successor.unions.values_list("pk", flat=True))
    successor.unions.add(*unions)
    row.unions.clear()
    for unit in unions:
        _note(actor, row, EmployerChangeKind.UNLINKED, unit=unit, on=on, reason=reason)
        if unit.pk not in there:
            _note(actor, successor, EmployerChangeKind.LINKED, unit=unit, on=on, reason=reason)


def _hand_over_code(row: Employer, successor: Employer) -> None:
    if not row.uscc or successor.uscc:
        return
    code, row.uscc = row.uscc, ""
    row.save(update_fields=["uscc", "updated_at"])  # the code stands once: first away, then there
    successor.uscc = code
    successor.save(update_fields=["uscc", "updated_at"])


def _fresh(employer: Employer) -> Employer:
    row = lock(employer)
    _still_there(row)
    return row


def _still_there(row: Employer) -> None:
    if row.merged_into_id:
        raise DomainError(
            "employer_merged",
            _("This employer has been merged into “%(name)s” and can no longer be changed.")
            % {"name": row.merged_into},
        )


def _not_future(on: date) -> None:
    if days.find_day_fault(on, today=clock.today()) == "future":
        raise WrongDay(_("This date is in the future. Record it when the day has come."))


def _day_fits(row: Employer, on: date) -> None:
    _not_future(on)
    kinds = (EmployerChangeKind.RENAMED, EmployerChangeKind.ABSORBED)
    last = (
        EmployerChange.objects.filter(employer=row, kind__in=kinds, annulled_at=None)
        .order_by("on", "pk")
        .last()
    )
    if last and on < last.on:
        raise WrongDay(
            _("“%(what)s” is already recorded for %(day)s. Choose that date or a later one.")
            % {"what": last.get_kind_display(), "day": last.on.isoformat()}
        )


def _note(
    actor: Actor, employer: Employer, kind: EmployerChangeKind, **values: Any
) -> EmployerChange:
    return EmployerChange.objects.create(
        employer=employer, kind=kind, recorded_by_id=getattr(actor, "pk", None), **values
    )
