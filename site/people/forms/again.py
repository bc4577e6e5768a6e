"""Forms of the page that asks for a recent sign-in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.forms import LENGTH_MESSAGES
from people import throttling


class ConfirmPasswordForm(forms.Form):
    """The person's own password, asked for again."""

    password = forms.CharField(
        label=_("Your password"),
        max_length=256,
        strip=False,
        error_messages=LENGTH_MESSAGES,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, user: Actor, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.user, self.request = user, request

    def clean_password(self) -> str:
        """Check the password.

        Attempts count under the account's name, as on the sign-in page.
        """
        password = str(self.cleaned_data["password"])
        if seconds := throttling.count_sign_in(self.request, self.user.get_username()):
            raise forms.ValidationError(throttling.locked_sentence(seconds), code="locked")
        if not self.user.check_password(password):
            raise forms.ValidationError(
                _("This isn't your password. Check capital and small letters."), code="wrong"
            )
        throttling.sign_in_succeeded(self.request, self.user.get_username())
        return password
