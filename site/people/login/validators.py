"""Rules for new passwords beyond Django's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.rules.passwords import count_character_kinds

if TYPE_CHECKING:
    from people.models import User


class LengthValidator(MinimumLengthValidator):
    """Django's validator with our own sentences, because one of Django's has no Chinese."""

    def get_error_message(self) -> str:
        """Return what is wrong with a shorter password."""
        return self.get_help_text()

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return ngettext(
            "Use at least %(count)d character.",
            "Use at least %(count)d characters.",
            self.min_length,
        ) % {"count": self.min_length}


class KindsValidator:
    """Require a number of kinds of characters among small letters, capitals, digits and others."""

    def __init__(self, kinds: int = 3) -> None:
        self.kinds = kinds

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise `ValidationError` with what is missing."""
        if count_character_kinds(password) < self.kinds:
            raise ValidationError(self.get_help_text(), code="password_kinds")

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return ngettext(
            "Use at least %(count)d kind of character: small letters, capitals, digits, symbols.",
            "Use at least %(count)d kinds of characters: small letters, capitals, digits, symbols.",
            self.kinds,
        ) % {"count": self.kinds}


class NotThePresentOneValidator:
    """Refuse the password that is in use."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise `ValidationError` if *password* is the one in use."""
        if user is not None and user.pk and user.check_password(password):
            raise ValidationError(
                _("This is your current password. Choose a different one."), code="password_same"
            )

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return _("Choose a password that differs from your current one.")
