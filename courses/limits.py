"""Limit how often a check-in code may be guessed. Wrong codes are counted outside the workflow's
transaction, so that a refusal is remembered.
"""

from __future__ import annotations

from django.core.cache import cache

TRIES = 12
SECONDS = 300


def _key(person_id: int, session_id: int) -> str:
    return f"courses:code:{person_id}:{session_id}"


def has_too_many_codes(person_id: int, session_id: int) -> bool:
    """Say whether this worker has to wait."""
    return int(cache.get(_key(person_id, session_id), 0)) >= TRIES


def count_wrong_code(person_id: int, session_id: int) -> None:
    """Count one wrong code."""
    cache.add(_key(person_id, session_id), 0, SECONDS)
    cache.incr(_key(person_id, session_id))
