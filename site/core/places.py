"""List the places of the site, which are those on the navigation bar for everybody and those where
a person's roles let them work.

Apps register their working places in `AppConfig.ready()`, and this module knows none of them. A
place that needs a codename is shown to people who hold it anywhere. The view behind it still asks
`access`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from core.actors import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class WorkingPlace:
    """One entry of a menu. Empty *codenames* mean everybody signed in, otherwise holding one of
    them is enough.

    With *role_only*, superusers aren't shown it (the record watches them too).
    """

    key: str
    label: str | _StrPromise
    url_name: str
    codenames: frozenset[str] = frozenset()
    order: int = 100
    role_only: bool = False

    @property
    def href(self) -> str:
        """Return the address, or an empty string where this installation has no such page."""
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return ""


# The shop front. Wagtail serves some of these paths, so they are paths and not URL names.
TRAINING, NEWS = "/training/", "/news/"
PUBLIC: tuple[tuple[str, str | _StrPromise], ...] = (
    ("/", _("Home")),
    (TRAINING, _("Training")),
    ("/competitions/", _("Competitions")),
    ("/verify/", _("Verify a certificate")),
    ("/honours/", _("Craftsmen")),
    ("/search/", _("Search")),
)

_working: dict[str, WorkingPlace] = {}
_held: list[Callable[[Any], Iterable[str]]] = []


def register_place(
    key: str,
    label: str | _StrPromise,
    *,
    url_name: str,
    codenames: Iterable[str] = (),
    order: int = 100,
    role_only: bool = False,
) -> None:
    """Declare a working place, which people who hold one of *codenames* anywhere see. A second
    call replaces the first.
    """
    _working[key] = WorkingPlace(key, label, url_name, frozenset(codenames), order, role_only)


def set_codename_source(held: Callable[[Any], Iterable[str]]) -> None:
    """Set the function that returns the codenames a user holds anywhere (`access` provides it,
    with one query).
    """
    _held[:] = [held]


def remember_codenames(request: HttpRequest, codenames: Iterable[str]) -> None:
    """Keep the held codenames that a view has read already for the menu of this request, so that
    the menu won't ask again.
    """
    request.held_codenames = frozenset(codenames)  # type: ignore[attr-defined]  # ours, read by `core.context_processors`


def working_places(user: Actor | None, held: Iterable[str] | None = None) -> list[WorkingPlace]:
    """Return the places *user* may work at, in order. Superusers see all of them except those for
    holders of a role alone.

    *held* are the codenames the user holds, if they are known already. Otherwise they are read.
    """
    if not getattr(user, "is_authenticated", False):
        return []
    everything = bool(getattr(user, "is_superuser", False))
    if held is None:
        held = () if everything or not _held else _held[0](user)
    may = frozenset(held)
    return [
        place
        for place in sorted(_working.values(), key=lambda place: (place.order, place.key))
        if ((everything and not place.role_only) or not place.codenames or may & place.codenames)
        and place.href
    ]


@dataclass(frozen=True, slots=True)
class Bar:
    """The working places that fit on the bar of a desktop screen, and the rest, which is behind
    one word.
    """

    shown: list[WorkingPlace]
    more: list[WorkingPlace]


def fit_places_on_bar(places: Iterable[WorkingPlace], fit: int = 7) -> Bar:
    """Return the first *fit* places that need a role, and the rest. A single remaining place is
    never hidden.
    """
    working = [place for place in places if place.codenames]
    cut = len(working) if len(working) <= fit + 1 else fit
    return Bar(working[:cut], working[cut:])
