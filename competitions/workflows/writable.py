"""Say whether a sheet may be written to now. Every workflow that changes a mark or a signature
asks this.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from competitions.enums import WRITABLE_SHEETS, CodeState, EventState
from competitions.errors import SheetClosed
from competitions.models import Sheet, Signature


def need_open_sheet(sheet: Sheet) -> None:
    """Raise `SheetClosed` unless the competition is being marked and the sheet is open.
    `sheet.event` should be loaded.
    """
    if sheet.event.state == EventState.CANCELLED:
        raise SheetClosed(
            "event_cancelled",
            _("This competition has been cancelled. Its score sheets can't be marked or signed."),
        )
    if sheet.event.state != EventState.SCORING:
        raise SheetClosed(
            "event_not_marking",
            _(
                "The competition's state is “%(state)s”. Its score sheets can't be marked "
                "or signed. Ask the chief judge."
            )
            % {"state": sheet.event.get_state_display()},
        )
    if sheet.state not in WRITABLE_SHEETS:
        raise SheetClosed(
            "sheet_closed",
            _(
                "The score sheet's state is “%(state)s”, so it can't be marked. Ask the "
                "chief judge to request reopening if a change is needed."
            )
            % {"state": sheet.get_state_display()},
        )


def need_writable_sheet(sheet: Sheet, *, signed: bool | None = None) -> None:
    """Raise `SheetClosed` unless marks may change. The sheet must be open, nobody may have signed,
    and the number must not be disqualified.

    *signed* says whether a signature exists, where the caller knows. `sheet.event` and `sheet.code`
    should be loaded.
    """
    need_open_sheet(sheet)
    if signed is None:
        signed = Signature.objects.filter(
            sheet=sheet, version=sheet.version, withdrawn_at=None
        ).exists()
    if signed:
        raise SheetClosed(
            "sheet_signed",
            _(
                "A judge has already signed this score sheet. Before you can change a mark, "
                "that judge must withdraw their signature."
            ),
        )
    if sheet.code.state == CodeState.DISQUALIFIED:
        raise SheetClosed(
            "code_out", _("This blind number is disqualified, so it can't be marked.")
        )
