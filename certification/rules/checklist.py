"""What is looked at in a file that somebody hands in, and what may be found: closed sets of words. The pages say them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Point(StrEnum):
    """One thing that is looked at, in the order in which it is told."""

    SIGNATURE = "signature"
    UNCHANGED = "unchanged"
    ATTACHMENTS = "attachments"
    REGISTER = "register"
    STANDING = "standing"


class State(StrEnum):
    """How one thing stands."""

    OK = "ok"
    FAILED = "failed"
    ABSENT = "absent"
    """Not in this kind of file, or not looked at because something before it failed."""


class Cause(StrEnum):
    """What is to be said of a file as a whole."""

    GENUINE = "genuine"
    REPORT = "report"
    """Not a certificate: a verification report of ours."""
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN_KIND = "unknown_kind"
    DAMAGED = "damaged"
    TOO_COMPLEX = "too_complex"
    ENCRYPTED = "encrypted"
    UNSIGNED = "unsigned"
    CHANGED = "changed"
    ADDED_TO = "added_to"
    FOREIGN = "foreign"
    """Signed by somebody else, or about a certificate we never issued, whatever name it bears."""
    FOREIGN_SIGNATURE = "foreign_signature"
    """The content of one of ours under a signature that isn't."""
    INCOMPLETE = "incomplete"
    NOT_REGISTERED = "not_registered"
    STATUS_LIST = "status_list"
    """A status list, old or new: it says nothing about a certificate by itself; standing is read from the register of today."""


ALARMING = frozenset({Cause.CHANGED, Cause.ADDED_TO, Cause.FOREIGN_SIGNATURE, Cause.INCOMPLETE, Cause.NOT_REGISTERED})
"""Somebody made such a file; the others are mostly the wrong file."""


@dataclass(frozen=True, slots=True)
class Checklist:
    """What was found in one file. *kind*: pdf, json, jwt, or empty for one that isn't read."""

    kind: str
    cause: Cause
    points: dict[Point, State]

    @classmethod
    def refused(cls, kind: str, cause: Cause, *failed: Point) -> Checklist:
        """Return the list of a file that isn't believed: *failed* is what was wrong; nothing else was looked at any more."""
        return cls(kind, cause, {point: State.FAILED if point in failed else State.ABSENT for point in Point})
