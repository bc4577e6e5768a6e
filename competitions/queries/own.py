"""Read a competitor's own marks once the results are published. Nobody else's marks are read, and
no judge by name or seat.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from competitions.enums import AspectKind, JudgementRule, MarkingSheetState
from competitions.models import Aspect, Entry, Event, Sheet
from competitions.queries.corrections import Version, published_versions
from competitions.queries.event import OwnResult, own_results
from competitions.queries.marks import marks_of
from competitions.queries.ranking import (
    corrected_line,
    counted_line,
    decided_marks,
    free_seats,
    opened_field,
)
from competitions.rules import marking
from core.actors import Actor, account_id
from core.errors import NotFound


@dataclass(frozen=True, slots=True)
class OwnLine:
    """What a competitor got in one line of the scheme."""

    code: str
    name: str
    judged: bool
    mark: Decimal | None
    max_mark: Decimal


@dataclass(frozen=True, slots=True)
class OwnModule:
    """A module with its lines. `void` means that the sheet was declared void and counts zero."""

    code: str
    name: str
    weight: Decimal
    mark: Decimal
    void: bool
    lines: tuple[OwnLine, ...]


@dataclass(frozen=True, slots=True)
class OwnMarks:
    """Everything the page of one's own marks says."""

    result: OwnResult
    modules: tuple[OwnModule, ...]
    versions: tuple[Version, ...]

    @property
    def rounded_apart(self) -> bool:
        """Whether the modules as shown don't add up to the total as shown."""
        marks = [mark for _code, mark in self.result.modules]
        return bool(marks) and sum(marks, Decimal(0)) != self.result.total


def own_marks(user: Actor, event: Event) -> OwnMarks:
    """Return the entry of *user* in *event*, with all marks once results are published. Raises
    `NotFound` for a user without an entry.
    """
    result = next((row for row in own_results(user) if row.event_id == event.public_id), None)
    if result is None:
        raise NotFound
    if result.rank is None:
        return OwnMarks(result, (), tuple(published_versions(event)) if result.published else ())
    return OwnMarks(result, _modules(event, result), tuple(published_versions(event)))


def _modules(event: Event, result: OwnResult) -> tuple[OwnModule, ...]:
    sheets = list(
        Sheet.objects.filter(event=event, code__number=result.number or 0)
        .select_related("module", "code")
        .order_by("module__position")
    )
    marks, decided = marks_of(sheets), decided_marks(event)
    free = free_seats(event, sheets, opened_field(event).entries)
    names: dict[int, dict[str, str]] = defaultdict(dict)
    for module, code, name in Aspect.objects.filter(
        module__in=[sheet.module_id for sheet in sheets]
    ).values_list("module_id", "code", "name"):
        names[module][code] = name
    trimmed = event.judgement_rule == JudgementRule.TRIMMED
    shown = dict(result.modules)

    def module_of(sheet: Sheet) -> OwnModule:
        void = sheet.state == MarkingSheetState.VOID
        lines = []
        for aspect in marks[sheet.pk]:
            counting = counted_line(
                event, corrected_line(aspect, sheet.pk, decided), free[sheet.pk]
            )
            worth = (
                None
                if void
                else marking.round_published_mark(
                    counting.value(limit=marking.TOP_SCORE, trimmed=trimmed)
                )
            )
            judged = aspect.kind == AspectKind.JUDGEMENT
            lines.append(
                OwnLine(
                    aspect.code, names[sheet.module_id][aspect.code], judged, worth, aspect.max_mark
                )
            )
        module = sheet.module
        return OwnModule(
            module.code,
            module.name,
            module.weight,
            shown.get(module.code, Decimal(0)),
            void,
            tuple(lines),
        )

    return tuple(module_of(sheet) for sheet in sheets)


def has_entry(user: Actor, event: Event) -> bool:
    """Say whether the person behind *user* has an entry in *event*."""
    return (
        bool(getattr(user, "pk", None))
        and Entry.objects.filter(event=event, person__user=account_id(user)).exists()
    )
