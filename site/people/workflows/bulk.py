"""Writes about many persons at a time.

They write the same rows as `people.workflows.person` writes one by one, in a few statements. A
property test compares the two.

The caller has read every row with the rules of `people.rules`, holds a transaction, and writes one
audit event for the batch.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value

from core import clock
from core.bulk import build_like, insert_select
from people.models import IdentityDocument, Person, SuspectedPair

PERSON = ("public_id", "name", "name_key", "pinyin_key", "name_order", "birth", "sex", "mobile")
DOCUMENT = ("number_encrypted", "number_hash", "newest_hash", "tail")
DELETE_AT_ONCE = 500


def build_unsaved_document(
    *, public_id: Any, name: str, kind: str, number: str
) -> IdentityDocument:
    """Return an unsaved document with an unsaved person.

    The look-up keys are set, and the number is encrypted for that person. Nothing is written.
    """
    nobody, nothing = _prototypes()
    person = build_like(nobody, public_id=public_id, name=name)
    person.set_search_key()
    document = build_like(nothing, kind=kind, tail=number[-4:])
    document.person = person
    document.keep(number)
    return document


@cache
def _prototypes() -> tuple[Person, IdentityDocument]:
    return Person(), IdentityDocument()


def record_persons(*, source: QuerySet[Any], key_name: str) -> int:
    """Record one person with an identity document for each row of *source*, and return how many.

    *source* has the columns of `PERSON` and `DOCUMENT`, and `id_kind`. *key_name* names the key
    that encrypted them. A number that is recorded already breaks the unique constraint, and with it
    the caller's transaction.
    """
    made = insert_select(Person, source, {name: F(name) for name in PERSON})
    person = Subquery(Person.objects.filter(public_id=OuterRef("public_id")).values("pk")[:1])
    columns: dict[str, Any] = {name: F(name) for name in DOCUMENT} | {
        "kind": F("id_kind"),
        "person": F("made_person"),
    }
    insert_select(
        IdentityDocument,
        source.annotate(made_person=person),
        columns | {"key_name": Value(key_name)},
    )
    return made


def set_mobiles(*, source: QuerySet[Any], column: str) -> int:
    """Give each person of *source* (`person_id`) the mobile number in *column*, and return how
    many.

    Accounts keep their own number, so leave persons with an account out.
    """
    value = source.filter(person_id=OuterRef("pk")).values(column)[:1]
    people = Person.objects.filter(pk__in=source.values("person_id"))
    return people.update(mobile=Subquery(value), updated_at=clock.now())


def remove_persons(*, pks: list[int]) -> None:
    """Remove persons to whom nothing refers but their documents and suspected pairs, which are
    removed too.

    The caller has checked that. A row that refers to one all the same breaks the constraint, and
    with it the caller's transaction.
    """
    for at in range(0, len(pks), DELETE_AT_ONCE):
        chunk = pks[at : at + DELETE_AT_ONCE]
        pairs = SuspectedPair.objects.filter(Q(first__in=chunk) | Q(second__in=chunk))
        for rows in (
            pairs,
            IdentityDocument.objects.filter(person__in=chunk),
            Person.objects.filter(pk__in=chunk),
        ):
            _delete(rows)


def _delete(rows: Any) -> None:
    """Delete without asking each of the many tables that could refer to a person.

    The constraint checks them all at the end.
    """
    rows._raw_delete(rows.db)
