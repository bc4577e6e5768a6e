"""Forms of the step-up page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class ConfirmPasswordForm(forms.Form):
    """The person's own password once more."""

    password = forms.CharField(
        label=_("Your password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, user: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.user, self.request = user, request

    def clean_password(self) -> str:
        """Check it through the same door as a sign-in, so that guesses count there."""
        password = str(self.cleaned_data["password"])
        if authenticate(self.request, username=self.user.get_username(), password=password) != self.user:
            raise forms.ValidationError(_("This isn't your password. It tells capitals from small letters."), code="wrong")
        return password
