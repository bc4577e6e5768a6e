"""Queries that find persons by account, number or name, and that list who looked at an identity
number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from audit.models import Event
from core.actors import Actor, account_id
from core.text import search_key
from people import crypto
from people.enums import IdType
from people.models import FormerName, IdentityDocument, Person
from people.rules.identity import IdentityError, read_identity_number

LOOKED = ("people.identity_shown",)


@dataclass(frozen=True, slots=True)
class IdentityLook:
    """One event in which somebody looked at a full identity number, with who it was, when, and the
    reason given.
    """

    at: datetime
    who: str
    reason: str


def person_of(user: Actor) -> Person | None:
    """Return the person behind an account, or None (staff accounts need none)."""
    if not getattr(user, "is_authenticated", False):
        return None
    return Person.objects.filter(user=account_id(user)).first()


def list_living_persons() -> QuerySet[Person]:
    """Return all persons except the tombstones of merged records."""
    return Person.objects.filter(merged_into=None)


def find_surviving_person(person: Person) -> Person:
    """Return *person* itself, or the record it was merged into."""
    seen = {person.pk}
    while person.merged_into is not None and person.merged_into.pk not in seen:
        person = person.merged_into
        seen.add(person.pk)
    return person


def person_by_identity(kind: str, number: str, *, today: date) -> Person | None:
    """Return the person who holds the identity *number* of *kind*.

    Raises `IdentityError` if it can't be such a number. Rows under every listed key are found. A
    number that stayed with a tombstone leads to the record it was merged into.
    """
    return find_by_number(kind, read_identity_number(kind, number, today=today).number)


def find_by_number(kind: str, number: str) -> Person | None:
    """Return the person who holds *number*, already read by the rules for *kind*."""
    hashes = crypto.every_hash(kind, number)
    found = (
        IdentityDocument.objects.select_related("person__merged_into")
        .filter(Q(number_hash__in=hashes) | Q(newest_hash__in=hashes), kind=kind)
        .first()
    )
    return find_surviving_person(found.person) if found else None


def known_hashes(hashes: Iterable[str]) -> dict[str, int]:
    """Return a mapping from hash to the person who holds it, for those of *hashes* that are
    recorded under either column.

    Merged records are replaced by the record they were merged into. It is for bulk work and takes
    one query.
    """
    asked = set(hashes)
    rows = IdentityDocument.objects.filter(
        Q(number_hash__in=asked) | Q(newest_hash__in=asked)
    ).values_list("number_hash", "newest_hash", Coalesce("person__merged_into_id", "person_id"))
    return {value: person for old, new, person in rows for value in (old, new) if value in asked}


def filter_persons_by_name(people: QuerySet[Person], query: str) -> QuerySet[Person]:
    """Return those of *people* whose name, former name or sound (`zhangwq`, `zwq`) contains
    *query*.
    """
    key = search_key(query)
    if not key:
        return people.none() if query.strip() else people  # signs alone name nobody
    former = FormerName.objects.filter(person=OuterRef("pk"), name_key__contains=key)
    return people.filter(
        Q(name_key__contains=key) | Q(pinyin_key__contains=f" {key}") | Exists(former)
    )


def likely_duplicates(
    *, name: str, birth: date | None, mobile: str, id_kind: str, number: str, limit: int = 5
) -> list[Person]:
    """Return records that may be the person about to be recorded.

    They hold the number under another kind, or have the same name with the same date of birth or
    mobile.
    """
    found: dict[int, Person] = {}
    if number:
        for kind in IdType.values:
            if kind != id_kind and (person := _held(kind, number)):
                found[person.pk] = person
    key = search_key(name)
    alike = Q()
    if birth:
        alike |= Q(birth=birth)
    if mobile:
        alike |= Q(mobile=mobile)
    if key and alike:
        for person in list_living_persons().filter(alike, name_key=key).order_by("pk")[:limit]:
            found.setdefault(person.pk, person)
    return list(found.values())[:limit]


def _held(kind: str, number: str) -> Person | None:
    try:
        return find_by_number(kind, read_identity_number(kind, number, today=date.max).number)
    except IdentityError:
        return None


def looks_at(person: Person) -> list[IdentityLook]:
    """Return who saw the full identity number of *person*, newest first, for the person's own
    page, with one query.

    Looks at records that were merged into this one are included.
    """
    ids = [
        str(person.pk),
        *(str(pk) for pk in Person.objects.filter(merged_into=person).values_list("pk", flat=True)),
    ]
    rows = (
        Event.objects.filter(kind__in=LOOKED, target_type=Person._meta.label, target_id__in=ids)
        .select_related("actor")
        .order_by("-pk")
    )
    return [
        IdentityLook(at=row.at, who=str(row.actor or row.actor_label), reason=row.reason)
        for row in rows
    ]
