"""Errors that stop a signature."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, NoAnswer


class TimestampServiceDown(NoAnswer):
    """The timestamp service didn't answer. The certificate waits, and is not issued at a lower
    level.
    """

    @classmethod
    def no_answer(cls) -> TimestampServiceDown:
        """Return the error, which says that signing is tried again."""
        return cls(
            "stamp_service_down",
            _(
                "The timestamp service isn't responding. The certificate will be signed "
                "when the service is back."
            ),
        )


class RevocationListsMissing(NoAnswer):
    """A certificate behind the signature or timestamp has no fresh revocation list or answer,
    which a file kept for years must contain.
    """

    @classmethod
    def absent(cls) -> RevocationListsMissing:
        """Return the error, which says what is missing and where it comes from."""
        return cls(
            "revocation_lists_missing",
            _(
                "There is no current revocation list for the certificates behind the "
                "signature and timestamp. The certificate will be signed when the list is "
                "available. If it stays unavailable, give the lists in "
                "CRAFTPATH_TIMESTAMP_LISTS."
            ),
        )


class ChainRefused(DomainError):
    """The certificates behind the signature or timestamp are not what they have to be. Only the
    operator can fix that.
    """

    @classmethod
    def revoked(cls) -> ChainRefused:
        """Return the error for a revoked certificate."""
        return cls(
            "signer_revoked",
            _(
                "The certificate of the document key or of the timestamp service has been "
                "revoked. Nothing is signed until it is replaced."
            ),
        )

    @classmethod
    def untrusted(cls) -> ChainRefused:
        """Return the error for a certificate that leads to no configured root."""
        return cls(
            "signer_untrusted",
            _(
                "The certificate of the document key or of the timestamp service doesn't "
                "lead to a known root, or has expired. Check CRAFTPATH_TIMESTAMP_ROOTS."
            ),
        )
