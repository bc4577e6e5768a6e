"""Show an officer the templates in force for a union, and the earlier versions."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from access.queries import permitted
from certification.enums import CertificateKind
from certification.grants import EDIT_TEMPLATE
from certification.models import CertificateTemplate
from core.actors import Actor
from org.models import OrgUnit

_PICTURES = ("seal", "signature", "second_signature")


@dataclass(frozen=True, slots=True)
class InForce:
    """One kind of certificate at one union, with the template that would be used today, or None."""

    kind: CertificateKind
    template: CertificateTemplate | None
    inherited: bool
    """It belongs to a union above, or to the house."""


def list_template_unions(user: Actor) -> QuerySet[OrgUnit]:
    """Return the unions whose templates *user* may change, the topmost first."""
    return permitted(user, EDIT_TEMPLATE, OrgUnit.objects.order_by("depth", "path"))


def list_templates_in_force(org: OrgUnit) -> list[InForce]:
    """Return for each kind of certificate the template that *org* uses. One query."""
    above = [org.path[:end] for end in range(len(org.path), 0, -org.steplen)]
    rows = (
        CertificateTemplate.objects.filter(Q(org=None) | Q(org__path__in=above))
        .select_related("org")
        .defer(*_PICTURES)
    )
    best: dict[str, CertificateTemplate] = {}
    for row in rows:
        known = best.get(row.kind)
        if known is None or _rank(row) > _rank(known):
            best[row.kind] = row
    return [
        InForce(
            kind, best.get(kind), (found := best.get(kind)) is not None and found.org_id != org.pk
        )
        for kind in CertificateKind
    ]


def list_template_versions(org: OrgUnit, kind: str) -> QuerySet[CertificateTemplate]:
    """Return *org*'s own versions of *kind*, newest first, each with `used`, the number of
    certificates that bear it.
    """
    rows = (
        CertificateTemplate.objects.filter(org=org, kind=kind)
        .select_related("made_by__person")
        .defer(*_PICTURES)
    )
    return rows.annotate(used=Count("certificates")).order_by("-version")


def find_visible_template(user: Actor, pk: int) -> CertificateTemplate | None:
    """Return the template *pk* if *user* may see it, or None.

    *user* may see the platform's templates, those of the unions whose templates they may change,
    and those that these unions inherit.
    """
    row = CertificateTemplate.objects.select_related("org").filter(pk=pk).first()
    if row is None or row.org is None:
        return row
    mine = list_template_unions(user)
    return (
        row if mine.filter(Q(pk=row.org_id) | Q(path__startswith=row.org.path)).exists() else None
    )


def _rank(row: CertificateTemplate) -> tuple[int, int]:
    return (len(row.org.path) if row.org else 0, row.version)
