"""Work out what a correction would change for whom, and list the versions of an event's results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from competitions.enums import Award, CodeState, CorrectionKind, ResultState, TwoPersonRequestState
from competitions.models import Correction, Event, ResultRow, ResultSet
from competitions.queries.ranking import Computed, opened_field, work_out
from competitions.rules.marking import round_published_mark


@dataclass(frozen=True, slots=True)
class VersionPlace:
    """What one number has in one version, which is rank, total and award, or the state that
    excludes it.
    """

    rank: int | None
    shared: bool
    total: Decimal | None
    award: str
    award_label: str
    standing: str
    standing_label: str

    @property
    def competes(self) -> bool:
        """Whether the number is ranked."""
        return self.standing == CodeState.COMPETING


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """One competitor for whom a correction changes something. `after` is None where the whole
    competition is cancelled.
    """

    number: int
    name: str
    before: VersionPlace | None
    after: VersionPlace | None
    result_id: str
    """The public id of the row before, "" if there was none: certificates name it as their source."""

    @property
    def award_changes(self) -> bool:
        """Whether a prize is won, lost or another."""
        return (self.before.award if self.before else "") != (
            self.after.award if self.after else ""
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """The results as they would be. `digest` is what the second person approves, `same` counts
    those for whom nothing changes.
    """

    digest: str
    lines: tuple[ChangedLine, ...]
    same: int

    @property
    def result_ids(self) -> list[str]:
        """The rows before of everybody for whom something changes."""
        return [line.result_id for line in self.lines if line.result_id]


@dataclass(frozen=True, slots=True)
class Version:
    """A published version of the results."""

    number: int
    published_at: datetime
    reason: str
    current: bool


def find_current_results(event: Event) -> ResultSet | None:
    """Return the version in force, which is the confirmed one, else the provisional one, else
    None.
    """
    rows = ResultSet.objects.filter(event=event).exclude(state=ResultState.SUPERSEDED)
    return rows.order_by("-version").first()


def published_versions(event: Event) -> list[Version]:
    """Return the versions anybody could or can see, the newest first. One query."""
    rows = ResultSet.objects.filter(event=event, published_at__isnull=False).order_by("-version")
    return [
        Version(row.version, row.published_at, row.reason, row.state == ResultState.CONFIRMED)
        for row in rows
        if row.published_at is not None
    ]


def preview_correction(event: Event, asked: Correction) -> Preview:
    """Return what *asked*, which need not be stored, would change. Raises what `work_out` raises."""
    before = _places_before(event)
    if asked.kind == CorrectionKind.CANCEL:
        return _compared(before, {}, digest="")
    computed = work_out(event, opened_field(event), asked=asked)
    return _compared(before, list_version_places(computed), digest=computed.digest)


def list_version_places(computed: Computed) -> dict[int, VersionPlace]:
    """Return what each number has by *computed*."""
    totals = {
        standing.number: round_published_mark(standing.total) for standing in computed.standings
    }
    found = {
        row.number: _place(
            row.rank,
            row.shared,
            totals[row.number],
            computed.awards.get(row.number, ""),
            CodeState.COMPETING,
        )
        for row in computed.places
    }
    return found | {
        number: _place(None, False, None, "", state) for number, state in computed.out.items()
    }


def _place(
    rank: int | None, shared: bool, total: Decimal | None, award: str, standing: str
) -> VersionPlace:
    return VersionPlace(
        rank,
        shared,
        total,
        award,
        str(Award(award).label) if award else "",
        standing,
        str(CodeState(standing).label),
    )


def _places_before(event: Event) -> dict[int, tuple[VersionPlace, ResultRow]]:
    results = find_current_results(event)
    rows = (
        ResultRow.objects.filter(result_set=results).select_related("code__entry__person")
        if results
        else []
    )
    return {
        row.code.number: (_place(row.rank, row.shared, row.total, row.award, row.standing), row)
        for row in rows
    }


def _compared(
    before: Mapping[int, tuple[VersionPlace, ResultRow]],
    after: Mapping[int, VersionPlace],
    *,
    digest: str,
) -> Preview:
    lines = list(_changed(before, after))
    return Preview(digest, tuple(lines), len(set(before) | set(after)) - len(lines))


def _changed(
    before: Mapping[int, tuple[VersionPlace, ResultRow]], after: Mapping[int, VersionPlace]
) -> Iterator[ChangedLine]:
    def by_rank(number: int) -> tuple[int, int]:
        place = after.get(number) or (before[number][0] if number in before else None)
        return (place.rank if place and place.rank else 10**6, number)

    for number in sorted(set(before) | set(after), key=by_rank):
        old, row = before.get(number, (None, None))
        new = after.get(number)
        if old == new:
            continue
        name = row.code.entry.person.name if row is not None and row.code.entry else ""
        yield ChangedLine(
            number, name, old, new, str(row.public_id) if row is not None and row.entry_id else ""
        )


def list_result_corrections(event: Event) -> list[Correction]:
    """Return the corrections of *event*, the newest first, with everything their lines name. One
    query.
    """
    return list(
        Correction.objects.filter(request__event=event)
        .select_related(
            "request__asked_by",
            "request__decided_by",
            "code",
            "sheet__module",
            "sheet__code",
            "aspect",
            "judge",
            "replaced",
            "made",
        )
        .order_by("-pk")
    )


def correction_waiting(event: Event) -> Correction | None:
    """Return the correction that waits for a second person, or None."""
    return next(
        (
            row
            for row in list_result_corrections(event)
            if row.request.state == TwoPersonRequestState.WAITING
        ),
        None,
    )


def rows_newly_awarded(before: ResultSet | None, after: ResultSet) -> Any:
    """Return the rows of *after* with an award, of people who had none in *before*."""
    awarded = ResultRow.objects.filter(entry__isnull=False).exclude(award="")
    had = (
        list(awarded.filter(result_set=before).values_list("entry_id", flat=True)) if before else []
    )
    return awarded.filter(result_set=after).exclude(entry_id__in=had)
