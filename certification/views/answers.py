"""Verification answers in words, tone and sign.

They cover the seven answers, how a number is written, and requests that come too often.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from certification.enums import Answer, Reason, RowFault
from certification.errors import TooOften
from certification.rules.near_miss import Writing
from certification.rules.status import Verdict
from core.templatetags.craft import long_day

TONES: dict[str, str] = {
    Answer.VALID: "ok",
    Answer.EXPIRED: "warn",
    Answer.SUSPENDED: "warn",
    Answer.REVOKED: "bad",
    Answer.SUPERSEDED: "info",
    Answer.NO_MATCH: "",
    Answer.UNAVAILABLE: "",
}
MARKS: dict[str, str] = {
    Answer.VALID: "✓",
    Answer.EXPIRED: "！",
    Answer.SUSPENDED: "！",
    Answer.REVOKED: "✕",
    Answer.SUPERSEDED: "→",
    Answer.NO_MATCH: "？",
    Answer.UNAVAILABLE: "…",
}


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as a page shows it, with sign, headline, meaning and advice."""

    answer: str
    tone: str
    mark: str
    headline: str
    meaning: str
    advice: str


def say(verdict: Verdict, *, writing: str = "") -> Said:
    """Return *verdict* in words.

    *writing* is how the typed number is written, for a number that matched nothing.
    """
    headline, meaning, advice = _words(verdict, writing)
    return Said(verdict.answer, TONES[verdict.answer], MARKS[verdict.answer], headline, meaning, advice)


def _words(verdict: Verdict, writing: str) -> tuple[str, str, str]:
    since, reason = long_day(verdict.since), reason_label(verdict.reason)
    match verdict.answer:
        case Answer.VALID:
            return _("The certificate is valid"), validity(verdict), ""
        case Answer.EXPIRED:
            return (
                _("The certificate has expired"),
                _("It was valid until %(day)s.") % {"day": since},
                _("Ask the holder for a renewed one."),
            )
        case Answer.SUSPENDED:
            return (
                _("The certificate is suspended"),
                _("Since %(day)s: %(reason)s.") % {"day": since, "reason": reason},
                _("Don't rely on it while it is suspended; check again later."),
            )
        case Answer.REVOKED:
            return (
                _("The certificate has been revoked"),
                _("On %(day)s: %(reason)s.") % {"day": since, "reason": reason},
                _("It can't be relied on any more."),
            )
        case Answer.SUPERSEDED:
            return (
                _("Replaced by a newer certificate"),
                _("On %(day)s: %(reason)s. New number: %(number)s") % {"day": since, "reason": reason, "number": verdict.replaced_by},
                _("Check the new one; this one no longer counts."),
            )
        case Answer.NO_MATCH:
            meaning, advice = written(writing)
            return _("No match"), meaning, advice
        case _:
            return (
                _("Can't be checked just now"),
                _("The register doesn't answer. This says nothing about the certificate."),
                _("Try again in a few minutes."),
            )


def validity(verdict: Verdict) -> str:
    """Return in words until when a valid certificate is valid."""
    if verdict.valid_until is None:
        return _("Valid without end.")
    return _("Valid until %(day)s, %(days)s days from now.") % {"day": long_day(verdict.valid_until), "days": verdict.days_left}


def written(writing: str) -> tuple[str, str]:
    """Return what is said about a number that matched nothing, and what to do.

    It never says whether the number or the name was wrong.
    """
    if writing == Writing.CHECK_FAILS:
        return _("The last character doesn't fit the rest: one sign was probably misread."), _(
            "Compare the number with the certificate and check again."
        )
    if writing == Writing.STATE_CERTIFICATE:
        return (
            _("This is written like the number of a state skill level certificate. Those are not in our register."),
            _("Ask the state's query site: zscx.osta.org.cn"),
        )
    if writing == Writing.FOREIGN_LETTERS:
        return (
            _("The number holds Cyrillic or Greek letters. They look like ours, and no certificate has them."),
            _("Switch the keyboard to Latin letters, type the number again, and check once more."),
        )
    if writing == Writing.NOT_OURS:
        return (
            _(
                "The number isn't written like one given here, such as 330106-PX-2026-001837-Y; "
                "papers of earlier years have numbers of their own."
            ),
            _("Compare number and name with the certificate and check again."),
        )
    if writing == Writing.WELL_FORMED:
        return _("The number itself is written correctly."), _("Compare both number and name with the certificate once more.")
    return (
        _("The code leads to no certificate of ours."),
        _(
            "Compare the address beside the code on the paper with that of this page: if it is another site's, that site must be asked. "
            "Otherwise check by number and name."
        ),
    )


def explain_unasked(fault: str, *, cell: str = "", shows: str = "") -> tuple[str, str]:
    """Return why rows of a spreadsheet weren't looked up, and what to do.

    *cell* names the one to correct, *shows* is its content. Without a cell the sentences fit every
    row with this fault.
    """
    told = {"cell": cell, "shows": shows}
    match fault:
        case RowFault.NO_NUMBER:
            one, many = _("Cell %(cell)s holds no certificate number."), _("There is no certificate number.")
            do = _("Write the number there and check the sheet again.")
        case RowFault.NO_NAME:
            one, many = _("Cell %(cell)s holds no name."), _("There is no name.")
            do = _("Write the name on the certificate there and check the sheet again.")
        case RowFault.NEITHER:
            one, many = _("Cell %(cell)s holds no certificate number, and there is no name."), _("Number and name are missing.")
            do = _("Write both there, or delete the row.")
        case RowFault.NO_VALUE:
            one, many = _("Cell %(cell)s holds a formula whose value was not saved."), _("There is a formula without a value.")
            do = _("Open and save the file in a spreadsheet program, or write the value there, and check the sheet again.")
        case _:
            one, many = _("Cell %(cell)s shows %(shows)s instead of a value."), _("There is an error instead of a value.")
            do = _("Write what belongs there and check the sheet again.")
    return one % told if cell else many, do


def reason_label(reason: str) -> str:
    """Return the label of a reason, or "" for an unknown one."""
    return str(Reason(reason).label) if reason in Reason.values else ""


def calm(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate *view* so that `TooOften` is answered with its sentence, status 429 and
    `Retry-After`.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TooOften as error:
            response = render(request, "429.html", {"message": error.message}, status=429)
            response["Retry-After"] = str(error.data["retry_after"])
            return response

    return wrapped
