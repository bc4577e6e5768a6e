"""The officer's acts on employers.

They need the right to manage a union to which the employer belongs or belonged.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from access import registry
from access.checks import require
from core.actors import Actor
from core.errors import Forbidden
from office.queries.units import MANAGE, employers_visible_to
from org.models import Employer, EmployerChange, OrgUnit
from org.workflows import employers, unit


def require_employer(actor: Actor, employer: Employer) -> None:
    """Return if *actor* manages a union of *employer*, and otherwise raise `Forbidden` with the
    roles that may.
    """
    if not employers_visible_to(actor, codename=MANAGE).filter(pk=employer.pk).exists():
        raise Forbidden(
            "no_union_of_his",
            _("Employers are managed by the administrators of their unions."),
            roles_needed=[str(role.label) for role in registry.roles_with(MANAGE)],
        )


@transaction.atomic
def create_employer_as_officer(
    *, actor: Actor, union: OrgUnit, name: str, **fields: Any
) -> Employer:
    """Record an employer of *union*."""
    require(actor, MANAGE, union)
    return unit.create_employer(actor=actor, name=name, unions=(union,), **fields)


@transaction.atomic
def change_employer_as_officer(*, actor: Actor, employer: Employer, **fields: Any) -> Employer:
    """Change plain facts of *employer*."""
    require_employer(actor, employer)
    return employers.change_employer(actor=actor, employer=employer, **fields)


@transaction.atomic
def rename_employer_as_officer(
    *,
    actor: Actor,
    employer: Employer,
    name: str,
    reason: str,
    on: date | None,
    document_no: str = "",
) -> EmployerChange:
    """Give *employer* a new name from a day, or correct the present one."""
    require_employer(actor, employer)
    return employers.rename_employer(
        actor=actor, employer=employer, name=name, reason=reason, on=on, document_no=document_no
    )


@transaction.atomic
def link_employer_as_officer(
    *, actor: Actor, employer: Employer, union: OrgUnit, on: date, reason: str = ""
) -> None:
    """Link *employer* to *union* as well."""
    require_employer(actor, employer)
    require(actor, MANAGE, union)
    employers.link_employer(actor=actor, employer=employer, unit=union, on=on, reason=reason)


@transaction.atomic
def unlink_employer_as_officer(
    *, actor: Actor, employer: Employer, union: OrgUnit, on: date, reason: str
) -> None:
    """End the link of *employer* to *union*."""
    require(actor, MANAGE, union)
    employers.unlink_employer(actor=actor, employer=employer, unit=union, on=on, reason=reason)


@transaction.atomic
def merge_employers_as_officer(
    *,
    actor: Actor,
    employer: Employer,
    into: Employer,
    on: date,
    reason: str,
    document_no: str = "",
) -> EmployerChange:
    """Merge *employer* into *into*, which needs the right over both."""
    require_employer(actor, employer)
    require_employer(actor, into)
    return employers.merge_employers(
        actor=actor, employer=employer, into=into, on=on, reason=reason, document_no=document_no
    )
