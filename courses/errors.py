"""Refusals of training. Each says in one sentence what to do next."""

from __future__ import annotations

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
