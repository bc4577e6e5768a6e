"""What the office says about rosters to the engine of imports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from imports.kinds import ImportKind, ImportWords, JobKinds
from office import words
from office.enums import IMPORT_MOVES, ImportState
from office.grants import IMPORT_ROSTER
from office.models import RowRemark, SheetImport, StagedRow, TakenRow
from office.workflows import notifications
from office.workflows.importing import apply, effects, undo
from office.workflows.importing.columns import ROSTER_COLUMNS, mask_sample
from office.workflows.importing.rows import RosterReader
from org.queries import list_subtree


def find_default_faults(
    run: SheetImport, mapping: Mapping[str, str], defaults: Mapping[str, Any]
) -> dict[str, str]:
    """Return what is wrong with the union of rows that name none."""
    union = defaults["default_union"]
    if union is None:
        missing = "union" not in mapping.values()
        return (
            {
                "default_union": _(
                    "The spreadsheet has no column for the union. Choose the union that all rows belong to."
                )
            }
            if missing
            else {}
        )
    reachable = list_subtree(run.org).filter(pk=union.pk).exists()
    return {} if reachable else {"default_union": _("Choose your union or one below it.")}


def find_union_choice(run: SheetImport, code: str) -> tuple[str, str] | None:
    """Return address and words of the page where the union that is meant is chosen, if *code* is
    about that.
    """
    if code not in words.CHOOSABLE:
        return None
    return reverse("office:import_unions", args=[run.public_id]), str(words.CHOOSE)


def find_settled() -> Q:
    """Find imports that can't be undone any more."""
    return Q(state=ImportState.APPLIED, undo_until__lt=clock.now()) | Q(state=ImportState.UNDONE)


def forget_values(run: SheetImport) -> None:
    """Empty the values kept for undoing.

    The list of rows and persons stays.
    """
    TakenRow.objects.filter(run=run).update(old_mobile="", new_mobile="")


ROSTER = ImportKind(
    model=SheetImport,
    row_model=StagedRow,
    remark_model=RowRemark,
    columns=ROSTER_COLUMNS,
    permission=IMPORT_ROSTER,
    moves=IMPORT_MOVES,
    jobs=JobKinds(
        check="office.import_check", apply="office.import_apply", undo="office.import_undo"
    ),
    words=ImportWords(
        fault=words.describe_import_fault,
        note=words.describe_import_note,
        back=words.BACK,
        apply_title=gettext_lazy("Import of %(file)s"),
        undo_title=gettext_lazy("Undoing of %(file)s"),
    ),
    discarded="office.import_discarded",
    sweep_task="office.tidy_imports",
    mask_sample=mask_sample,
    find_default_faults=find_default_faults,
    open_reader=RosterReader,
    decide=effects.decide_effects,
    summarise=effects.summarise_effects,
    count_good_rows=effects.count_good_rows,
    apply=lambda run, item: apply.write_roster(run, item.job.payload["generation"]),
    undo=lambda run, item: undo.take_back_roster(run, item.job.payload["generation"]),
    tell_checked=notifications.tell_import_checked,
    tell_stopped=notifications.tell_import_stopped,
    find_settled=find_settled,
    undoing=ImportState.UNDOING,
    undone=ImportState.UNDONE,
    undone_by="undone_by",
    undo_failed="undo_failed",
    refuse_undo=undo.refuse_late_undo,
    related=("org", "default_union"),
    emptied=("choices",),
    forget_settled=forget_values,
    find_choice=find_union_choice,
)
