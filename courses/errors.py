"""Define what training refuses. Each refusal says in one sentence what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import DomainError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class EnrolmentRefused(DomainError):
    """No place can be given, or the place can't be changed now."""


class CheckInRefused(DomainError):
    """Presence can't be recorded."""


class LessonNotDone(DomainError):
    """The lesson isn't read or its quiz isn't right yet."""


class ExamRefused(DomainError):
    """The exam can't be started, answered or handed in now."""


class AnswersDiffer(ExamRefused):
    """The answers about to be handed in aren't those that count on the server."""


class ClassNotReady(DomainError):
    """The class lacks something before it can move on."""


class TimetableClash(ClassNotReady):
    """A room, a teacher or a trainee is taken at that time. `clashes` holds what was found, and
    confirming them lets the change pass.
    """

    def __init__(self, message: str | _StrPromise, clashes: Sequence[object]) -> None:
        super().__init__("clash", message)
        self.clashes = list(clashes)


def describe_bank_shortage(*, topic: str, wanted: int, there: int) -> str:
    """Say for which topic the question bank lacks how many questions. *topic* is empty for the
    bank as a whole.
    """
    lack = wanted - there
    values = {"topic": topic, "wanted": wanted, "there": there, "lack": lack}
    if topic:
        return (
            ngettext(
                "Topic “%(topic)s” needs %(wanted)s questions, but the question bank has "
                "only %(there)s. %(lack)s question is missing.",
                "Topic “%(topic)s” needs %(wanted)s questions, but the question bank has "
                "only %(there)s. %(lack)s questions are missing.",
                lack,
            )
            % values
        )
    return (
        ngettext(
            "The paper needs %(wanted)s questions, but the question bank has only "
            "%(there)s. %(lack)s question is missing.",
            "The paper needs %(wanted)s questions, but the question bank has only "
            "%(there)s. %(lack)s questions are missing.",
            lack,
        )
        % values
    )


def describe_hours_lacking(*, have: Decimal, needed: Decimal) -> str:
    """Say how many class hours somebody lacks to sit an exam."""
    numbers = {
        name: f"{number.normalize():f}"
        for name, number in (("have", have), ("needed", needed), ("lack", needed - have))
    }
    return (
        _(
            "This exam requires %(needed)s class hours. You have %(have)s so far and need "
            "%(lack)s more."
        )
        % numbers
    )
