"""Spreadsheets of unions and workers. Rosters go through the engine of `imports`; a union tree is
checked and applied at once.

`kind` what the engine is told · `columns` what we look for · `upload` · `rows` what a row says ·
`effects` what applying would do · `apply` all good rows in one transaction · `undo` within a week ·
`tree`.
"""

from __future__ import annotations

from core.actors import Actor
from imports.workflows import apply as applying
from imports.workflows.error_workbook import build_error_workbook
from imports.workflows.undo import undo_import
from office.enums import ImportKind
from office.models import SheetImport
from office.workflows.importing.tree import apply_tree, check_tree, tree_error_workbook
from office.workflows.importing.upload import (
    choose_unions,
    discard_import,
    receive_roster,
    start_check,
    template_workbook,
)

__all__ = [
    "apply_import",
    "apply_tree",
    "check_tree",
    "choose_unions",
    "discard_import",
    "error_workbook",
    "receive_roster",
    "start_check",
    "template_workbook",
    "undo_import",
]


def apply_import(*, actor: Actor, run: SheetImport) -> SheetImport:
    """Apply a checked tree at once, or a checked roster in the background."""
    return (
        apply_tree(actor=actor, run=run)
        if run.kind == ImportKind.TREE
        else applying.apply_import(actor=actor, run=run)
    )


def error_workbook(run: SheetImport) -> bytes:
    """Return the rows to mend as a workbook that can be sent again by itself."""
    return tree_error_workbook(run) if run.kind == ImportKind.TREE else build_error_workbook(run)
