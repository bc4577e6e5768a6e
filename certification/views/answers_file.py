"""What is said about an uploaded file and about each point that was checked.

The sentences are plain and repeat nothing from the file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from certification.enums import Answer
from certification.rules.checklist import ALARMING, Cause, Compared, Point, State
from certification.views.answers import Said

if TYPE_CHECKING:
    from certification.models import HandedIn


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist, with its state and what was found.

    *mark* is the sign of the state, *spoken* its words for a reader who sees no sign.
    """

    state: str
    mark: str
    spoken: str
    text: str


def say_file(cause: str) -> Said:
    """Return the answer for a file that can't be trusted, or that isn't a certificate."""
    headline, meaning, advice = _words(Cause(cause))
    alarming = cause in ALARMING
    tone = "bad" if alarming else "info" if cause == Cause.REPORT else ""
    mark = "✕" if alarming else "✓" if cause == Cause.REPORT else "？"
    return Said(Answer.NO_MATCH, tone, mark, headline, meaning, advice)


def of_a_picture(said: Said) -> Said:
    """Return *said* for a certificate that was found by the code on a picture.

    Its headline says that the answer is about the certificate, not about the picture.
    """
    return replace(said, headline=_("Of the QR code: %(answer)s") % {"answer": said.headline})


def _words(cause: Cause) -> tuple[str, str, str]:
    if cause in _OF_PICTURES:
        return _words_of_pictures(cause)
    original = _("Ask for the file as it was downloaded, or scan the QR code.")
    match cause:
        case Cause.CHANGED | Cause.ADDED_TO:
            meaning = (
                _("Something was written into the file after it was signed.")
                if cause is Cause.ADDED_TO
                else _("Its content isn't what was signed.")
            )
            return _("It was changed: don't rely on it"), meaning, original
        case Cause.AMBIGUOUS:
            return (
                _("It says two things at once: don't rely on it"),
                _("An entry stands in it twice, so that one program reads this and another that. Ours have each entry once."),
                original,
            )
        case Cause.BORROWED:
            return (
                _("The page isn't ours: don't rely on it"),
                _("The attachments of one of our certificates were put into a file that we didn't sign."),
                original,
            )
        case Cause.FOREIGN_SIGNATURE:
            return (
                _("The signature isn't ours: don't rely on it"),
                _("The content is that of one of our certificates, but the signature isn't the one we gave it."),
                original,
            )
        case Cause.INCOMPLETE | Cause.NOT_REGISTERED:
            return (
                _("It doesn't fit our register: don't rely on it"),
                _("What belongs to a certificate is missing in it, or doesn't belong together."),
                original,
            )
        case Cause.SEVERAL_PARTS:
            return (
                _("Not a file as we issue it"),
                _("It has several signatures, or was written in several parts. Ours have one signature, and nothing is written behind it."),
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
                _("The file is larger than 10 MB and wasn't read. A certificate of ours has a tenth of one MB."),
                _("Ask for the file as it was downloaded, or hand in a smaller picture."),
            )
        case Cause.TOO_COMPLEX:
            return _("The file can't be checked"), _("It is built in a way that none of ours is, and was put aside unread."), original
        case Cause.ENCRYPTED:
            return _("The file is locked by a password"), _("None of ours is. What is inside can't be checked."), original
        case Cause.DAMAGED:
            return _("The file is damaged"), _("It ends too early or can't be read. It may have been cut off on its way."), original
        case Cause.EMPTY:
            return (
                _("The file is empty"),
                _("There is nothing in it, not one character. It may not have been saved or sent completely."),
                _("Choose the file again, or ask for it once more."),
            )
        case _:
            return (
                _("This kind of file isn't checked here"),
                _("Only a PDF, a picture (JPEG, PNG, WebP, HEIC), credential.json and credential.jwt can be checked."),
                _("Ask for one of these, or check by number and name."),
            )


_OF_PICTURES = frozenset(
    {
        Cause.PICTURE_DAMAGED,
        Cause.TOO_MANY_PIXELS,
        Cause.NO_CODE,
        Cause.CODE_UNREADABLE,
        Cause.CODE_FOREIGN,
        Cause.CODE_OF_PAGE,
        Cause.CODE_MISLEADING,
        Cause.CODE_UNKNOWN,
        Cause.CODES_SEVERAL,
    }
)


def _words_of_pictures(cause: Cause) -> tuple[str, str, str]:
    by_number = _("Or check by number and name.")
    again = _("Photograph the certificate again, straight from above and in good light, with the whole QR code in it.")
    match cause:
        case Cause.PICTURE_DAMAGED:
            return (
                _("The picture can't be opened"),
                _("It ends too early or isn't what it begins like. It may have been cut off on its way."),
                _("Send or take it once more."),
            )
        case Cause.TOO_MANY_PIXELS:
            return (
                _("The picture is too large"),
                _("It has more than 50 million pixels and wasn't opened."),
                _("Make it smaller, or cut out the part with the QR code."),
            )
        case Cause.NO_CODE:
            return (
                _("No QR code in the picture"),
                _("What leads to the register is the QR code. Without it a picture says nothing about a certificate."),
                f"{again} {by_number}",
            )
        case Cause.CODE_UNREADABLE:
            return (
                _("The QR code can't be read"),
                _("There is a QR code in the picture, but it is blurred, covered or too small."),
                f"{again} {by_number}",
            )
        case Cause.CODE_MISLEADING:
            return (
                _("The QR code leads to another site: don't rely on it"),
                _("It names a certificate of ours, but whoever scans it comes to somebody else's page. We never print such a code."),
                _("Don't open that page. Check by number and name here."),
            )
        case Cause.CODE_OF_PAGE:
            return (
                _("The QR code leads to another page of this site"),
                _("It isn't the code of a certificate; it may be that of a link which its holder shared."),
                _("Scan it with the camera: the page says what may be seen there.") + f" {by_number}",
            )
        case Cause.CODE_FOREIGN:
            return (
                _("The QR code isn't ours"),
                _("It leads elsewhere, not to our register. What stands there is said by somebody else."),
                _("Ask whoever issued it."),
            )
        case Cause.CODE_UNKNOWN:
            return (
                _("The QR code leads to no certificate: don't rely on it"),
                _("It is written like one of ours, but there is no such certificate in our register."),
                _("Check by number and name, and ask for the file as it was downloaded."),
            )
        case _:
            return (
                _("QR codes of several certificates"),
                _("One picture is answered for one certificate."),
                _("Open the answers one by one below, or hand in a picture of each."),
            )


_MARKS = {State.OK: "✓", State.FAILED: "✕", State.ABSENT: "–"}


def lines(row: HandedIn, *, standing: str) -> list[Line]:
    """Return the list of checked points. *standing* is the certificate's status of today, in
    words.
    """
    spoken = {State.OK: _("in order"), State.FAILED: _("not in order"), State.ABSENT: pgettext("check of a file", "not looked at")}
    found = []
    for point in Point:
        state = State(row.points.get(point, State.ABSENT))
        found.append(Line(state, _MARKS[state], spoken[state], _line(point, state, row, standing)))
    return found


def _line(point: Point, state: State, row: HandedIn, standing: str) -> str:
    if row.kind in {"picture", "scan"} and state is State.ABSENT and point in _NOT_IN_A_PICTURE:
        return _not_in_a_picture(point)
    match point, state:
        case Point.SIGNATURE, State.OK:
            return _("Bears the signature that we gave it") if row.compared in _KNOWN_SIGNATURE else _("Signed with a key of ours")
        case Point.SIGNATURE, State.FAILED:
            if row.cause == Cause.FOREIGN_SIGNATURE:
                return _("The signature isn't the one that we gave it")
            return _("No signature of ours that holds")
        case Point.SIGNATURE, _:
            return _("Signature: not looked at")
        case Point.UNCHANGED, State.OK:
            return _compared(row)
        case Point.UNCHANGED, State.FAILED:
            return _("Something was written behind what we signed") if row.cause == Cause.ADDED_TO else _("Not what we signed")
        case Point.UNCHANGED, _:
            return _("Changes: not looked at")
        case Point.ATTACHMENTS, State.OK:
            return _("The attached credential is the one we issued")
        case Point.ATTACHMENTS, State.FAILED:
            return _("The attachments are missing, or don't belong to this page")
        case Point.ATTACHMENTS, _:
            return _("Attachments: not in this file") if row.kind in {"json", "jwt"} else _("Attachments: not looked at")
        case Point.REGISTER, State.OK:
            return _("In the public register")
        case Point.REGISTER, State.FAILED:
            return _("No place in the public register that fits")
        case Point.REGISTER, _:
            return _("Place in the public register: not looked at, or being entered")
        case Point.STANDING, State.ABSENT:
            return _("Standing today: not looked at")
        case _:
            return standing


_KNOWN_SIGNATURE = frozenset({Compared.BYTES, Compared.CONTENT})


def _compared(row: HandedIn) -> str:
    """Return exactly what was found equal. “Byte for byte” is said only where every byte was
    compared.
    """
    match row.compared:
        case Compared.BYTES:
            return _("Byte for byte the file that we issued")
        case Compared.SIGNED_PART:
            return _("Everything that was signed is unchanged; the file as a whole isn't byte for byte the one that we issued")
        case Compared.CONTENT if row.kind == "json":
            return _("Every entry is the one that we issued; only blanks or their order differ")
        case Compared.CONTENT:
            return _("Letter for letter what we issued; only blanks around it differ")
        case _:
            return _("Everything that was signed is unchanged")


_NOT_IN_A_PICTURE = frozenset({Point.SIGNATURE, Point.UNCHANGED, Point.ATTACHMENTS})


def _not_in_a_picture(point: Point) -> str:
    match point:
        case Point.SIGNATURE:
            return _("No signature of ours: a picture or printed page has none")
        case Point.UNCHANGED:
            return _("Whether it was changed can't be told from a picture")
        case _:
            return _("No attachments: a picture or printed page has none")
