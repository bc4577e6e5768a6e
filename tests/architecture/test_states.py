"""States move only through `core.states.move()`."""

from __future__ import annotations

import ast

from tests.architecture.sources import ROOT, calls, modules, place, tree

# Each with its reason.
MAY_ASSIGN = {
    "site/core/states.py": "the one place",
}
MAY_WRITE_DICT = {
    "site/core/states.py": "rows carry what a conditional UPDATE has just written",
    "site/core/bulk.py": "new instances, which have no state yet that anything could have moved",
}
MAY_UPDATE = {
    "site/core/states.py": "the one place",
    "site/jobs": "items are claimed by one conditional UPDATE with a lease; there is no object to move",
    "site/notify/workflows/waiting.py": "deliveries are rows of a queue under a lease, as in jobs (ADR 20); one conditional UPDATE decides",
    "site/api/delivery.py": "deliveries to webhooks are such a queue too",
    "site/api/webhooks.py": "as in notify/workflows/waiting.py: what waits is dropped, what is settled waits again",
}


def excused(path: object, excuses: dict[str, str]) -> bool:
    name = str(path)
    return any(name == excuse or name.startswith(f"{excuse}/") for excuse in excuses)


def test_state_is_assigned_nowhere_else() -> None:
    breaches = []
    for path in modules():
        if excused(path.relative_to(ROOT), MAY_ASSIGN):
            continue
        for node in ast.walk(tree(path)):
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AugAssign | ast.AnnAssign)
                else []
            )
            # Also one of several: `item.state, item.lease = …`.
            breaches += [
                place(path, node)
                for target in targets
                for one in ast.walk(target)
                if isinstance(one, ast.Attribute)
                and isinstance(one.ctx, ast.Store)
                and one.attr == "state"
            ]
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "setattr"
                and len(node.args) > 1
            ):
                name = node.args[1]
                breaches += (
                    [place(path, node)]
                    if isinstance(name, ast.Constant) and name.value == "state"
                    else []
                )
    assert breaches == []


def test_state_is_updated_in_bulk_nowhere_else() -> None:
    breaches = [
        place(path, call)
        for path in modules()
        if not excused(path.relative_to(ROOT), MAY_UPDATE)
        for call in calls(path)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("update", "bulk_update", "update_or_create")
        and any(keyword.arg == "state" for keyword in call.keywords)
    ]
    assert breaches == []


def test_nobody_writes_past_the_fields_of_a_row() -> None:
    """`vars(row).update(…)` and `row.__dict__.update(…)` change a state, too, and hide it from the
    tests above.
    """
    breaches = [
        place(path, call)
        for path in modules()
        if not excused(path.relative_to(ROOT), MAY_WRITE_DICT)
        for call in calls(path)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("update", "__setitem__", "setdefault")
        and _is_dict_of(call.func.value)
    ]
    breaches += [
        place(path, node)
        for path in modules()
        if not excused(path.relative_to(ROOT), MAY_WRITE_DICT)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and _is_dict_of(node.value)
    ]
    assert breaches == []


def _is_dict_of(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "vars"
    return isinstance(node, ast.Attribute) and node.attr == "__dict__"
