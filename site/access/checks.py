"""The permission checks that every workflow makes first."""

from __future__ import annotations

from django.db import models

from access import registry
from access.queries import allowed_site, permitted
from core.actors import Actor
from core.errors import Forbidden, NotFound


def is_allowed(actor: Actor | None, codename: str, scope: models.Model) -> bool:
    """Say whether *actor* may do *codename* on *scope* today."""
    if actor is not None and getattr(actor, "is_superuser", False) and actor.is_active:
        return True
    return permitted(actor, codename, type(scope)._default_manager.filter(pk=scope.pk)).exists()


def require(actor: Actor | None, codename: str, scope: models.Model) -> None:
    """Return if *actor* may do *codename* on *scope* and raise otherwise.

    Raises `NotFound` if the actor has no right at all on that scope, and `Forbidden` otherwise.
    `Forbidden.roles_needed` holds the labels of the roles that would do.
    """
    if is_allowed(actor, codename, scope):
        return
    if not permitted(actor, None, type(scope)._default_manager.filter(pk=scope.pk)).exists():
        raise NotFound
    raise missing_right_error(codename)


def require_anywhere(actor: Actor, codename: str, model: type[models.Model]) -> None:
    """Return if *actor* may do *codename* on at least one row of *model*, and raise `Forbidden`
    otherwise.

    It is for a desk that lists such rows.
    """
    if not permitted(actor, codename, model._default_manager.all()).exists():
        raise missing_right_error(codename)


def require_site(actor: Actor, codename: str) -> None:
    """Return if *actor* may do *codename* on the whole site, and raise `Forbidden` otherwise.

    Only the three administrators hold rights on the whole site.
    """
    if not allowed_site(actor, codename):
        raise missing_right_error(codename)


def missing_right_error(codename: str) -> Forbidden:
    """Return the `Forbidden` error that names the roles that hold *codename*."""
    return Forbidden(roles_needed=[str(role.label) for role in registry.roles_with(codename)])
