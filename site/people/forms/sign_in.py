"""The sign-in form."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from core.forms import LENGTH_MESSAGES, QueryCharField

WRONG = _(
    "The user name and password don't match. Check both, including capital and small letters."
)


class SignInForm(AuthenticationForm):
    """User name (or mobile number) and password.

    Every kind of error gets the same sentence, so that nobody learns which accounts exist.
    """

    username = QueryCharField(
        label=_("User name or mobile number"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        error_messages=LENGTH_MESSAGES,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {"invalid_login": WRONG, "inactive": WRONG}
    locked = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
