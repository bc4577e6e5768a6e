"""What happens to rows that point at a person when two records become one (ADR 0015).

Every foreign key to `Person` in the whole project is registered here by the app that owns it, in
`AppConfig.ready()`. An architecture test finds the ones that are not. A registered reference can
say that it is in the way (in a sentence that names the thing). It moves its rows from the record
that goes to the record that stays.

Both records may have a row for one thing (a class, a competition, an honour) of which a person may
have only one. People then choose which of the two rows counts. The other is set aside by the app
that owns it and stays with the tombstone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_by
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Q

from core.actors import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from people.models import Person

    Obstacles = Callable[[Person, Person], list[str]]
    Move = Callable[[Person, Person, Mapping[str, str]], int]
    SetAside = Callable[..., None]

KEEP, GONE = "keep", "gone"
# What a person has one of and people choose about, though it is no field of the record itself.
ACCOUNT, UNION = "account", "union"


@dataclass(frozen=True, slots=True)
class Doubled:
    """How rows are handled that both records have for one thing.

    *title* names the thing and *describe* says what a row holds, both for people who choose.
    *set_aside* is called as `set_aside(actor=…, row=…, counts=…)` in the transaction of the merge.
    Afterwards *row* counts nowhere, and no constraint of its table sees it. *may_be_set_aside* says
    whether that is possible now. *counts_already* says whether a row counts today.
    """

    title: Callable[[Any], str]
    describe: Callable[[Any], str]
    set_aside: SetAside
    may_be_set_aside: Callable[[Any], bool] = lambda _row: True
    counts_already: Callable[[Any], bool] = lambda _row: True


@dataclass(frozen=True, slots=True)
class Pair:
    """The two rows that both records have for one thing.

    *must* says which row has to count (`KEEP`, `GONE`), or is empty if people choose.
    """

    key: str
    title: str
    keep: str
    gone: str
    must: str
    proposed: str


@dataclass(frozen=True, slots=True)
class Reference:
    """One foreign key to Person with its *model* (`app.Model`) and *field*, and what merging does
    to it.

    *together* names further fields that must differ, because the table allows each person only one
    row for each of their values. *is_in_force* are look-ups for the rows that count in that rule.
    *doubled* handles rows of both records with equal values. Where it is missing, or neither row
    may be set aside, *says* makes the sentence for a row in the way. *move* replaces the plain
    UPDATE. *label* is what the rows are called in the list of what moves.
    """

    model: str
    field: str
    label: str | _StrPromise
    together: tuple[str, ...] = ()
    is_in_force: Mapping[str, Any] = made_by(default_factory=dict)
    says: Callable[[Any], str] | None = None
    move: Move | None = None
    obstacles: Obstacles | None = None
    doubled: Doubled | None = None

    @property
    def key(self) -> str:
        """Return `app.Model.field`."""
        return f"{self.model}.{self.field}"

    def rows(self, person: Person) -> Any:
        """Return the rows of *person*."""
        return apps.get_model(self.model)._default_manager.filter(**{self.field: person})

    def in_the_way(self, keep: Person, gone: Person) -> list[str]:
        """Return a sentence for each row of *gone* that can't come beside one of *keep*."""
        found = self.obstacles(keep, gone) if self.obstacles else []
        if self.says:
            found += [
                self.says(of_gone)
                for of_keep, of_gone in self._doubled_rows(keep, gone)
                if self.doubled is None
                or not any(map(self.doubled.may_be_set_aside, (of_keep, of_gone)))
            ]
        return found

    def pairs(self, keep: Person, gone: Person) -> list[Pair]:
        """Return what both records have and people must choose about."""
        if self.doubled is None:
            return []
        return [
            self._pair(of_keep, of_gone, self.doubled)
            for of_keep, of_gone in self._doubled_rows(keep, gone)
        ]

    def repoint(self, keep: Person, gone: Person, picks: Mapping[str, str], *, actor: Actor) -> int:
        """Move the rows and return how many.

        Of rows that both records have, the one that *picks* doesn't name is set aside.
        """
        if self.move:
            return self.move(keep, gone, picks)
        aside = []
        if self.doubled is not None:
            for of_keep, of_gone in self._doubled_rows(keep, gone):
                counts, row = (
                    (of_keep, of_gone)
                    if picks[self._pair_key(of_gone)] == KEEP
                    else (of_gone, of_keep)
                )
                self.doubled.set_aside(actor=actor, row=row, counts=counts)
                aside.append(row.pk)
        rows = apps.get_model(self.model)._default_manager
        moved: int = self.rows(gone).exclude(pk__in=aside).update(**{self.field: keep})
        rows.filter(pk__in=aside).update(**{self.field: gone})
        return moved

    def _doubled_rows(self, keep: Person, gone: Person) -> list[tuple[Any, Any]]:
        """Return the rows of both records with equal values in *together*, in the order of the
        second's keys.
        """
        if not self.together:
            return []
        held = {
            self._values(row): row
            for row in self.rows(keep).filter(**self.is_in_force).order_by("pk")
        }
        rows = self.rows(gone).filter(**self.is_in_force).order_by("pk")
        return [(held[self._values(row)], row) for row in rows if self._values(row) in held]

    def titles(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the titles of what pairs with *keys* (as in `Pair.key`) are about, with one query.

        It doesn't matter which record has a row for it now.
        """
        if self.doubled is None or not self.together:
            return {}
        values = {
            key: key.removeprefix(f"{PAIR}:{self.key}:").split(":", len(self.together) - 1)
            for key in keys
        }
        complete = [
            dict(zip(self.together, parts, strict=True))
            for parts in values.values()
            if len(parts) == len(self.together)
        ]
        if not complete:
            return {}
        meant = Q(*(Q(**one) for one in complete), _connector=Q.OR)
        found = {
            self._pair_key(row): self.doubled.title(row)
            for row in apps.get_model(self.model)._default_manager.filter(meant)
        }
        return {key: found[key] for key in values if key in found}

    def _values(self, row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, row._meta.get_field(name).attname) for name in self.together)

    def _pair_key(self, row: Any) -> str:
        return ":".join([PAIR, self.key, *map(str, self._values(row))])

    def _pair(self, of_keep: Any, of_gone: Any, doubled: Doubled) -> Pair:
        free = [doubled.may_be_set_aside(row) for row in (of_keep, of_gone)]
        must = "" if all(free) else GONE if free[0] else KEEP
        counting = [doubled.counts_already(row) for row in (of_keep, of_gone)]
        proposed = must or (GONE if counting == [False, True] else KEEP)
        return Pair(
            self._pair_key(of_gone),
            doubled.title(of_gone),
            doubled.describe(of_keep),
            doubled.describe(of_gone),
            must,
            proposed,
        )


_references: dict[str, Reference] = {}
PAIR = "counts"
"""First part of the key under which a merge says which of two rows counts."""


def register_reference(reference: Reference) -> None:
    """Declare one foreign key to Person. A second call for the same key replaces the first."""
    _references[reference.key] = reference


def register_plain_references(model: str, fields: Sequence[str], label: str | _StrPromise) -> None:
    """Declare references whose rows simply move to the other record."""
    for name in fields:
        register_reference(Reference(model, name, label))


def register_unmoved_references(
    model: str, fields: Sequence[str], label: str | _StrPromise
) -> None:
    """Declare references that stay with the tombstone, because they say what was true of that
    record.
    """
    for name in fields:
        register_reference(Reference(model, name, label, move=lambda _keep, _gone, _picks: 0))


def list_person_references() -> list[Reference]:
    """Return all references, by key."""
    return [_references[key] for key in sorted(_references)]


def doubled_pairs(keep: Person, gone: Person) -> list[Pair]:
    """Return everything that both records have and of which only one may count."""
    return [pair for reference in list_person_references() for pair in reference.pairs(keep, gone)]


def titles_of(keys: Iterable[str]) -> dict[str, str]:
    """Return the titles of the things that *keys* of pairs name. One query for each kind of thing."""
    wanted = list(keys)
    titles: dict[str, str] = {}
    for reference in list_person_references():
        mine = [key for key in wanted if key.startswith(f"{PAIR}:{reference.key}:")]
        titles |= reference.titles(mine) if mine else {}
    return titles
