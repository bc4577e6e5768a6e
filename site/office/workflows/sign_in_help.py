"""Help by an officer with signing in, which is a code for the first sign-in, an end to a pause, or
removing a lost second factor.

Anyone who makes a code for an account can enter it, so an account that holds roles is helped only
by people who may give these roles.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from core.errors import DomainError, Forbidden
from office import people_grants as grants
from office.queries.people import account_has_roles, list_visible_people, require_person
from people.models import Person
from people.workflows import codes, credentials
from people.workflows.person import require_long_reason


def _helped(actor: Actor, person: Person) -> Any:
    """Return the account of *person* if *actor* may help with it."""
    require_person(actor, grants.ACCOUNT, person)
    user = person.user
    if user is None or not user.is_active:
        raise DomainError("no_account", _("There is no open account. Open one first."))
    if user.pk == getattr(actor, "pk", None):
        raise DomainError(
            "own_account", _("You can't do this for yourself. Ask another administrator.")
        )
    if (user.is_superuser or user.is_staff) and not getattr(actor, "is_superuser", False):
        raise Forbidden
    if (
        account_has_roles(person)
        and not list_visible_people(actor, "access.grant_role").filter(pk=person.pk).exists()
    ):
        raise DomainError(
            "account_has_roles",
            _("This account holds roles. Ask the union administrator to handle it."),
        )
    return user


@transaction.atomic
def make_code(*, actor: Actor, person: Person, by_sms: bool) -> str:
    """Make the code for the first sign-in, and return it to be shown once. It also helps after
    everything was lost.
    """
    return codes.make_activation(actor=actor, user=_helped(actor, person), by_sms=by_sms)[1]


@transaction.atomic
def unlock_account_as_officer(*, actor: Actor, person: Person, reason: str) -> None:
    """End the pause after too many wrong attempts."""
    credentials.end_sign_in_pause(
        actor=actor, user=_helped(actor, person), reason=require_long_reason(reason)
    )


@transaction.atomic
def clear_factors_as_officer(*, actor: Actor, person: Person, reason: str) -> None:
    """Remove the second factors, after the office has checked who asks."""
    credentials.clear_factors(
        actor=actor, user=_helped(actor, person), reason=require_long_reason(reason)
    )
