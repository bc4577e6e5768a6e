"""Remarks of judges on aspects: what was seen, for the talk of the panel and for an appeal. They change no mark."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

import audit
from competitions.errors import OperationReused
from competitions.models import Aspect, AspectRemark, Sheet
from competitions.workflows.signing import seat_at_sheet
from competitions.workflows.writable import need_open_sheet
from core.errors import InvalidInput, NotFound
from core.states import lock

LONGEST_REMARK = 300


@transaction.atomic
def add_remark(*, actor: Any, sheet: Sheet, operation: UUID, aspect: str, text: str) -> AspectRemark:
    """Add what a judge of the sheet writes about *aspect*; the same *operation* again gives the same remark.

    Raises `InvalidInput` for an empty or too long text, `SheetClosed` once the sheet is signed by all or the competition isn't marked,
    `NotFound` to who is no judge of the sheet.
    """
    sheet = lock(sheet)
    judge = seat_at_sheet(actor, sheet)
    known = AspectRemark.objects.filter(operation=operation).first()
    if known is not None:
        if (known.sheet_id, known.judge_id) != (sheet.pk, judge.pk):
            raise _reused()
        return known
    need_open_sheet(sheet)
    kept = text.strip()
    if not kept or len(kept) > LONGEST_REMARK:
        raise InvalidInput("remark_length", _("Write a remark of 1 to %(limit)s characters.") % {"limit": LONGEST_REMARK})
    line = Aspect.objects.filter(module=sheet.module_id, code=aspect).first()
    if line is None:
        raise NotFound
    try:
        with transaction.atomic():
            remark = AspectRemark.objects.create(operation=operation, sheet=sheet, aspect=line, judge=judge, text=kept)
    except IntegrityError:  # the same number at the same moment for another sheet
        raise _reused() from None
    sheet.revision += 1
    sheet.save(update_fields=["revision"])
    audit.record("competitions.remark_added", actor=actor, target=sheet, after={"aspect": aspect, "seat": judge.seat})
    return remark


def _reused() -> OperationReused:
    return OperationReused("operation_reused", _("The tablet used one number for two saves. Reload the sheet and write the remark again."))
