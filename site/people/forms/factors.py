"""Forms of second factors.

They are allauth's forms with our limits, and they accept each code of the app once.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.exceptions import InvalidSignature
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.forms import CleanCharField
from people import throttling
from people.login.adapters import WRONG_CODE
from people.workflows.codes import normalise_typed_code

REPLAY_SECONDS = 120  # longer than a code of the app is valid with the drift we allow
MALFORMED = (KeyError, TypeError, AttributeError, ValueError, InvalidSignature)
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


class OnceMixin:
    """A mixin that accepts a code of the app once and limits wrong attempts."""

    user: Actor
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        """Check the code.

        Raises `ValidationError`, which after too many attempts says how long to wait.
        """
        if seconds := throttling.throttle_attempt(throttling.SECOND_FACTOR, str(self.user.pk)):
            raise forms.ValidationError(throttling.locked_sentence(seconds), code="locked")
        self.cleaned_data["code"] = normalise_typed_code(self.cleaned_data["code"])
        code: str = super().clean_code()  # type: ignore[misc]  # allauth's form
        if self.authenticator.type == Authenticator.Type.TOTP and not cache.add(
            f"people:totp:{self.user.pk}:{code}", 1, REPLAY_SECONDS
        ):
            raise forms.ValidationError(WRONG_CODE, code="incorrect_code")
        throttling.clear_attempts(throttling.SECOND_FACTOR, str(self.user.pk))
        return code


def relabel_code_field(form: forms.BaseForm, label: Any) -> None:
    """Give allauth's code field our label and attributes."""
    form.label_suffix = ""
    form.fields["code"].label = label
    form.fields["code"].max_length = 20
    form.fields["code"].widget.attrs = dict(CODE)


class SecondFactorForm(OnceMixin, AuthenticateForm):
    """A code of the app, or a recovery code, while signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        relabel_code_field(self, _("Code from the authenticator app, or a recovery code"))


class AgainCodeForm(OnceMixin, ReauthenticateForm):
    """The same code on the page that asks for a recent sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        relabel_code_field(self, _("Code from the authenticator app, or a recovery code"))


class AddAppForm(ActivateTOTPForm):
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        relabel_code_field(self, _("Current code in the authenticator app"))

    def clean_code(self) -> str:
        """Check the code.

        The same code can't be used to sign in afterwards.
        """
        if seconds := throttling.throttle_attempt(throttling.SECOND_FACTOR, str(self.user.pk)):
            raise forms.ValidationError(throttling.locked_sentence(seconds), code="locked")
        self.cleaned_data["code"] = normalise_typed_code(self.cleaned_data["code"])
        code: str = super().clean_code()
        cache.add(f"people:totp:{self.user.pk}:{code}", 1, REPLAY_SECONDS)
        throttling.clear_attempts(throttling.SECOND_FACTOR, str(self.user.pk))
        return code


class CarefulMixin:
    """A mixin that treats a malformed answer of a device as a wrong answer, not as a server error."""

    def clean_credential(self) -> Any:
        """Check the answer of the device."""
        try:
            return super().clean_credential()  # type: ignore[misc]  # allauth's form
        except MALFORMED:
            raise forms.ValidationError(WRONG_CODE, code="incorrect_code") from None


class PasskeyLoginForm(CarefulMixin, LoginWebAuthnForm):
    """What the device answered at the sign-in page."""


class PasskeySecondForm(CarefulMixin, AuthenticateWebAuthnForm):
    """What the device answered as a second factor."""


class PasskeyAgainForm(CarefulMixin, ReauthenticateWebAuthnForm):
    """What the device answered on the page that asks for a recent sign-in."""


class AddPasskeyForm(AddWebAuthnForm):
    """A name for the new passkey, and what the device answered."""

    name = CleanCharField(
        label=_("Name of this passkey"),
        max_length=50,
        required=False,
        help_text=_(
            "A name that helps you recognise it in your list, such as “phone” or “office computer”."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields.pop("passwordless", None)

    def clean(self) -> dict[str, Any]:
        """Check the answer of the device, which must have verified its owner."""
        cleaned: dict[str, Any] = {}
        try:
            cleaned = super().clean()
        except MALFORMED:
            raise forms.ValidationError(WRONG_CODE, code="incorrect_code") from None
        return cleaned


class RenamePasskeyForm(forms.Form):
    """A new name for a passkey."""

    name = CleanCharField(label=_("Name of this passkey"), max_length=50)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
