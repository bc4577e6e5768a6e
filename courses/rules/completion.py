"""When has a trainee completed a class, and what is still missing?

The numbers come from the completion rule frozen on the class: they are local policy (domain notes,
3.1) and never constants here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Rule:
    """What a class asks for.

    `attendance_share`: 0-1 of the sessions not cancelled. `lesson_hours`: class hours (45 min) of
    online lessons. `pass_marks`: part -> mark out of 100 that is enough.
    """

    attendance_share: Decimal
    lesson_hours: Decimal
    pass_marks: Mapping[str, Decimal]


@dataclass(frozen=True)
class SessionFact:
    """One session of the class as it concerns one trainee.

    `hours` are those credited at the sign-in, else those of the session; `day` is the day of
    presence, None if not attended.
    """

    hours: Decimal
    attended: bool
    cancelled: bool = False
    day: date | None = None


@dataclass(frozen=True)
class Missing:
    """One part that keeps the trainee from completing. `code` is attendance, lessons,
    exam_not_taken or exam_below.
    """

    code: str
    needed: Decimal
    have: Decimal
    part: str = ""


@dataclass(frozen=True)
class CompletionStanding:
    """The progress of a trainee by the completion rule."""

    sessions: int
    attended: int
    attendance_percent: Decimal
    session_hours: Decimal
    lesson_hours: Decimal
    marks: Mapping[str, Decimal | None]
    missing: tuple[Missing, ...]
    first_day: date | None = None
    last_day: date | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing

    @property
    def hours(self) -> Decimal:
        """All class hours credited."""
        return self.session_hours + self.lesson_hours


def compute_percent(part: Decimal, whole: Decimal) -> Decimal:
    """Return `part` of `whole` in per cent with one decimal, half up. An empty whole counts as
    fulfilled.
    """
    if whole == 0:
        return HUNDRED.quantize(Decimal("0.1"))
    return (part * HUNDRED / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def sessions_needed(planned: int, share: Decimal) -> int:
    """Return the fewest sessions that reach the share. For 80 % of 7 this is 6, since 5 would be
    71.4 %.
    """
    exact = share * planned
    whole = int(exact)
    return whole if exact == whole else whole + 1


def day_present(*, signed_in: date, by_code: bool, session: date) -> date:
    """Return the day on which a trainee was present, from the day of the sign-in on record and the
    session's own day.

    A code is only good at the session, so its day counts, wherever the session is moved afterwards.
    An entry by hand may be made days later: the session's day counts, but never one after the
    entry.
    """
    return signed_in if by_code else min(signed_in, session)


def assess_completion(
    *,
    rule: Rule,
    sessions: Sequence[SessionFact],
    lesson_hours: Decimal,
    marks: Mapping[str, Decimal | None],
    lesson_days: Sequence[date] = (),
) -> CompletionStanding:
    """Assess a trainee's facts by the rule.

    `first_day` and `last_day` of the result span the sessions attended. Only a trainee who attended
    none, as in a class read online, is given the days on which lessons were completed
    (`lesson_days`); without any of these they are None.

    Attendance counts by session, not by day or hour; a cancelled session counts for nobody. The
    comparison is exact: no rounding lifts 79.96 % to 80 %. `marks` holds the best mark out of 100
    per part, None where the exam was not taken.
    """
    held = [session for session in sessions if not session.cancelled]
    attended = [session for session in held if session.attended]
    missing: list[Missing] = []
    needed = sessions_needed(len(held), rule.attendance_share)
    if len(attended) < needed:
        missing.append(Missing("attendance", Decimal(needed), Decimal(len(attended))))
    if lesson_hours < rule.lesson_hours:
        missing.append(Missing("lessons", rule.lesson_hours, lesson_hours))
    for part, needed_mark in rule.pass_marks.items():
        mark = marks.get(part)
        if mark is None:
            missing.append(Missing("exam_not_taken", needed_mark, Decimal(0), part))
        elif mark < needed_mark:
            missing.append(Missing("exam_below", needed_mark, mark, part))
    days = sorted([session.day for session in attended if session.day is not None] or lesson_days)
    return CompletionStanding(
        sessions=len(held),
        attended=len(attended),
        attendance_percent=compute_percent(Decimal(len(attended)), Decimal(len(held))),
        session_hours=sum((session.hours for session in attended), Decimal(0)),
        lesson_hours=lesson_hours,
        marks={part: marks.get(part) for part in rule.pass_marks},
        missing=tuple(missing),
        first_day=days[0] if days else None,
        last_day=days[-1] if days else None,
    )
