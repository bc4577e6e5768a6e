"""Spreadsheets of unions and workers, in four steps: send, match the columns, look at the dry run,
take over; undo within a week.

`columns` what we look for · `sending` take in, match, throw away · `checking` the dry run in the
background · `deciding` what taking over would do · `taking` all good rows in one transaction ·
`undoing` · `sweeping` · `tree` the union tree, small and at once.
"""

from __future__ import annotations

from typing import Any

from office.enums import ImportKind
from office.models import SheetImport
from office.workflows.importing.errors import error_workbook
from office.workflows.importing.sending import (
    choose_unions,
    discard_import,
    receive_roster,
    start_check,
    template_workbook,
)
from office.workflows.importing.taking import apply_roster
from office.workflows.importing.tree import apply_tree, check_tree
from office.workflows.importing.undoing import undo_import

__all__ = [
    "apply_import",
    "apply_roster",
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


def apply_import(*, actor: Any, run: SheetImport) -> SheetImport:
    """Take over a checked sheet: a tree at once, a roster in the background."""
    return (
        apply_tree(actor=actor, run=run)
        if run.kind == ImportKind.TREE
        else apply_roster(actor=actor, run=run)
    )
