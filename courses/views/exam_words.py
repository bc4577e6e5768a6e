"""Hold the sentences that the scripts of the exam show by themselves."""

from __future__ import annotations

from django.utils.translation import gettext as _


def kind_word(kind: str) -> str:
    """Return what a question asks its reader to do."""
    return {
        "single": _("single choice"),
        "multiple": _("multiple choice: choose all that apply"),
        "true_false": _("right or wrong"),
        "number": _("fill in a number"),
    }[kind]


def door_words() -> dict[str, str]:
    """Return what the start page says about this browser before anybody starts."""
    return {
        "ready": _("This browser keeps answers without network, and opens the paper again without network too."),
        "noWorker": _(
            "This browser can't open the paper again without network. You can sit the exam, but don't reload or close the page "
            "while the network is away."
        ),
        "noStorage": _("This browser keeps nothing on this device. Answers made without network last only while the page is open."),
    }


def player_words() -> dict[str, str]:
    """Return what the player says."""
    return {
        "savedDevice": _("{time} kept on this device, not sent yet."),
        "savedMemory": _("{time} not kept on this device! It is only in this page and will be sent when the network is back."),
        "savedThere": _("{time} received by the server. You can change it until you hand in."),
        "otherDevice": _("What counts is the answer given at {time} on another device. To change it, choose again."),
        "otherPage": _("What counts is the answer given at {time} in another window of this browser. To change it, choose again."),
        "yoursSuperseded": _("Your answer of {mine} was received later and doesn't count."),
        "tooLate": _("Your last change came after the end and was not taken."),
        "handedIn": _("Your last change came after the paper was handed in and was not taken."),
        "tooMany": _("Too many changes were sent; the last one was not taken. Tell the invigilator, or hand in."),
        "offline": _("No network. Please go on answering."),
        "unwell": _("The server is in trouble. Please go on answering."),
        "refused": _("The server doesn't take the answers of this page. Reload it; what you chose is kept."),
        "reconnecting": _("trying again"),
        "offlineCount": _("{count} answers are kept on this device and will be sent by themselves when the network is back."),
        "offlineNone": _("Everything you answered so far has been received. Go on: new answers are kept on this device."),
        "offlineMemory": _("This device keeps nothing, so leave this page open until they are sent."),
        "signedOut": _("You have been signed out. Your answers are kept; sign in again and they will be sent."),
        "signIn": _("Sign in again"),
        "trouble": _("{count} answers are NOT kept on this device. Don't close or reload this page."),
        "troubleWhy": _("The device's storage is full or closed to this page. The answers are sent as long as there is a network."),
        "timeUpAsking": _("Time is up by this display. Asking the server…"),
        "timeUpOffline": _("Time is up by this display, but the server can't be reached. It alone decides when the exam ends."),
        "timeUpLate": _("Answers that reach it later are kept apart; a person decides whether they count. Connect before {time}."),
        "about": _("about {time}"),
        "needNetwork": _("Handing in needs the network: some answers have not reached the server."),
        "unanswered": _("{count} questions have no answer."),
        "allAnswered": _("All questions are answered."),
        "flagged": _("{count} are marked for a second look."),
        "unreadableList": _("The answers to questions {places} can't be read. If you hand in now, they count as not answered."),
        "notTaken": _("Changes at questions {places} were not taken."),
        "differs": _("Before handing in, look at what counts: it changed at questions {places}."),
        "handingIn": _("Handing in…"),
        "done": _("Handed in. The server has everything you see here."),
        "collected": _("Time was up: the server has collected the paper."),
        "leave": _("Some answers are not sent yet."),
        "mark": _("Flag"),
        "marked": _("Flagged"),
        "reads": _("read as {number}"),
        "not_a_number": _("This can't be read as a number. Write it like 12, 0.5, -3 or 1/4."),
        "too_long": _("This number is too long to be read. Write it shorter."),
        "comma_ambiguous": _("The comma can mean two things here: write {whole} or {decimal}."),
        "other_unit": _("This question asks for {unit}. Write the number in {unit}, or the number alone."),
        "unit_unasked": _("Write the number alone, without a unit or other signs."),
        "not_an_answer": _("This isn't an answer to that question. Choose again."),
        "leaveAnyway": _("Change it, or go on once more to leave it as it is: then it counts as not answered."),
        "reloadOk": _("This page also opens again without network."),
        "reloadNot": _("Without network this page can't be opened again: don't reload or close it then."),
    }
