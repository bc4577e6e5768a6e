"""Read the records of persons that an account may see or change, and what their pages show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from access import registry
from access.checks import missing_right_error
from access.queries import Held, Reach, permitted, reach_of, roles_of
from access.queries.where import who_may
from core.actors import Actor, account_id
from core.errors import Forbidden, NotFound
from office.people_grants import APPROVE, PROPOSE, VIEW
from org.models import Employer, Employment, Membership, OrgUnit
from people.enums import MergeState, PairState
from people.models import IdentityDocument, MergeProposal, Person, SuspectedPair
from people.queries import (
    filter_persons_by_name,
    find_surviving_person,
    likely_duplicates,
    list_living_persons,
)

STATUSES = ("member", "kept", "left")
EXPORT_CAP = 500
BY_NAME = ("name_order", "name_key", "pk")


def units_for(user: Actor, codename: str) -> QuerySet[OrgUnit]:
    """Return the unions on which *user* may do *codename*, in tree order."""
    return permitted(user, codename, OrgUnit.objects.order_by("path"))


def employers_for(user: Actor, codename: str) -> QuerySet[Employer]:
    """Return the employers of the unions on which *user* may do *codename*."""
    if getattr(user, "is_superuser", False):
        return Employer.objects.order_by("name_order", "name")
    through = Employer.unions.through.objects.filter(
        orgunit__in=units_for(user, codename).order_by()
    )
    return Employer.objects.filter(pk__in=through.values("employer")).order_by("name_order", "name")


def load_reach(user: Actor, *codenames: str) -> Held:
    """Return where *user* holds each of *codenames*, and which codenames they hold at all, for one
    page.

    It is empty for superusers, who may see everything.
    """
    return Held() if sees_all(user) else reach_of(user, *codenames)


def sees_all(user: Actor) -> bool:
    """Say whether *user* may see all records, as active superusers do."""
    return bool(getattr(user, "is_superuser", False) and user.is_active)


def _belongings(where: Reach) -> tuple[QuerySet[Membership], QuerySet[Membership]]:
    """Return the open memberships in the unions of *where*, and those that ended there of persons
    who are in no union now.
    """
    inside = Membership.objects.filter(where.covers())
    is_open = Exists(Membership.objects.filter(person=OuterRef("person"), ends_on=None))
    return inside.filter(ends_on=None), inside.filter(~is_open, ends_on__isnull=False)


def _belongs(where: Reach, *persons: str) -> Exists:
    """Return the condition that one of the records *persons* lead to is within *where*.

    It is meant for few rows, which are looked at one by one.
    """
    one_of = Q(*(("person", OuterRef(person)) for person in persons), _connector=Q.OR)
    is_open = Exists(Membership.objects.filter(person=OuterRef("person"), ends_on=None))
    inside = Membership.objects.filter(one_of, where.covers(), person__merged_into=None)
    return Exists(inside.filter(Q(ends_on=None) | ~is_open))


def list_visible_people(
    user: Actor, codename: str = VIEW, *, reached: Held | None = None
) -> QuerySet[Person]:
    """Return the records on which *user* may do *codename*.

    These are the members of the unions below, and people who are in no union now and left one of
    these last. A person who has joined another union since belongs to that union. *reached* is what
    `load_reach` has returned, for a page with several lists.
    """
    if sees_all(user):
        return list_living_persons()
    where = (reached or reach_of(user, codename))[codename]
    if not where.is_wide:
        # With the paths before its eyes the planner walks the names in order and stops after a
        # page.
        other = Membership.objects.filter(person=OuterRef("person"), ends_on=None)
        here = Membership.objects.filter(where.covers(), person=OuterRef("pk"))
        return list_living_persons().filter(Exists(here.filter(Q(ends_on=None) | ~Exists(other))))
    # One join with what is worked out once: as `EXISTS` of each person PostgreSQL asked the rights
    # anew for every one of them.
    stays, left = (rows.order_by().values("person") for rows in _belongings(where))
    return list_living_persons().filter(pk__in=stays.union(left, all=True))


def find_visible_person(user: Actor, public_id: UUID, codename: str = VIEW) -> Person:
    """Return the record.

    Raises `NotFound` to those who may not see it, and `Forbidden` (naming the roles) to those who
    may only look. The address of a merged record finds it too, if its survivor may be seen. The
    page then redirects there.
    """
    person = (
        Person.objects.select_related("user", "merged_into").filter(public_id=public_id).first()
    )
    if person is None:
        raise NotFound
    seen = find_surviving_person(person)
    if codename != VIEW and list_visible_people(user, codename).filter(pk=seen.pk).exists():
        return person
    if not list_visible_people(user).filter(pk=seen.pk).exists():
        raise NotFound
    if codename != VIEW:
        raise Forbidden(roles_needed=[str(role.label) for role in registry.roles_with(codename)])
    return person


def require_person(user: Actor, codename: str, person: Person) -> None:
    """Return if *user* may do *codename* on the record, and otherwise raise as
    `find_visible_person` does.
    """
    if getattr(user, "is_superuser", False) and user.is_active:
        return
    find_visible_person(user, person.public_id, codename)


def list_filtered_people(
    user: Actor,
    *,
    name: str = "",
    union: OrgUnit | None = None,
    employer: Employer | None = None,
    status: str = "",
    reached: Held | None = None,
) -> QuerySet[Person]:
    """Return the people that *user* may see, filtered and ordered by name.

    Each has `open_memberships` and `open_employments` (lists).
    """
    people = filter_persons_by_name(list_visible_people(user, reached=reached), name)
    of_person = Membership.objects.filter(person=OuterRef("pk"))
    is_open = Exists(of_person.filter(ends_on=None))
    if union is not None:
        people = people.filter(
            Exists(of_person.filter(ends_on=None, org_unit__path__startswith=union.path))
        )
    if employer is not None:
        jobs = Employment.objects.filter(person=OuterRef("pk"), ends_on=None)
        people = people.filter(Exists(jobs.filter(Q(employer=employer) | Q(works_at=employer))))
    if status == "left":
        people = people.filter(~is_open)
    elif status in STATUSES:
        people = people.filter(Exists(of_person.filter(ends_on=None, standing=status)))
    return prefetch_list_columns(people)


def prefetch_list_columns(people: QuerySet[Person]) -> QuerySet[Person]:
    """Return *people* ordered by name, with the memberships and employments that a list shows."""
    return people.order_by(*BY_NAME).prefetch_related(
        Prefetch(
            "memberships",
            Membership.objects.filter(ends_on=None).select_related("org_unit"),
            to_attr="open_memberships",
        ),
        Prefetch(
            "employments",
            Employment.objects.filter(ends_on=None).select_related("employer", "works_at"),
            to_attr="open_employments",
        ),
    )


@dataclass(frozen=True, slots=True)
class Belongings:
    """The memberships and employments of one person, newest first."""

    memberships: Sequence[Membership]
    employments: Sequence[Employment]

    @property
    def membership(self) -> Membership | None:
        """Return the open membership."""
        return next((row for row in self.memberships if row.ends_on is None), None)


def load_belongings(person: Person) -> Belongings:
    """Return memberships and employments with their dates. Two queries."""
    return Belongings(
        list(
            Membership.objects.filter(person=person)
            .select_related("org_unit")
            .order_by("-starts_on", "-pk")
        ),
        list(
            Employment.objects.filter(person=person)
            .select_related("employer", "works_at")
            .order_by("-starts_on", "-pk")
        ),
    )


def list_identity_documents(person: Person) -> list[IdentityDocument]:
    """Return the identity documents, to be shown masked. One query."""
    return list(
        IdentityDocument.objects.filter(person=person).select_related("person").order_by("kind")
    )


def account_has_roles(person: Person) -> bool:
    """Say whether the person's account holds a role today."""
    return person.user is not None and roles_of(person.user).exists()


def list_rights_on_person(user: Actor, person: Person, codenames: Sequence[str]) -> frozenset[str]:
    """Return which of *codenames* *user* may do on the record, for the buttons. One query for
    each.
    """
    if getattr(user, "is_superuser", False):
        return frozenset(codenames)
    return frozenset(
        name for name in codenames if list_visible_people(user, name).filter(pk=person.pk).exists()
    )


# ---- double records ----


def list_duplicate_pairs(
    user: Actor, state: str = PairState.OPEN, *, reached: Held | None = None
) -> QuerySet[SuspectedPair]:
    """Return the pairs for which *user* may propose merges on at least one side, with both
    records, the highest score first.
    """
    rows = (
        SuspectedPair.objects.filter(state=state)
        .select_related("first", "second")
        .order_by("-score", "pk")
    )
    if getattr(user, "is_superuser", False):
        return rows
    mine = (reached or reach_of(user, PROPOSE))[PROPOSE]
    return rows.filter(_belongs(mine, "first", "second"))


def rows_to_open(
    user: Actor, rows: Sequence[SuspectedPair | MergeProposal], codenames: Sequence[str]
) -> frozenset[int]:
    """Return the primary keys of *rows* that *user* may open, which is when both records are
    within reach for one of *codenames*.

    A list also shows pairs with one record in another union, so that people know of them. One query
    for each of *codenames*.
    """
    sides = {
        row.pk: frozenset(
            (row.first_id, row.second_id)
            if isinstance(row, SuspectedPair)
            else (row.keep_id, row.gone_id)
        )
        for row in rows
    }
    persons = frozenset[int]().union(*sides.values())
    if not persons:
        return frozenset()
    reached = [
        frozenset(
            list_visible_people(user, codename).filter(pk__in=persons).values_list("pk", flat=True)
        )
        for codename in codenames
    ]
    return frozenset(pk for pk, both in sides.items() if any(both <= within for within in reached))


def find_duplicate_pair(user: Actor, public_id: UUID) -> SuspectedPair:
    """Return the pair if *user* may propose merges for both records.

    Raises `Forbidden` if they may only see both, and otherwise `NotFound`.
    """
    row = (
        SuspectedPair.objects.select_related("first", "second").filter(public_id=public_id).first()
    )
    if row is None:
        raise NotFound
    sides = (row.first_id, row.second_id)
    if list_visible_people(user, PROPOSE).filter(pk__in=sides).count() != len(sides):
        raise (
            missing_right_error(PROPOSE)
            if list_visible_people(user).filter(pk__in=sides).count() == len(sides)
            else NotFound
        )
    return row


def list_merge_proposals(
    user: Actor, state: str = MergeState.PROPOSED, *, reached: Held | None = None
) -> QuerySet[MergeProposal]:
    """Return the proposals that *user* may decide or has made, newest first."""
    rows = (
        MergeProposal.objects.filter(state=state)
        .select_related("keep", "gone", "proposed_by", "decided_by")
        .order_by("-pk")
    )
    if getattr(user, "is_superuser", False):
        return rows
    return rows.filter(
        Q(_belongs((reached or reach_of(user, APPROVE))[APPROVE], "keep"))
        | Q(proposed_by_id=account_id(user))
    )


def list_decidable_merges(user: Actor) -> QuerySet[MergeProposal]:
    """Return the proposals that *user* may decide as the second person.

    Both records must be in their unions. They may not have proposed the merge, and neither record
    may be their own.
    """
    rows = (
        MergeProposal.objects.filter(state=MergeState.PROPOSED)
        .select_related("keep", "gone", "proposed_by")
        .order_by("-pk")
    )
    # An account without a record must not make the comparison NULL.
    rows = (
        rows.exclude(proposed_by_id=user.pk)
        .exclude(keep__user_id=user.pk)
        .exclude(gone__user_id=user.pk)
    )
    if getattr(user, "is_superuser", False):
        return rows
    mine = list_visible_people(user, APPROVE).values("pk")
    return rows.filter(keep__in=mine, gone__in=mine)


def list_home_unions(person: Person) -> list[OrgUnit]:
    """Return the unions that are responsible for the record (as in `list_visible_people`).

    These are the unions of open memberships, or if there are none, those that the person left.
    """
    rows = list(Membership.objects.filter(person=person).select_related("org_unit").order_by("pk"))
    return [row.org_unit for row in rows if row.ends_on is None] or [row.org_unit for row in rows]


def list_merge_deciders(proposal: MergeProposal) -> list[Any]:
    """Return the accounts that may decide about *proposal*, which hold the right over both records
    and have no part in it.
    """
    able: list[dict[int, Any]] = [
        {
            held.assignment.user_id: held.assignment.user
            for unit in list_home_unions(person)
            for held in who_may(APPROVE, unit)
        }
        for person in (proposal.keep, proposal.gone)
    ]
    out = {proposal.proposed_by_id, proposal.keep.user_id, proposal.gone.user_id}
    return [user for pk, user in sorted(able[0].items()) if pk in able[1] and pk not in out]


def find_merge_proposal(user: Actor, public_id: UUID) -> MergeProposal:
    """Return the proposal, or raise `NotFound`.

    *user* must hold the right to approve, or the right to propose, over the survivors of both
    records.
    """
    row = (
        MergeProposal.objects.select_related(
            "keep__user", "gone__user", "proposed_by", "decided_by"
        )
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotFound
    sides = {find_surviving_person(row.keep).pk, find_surviving_person(row.gone).pk}
    may = list_visible_people(user, APPROVE).filter(pk__in=sides).count() == len(
        sides
    ) or list_visible_people(user, PROPOSE).filter(pk__in=sides).count() == len(sides)
    if not may:
        raise NotFound
    return row


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A record that may be the person about to be recorded. *public_id* is None where the viewer
    may not see the record.
    """

    name: str
    birth_year: int | None
    mobile: str
    union: str
    public_id: UUID | None


def find_lookalikes(
    user: Actor, *, name: str, birth: Any, mobile: str, id_kind: str, number: str
) -> list[Lookalike]:
    """Return records like the one about to be saved. Of records that *user* may not see, only
    masked values are returned.
    """
    found = likely_duplicates(name=name, birth=birth, mobile=mobile, id_kind=id_kind, number=number)
    seen = set(
        list_visible_people(user)
        .filter(pk__in=[person.pk for person in found])
        .values_list("pk", flat=True)
    )
    rows = []
    for person in found:
        own = person.pk in seen
        unit = (
            OrgUnit.objects.filter(memberships__person=person, memberships__ends_on=None).first()
            if own
            else None
        )
        rows.append(
            Lookalike(
                name=person.name if own else person.masked_name,
                birth_year=person.birth.year if person.birth else None,
                mobile=person.masked_mobile,
                union=str(unit or ""),
                public_id=person.public_id if own else None,
            )
        )
    return rows
