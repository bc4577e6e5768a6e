"""Store events, entries under blind numbers, schemes, panels, sheets and results."""

from competitions.models.entry import BlindCode, Draw, Entry
from competitions.models.event import Event, EventGroupPermission
from competitions.models.panel import Judge, PanelSeat, Recusal
from competitions.models.result import Correction, RawTotal, ResultRow, ResultSet
from competitions.models.scheme import Aspect, Module, Scheme, SpecSection, SubCriterion
from competitions.models.sheet import (
    AspectRemark,
    ClosedDay,
    JudgementRound,
    Mark,
    MarkChange,
    SeatVacancy,
    Sheet,
    SheetJudge,
    Signature,
    TwoPersonRequest,
)

__all__ = [
    "Aspect",
    "AspectRemark",
    "BlindCode",
    "ClosedDay",
    "Correction",
    "Draw",
    "Entry",
    "Event",
    "EventGroupPermission",
    "Judge",
    "JudgementRound",
    "Mark",
    "MarkChange",
    "Module",
    "PanelSeat",
    "RawTotal",
    "Recusal",
    "ResultRow",
    "ResultSet",
    "Scheme",
    "SeatVacancy",
    "Sheet",
    "SheetJudge",
    "Signature",
    "SpecSection",
    "SubCriterion",
    "TwoPersonRequest",
]
