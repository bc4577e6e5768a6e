"""Write many memberships and employments at a time, with the same rows as
`org.workflows.belonging` writes one by one, in a few statements.

A property test compares the two. The caller has checked the rights, holds a transaction and writes
one audit row for the batch. Locks are taken in the same order, which is the union rows, then the
persons, then their memberships.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from core import clock
from core.bulk import insert_select
from org.enums import LIVE, Ending
from org.errors import UnionClosed
from org.models import Employer, Employment, Membership, OrgUnit
from people.models import Person


def lock_for_joining(*, source: QuerySet[Any]) -> None:
    """Lock the unions (`union_id`) and the known persons (`person_id`) of *source*. Raises
    `UnionClosed` for a union that nobody can join any more.
    """
    units = (
        OrgUnit.objects.select_for_update().filter(pk__in=source.values("union_id")).order_by("pk")
    )
    if any(unit.status not in LIVE for unit in units):
        raise UnionClosed(
            _(
                "One of the unions has been merged or dissolved. Check the spreadsheet "
                "again to see which one."
            ),
            field="union",
        )
    known = source.exclude(person_id=None).values("person_id")
    list(Person.objects.select_for_update().filter(pk__in=known).order_by("pk").values_list("pk"))


def join_unions(*, source: QuerySet[Any]) -> int:
    """Make the person of each row of *source* a member of its union, and return how many.

    The columns are `person_id`, `union_id`, `starts_on` and, for members of another union,
    `old_membership_id` with `old_ends_on` (the last day there). Leave out the rows of people who
    are in that union already.
    """
    leaving = source.exclude(old_membership_id=None)
    day = leaving.filter(old_membership_id=OuterRef("pk")).values("old_ends_on")[:1]
    Membership.objects.filter(pk__in=leaving.values("old_membership_id"), ends_on=None).update(
        ends_on=Subquery(day), ending=Ending.TRANSFERRED, updated_at=clock.now()
    )
    return insert_select(
        Membership,
        source,
        {"person": F("person_id"), "org_unit": F("union_id"), "starts_on": F("starts_on")},
    )


def record_employments(*, source: QuerySet[Any]) -> int:
    """Record the employment of each row of *source* (`person_id`, `employer_row_id`, `job_title`,
    `joined`), and return how many.

    Leave out the rows of people who have an open employment there.
    """
    columns = {
        "person": F("person_id"),
        "employer": F("employer_row_id"),
        "job_title": F("job_title"),
        "starts_on": F("joined"),
    }
    return insert_select(Employment, source, columns)


def record_employers(*, names: Iterable[str]) -> list[int]:
    """Record employers by name alone, and return their keys."""
    rows = [Employer(name=name) for name in sorted(set(names))]
    for row in rows:
        row.clean_fields(exclude=["merged_into"])
    return [row.pk for row in Employer.objects.bulk_create(rows, batch_size=500)]


def link_employers(*, pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Link (employer, union) pairs, and return those that were not linked before."""
    through: Any = Employer.unions.through
    wanted = sorted(set(pairs))
    known = set(
        through.objects.filter(employer_id__in={e for e, _u in wanted}).values_list(
            "employer_id", "orgunit_id"
        )
    )
    fresh = [pair for pair in wanted if pair not in known]
    through.objects.bulk_create(
        [through(employer_id=employer, orgunit_id=unit) for employer, unit in fresh],
        batch_size=500,
        ignore_conflicts=True,
    )
    return fresh


def take_back_joining(*, joined: Iterable[int], ended: Iterable[int], hired: Iterable[int]) -> None:
    """Undo a bulk joining.

    The memberships *joined* and the employments *hired* are deleted, and the memberships *ended*
    are open again.
    """
    for chunk in _chunks(hired):
        _delete(Employment.objects.filter(pk__in=chunk))
    for chunk in _chunks(joined):
        _delete(Membership.objects.filter(pk__in=chunk))
    for chunk in _chunks(ended):
        Membership.objects.filter(pk__in=chunk).update(
            ends_on=None, ending="", updated_at=clock.now()
        )


def take_back_employers(*, made: Iterable[int], links: Iterable[tuple[int, int]]) -> None:
    """Remove *links* of employers to unions where the employer has no open employment, and the
    employers *made* to whom nothing refers.
    """
    through: Any = Employer.unions.through
    for employer, unit in links:
        if not Employment.objects.filter(employer_id=employer, ends_on=None).exists():
            through.objects.filter(employer_id=employer, orgunit_id=unit).delete()
    for pk in made:
        employer_row = Employer.objects.filter(pk=pk).first()
        if employer_row and not _is_referred_to(employer_row):
            employer_row.delete()


def _is_referred_to(employer: Employer) -> bool:
    for relation in Employer._meta.related_objects:
        related: Any = relation.related_model
        if related._base_manager.filter(**{relation.field.name: employer.pk}).exists():
            return True
    return employer.unions.exists()


def _delete(rows: Any) -> None:
    """Delete without loading the rows. Nothing refers to them, or else the constraint fails at the
    end of the transaction.
    """
    rows._raw_delete(rows.db)


def _chunks(keys: Iterable[int], size: int = 500) -> Iterable[list[int]]:
    listed = list(keys)
    return (listed[at : at + size] for at in range(0, len(listed), size))
