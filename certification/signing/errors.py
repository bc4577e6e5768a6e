"""What can stop a signature."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class StampServiceDown(DomainError):
    """The timestamp service gave no answer: the certificate waits, it is not issued at a lower level."""

    @classmethod
    def no_answer(cls) -> StampServiceDown:
        """Say that it is tried again."""
        return cls(
            "stamp_service_down",
            _("The timestamp service does not answer. The certificate waits and is signed when the service is back."),
        )
