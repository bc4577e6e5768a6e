"""Queries about people."""

from people.queries.person import (
    Look,
    alive,
    find_by_number,
    known_hashes,
    likely_duplicates,
    looks_at,
    named,
    person_by_identity,
    person_of,
    survivor,
)

__all__ = [
    "Look",
    "alive",
    "find_by_number",
    "known_hashes",
    "likely_duplicates",
    "looks_at",
    "named",
    "person_by_identity",
    "person_of",
    "survivor",
]
