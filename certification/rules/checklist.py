"""What is checked in an uploaded file, and what may be found.

These are closed sets of words. The views put them into sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Point(StrEnum):
    """One thing that is checked, in the order in which it is shown."""

    SIGNATURE = "signature"
    UNCHANGED = "unchanged"
    ATTACHMENTS = "attachments"
    REGISTER = "register"
    STANDING = "standing"


class State(StrEnum):
    """The result of one check."""

    OK = "ok"
    FAILED = "failed"
    ABSENT = "absent"
    """Not in this kind of file, or not looked at because something before it failed."""


class Compared(StrEnum):
    """How a genuine file was compared with what we issued. The pages claim no more than that."""

    NOTHING = ""
    BYTES = "bytes"
    """Every byte: its fingerprint, or the text itself, is the one on record."""
    SIGNED_PART = "signed_part"
    """A PDF: everything that is signed, that is all but the place of the signature itself."""
    CONTENT = "content"
    """A credential: every member and value. Blanks, line ends and the order of members may differ."""


class FileCause(StrEnum):
    """The finding about a file as a whole."""

    GENUINE = "genuine"
    REPORT = "report"
    """Not a certificate: a verification report of ours."""
    PICTURE = "picture"
    """A picture, a scan or a printed page whose code leads to a certificate: answered from the register, proves nothing itself."""
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
    AMBIGUOUS = "ambiguous"
    """A credential with a member twice: two programs could read different things."""
    SEVERAL_PARTS = "several_parts"
    """A signed PDF in several parts or with several signatures, which none of ours is."""
    BORROWED = "borrowed"
    """The attachments of one of ours in a PDF that we didn't sign."""
    PICTURE_DAMAGED = "picture_damaged"
    TOO_MANY_PIXELS = "too_many_pixels"
    NO_CODE = "no_code"
    CODE_UNREADABLE = "code_unreadable"
    CODE_FOREIGN = "code_foreign"
    """The codes on it aren't ours."""
    CODE_OF_PAGE = "code_of_page"
    """A code that leads to another page of ours, such as a link that a holder shared."""
    CODE_MISLEADING = "code_misleading"
    """A code that names a certificate of ours and leads to another site."""
    CODE_UNKNOWN = "code_unknown"
    """A code with our address that leads to no certificate."""
    CODES_SEVERAL = "codes_several"
    """Codes of several certificates."""
    STATUS_LIST = "status_list"
    """A status list, old or new: it says nothing about a certificate by itself; standing is read from the register of today."""


ALARMING = frozenset(
    {
        FileCause.CHANGED,
        FileCause.ADDED_TO,
        FileCause.FOREIGN_SIGNATURE,
        FileCause.INCOMPLETE,
        FileCause.NOT_REGISTERED,
        FileCause.AMBIGUOUS,
        FileCause.BORROWED,
        FileCause.CODE_MISLEADING,
        FileCause.CODE_UNKNOWN,
    }
)
"""Somebody made such a file; the others are mostly the wrong file."""


@dataclass(frozen=True, slots=True)
class Checklist:
    """What was found in one file.

    *kind* is pdf, json, jwt, picture or scan (a PDF answered by its code). It is empty for a file
    that isn't read.
    """

    kind: str
    cause: FileCause
    points: dict[Point, State]
    compared: Compared = Compared.NOTHING

    @classmethod
    def refused(cls, kind: str, cause: FileCause, *failed: Point) -> Checklist:
        """Return the checklist of a file that isn't trusted. *failed* are the points at fault, and
        no other was checked.
        """
        return cls(
            kind,
            cause,
            {point: State.FAILED if point in failed else State.ABSENT for point in Point},
        )
