"""Queries about people."""

from people.queries.person import (
    IdentityLook,
    filter_persons_by_name,
    find_by_number,
    find_surviving_person,
    known_hashes,
    likely_duplicates,
    list_living_persons,
    looks_at,
    person_by_identity,
    person_of,
)

__all__ = [
    "IdentityLook",
    "filter_persons_by_name",
    "find_by_number",
    "find_surviving_person",
    "known_hashes",
    "likely_duplicates",
    "list_living_persons",
    "looks_at",
    "person_by_identity",
    "person_of",
]
