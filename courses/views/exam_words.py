"""Hold the sentences that the scripts of the exam show by themselves."""

from __future__ import annotations

from django.utils.translation import gettext as _


def kind_word(kind: str) -> str:
    """Return what a question asks its reader to do."""
    return {
        "single": _("single choice"),
        "multiple": _("multiple choice: choose all that apply"),
        "true_false": _("true or false"),
        "number": _("enter a number"),
    }[kind]


def list_start_page_words() -> dict[str, str]:
    """Return what the start page says about this browser before anybody starts."""
    return {
        "ready": _("This browser can save answers and reopen the paper without a network."),
        "noWorker": _(
            "This browser can't reopen the paper without a network. You can take the exam, "
            "but don't reload or close the page while you are offline."
        ),
        "noStorage": _(
            "This browser can't store anything on this device. Answers given without a "
            "network only last while the page is open."
        ),
    }


def player_words() -> dict[str, str]:
    """Return what the player says."""
    return {
        "savedDevice": _("{time} stored on this device, not sent yet."),
        "savedMemory": _(
            "{time} not stored on this device. The answer is only in this page and is sent "
            "when the network is back."
        ),
        "savedThere": _("{time} received by the server. You can change it until you submit."),
        "otherDevice": _(
            "The answer given at {time} on another device counts. To change it, answer again."
        ),
        "otherPage": _(
            "The answer given at {time} in another window of this browser counts. To change "
            "it, answer again."
        ),
        "yoursSuperseded": _("Your answer from {mine} was received later and doesn't count."),
        "tooLate": _("Your last change arrived after the end and wasn't accepted."),
        "handedIn": _(
            "Your last change arrived after the paper was submitted and wasn't accepted."
        ),
        "tooMany": _(
            "You made too many changes, and the last one wasn't accepted. Tell the "
            "invigilator, or submit the paper."
        ),
        "offline": _("No network. Please continue answering."),
        "unwell": _("The server has a problem. Please continue answering."),
        "refused": _(
            "The server doesn't accept answers from this page. Reload it. Your choices are kept."
        ),
        "reconnecting": _("reconnecting"),
        "offlineCount": _(
            "{count} answers are stored on this device and are sent automatically when the "
            "network is back."
        ),
        "offlineNone": _(
            "All your answers so far have been received. Continue, and new answers are "
            "stored on this device."
        ),
        "offlineMemory": _(
            "This device can't store anything. Leave this page open until the answers are sent."
        ),
        "signedOut": _(
            "You have been signed out. Your answers are kept and are sent after you sign in again."
        ),
        "signIn": _("Sign in again"),
        "trouble": _(
            "{count} answers are NOT stored on this device. Don't close or reload this page."
        ),
        "troubleWhy": _(
            "The device's storage is full or not accessible to this page. Answers are still "
            "sent while there is a network."
        ),
        "timeUpAsking": _("Time has run out according to this page. Checking with the server…"),
        "timeUpOffline": _(
            "Time has run out according to this page, but the server can't be reached. Only "
            "the server decides when the exam ends."
        ),
        "timeUpLate": _(
            "Answers that arrive later are stored separately, and a person decides whether "
            "they count. Connect before {time}."
        ),
        "about": _("about {time}"),
        "needNetwork": _(
            "You need a network to submit. Some answers haven't reached the server yet."
        ),
        "unanswered": _("{count} questions haven't been answered."),
        "allAnswered": _("All questions are answered."),
        "flagged": _("{count} questions are flagged."),
        "unreadableList": _(
            "The answers to questions {places} weren't recognised. If you submit now, they "
            "count as not answered."
        ),
        "notTaken": _("Changes to questions {places} weren't accepted."),
        "differs": _(
            "Check your answers before you submit. The answer that counts has changed for "
            "questions {places}."
        ),
        "handingIn": _("Submitting…"),
        "done": _("Submitted. The server has all the answers you see here."),
        "collected": _("Time ran out, so the server has collected the paper."),
        "leave": _("Some answers haven't been sent yet."),
        "mark": _("Flag"),
        "marked": _("Flagged"),
        "reads": _("read as {number}"),
        "not_a_number": _("This isn't recognised as a number. Write it like 12, 0.5, -3 or 1/4."),
        "too_long": _("This number is too long. Write a shorter one."),
        "comma_ambiguous": _("The comma is ambiguous here. Write {whole} or {decimal}."),
        "other_unit": _(
            "The unit for this question is {unit}. Write the number in {unit}, or only the number."
        ),
        "unit_unasked": _("Write only the number, without a unit or other symbols."),
        "not_an_answer": _("This isn't a valid answer to the question. Answer again."),
        "leaveAnyway": _(
            "Change it, or move on again to leave it as it is. It then counts as not answered."
        ),
        "reloadOk": _("You can reopen this page without a network."),
        "reloadNot": _(
            "You can't reopen this page without a network. Don't reload or close it while "
            "you are offline."
        ),
    }
