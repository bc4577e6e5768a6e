"""List what the office's screens need beyond `event_office`, which is sheets without signatures,
recusals, the people of an event, and people to enter.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from access.queries import list_role_holders
from competitions import grants
from competitions.enums import CodeState, EntryState, MarkingSheetState
from competitions.models import BlindCode, Entry, Event, Recusal, Sheet, SheetJudge, Signature
from core.actors import Actor
from office.queries.people import list_filtered_people as members
from office.queries.people import list_visible_people
from people.models import Person

DONE = (
    MarkingSheetState.SIGNED,
    MarkingSheetState.LOCKED,
    MarkingSheetState.FINAL,
    MarkingSheetState.VOID,
)


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A sheet that can't be locked yet, and the seats whose signatures are missing."""

    sheet: Sheet
    number: int
    seats: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RecusalLine:
    """A judge who stands aside for a competitor, and why."""

    seat: int
    judge: str
    competitor: str
    ground: str
    reason: str


@dataclass(frozen=True, slots=True)
class EntryCandidate:
    """A person who may be entered."""

    person: Person
    employer: str
    entered: bool


def open_sheets(event: Event, *, module: str = "", day: int | None = None) -> list[OpenSheet]:
    """Return the sheets of competing numbers that aren't fully signed, by module and number. Three
    queries.
    """
    sheets = (
        Sheet.objects.filter(event=event, code__state=CodeState.COMPETING)
        .exclude(state__in=DONE)
        .select_related("module", "code")
    )
    if module:
        sheets = sheets.filter(module__code=module)
    if day is not None:
        sheets = sheets.filter(module__day=day)
    listed = list(sheets.order_by("module__position", "code__number"))
    seats: dict[int, dict[int, int]] = defaultdict(dict)
    for sheet, judge, seat in (
        SheetJudge.objects.filter(sheet__in=listed)
        .order_by("judge__seat")
        .values_list("sheet_id", "judge_id", "judge__seat")
    ):
        seats[sheet][judge] = seat
    versions = {sheet.pk: sheet.version for sheet in listed}
    for sheet, judge, version in Signature.objects.filter(
        sheet__in=listed, withdrawn_at=None
    ).values_list("sheet_id", "judge_id", "version"):
        if versions[sheet] == version:
            seats[sheet].pop(judge, None)
    return [
        OpenSheet(sheet, sheet.code.number, tuple(seats[sheet.pk].values())) for sheet in listed
    ]


def sheet_of_event(event: Event, public_id: UUID) -> Sheet | None:
    """Return a sheet of *event* with its module and number, or None."""
    return (
        Sheet.objects.select_related("module", "code", "event")
        .filter(event=event, public_id=public_id)
        .first()
    )


def numbers_of(event: Event) -> list[BlindCode]:
    """Return the blind numbers with what became of them during the competition."""
    return list(BlindCode.objects.filter(event=event).order_by("number"))


def recusals_of(event: Event) -> list[RecusalLine]:
    """Return who stands aside for whom, and why. Judges who stand aside for a number are left out.
    Takes one query.
    """
    rows = (
        Recusal.objects.filter(judge__event=event, entry__isnull=False)
        .select_related("judge__user", "entry__person")
        .order_by("judge__seat", "entry_id", "ground")
    )
    return [
        RecusalLine(
            row.judge.seat,
            str(row.judge.user),
            row.entry.person.name,
            row.get_ground_display(),
            row.reason,
        )
        for row in rows
        if row.entry is not None
    ]


def staff_of(event: Event) -> list[tuple[str, str, list[str]]]:
    """Return the offices of an event as (key, label, names). One query each."""
    offices = (grants.EVENT_MANAGER, grants.CHIEF_JUDGE, grants.SECRECY_OFFICER)
    return [
        (role.key, str(role.label), [str(row.user) for row in list_role_holders(role.key, event)])
        for role in offices
    ]


def find_event_entry(event: Event, public_id: UUID) -> Entry | None:
    """Return an entry of *event* with its person, or None."""
    return Entry.objects.select_related("person").filter(event=event, public_id=public_id).first()


def find_entry_candidates(user: Actor, event: Event, text: str) -> list[EntryCandidate]:
    """Return up to twenty persons of *user*'s own unions whose name contains *text*, with their
    employer. Four queries.
    """
    if not text.strip():
        return []
    listed = list(members(user, name=text.strip()[:50])[:20])
    rows = Entry.objects.filter(event=event, person__in=listed).exclude(
        state__in=[EntryState.WITHDRAWN, EntryState.MERGED]
    )
    entered = set(rows.values_list("person_id", flat=True))
    return [EntryCandidate(person, _employer(person), person.pk in entered) for person in listed]


def _employer(person: Person) -> str:
    rows = person.open_employments  # type: ignore[attr-defined]  # `members` has read them; new-form workers may have none
    return next((str(row.employer) for row in rows if row.employer), "")


def person_to_enter(user: Actor, public_id: UUID) -> Person | None:
    """Return a person of *user*'s own unions, or None."""
    return list_visible_people(user).filter(public_id=public_id).first()
