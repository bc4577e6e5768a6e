"""What is said of a file that was handed in, and of each thing that was looked at. Plain words, nothing of the file repeated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from certification.enums import Answer
from certification.rules.checklist import ALARMING, Cause, Point, State
from certification.views.answers import Said

if TYPE_CHECKING:
    from certification.models import HandedIn


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: the state, its sign and its words for a reader who sees no sign, and what was found."""

    state: str
    mark: str
    spoken: str
    text: str


def say_file(cause: str) -> Said:
    """Return in words what a file is that can't be believed, or that isn't a certificate."""
    headline, meaning, advice = _words(Cause(cause))
    alarming = cause in ALARMING
    tone = "bad" if alarming else "info" if cause == Cause.REPORT else ""
    mark = "✕" if alarming else "✓" if cause == Cause.REPORT else "？"
    return Said(Answer.NO_MATCH, tone, mark, headline, meaning, advice)


def _words(cause: Cause) -> tuple[str, str, str]:
    original = _("Ask for the file as it was downloaded, or scan the QR code.")
    match cause:
        case Cause.CHANGED | Cause.ADDED_TO:
            meaning = (
                _("Something was written into the file after it was signed.")
                if cause is Cause.ADDED_TO
                else _("Its content isn't what was signed.")
            )
            return _("It was changed: don't rely on it"), meaning, original
        case Cause.FOREIGN_SIGNATURE:
            return _("The signature isn't ours: don't rely on it"), _("The content is ours, somebody else signed it."), original
        case Cause.INCOMPLETE | Cause.NOT_REGISTERED:
            return (
                _("It doesn't fit our register: don't rely on it"),
                _("What belongs to a certificate is missing in it, or doesn't belong together."),
                original,
            )
        case Cause.UNSIGNED:
            return (
                _("Not signed by us"),
                _("The file has no signature of ours. A printout, a scan or a copy saved anew has none either."),
                original,
            )
        case Cause.FOREIGN:
            return _("Not one of ours"), _("Somebody else issued this file, whatever name stands in it."), _("Ask whoever issued it.")
        case Cause.STATUS_LIST:
            return (
                _("A status list, not a certificate"),
                _("A list of revoked places says nothing about a certificate by itself, and an old one least of all."),
                _("Hand in the certificate: its standing is read from the register of today."),
            )
        case Cause.REPORT:
            return _("A verification report of ours"), _("Signed by us and unchanged."), ""
        case Cause.TOO_LARGE:
            return (
                _("The file is too large"),
                _("The file is larger than 10 MB. Ours have a tenth of one: this is another file."),
                original,
            )
        case Cause.TOO_COMPLEX:
            return _("The file can't be checked"), _("It is built in a way that none of ours is, and was put aside unread."), original
        case Cause.ENCRYPTED:
            return _("The file is locked by a password"), _("None of ours is. What is inside can't be checked."), original
        case Cause.DAMAGED:
            return _("The file is damaged"), _("It ends too early or can't be read. It may have been cut off on its way."), original
        case Cause.EMPTY:
            return _("The file is empty"), _("There is nothing in it to check."), original
        case _:
            return (
                _("This kind of file isn't checked here"),
                _("Only the PDF of a certificate, credential.json and credential.jwt can be checked."),
                _("For a paper or a picture: scan its QR code, or check by number and name."),
            )


_MARKS = {State.OK: "✓", State.FAILED: "✕", State.ABSENT: "–"}


def lines(row: HandedIn, *, standing: str) -> list[Line]:
    """Return the list of what was looked at. *standing*: the standing of today in words."""
    spoken = {State.OK: _("in order"), State.FAILED: _("not in order"), State.ABSENT: pgettext("check of a file", "not looked at")}
    found = []
    for point in Point:
        state = State(row.points.get(point, State.ABSENT))
        found.append(Line(state, _MARKS[state], spoken[state], _line(point, state, row, standing)))
    return found


def _line(point: Point, state: State, row: HandedIn, standing: str) -> str:
    pdf = row.kind == "pdf"
    match point, state:
        case Point.SIGNATURE, State.OK:
            return _("Signed with a key of ours")
        case Point.SIGNATURE, State.FAILED:
            return _("No signature of ours that holds")
        case Point.SIGNATURE, _:
            return _("Signature: not looked at")
        case Point.UNCHANGED, State.OK:
            return _("Unchanged since it was signed, to the last byte") if pdf else _("Unchanged since it was signed, word for word")
        case Point.UNCHANGED, State.FAILED:
            return _("Changed after it was signed")
        case Point.UNCHANGED, _:
            return _("Changes: not looked at")
        case Point.ATTACHMENTS, State.OK:
            return _("The attached credential is the one we issued")
        case Point.ATTACHMENTS, State.FAILED:
            return _("The attachments are missing or not those we issued")
        case Point.ATTACHMENTS, _:
            return _("Attachments: not in this file")
        case Point.REGISTER, State.OK:
            return _("In the public register")
        case Point.REGISTER, State.FAILED:
            return _("The proof from the public register doesn't hold")
        case Point.REGISTER, _:
            return _("Place in the public register: not in this file")
        case Point.STANDING, State.ABSENT:
            return _("Standing today: not looked at")
        case _:
            return standing
