"""What certification says about certificates from paper to the engine of imports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certification import paper_record_words as words
from certification.enums import HISTORIC_MOVES, CertificateKind, HistoricState
from certification.grants import IMPORT_HISTORIC
from certification.models import HistoricImport, HistoricRemark, HistoricRow
from certification.workflows.keys import load_announced_keys
from certification.workflows.paper_records import apply, effects, notifications, withdraw
from certification.workflows.paper_records.columns import COLUMNS, mask_sample
from certification.workflows.paper_records.rows import PaperReader
from core import clock
from imports.kinds import ImportKind, ImportWords, JobKinds

KEEP_FILE_DAYS = 30


def find_default_faults(
    run: HistoricImport, mapping: Mapping[str, str], defaults: Mapping[str, Any]
) -> dict[str, str]:
    """Return what is wrong with kind and title of rows that name none."""
    del run
    fields: dict[str, str] = {}
    if "title" not in mapping.values() and not defaults["title"]:
        fields["title"] = _(
            "The sheet has no column for the certificate's name. Enter the name that is on "
            "all of them."
        )
    if defaults["kind"] not in CertificateKind.values:
        fields["kind"] = _("Choose from the list.")
    return fields


def find_settled() -> Q:
    """Find imports that are over and were looked at long enough."""
    return Q(state=HistoricState.WITHDRAWN) | Q(
        state=HistoricState.APPLIED, applied_at__lt=clock.now() - timedelta(days=KEEP_FILE_DAYS)
    )


PAPER_RECORDS = ImportKind(
    model=HistoricImport,
    row_model=HistoricRow,
    remark_model=HistoricRemark,
    columns=COLUMNS,
    permission=IMPORT_HISTORIC,
    moves=HISTORIC_MOVES,
    jobs=JobKinds(
        check="certification.historic_check",
        apply="certification.historic_apply",
        undo="certification.historic_withdraw",
    ),
    words=ImportWords(
        fault=words.fault_of,
        note=words.note_of,
        back=words.BACK,
        apply_title=gettext_lazy("Import of certificates from %(file)s"),
        undo_title=gettext_lazy("Undoing the import of certificates from %(file)s"),
    ),
    discarded="certification.historic_discarded",
    sweep_task="certification.tidy_historic",
    mask_sample=mask_sample,
    find_default_faults=find_default_faults,
    open_reader=PaperReader,
    decide=effects.decide_effects,
    summarise=effects.summarise_effects,
    count_good_rows=lambda summary: summary.get("new", 0),
    apply=apply.write_and_enter,
    undo=withdraw.withdraw_and_enter,
    tell_checked=notifications.tell_checked,
    tell_stopped=notifications.tell_stopped,
    find_settled=find_settled,
    undoing=HistoricState.WITHDRAWING,
    undone=HistoricState.WITHDRAWN,
    undone_by="withdrawn_by",
    undo_failed="withdraw_failed",
    refuse_undo=withdraw.refuse_withdrawal,
    signature_prefix=("historic",),
    prepare_work=load_announced_keys,  # before any transaction: what announces a key isn't rolled back
    take_back_writing=apply.delete_unissued_records,
)
