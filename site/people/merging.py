"""What happens to rows that point at a person when two records become one (ADR 0015).

Every foreign key to `Person` in the whole project is registered here by the app that owns it, in `AppConfig.ready()`; an architecture
test finds the ones that are not. A registered reference can say that it is in the way (a sentence that names the thing), and moves its
rows from the record that goes to the record that stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_by
from typing import TYPE_CHECKING, Any

from django.apps import apps

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from people.models import Person

    Obstacles = Callable[[Person, Person], list[str]]
    Move = Callable[[Person, Person, Mapping[str, str]], int]


@dataclass(frozen=True, slots=True)
class Reference:
    """One foreign key to Person: *model* (`app.Model`) and *field*, and what to do with it.

    *together*: further fields that must differ, because the table allows each person only one row for each of their values.
    *is_in_force*: look-ups for the rows that count in that rule. *says* makes the sentence for a row in the way.
    *move* replaces the plain UPDATE. *label* is what the rows are called in the list of what moves.
    """

    model: str
    field: str
    label: str | _StrPromise
    together: tuple[str, ...] = ()
    is_in_force: Mapping[str, Any] = made_by(default_factory=dict)
    says: Callable[[Any], str] | None = None
    move: Move | None = None
    obstacles: Obstacles | None = None

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
            held = (
                {tuple(row) for row in self.rows(keep).filter(**self.is_in_force).values_list(*self.together)} if self.together else set()
            )
            for row in self.rows(gone).filter(**self.is_in_force):
                if tuple(getattr(row, row._meta.get_field(name).attname) for name in self.together) in held:
                    found.append(self.says(row))
        return found

    def repoint(self, keep: Person, gone: Person, picks: Mapping[str, str]) -> int:
        """Move the rows; return how many."""
        if self.move:
            return self.move(keep, gone, picks)
        moved: int = self.rows(gone).update(**{self.field: keep})
        return moved


_references: dict[str, Reference] = {}
STAYS = "stays"


def register(reference: Reference) -> None:
    """Declare one foreign key to Person. A second call for the same key replaces the first."""
    _references[reference.key] = reference


def plain(model: str, fields: Sequence[str], label: str | _StrPromise) -> None:
    """Declare references whose rows simply move along."""
    for name in fields:
        register(Reference(model, name, label))


def leave(model: str, fields: Sequence[str], label: str | _StrPromise) -> None:
    """Declare references that go on pointing at the tombstone, because they tell what was true of that record."""
    for name in fields:
        register(Reference(model, name, label, move=lambda _keep, _gone, _picks: 0))


def references() -> list[Reference]:
    """Return all, by key."""
    return [_references[key] for key in sorted(_references)]
