"""What can stop a signature."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, NoAnswer


class StampServiceDown(NoAnswer):
    """The timestamp service gave no answer: the certificate waits, it is not issued at a lower level."""

    @classmethod
    def no_answer(cls) -> StampServiceDown:
        """Say that it is tried again."""
        return cls(
            "stamp_service_down",
            _("The timestamp service does not answer. The certificate waits and is signed when the service is back."),
        )


class ListsMissing(NoAnswer):
    """A certificate behind signature or timestamp has no fresh revocation list or answer, which a file for years must carry."""

    @classmethod
    def absent(cls) -> ListsMissing:
        """Say what is missing and where it comes from."""
        return cls(
            "revocation_lists_missing",
            _(
                "A current revocation list of the certificates behind signature and timestamp can't be had. The certificate waits and is "
                "signed when the list is there; if it never comes, give the lists in CRAFTPATH_TIMESTAMP_LISTS."
            ),
        )


class ChainRefused(DomainError):
    """The certificates behind signature or timestamp are not what they have to be; only the operator can mend that."""

    @classmethod
    def revoked(cls) -> ChainRefused:
        """Return the error for a revoked one."""
        return cls(
            "signer_revoked",
            _("The certificate of the document key or of the timestamp service is revoked. Nothing is signed before it is replaced."),
        )

    @classmethod
    def untrusted(cls) -> ChainRefused:
        """Return the error for one that leads to no configured root."""
        return cls(
            "signer_untrusted",
            _(
                "The certificate of the document key or of the timestamp service doesn't stand under a known root, or has run out. "
                "Check CRAFTPATH_TIMESTAMP_ROOTS."
            ),
        )
