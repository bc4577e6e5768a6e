"""Join, transfer, keep and leave a union, and begin and end work.

History is kept as rows, so a change ends one row and starts the next. No right is checked here,
because `org` is below `access`. The office's workflows check the right and then call these. Rows
are locked in the order unions, person, membership.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

import audit
from core import clock
from core.actors import Actor
from core.errors import DomainError, InvalidInput
from org.enums import LIVE, EmploymentForm, Ending, LeaveKind, MembershipStanding, OrgStatus
from org.errors import NotAMember, UnionClosed, WrongDay
from org.models import Employer, Employment, Membership, OrgUnit
from org.rules import days
from people.models import Person

LEAVE_ENDINGS = {
    LeaveKind.LEFT: Ending.LEFT,
    LeaveKind.REMOVED: Ending.REMOVED,
    LeaveKind.DECEASED: Ending.DECEASED,
}


@transaction.atomic
def join_union(*, actor: Actor, person: Person, org_unit: OrgUnit, starts_on: date) -> Membership:
    """Make *person* a member of *org_unit*. An open membership elsewhere ends the day before, as
    transferred.

    This is lenient, for rosters and first records. If the same membership is open already, it stays
    the only one. A transfer with a reason is `transfer_membership`.
    """
    unit = _lock_units(org_unit)[org_unit.pk]
    _live(unit, field="org_unit")
    _lock(person)
    row = _open_row(person)
    if row and row.org_unit_id == unit.pk:
        return row
    if row:
        _end(row, starts_on, Ending.TRANSFERRED)
    new = _begin(person, unit, starts_on)
    audit.record(
        "org.membership_started",
        actor=actor,
        target=person,
        before={"union": row.org_unit_id if row else None},
        after={"union": unit.pk, "from": starts_on},
    )
    return new


@transaction.atomic
def transfer_membership(
    *, actor: Actor, person: Person, to: OrgUnit, on: date, reason: str
) -> Membership:
    """Transfer *person* (转会) from their union to *to*. The old row ends the day before *on*, and
    the new one begins *on*.

    A kept membership becomes a full one. Raises `NotAMember` if the person is in no union (they
    must join instead), `UnionClosed` or `WrongDay`.
    """
    row = _open_or_refuse(person)
    units = _lock_units(row.org_unit, to)
    _live(units[to.pk], field="to")
    row = _lock_row(person, row)
    if row.org_unit_id == to.pk:
        raise _refused(
            "same_union", "to", _("This person already belongs to that union. Choose another one.")
        )
    _check_change(on, row)
    _not_before_founding(units[to.pk], on)
    _end(row, on, Ending.TRANSFERRED, reason)
    new = _begin(person, units[to.pk], on, reason=reason)
    audit.record(
        "org.membership_transferred",
        actor=actor,
        target=person,
        before={"union": row.org_unit_id, "to": row.ends_on},
        after={"union": to.pk, "from": on},
        reason=reason,
    )
    return new


@transaction.atomic
def end_membership(*, actor: Actor, person: Person, on: date, kind: str, reason: str) -> Membership:
    """End the membership of *person*, where *on* is the first day outside. With the kind `kept`
    the person stays on the union's books.

    *kind* is a `LeaveKind`. Returns the ended row, or the kept one. Raises `NotAMember` or
    `WrongDay`.
    """
    if kind not in LeaveKind.values:
        raise _refused("kind_unknown", "kind", _("Choose how the person leaves the union."))
    if kind == LeaveKind.KEPT:
        return keep_membership(actor=actor, person=person, on=on, reason=reason)
    row = _lock_row(person, _open_or_refuse(person))
    _check_change(on, row)
    _end(row, on, LEAVE_ENDINGS[LeaveKind(kind)], reason)
    audit.record(
        "org.membership_ended",
        actor=actor,
        target=person,
        before={"union": row.org_unit_id},
        after={"union": None, "to": row.ends_on, "kind": kind},
        reason=reason,
    )
    return row


@transaction.atomic
def keep_membership(*, actor: Actor, person: Person, on: date, reason: str) -> Membership:
    """Keep the membership (保留会籍) from *on*. The person stays on the union's books without dues and
    votes.
    """
    return _change_standing(actor, person, on, MembershipStanding.KEPT, Ending.KEPT, reason)


@transaction.atomic
def resume_membership(*, actor: Actor, person: Person, on: date, reason: str) -> Membership:
    """Make a kept membership a full one again from *on*."""
    return _change_standing(actor, person, on, MembershipStanding.MEMBER, Ending.RESUMED, reason)


def _change_standing(
    actor: Actor,
    person: Person,
    on: date,
    standing: MembershipStanding,
    ending: Ending,
    reason: str,
) -> Membership:
    row = _lock_row(person, _open_or_refuse(person))
    if row.standing == standing:
        return row
    _check_change(on, row)
    before = row.standing
    _end(row, on, ending, reason)
    new = _begin(person, row.org_unit, on, standing=standing, reason=reason)
    audit.record(
        "org.membership_standing",
        actor=actor,
        target=person,
        before={"standing": before},
        after={"standing": str(standing), "from": on},
        reason=reason,
    )
    return new


@transaction.atomic
def record_employment(
    *,
    actor: Actor,
    person: Person,
    employer: Employer | None,
    starts_on: date,
    job_title: str = "",
    form: str = EmploymentForm.CONTRACT,
    works_at: Employer | None = None,
) -> Employment:
    """Record that *person* works at *employer*. If the same employment is open already, it stays
    the only one.

    For dispatched workers, *employer* is the agency and *works_at* the firm. New-form workers may
    have no employer (None).
    """
    _lock(person)
    if employer is None and form != EmploymentForm.NEW_FORM:
        raise _refused(
            "employer_missing",
            "employer",
            _(
                "Only workers in new forms of employment can be without an employer. Choose "
                "the employer."
            ),
        )
    if employer is not None and employer.merged_into_id:
        sentence = _("This employer was merged into “%(name)s”. Choose that employer instead.") % {
            "name": employer.merged_into
        }
        raise _refused("employer_merged", "employer", sentence)
    row = Employment.objects.filter(person=person, employer=employer, ends_on=None).first()
    if row:
        return row
    row = Employment(
        person=person,
        employer=employer,
        starts_on=starts_on,
        job_title=job_title,
        form=form,
        works_at=works_at,
    )
    row.full_clean()
    row.save()
    audit.record(
        "org.employment_started",
        actor=actor,
        target=person,
        after={
            "employer": row.employer_id,
            "form": str(form),
            "works_at": row.works_at_id,
            "from": starts_on,
        },
    )
    return row


@transaction.atomic
def end_employment(
    *, actor: Actor, person: Person, employment: Employment, on: date, reason: str
) -> Employment:
    """End *employment* of *person*, where *on* is the last day of work. Doing it again with the
    same day changes nothing.
    """
    _lock(person)
    row = Employment.objects.select_for_update().get(pk=employment.pk, person=person)
    if row.ends_on == on:
        return row
    if row.ends_on is not None:
        raise DomainError(
            "employment_ended",
            _("This employment has already ended. Reload the page and check the dates."),
        )
    match days.find_day_fault(on, today=clock.today(), not_before=row.starts_on):
        case "future":
            raise WrongDay(_("This date is in the future. Record it when the day has come."))
        case "too_early":
            raise WrongDay(
                _("The employment began on %(day)s. The last day can't be earlier.")
                % {"day": row.starts_on.isoformat()}
            )
    row.ends_on, row.reason = on, reason
    row.full_clean()
    row.save(update_fields=["ends_on", "reason", "updated_at"])
    audit.record(
        "org.employment_ended",
        actor=actor,
        target=person,
        before={"employer": row.employer_id},
        after={"to": on},
        reason=reason,
    )
    return row


# ---- for one union as a whole (merge, dissolve, restore): the caller holds the tree's lock and records it ----


def hand_over_members(
    *, gone: OrgUnit, successor: OrgUnit | None, on: date, ending: str, reason: str
) -> int:
    """End the open memberships of *gone* the day before *on*, and open them in *successor*.

    If *successor* is None, the persons are then in no union. People who joined *gone* on *on* or
    later belong to the successor from their first day. Returns how many persons it touched. Three
    statements however many they are.
    """
    rows = Membership.objects.select_for_update().filter(org_unit=gone, ends_on=None)
    late = rows.filter(starts_on__gte=on)
    touched = (
        late.update(org_unit=successor)
        if successor
        else late.update(ends_on=F("starts_on"), ending=ending, reason=reason)
    )
    earlier = list(rows.filter(starts_on__lt=on).values_list("person_id", "standing"))
    rows.filter(starts_on__lt=on).update(ends_on=days.day_before(on), ending=ending, reason=reason)
    if successor:
        Membership.objects.bulk_create(
            [
                Membership(
                    person_id=pk, org_unit=successor, starts_on=on, standing=standing, reason=reason
                )
                for pk, standing in earlier
            ],
            batch_size=500,
        )
    return touched + len(earlier)


def take_back_members(*, unit: OrgUnit, ended_on: date, on: date, reason: str) -> int:
    """Reopen, from *on*, the memberships that the dissolution of *unit* ended, for persons who are
    in no union now. Return how many.
    """
    elsewhere = Membership.objects.filter(person=OuterRef("person"), ends_on=None)
    rows = Membership.objects.filter(
        ~Exists(elsewhere), org_unit=unit, ending=Ending.DISSOLVED, ends_on__gte=ended_on
    )
    back = {row.person_id: row.standing for row in rows.order_by("pk")}
    Membership.objects.bulk_create(
        [
            Membership(person_id=pk, org_unit=unit, starts_on=on, standing=standing, reason=reason)
            for pk, standing in back.items()
        ],
        batch_size=500,
    )
    return len(back)


# ---- guards ----


def _refused(code: str, field: str, sentence: str) -> InvalidInput:
    return InvalidInput(code, sentence, fields={field: sentence})


def _lock(person: Person) -> None:
    Person.objects.select_for_update().get(pk=person.pk)


def _lock_units(*units: OrgUnit) -> dict[int, OrgUnit]:
    rows = (
        OrgUnit.objects.select_for_update()
        .filter(pk__in={unit.pk for unit in units})
        .order_by("pk")
    )
    return {unit.pk: unit for unit in rows}


def _open_row(person: Person) -> Membership | None:
    return Membership.objects.select_related("org_unit").filter(person=person, ends_on=None).first()


def _open_or_refuse(person: Person) -> Membership:
    row = _open_row(person)
    if row is None:
        raise NotAMember(
            "not_a_member",
            _("This person doesn't belong to a union at present. Record that they join one first."),
        )
    return row


def _lock_row(person: Person, seen: Membership) -> Membership:
    """Return the open membership under its lock. Raises `DomainError` if somebody else has changed
    it in the meantime.
    """
    _lock(person)
    row = Membership.objects.select_for_update().filter(pk=seen.pk, ends_on=None).first()
    if row is None or row.org_unit_id != seen.org_unit_id:
        raise DomainError(
            "changed_meanwhile",
            _("Someone has just changed this membership. Reload the page and check again."),
        )
    return row


def _live(unit: OrgUnit, *, field: str) -> None:
    if unit.status in LIVE:
        return
    if unit.status == OrgStatus.MERGED:
        raise UnionClosed(
            _("This union was merged into “%(name)s”. Choose that union instead.")
            % {"name": unit.merged_into},
            field=field,
        )
    raise UnionClosed(_("This union was dissolved. Choose another one."), field=field)


def _check_change(on: date, row: Membership) -> None:
    match days.find_day_fault(on, today=clock.today(), after=row.starts_on):
        case "future":
            raise WrongDay(_("This date is in the future. Record it when the day has come."))
        case "too_early":
            raise WrongDay(
                _(
                    "The current membership began on %(day)s. Choose a later date, or "
                    "correct the membership first."
                )
                % {"day": row.starts_on.isoformat()}
            )


def _not_before_founding(unit: OrgUnit, on: date) -> None:
    if unit.established_on and on < unit.established_on:
        raise WrongDay(
            _("This union was founded on %(day)s. People can't join it before that date.")
            % {"day": unit.established_on.isoformat()}
        )


def _end(row: Membership, on: date, ending: Ending, reason: str = "") -> None:
    row.ends_on = days.ends_before(on, starts_on=row.starts_on)
    row.ending, row.reason = ending, reason or row.reason
    row.save(update_fields=["ends_on", "ending", "reason", "updated_at"])


def _begin(
    person: Person,
    unit: OrgUnit,
    on: date,
    *,
    standing: str = MembershipStanding.MEMBER,
    reason: str = "",
) -> Membership:
    new = Membership(person=person, org_unit=unit, starts_on=on, standing=standing, reason=reason)
    new.full_clean()
    new.save()
    return new
