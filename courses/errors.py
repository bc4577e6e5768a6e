"""Refusals of training. Each says in one sentence what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import DomainError, InvalidInput


class EnrolmentRefused(DomainError):
    """No place can be given, or the place can't be changed now."""


class CheckInRefused(DomainError):
    """Presence can't be recorded."""


class LessonNotDone(DomainError):
    """The lesson isn't read or its quiz isn't right yet."""


class ExamRefused(DomainError):
    """The exam can't be started, answered or handed in now."""


class AnswerUnreadable(InvalidInput):
    """What came in isn't an answer to that question."""


class ClassNotReady(DomainError):
    """The class lacks something before it can move on."""


class TimetableClash(ClassNotReady):
    """A room, a teacher or a trainee is taken at that time. `clashes` are what was found; confirming them lets the change pass."""

    def __init__(self, message: object, clashes: Sequence[object]) -> None:
        super().__init__("clash", message)
        self.clashes = list(clashes)
