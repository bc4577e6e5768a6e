"""Decide which persons stay when an import is undone.

A person stays if any row of another app refers to them, or if an app names them here. Rows with a
foreign key to the person are found automatically (`office.workflows.importing.undo`). An app
that refers to persons in another way (an identifier in JSON, a file) registers a function in
`AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

Keep = Callable[[Sequence[int]], Mapping[int, str]]
_keeps: dict[str, Keep] = {}


def register_keep(key: str, keep: Keep) -> None:
    """Let *keep(persons)* name those of *persons* (keys) who must stay, each with a sentence that
    says why.
    """
    _keeps[key] = keep


def list_kept_persons(persons: Iterable[int]) -> dict[int, str]:
    """Return those of *persons* whom an app wants to stay, each with its sentence."""
    listed = list(persons)
    found: dict[int, str] = {}
    for key in sorted(_keeps):
        for person, sentence in _keeps[key](listed).items():
            found.setdefault(person, str(sentence))
    return found
