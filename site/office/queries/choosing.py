"""Find the union or employer that a typed word means.

It is found by name, former name or code among those within the officer's reach. If several match,
the page asks which one. Nothing is listed until somebody has typed, so a page costs the same
however many there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet

from org.enums import EmployerChangeKind
from org.models import Employer, EmployerChange, OrgUnit
from org.models.unit import name_words
from org.queries.history import was_called

ASKED_BACK = 12
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class MatchCandidate:
    """One match, with the text that tells it from others of the same name."""

    thing: Any
    beside: str


@dataclass(slots=True)
class NameMatch:
    """What a word means, which is one thing, several to choose from, or nothing at all.

    With *more*, not all matches are shown.
    """

    word: str
    thing: Any = None
    which: list[MatchCandidate] = field(default_factory=list)
    more: bool = False

    @property
    def nothing(self) -> bool:
        """Say whether something was typed that matches nothing within reach."""
        return bool(self.word) and self.thing is None and not self.which


def match_union(units: QuerySet[OrgUnit], word: str, key: str) -> NameMatch:
    """Return the union of *units* that *word* means, or *key* (its public identifier) while *word*
    names it. Four queries at most.
    """
    found = _meant(
        units, word, key, was_called, lambda unit: {unit.name, unit.short_name, unit.code}
    )
    steps = OrgUnit.steplen
    above = {unit.path[:-steps] for unit in (one.thing for one in found.which)}
    names = (
        dict(OrgUnit.objects.filter(path__in=above - {""}).values_list("path", "name"))
        if above - {""}
        else {}
    )
    found.which = [
        MatchCandidate(
            one.thing,
            " · ".join(filter(None, [one.thing.code, names.get(one.thing.path[:-steps], "")])),
        )
        for one in found.which
    ]
    return found


def match_employer(employers: QuerySet[Employer], word: str, key: str) -> NameMatch:
    """Return the employer that *word* or *key* means, by the same rule. Three queries at most."""
    found = _meant(
        employers, word, key, _employer_called, lambda employer: {employer.name, employer.uscc}
    )
    found.which = [MatchCandidate(one.thing, one.thing.uscc) for one in found.which]
    return found


def _employer_called(word: str) -> Q:
    former = EmployerChange.objects.filter(
        kind=EmployerChangeKind.RENAMED, annulled_at=None, old_name__icontains=word
    ).values("employer")
    return Q(name_key__contains=name_words(word)) | Q(uscc=word.upper()) | Q(pk__in=former)


def _meant(
    rows: QuerySet[M],
    word: str,
    key: str,
    called: Callable[[str], Q],
    spelled: Callable[[Any], set[str]],
) -> NameMatch:
    word = word.strip()
    if key:
        known = rows.filter(public_id=key).first() if _is_uuid(key) else None
        if known is not None and (not word or word == str(known)):
            return NameMatch(str(known), thing=known)
    if not word:
        return NameMatch("")
    found = list(rows.filter(called(word))[: ASKED_BACK + 1])
    exact = [one for one in found if word in spelled(one)]
    if len(found) > ASKED_BACK and not exact:
        # The one that is called exactly so may stand behind the first dozen.
        exact = list(rows.filter(called(word)).filter(Q(name=word))[:2])
    if len(found) == 1 or len(exact) == 1:
        one = exact[0] if len(exact) == 1 else found[0]
        return NameMatch(str(one), thing=one)
    return NameMatch(
        word,
        which=[MatchCandidate(one, "") for one in found[:ASKED_BACK]],
        more=len(found) > ASKED_BACK,
    )


def _is_uuid(key: str) -> bool:
    try:
        UUID(key)
    except ValueError:
        return False
    return True
