"""Repair the paths of the tree where they are wrong, for example after a restored backup or a
manual change in the database.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Length

import audit
from core import locks
from core.actors import Actor
from org.models import OrgUnit
from org.queries.soundness import TreeDrift, find_tree_drift
from org.workflows.unit import TREE_LOCK


@transaction.atomic
def repair_tree(*, actor: Actor) -> list[TreeDrift]:
    """Correct depths and numbers of children, and place unions whose parent is missing under the
    nearest one that is left.

    Returns what is still wrong, such as levels and members of ended unions. People have to decide
    about those.
    """
    locks.acquire_named_lock(TREE_LOCK)
    before = find_tree_drift()
    for code in [finding.code for finding in before if finding.kind == "tree_orphan"]:
        _hang_anew(OrgUnit.objects.get(code=code))
    for unit in OrgUnit.objects.order_by("path"):
        depth = len(unit.path) // OrgUnit.steplen
        numchild = _children(unit.path).count()
        if (unit.depth, unit.numchild) != (depth, numchild):
            OrgUnit.objects.filter(pk=unit.pk).update(depth=depth, numchild=numchild)
    if before:
        root = OrgUnit.objects.order_by("path")[0]
        audit.record(
            "org.tree_repaired",
            actor=actor,
            target=root,
            before={"drift": [f"{row.kind} {row.code}" for row in before]},
        )
    return find_tree_drift()


def _children(path: str) -> QuerySet[OrgUnit]:
    return OrgUnit.objects.alias(signs=Length("path")).filter(
        path__startswith=path, signs=len(path) + OrgUnit.steplen
    )


def _hang_anew(unit: OrgUnit) -> None:
    step = OrgUnit.steplen
    if OrgUnit.objects.filter(path=unit.path[:-step]).exists():
        return  # came along with the one above it
    paths = [unit.path[:end] for end in range(len(unit.path) - 2 * step, 0, -step)]
    above = OrgUnit.objects.filter(path__in=paths).order_by("-path").first()
    base = above.path if above else ""
    taken = _children(base).order_by("-path").first()
    last = OrgUnit._str2int(taken.path[-step:]) if taken else 0
    new = OrgUnit._get_path(base, len(base) // step + 1, last + 1)
    for row in OrgUnit.objects.filter(path__startswith=unit.path):
        OrgUnit.objects.filter(pk=row.pk).update(path=new + row.path[len(unit.path) :])
