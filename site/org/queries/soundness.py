"""Check whether the tree of unions is consistent.

This covers paths, depths and numbers of children as treebeard needs them, and what our own rules
demand.
"""

from __future__ import annotations

from dataclasses import dataclass

from org.enums import LIVE
from org.models import Membership, OrgUnit


@dataclass(frozen=True, slots=True)
class TreeDrift:
    """One finding, with its kind, the union's code, the value found and the value expected. Kinds
    that begin with `tree_` can be repaired.
    """

    kind: str
    code: str
    found: str
    expected: str


def find_tree_drift() -> list[TreeDrift]:
    """Return everything that isn't as it should be, in the order of the tree. Two queries."""
    step = OrgUnit.steplen
    rows = list(
        OrgUnit.objects.order_by("path").values_list(
            "path", "depth", "numchild", "code", "level", "status"
        )
    )
    by_path = {row[0]: row for row in rows}
    children: dict[str, int] = {}
    for path, *_rest in rows:
        children[path[:-step]] = children.get(path[:-step], 0) + 1
    found: list[TreeDrift] = []
    for path, depth, numchild, code, level, status in rows:
        above = by_path.get(path[:-step])
        if len(path) % step:
            found.append(TreeDrift("path", code, path, f"a multiple of {step} signs"))
        elif depth != len(path) // step:
            found.append(TreeDrift("tree_depth", code, str(depth), str(len(path) // step)))
        if numchild != children.get(path, 0):
            found.append(
                TreeDrift("tree_numchild", code, str(numchild), str(children.get(path, 0)))
            )
        if len(path) > step and above is None:
            found.append(TreeDrift("tree_orphan", code, path, f"a union at {path[:-step]}"))
        if above and status in LIVE and level <= above[4]:
            found.append(TreeDrift("level", code, str(level), f"below {above[4]} of {above[3]}"))
        if above and status in LIVE and above[5] not in LIVE:
            found.append(TreeDrift("under_ended", code, above[5], f"{above[3]} to be active"))
    ended = (
        Membership.objects.filter(ends_on=None)
        .exclude(org_unit__status__in=LIVE)
        .values_list("org_unit__code", flat=True)
    )
    found.extend(
        TreeDrift("members_of_ended", code, "open memberships", "none")
        for code in sorted(set(ended))
    )
    return found
