"""Sign sheets as a judge. A signature covers exactly what the judge's screen showed, and the
server compares it with what it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

import audit
from access.checks import require
from competitions import grants
from competitions.enums import SHEET_MOVES, WRITABLE_SHEETS, JudgementRule, MarkingSheetState
from competitions.errors import MarksUnsent, SheetChanged, SheetClosed, SheetIncomplete
from competitions.models import Judge, MarkChange, SeatVacancy, Sheet, SheetJudge, Signature
from competitions.queries.marks import digest_sheet as fingerprint_of
from competitions.queries.marks import marks_of
from competitions.rules.marking import round_published_mark
from competitions.rules.sheet import (
    Difference,
    compare_with_record,
    list_missing_aspects,
    running_total,
)
from competitions.workflows._shared import user_id
from competitions.workflows.writable import need_open_sheet
from core import clock
from core.actors import Actor
from core.errors import NotFound
from core.states import lock, move

TOLD_AT_MOST = 4


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """What a judge's screen showed when the judge signed.

    `marks` maps each aspect to what was shown, which is the marks of a measurement ("14.00"), or
    the scores of a judgement by seat ({1: 3, 2: 2}), or "" or {} where nothing was shown. `total`
    is the total at the foot. `last_operation` is the last save of this device, answered or not, and
    the signature is refused while the server hasn't got it.
    """

    marks: Mapping[str, str | Mapping[int, int]]
    total: str
    last_operation: UUID | None = None


@transaction.atomic
def sign_sheet(
    *, actor: Actor, sheet: Sheet, fingerprint: str, shown: ShownSheet | None = None
) -> Sheet:
    """Sign the sheet as shown. *fingerprint* is the digest of what is on the screen, *shown* the
    screen itself.

    With the last judge's signature the sheet is signed. Signing twice changes nothing.

    Raises `MarksUnsent` while a save of this device hasn't arrived, `SheetIncomplete` while
    something is missing, `SheetChanged` with both values of each mark that differs, and
    `SheetClosed` where the sheet takes no signature.
    """
    sheet = lock(sheet)
    judge = seat_at_sheet(actor, sheet)
    if Signature.objects.filter(
        sheet=sheet, judge=judge, version=sheet.version, withdrawn_at=None
    ).exists():
        return sheet
    need_open_sheet(sheet)
    if shown is not None and shown.last_operation is not None:
        _need_arrived(sheet, shown.last_operation)
    aspects = marks_of([sheet])[sheet.pk]
    now = fingerprint_of(sheet, aspects)
    total = str(
        round_published_mark(
            running_total(
                aspects,
                limit=sheet.event.spread_limit,
                trimmed=sheet.event.judgement_rule == JudgementRule.TRIMMED,
            )
        )
    )
    differences = compare_with_record(shown.marks, aspects) if shown is not None else []
    if (
        differences
        or (shown is not None and shown.total != total)
        or (now != fingerprint and not list_missing_aspects(aspects))
    ):
        raise _changed(differences, shown, total)
    if left := list_missing_aspects(aspects):
        raise SheetIncomplete(
            "sheet_incomplete",
            _("Marking isn't finished yet: %(aspects)s. Enter what is missing before you sign.")
            % {"aspects": "、".join(left)},
            aspects=left,
        )
    Signature.objects.create(sheet=sheet, judge=judge, version=sheet.version, digest=now)
    sheet.digest = now
    sheet.revision += 1
    sheet.save(update_fields=["digest", "revision", "updated_at"])
    signed = Signature.objects.filter(sheet=sheet, version=sheet.version, withdrawn_at=None).count()
    seats = SheetJudge.objects.filter(sheet=sheet).count()
    if signed == seats:
        move(sheet, MarkingSheetState.SIGNED, table=SHEET_MOVES)
    audit.record(
        "competitions.sheet_signed",
        actor=actor,
        target=sheet,
        after={
            "seat": judge.seat,
            "version": sheet.version,
            "digest": now,
            "total": total,
            "signed": signed,
            "of": seats,
        },
    )
    return sheet


@transaction.atomic
def withdraw_signature(*, actor: Actor, sheet: Sheet) -> Sheet:
    """Take one's own signature back while others are still missing, so that marks can be changed."""
    sheet = lock(sheet)
    judge = seat_at_sheet(actor, sheet)
    if sheet.state not in WRITABLE_SHEETS:
        raise SheetClosed(
            "sheet_fully_signed",
            _(
                "All judges have signed. Ask the chief judge to request reopening if a "
                "change is needed."
            ),
        )
    need_open_sheet(sheet)
    signature = Signature.objects.filter(
        sheet=sheet, judge=judge, version=sheet.version, withdrawn_at=None
    ).first()
    if signature is not None:
        signature.withdrawn_at = clock.now()
        signature.save(update_fields=["withdrawn_at"])
        sheet.revision += 1
        sheet.save(update_fields=["revision", "updated_at"])
        audit.record(
            "competitions.signature_withdrawn",
            actor=actor,
            target=sheet,
            before={"seat": judge.seat, "digest": signature.digest},
        )
    return sheet


def seat_at_sheet(actor: Actor, sheet: Sheet) -> Judge:
    """Return the judge *actor* is at this sheet. Raises `NotFound` for everybody else."""
    key = user_id(actor)
    seat = (
        SheetJudge.objects.filter(sheet=sheet, judge__user_id=key).select_related("judge").first()
        if key is not None
        else None
    )
    if seat is None or SeatVacancy.objects.filter(seat=seat, filled_by=None).exists():
        raise NotFound
    require(actor, grants.JUDGE, sheet.event)
    return seat.judge


def _need_arrived(sheet: Sheet, operation: UUID) -> None:
    """Raise `MarksUnsent` unless the save *operation* of this sheet has arrived. A device sends in
    order, so all saves before it have arrived too.
    """
    if not MarkChange.objects.filter(sheet=sheet, operation=operation).exists():
        raise MarksUnsent(
            "marks_unsent",
            _(
                "Some marks on this device haven't reached the server yet. Wait until "
                "everything is sent, then sign again."
            ),
        )


def _changed(differences: list[Difference], shown: ShownSheet | None, total: str) -> SheetChanged:
    told = [
        _("%(aspect)s: you see %(shown)s, but the record has %(recorded)s")
        % {"aspect": one.aspect, "shown": _worded(one.shown), "recorded": _worded(one.recorded)}
        for one in differences[:TOLD_AT_MOST]
    ]
    if shown is not None and not differences and shown.total != total:
        told = [
            _("total: you see %(shown)s, but the record has %(recorded)s")
            % {"shown": shown.total, "recorded": total}
        ]
    if not told:
        return SheetChanged(
            "sheet_changed",
            _(
                "A mark changed after you loaded this page. Check the score sheet again "
                "before you sign."
            ),
        )
    more = len(differences) - TOLD_AT_MOST
    if more > 0:
        told.append(ngettext("%(count)s more", "%(count)s more", more) % {"count": more})
    return SheetChanged(
        "sheet_changed",
        _(
            "Not signed, because your screen differs from the record. %(marks)s. The score "
            "sheet now shows the record. Check it before you sign."
        )
        % {"marks": pgettext("between differences", "; ").join(told)},
        differences=[
            {"aspect": one.aspect, "shown": one.shown, "recorded": one.recorded}
            for one in differences
        ],
    )


def _worded(value: str) -> str:
    return value or _("empty")
