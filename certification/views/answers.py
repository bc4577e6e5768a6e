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

from certification.enums import Reason, RowFault, VerificationAnswer
from certification.errors import TooOften
from certification.rules.near_miss import NumberWriting
from certification.rules.status import Verdict
from core.templatetags.craft import long_day

TONES: dict[str, str] = {
    VerificationAnswer.VALID: "ok",
    VerificationAnswer.EXPIRED: "warn",
    VerificationAnswer.SUSPENDED: "warn",
    VerificationAnswer.REVOKED: "bad",
    VerificationAnswer.SUPERSEDED: "info",
    VerificationAnswer.NO_MATCH: "",
    VerificationAnswer.UNAVAILABLE: "",
}
MARKS: dict[str, str] = {
    VerificationAnswer.VALID: "✓",
    VerificationAnswer.EXPIRED: "！",
    VerificationAnswer.SUSPENDED: "！",
    VerificationAnswer.REVOKED: "✕",
    VerificationAnswer.SUPERSEDED: "→",
    VerificationAnswer.NO_MATCH: "？",
    VerificationAnswer.UNAVAILABLE: "…",
}


@dataclass(frozen=True, slots=True)
class AnswerText:
    """An answer as a page shows it, with sign, headline, meaning and advice."""

    answer: str
    tone: str
    mark: str
    headline: str
    meaning: str
    advice: str


def describe_answer(verdict: Verdict, *, writing: str = "") -> AnswerText:
    """Return *verdict* in words.

    *writing* is how the typed number is written, for a number that matched nothing.
    """
    headline, meaning, advice = _words(verdict, writing)
    return AnswerText(
        verdict.answer, TONES[verdict.answer], MARKS[verdict.answer], headline, meaning, advice
    )


def _words(verdict: Verdict, writing: str) -> tuple[str, str, str]:
    since, reason = long_day(verdict.since), reason_label(verdict.reason)
    match verdict.answer:
        case VerificationAnswer.VALID:
            return _("The certificate is valid"), describe_validity(verdict), ""
        case VerificationAnswer.EXPIRED:
            return (
                _("The certificate has expired"),
                _("It was valid until %(day)s.") % {"day": since},
                _("Ask the holder for a renewed one."),
            )
        case VerificationAnswer.SUSPENDED:
            return (
                _("The certificate is suspended"),
                _("Since %(day)s: %(reason)s.") % {"day": since, "reason": reason},
                _("Don't rely on it while it is suspended. Check again later."),
            )
        case VerificationAnswer.REVOKED:
            return (
                _("The certificate has been revoked"),
                _("On %(day)s: %(reason)s.") % {"day": since, "reason": reason},
                _("It can't be relied on any more."),
            )
        case VerificationAnswer.SUPERSEDED:
            return (
                _("Replaced by a newer certificate"),
                _("On %(day)s: %(reason)s. New number: %(number)s")
                % {"day": since, "reason": reason, "number": verdict.replaced_by},
                _("Check the new one. This one no longer counts."),
            )
        case VerificationAnswer.NO_MATCH:
            meaning, advice = describe_number_writing(writing)
            return _("No match"), meaning, advice
        case _:
            return (
                _("Can't be checked just now"),
                _("The register isn't responding. This says nothing about the certificate."),
                _("Try again in a few minutes."),
            )


def describe_validity(verdict: Verdict) -> str:
    """Return in words until when a valid certificate is valid."""
    if verdict.valid_until is None:
        return _("Valid with no end date.")
    return _("Valid until %(day)s, %(days)s days from now.") % {
        "day": long_day(verdict.valid_until),
        "days": verdict.days_left,
    }


def describe_number_writing(writing: str) -> tuple[str, str]:
    """Return what is said about a number that matched nothing, and what to do.

    It never says whether the number or the name was wrong.
    """
    if writing == NumberWriting.CHECK_FAILS:
        return _(
            "The last character doesn't match the rest. One character was probably misread."
        ), _("Compare the number with the certificate and check again.")
    if writing == NumberWriting.STATE_CERTIFICATE:
        return (
            _(
                "This looks like the number of a state skill level certificate. Those "
                "aren't in our register."
            ),
            _("Check it on the state's site: zscx.osta.org.cn"),
        )
    if writing == NumberWriting.FOREIGN_LETTERS:
        return (
            _(
                "The number contains Cyrillic or Greek letters. They look like Latin "
                "letters, but no certificate number has them."
            ),
            _("Switch the keyboard to Latin letters, type the number again, and check once more."),
        )
    if writing == NumberWriting.NOT_OURS:
        return (
            _(
                "This isn't written like one of our numbers, such as "
                "330106-PX-2026-001837-Y. Older paper certificates have their own numbers."
            ),
            _("Compare number and name with the certificate and check again."),
        )
    if writing == NumberWriting.WELL_FORMED:
        return _("The number itself is written correctly."), _(
            "Compare both number and name with the certificate once more."
        )
    return (
        _("The code doesn't lead to any of our certificates."),
        _(
            "Compare the address beside the code on the paper with the address of this "
            "page. If it belongs to another site, check there. Otherwise check by number "
            "and name."
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
            one, many = (
                _("Cell %(cell)s has no certificate number."),
                _("There is no certificate number."),
            )
            do = _("Write the number there and check the sheet again.")
        case RowFault.NO_NAME:
            one, many = _("Cell %(cell)s has no name."), _("There is no name.")
            do = _("Write the name on the certificate there and check the sheet again.")
        case RowFault.NEITHER:
            one, many = (
                _("Cell %(cell)s has no certificate number, and there is no name."),
                _("Number and name are missing."),
            )
            do = _("Write both there, or delete the row.")
        case RowFault.NO_VALUE:
            one, many = (
                _("Cell %(cell)s has a formula whose value was not saved."),
                _("There is a formula without a value."),
            )
            do = _(
                "Open and save the file in a spreadsheet program, or write the value there, "
                "and check the sheet again."
            )
        case _:
            one, many = (
                _("Cell %(cell)s shows %(shows)s instead of a value."),
                _("There is an error instead of a value."),
            )
            do = _("Write what belongs there and check the sheet again.")
    return one % told if cell else many, do


def reason_label(reason: str) -> str:
    """Return the label of a reason, or "" for an unknown one."""
    return str(Reason(reason).label) if reason in Reason.values else ""


def handle_too_often(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
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
