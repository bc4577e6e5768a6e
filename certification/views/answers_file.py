"""What is said about an uploaded file and about each point that was checked.

The sentences are plain and repeat nothing from the file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from certification.enums import VerificationAnswer
from certification.rules.checklist import ALARMING, Compared, FileCause, Point, State
from certification.views.answers import AnswerText

if TYPE_CHECKING:
    from certification.models import HandedIn


@dataclass(frozen=True, slots=True)
class CheckedPoint:
    """One line of the checklist, with its state and what was found.

    *mark* is the sign of the state, *spoken* its words for a reader who sees no sign.
    """

    state: str
    mark: str
    spoken: str
    text: str


def describe_file_cause(cause: str) -> AnswerText:
    """Return the answer for a file that can't be trusted, or that isn't a certificate."""
    headline, meaning, advice = _words(FileCause(cause))
    alarming = cause in ALARMING
    tone = "bad" if alarming else "info" if cause == FileCause.REPORT else ""
    mark = "✕" if alarming else "✓" if cause == FileCause.REPORT else "？"
    return AnswerText(VerificationAnswer.NO_MATCH, tone, mark, headline, meaning, advice)


def describe_picture_answer(said: AnswerText) -> AnswerText:
    """Return *said* for a certificate that was found by the code on a picture.

    Its headline says that the answer is about the certificate, not about the picture.
    """
    return replace(said, headline=_("For the QR code: %(answer)s") % {"answer": said.headline})


def _words(cause: FileCause) -> tuple[str, str, str]:
    if cause in _OF_PICTURES:
        return _words_of_pictures(cause)
    original = _("Ask for the file as it was downloaded, or scan the QR code.")
    match cause:
        case FileCause.CHANGED | FileCause.ADDED_TO:
            meaning = (
                _("Something was added to the file after it was signed.")
                if cause is FileCause.ADDED_TO
                else _("Its content isn't what was signed.")
            )
            return _("It was changed: don't rely on it"), meaning, original
        case FileCause.AMBIGUOUS:
            return (
                _("It contradicts itself: don't rely on it"),
                _(
                    "An entry appears in it twice, so different programs read different "
                    "values. Our files have each entry only once."
                ),
                original,
            )
        case FileCause.BORROWED:
            return (
                _("The page isn't ours: don't rely on it"),
                _(
                    "The attachments of one of our certificates were put into a file that "
                    "we didn't sign."
                ),
                original,
            )
        case FileCause.FOREIGN_SIGNATURE:
            return (
                _("The signature isn't ours: don't rely on it"),
                _(
                    "The content is from one of our certificates, but the signature isn't "
                    "the one we gave it."
                ),
                original,
            )
        case FileCause.INCOMPLETE | FileCause.NOT_REGISTERED:
            return (
                _("It doesn't match our register: don't rely on it"),
                _("Parts of the certificate are missing, or don't belong together."),
                original,
            )
        case FileCause.SEVERAL_PARTS:
            return (
                _("Not the kind of file we issue"),
                _(
                    "It has several signatures, or was written in several parts. Our files "
                    "have one signature, and nothing is added after it."
                ),
                original,
            )
        case FileCause.UNSIGNED:
            return (
                _("Not signed by us"),
                _(
                    "The file doesn't have our signature. A printout, a scan or a re-saved "
                    "copy doesn't have it either."
                ),
                original,
            )
        case FileCause.FOREIGN:
            return (
                _("Not one of ours"),
                _("Somebody else issued this file, whatever name is in it."),
                _("Ask the issuer."),
            )
        case FileCause.STATUS_LIST:
            return (
                _("A status list, not a certificate"),
                _(
                    "A status list by itself says nothing about a certificate, and an old "
                    "list even less."
                ),
                _("Upload the certificate itself. Its status is read from today's register."),
            )
        case FileCause.REPORT:
            return _("One of our verification reports"), _("Signed by us and unchanged."), ""
        case FileCause.TOO_LARGE:
            return (
                _("The file is too large"),
                _(
                    "The file is larger than 10 MB and wasn't read. Our certificates are "
                    "only about 0.1 MB."
                ),
                _("Ask for the file as it was downloaded, or upload a smaller picture."),
            )
        case FileCause.TOO_COMPLEX:
            return (
                _("The file can't be checked"),
                _("It is built unlike any of our certificates, so it wasn't read."),
                original,
            )
        case FileCause.ENCRYPTED:
            return (
                _("The file is locked by a password"),
                _("Our certificates never have a password. The content can't be checked."),
                original,
            )
        case FileCause.DAMAGED:
            return (
                _("The file is damaged"),
                _("It is incomplete or can't be read. It may have been cut off during transfer."),
                original,
            )
        case FileCause.EMPTY:
            return (
                _("The file is empty"),
                _("There is nothing in it. It may not have been saved or sent completely."),
                _("Choose the file again, or ask for it once more."),
            )
        case _:
            return (
                _("This kind of file isn't checked here"),
                _(
                    "Only a PDF, a picture (JPEG, PNG, WebP, HEIC), credential.json and "
                    "credential.jwt can be checked."
                ),
                _("Ask for one of these, or check by number and name."),
            )


_OF_PICTURES = frozenset(
    {
        FileCause.PICTURE_DAMAGED,
        FileCause.TOO_MANY_PIXELS,
        FileCause.NO_CODE,
        FileCause.CODE_UNREADABLE,
        FileCause.CODE_FOREIGN,
        FileCause.CODE_OF_PAGE,
        FileCause.CODE_MISLEADING,
        FileCause.CODE_UNKNOWN,
        FileCause.CODES_SEVERAL,
    }
)


def _words_of_pictures(cause: FileCause) -> tuple[str, str, str]:
    by_number = _("Or check by number and name.")
    again = _(
        "Photograph the certificate again, straight from above and in good light, with the "
        "whole QR code in it."
    )
    match cause:
        case FileCause.PICTURE_DAMAGED:
            return (
                _("The picture can't be opened"),
                _(
                    "It is incomplete, or its content doesn't match its format. It may have "
                    "been cut off during transfer."
                ),
                _("Send the picture again, or take a new one."),
            )
        case FileCause.TOO_MANY_PIXELS:
            return (
                _("The picture is too large"),
                _("It has more than 50 million pixels and wasn't opened."),
                _("Make it smaller, or crop it to the part with the QR code."),
            )
        case FileCause.NO_CODE:
            return (
                _("No QR code in the picture"),
                _(
                    "The QR code is what leads to the register. Without it, a picture says "
                    "nothing about a certificate."
                ),
                f"{again} {by_number}",
            )
        case FileCause.CODE_UNREADABLE:
            return (
                _("The QR code can't be read"),
                _("There is a QR code in the picture, but it is blurred, covered or too small."),
                f"{again} {by_number}",
            )
        case FileCause.CODE_MISLEADING:
            return (
                _("The QR code leads to another site: don't rely on it"),
                _(
                    "It names one of our certificates, but scanning it opens somebody "
                    "else's page. We never print such a code."
                ),
                _("Don't open that page. Check by number and name here."),
            )
        case FileCause.CODE_OF_PAGE:
            return (
                _("The QR code leads to another page of this site"),
                _("It isn't the code of a certificate. It may be a link that a holder shared."),
                _("Scan it with the camera. The page it opens shows what you may see.")
                + f" {by_number}",
            )
        case FileCause.CODE_FOREIGN:
            return (
                _("The QR code isn't ours"),
                _(
                    "It leads elsewhere, not to our register. Somebody else is responsible "
                    "for what is there."
                ),
                _("Ask the issuer."),
            )
        case FileCause.CODE_UNKNOWN:
            return (
                _("The QR code leads to no certificate: don't rely on it"),
                _("It looks like one of ours, but there is no such certificate in our register."),
                _("Check by number and name, and ask for the file as it was downloaded."),
            )
        case _:
            return (
                _("QR codes of several certificates"),
                _("One picture can be checked for only one certificate."),
                _("Open the answers one by one below, or upload a picture of each certificate."),
            )


_MARKS = {State.OK: "✓", State.FAILED: "✕", State.ABSENT: "–"}


def list_checked_points(row: HandedIn, *, standing: str) -> list[CheckedPoint]:
    """Return the list of checked points. *standing* is the certificate's status of today, in
    words.
    """
    spoken = {
        State.OK: _("in order"),
        State.FAILED: _("not in order"),
        State.ABSENT: pgettext("check of a file", "not checked"),
    }
    found = []
    for point in Point:
        state = State(row.points.get(point, State.ABSENT))
        found.append(
            CheckedPoint(state, _MARKS[state], spoken[state], _line(point, state, row, standing))
        )
    return found


def _line(point: Point, state: State, row: HandedIn, standing: str) -> str:
    if row.kind in {"picture", "scan"} and state is State.ABSENT and point in _NOT_IN_A_PICTURE:
        return _not_in_a_picture(point)
    match point, state:
        case Point.SIGNATURE, State.OK:
            return (
                _("Has the signature we gave it")
                if row.compared in _KNOWN_SIGNATURE
                else _("Signed with one of our keys")
            )
        case Point.SIGNATURE, State.FAILED:
            if row.cause == FileCause.FOREIGN_SIGNATURE:
                return _("The signature isn't the one we gave it")
            return _("No valid signature of ours")
        case Point.SIGNATURE, _:
            return _("Signature: not checked")
        case Point.UNCHANGED, State.OK:
            return _compared(row)
        case Point.UNCHANGED, State.FAILED:
            return (
                _("Something was added after our signature")
                if row.cause == FileCause.ADDED_TO
                else _("Not what we signed")
            )
        case Point.UNCHANGED, _:
            return _("Changes: not checked")
        case Point.ATTACHMENTS, State.OK:
            return _("The attached credential is the one we issued")
        case Point.ATTACHMENTS, State.FAILED:
            return _("The attachments are missing, or don't belong to this page")
        case Point.ATTACHMENTS, _:
            return (
                _("Attachments: not in this file")
                if row.kind in {"json", "jwt"}
                else _("Attachments: not checked")
            )
        case Point.REGISTER, State.OK:
            return _("In the public register")
        case Point.REGISTER, State.FAILED:
            return _("No matching entry in the public register")
        case Point.REGISTER, _:
            return _("Entry in the public register: not checked, or being made")
        case Point.STANDING, State.ABSENT:
            return _("Status today: not checked")
        case _:
            return standing


_KNOWN_SIGNATURE = frozenset({Compared.BYTES, Compared.CONTENT})


def _compared(row: HandedIn) -> str:
    """Return exactly what was found equal. “Byte for byte” is said only where every byte was
    compared.
    """
    match row.compared:
        case Compared.BYTES:
            return _("Byte for byte the file we issued")
        case Compared.SIGNED_PART:
            return _(
                "Everything that was signed is unchanged, but the file as a whole isn't "
                "byte for byte the one we issued"
            )
        case Compared.CONTENT if row.kind == "json":
            return _("Every entry is the one we issued, and only spaces or the order differ")
        case Compared.CONTENT:
            return _("Character for character what we issued, and only the spaces around it differ")
        case _:
            return _("Everything that was signed is unchanged")


_NOT_IN_A_PICTURE = frozenset({Point.SIGNATURE, Point.UNCHANGED, Point.ATTACHMENTS})


def _not_in_a_picture(point: Point) -> str:
    match point:
        case Point.SIGNATURE:
            return _("No signature of ours, because a picture or printed page has none")
        case Point.UNCHANGED:
            return _("A picture can't show whether it was changed")
        case _:
            return _("No attachments, because a picture or printed page has none")
