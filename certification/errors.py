"""Errors of certification, each with a sentence that says what to do."""

from __future__ import annotations

from typing import Self

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, InvalidInput, NoAnswer


class NotIssuable(DomainError):
    """The outcome can't be certified as it is."""

    @classmethod
    def in_prescribed_layout(cls) -> NotIssuable:
        """Return the refusal for a number of a filed assessment body. Its prescribed layout
        (人社鉴发〔2021〕1号) isn't built.

        Our templates lack what it demands, and most say that the certificate is no state skill
        level certificate.
        """
        return cls(
            "prescribed_layout",
            _(
                "A skill level certificate of a registered assessment body needs a "
                "22-character number and a prescribed layout, which can't be printed here "
                "yet. Issue it in the authorities' system, then record it under “Paper "
                "certificates”."
            ),
        )


class SecondOfficerNeeded(DomainError):
    """The same person may not do both halves of an action that needs two people."""


class UnreadableSheet(InvalidInput):
    """The file is no spreadsheet we can read, or too large."""


class TooOften(DomainError):
    """Too many look-ups in a short time. `data["retry_after"]` is in seconds."""

    status = 429


class BeingWritten(NoAnswer):
    """The check was answered a moment ago by another machine and isn't saved here yet."""

    def __init__(self) -> None:
        super().__init__(
            "being_written",
            _(
                "This check was made a moment ago and is still being recorded. Reload the "
                "page in a minute."
            ),
        )


class DamagedFile(DomainError):
    """The stored file isn't the one that was issued."""

    status = 503


class RegisterRefuses(DomainError):
    """The public register doesn't accept this, and nothing was entered."""


class TemplateChanged(DomainError):
    """Somebody else has added a version of the template in between."""


class NoAddress(DomainError):
    """The operator hasn't set the site's address, so nothing may be signed under one."""

    status = 503

    @classmethod
    def unset(cls) -> Self:
        """Return the error for a process that runs without the setting."""
        return cls(
            "no_address",
            _(
                "Nothing was signed because this process doesn't know the site's address. "
                "Set CRAFTPATH_BASE_URL to the address people open, such as "
                "https://cert.example.cn, wherever commands and workers run. Then try "
                "again."
            ),
        )
