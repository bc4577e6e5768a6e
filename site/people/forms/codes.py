"""Forms that ask for the contact a code is sent to, and for the code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from core.forms import LENGTH_MESSAGES, QueryCharField
from people.rules.identity import IdentityError, read_mobile

NOT_A_MOBILE = _("A mobile number has 11 digits and starts with 13 to 19.")


class CodeFormBase(forms.Form):
    """A form whose labels end without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


class PhoneForm(CodeFormBase):
    """A mobile number."""

    phone = QueryCharField(
        label=_("Mobile number"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"autocomplete": "tel", "inputmode": "tel", "autofocus": True}
        ),
    )

    def clean_phone(self) -> str:
        """Return the number as 11 digits."""
        try:
            return read_mobile(self.cleaned_data["phone"])
        except IdentityError:
            raise forms.ValidationError(NOT_A_MOBILE, code="mobile") from None


class MailForm(CodeFormBase):
    """A mail address."""

    mail = forms.EmailField(
        label=_("Your email address"),
        max_length=254,
        error_messages=LENGTH_MESSAGES,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


class ContactForm(CodeFormBase):
    """A mobile number or a mail address, whichever the account has."""

    contact = QueryCharField(
        label=_("Mobile number or email address of the account"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "autofocus": True}),
    )

    def clean_contact(self) -> str:
        """Return the number as 11 digits, or the address as typed."""
        text = str(self.cleaned_data["contact"]).strip()
        if "@" in text:
            validate_email(text)
            return text
        try:
            return read_mobile(text)
        except IdentityError:
            raise forms.ValidationError(
                _("Enter an 11-digit mobile number or an email address such as name@example.cn."),
                code="contact",
            ) from None


class CodeForm(CodeFormBase):
    """The six-digit code."""

    code = QueryCharField(
        label=_("Code from the message"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


class ChoiceForm(CodeFormBase):
    """A choice between the accounts that share a number."""

    account = forms.ChoiceField(label=_("Who are you?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, accounts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = accounts


class ActivationForm(CodeFormBase):
    """User name and code from the slip that the union's office handed out."""

    username = QueryCharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    code = QueryCharField(
        label=_("Activation code from your union"),
        max_length=30,
        help_text=_("12 letters and digits, such as 7KQM-2XPA-9RTE."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
