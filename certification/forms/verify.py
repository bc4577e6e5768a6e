"""Forms for verification."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from certification import workbooks
from core.forms import QueryCharField


class VerifyForm(forms.Form):
    """Number and name, as printed."""

    number = QueryCharField(
        label=_("Certificate number"),
        max_length=60,
        help_text=_(
            "Printed beside the QR code, such as 330106-PX-2026-001837-Y. Spaces and "
            "capitals don't matter."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={
            "required": _("Type the number printed on the certificate."),
            "max_length": _("This is longer than any of our numbers. Type it again."),
        },
    )
    name = QueryCharField(
        label=_("Name of the holder"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Type the name printed on the certificate."),
            "max_length": _("This is longer than any name we print. Type it again."),
        },
    )


_ACCEPTED = ".pdf,.json,.jwt,.jpg,.jpeg,.png,.webp,.heic,.heif,application/pdf,application/json,text/plain,image/*"


class FileForm(forms.Form):
    """A file to check. Its kind is told from its content, whatever its name is."""

    file = forms.FileField(
        label=_("Certificate file"),
        help_text=_(
            "The PDF as you received it, credential.json or credential.jwt. A scan or photo "
            "with the QR code works too. Up to 10 MB."
        ),
        allow_empty_file=True,  # answered with our own sentence
        max_length=500,
        widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
        error_messages={
            "required": _("Choose the file to check."),
            "invalid": _("Choose the file to check."),
            "max_length": _(
                "The file's name is too long. Give it a shorter one and choose it again."
            ),
        },
    )


class CheckSheetForm(forms.Form):
    """A spreadsheet to check, for one of the employers or unions the user may check for."""

    scope = forms.ChoiceField(
        label=_("Check on behalf of"),
        error_messages={"invalid_choice": _("Choose one from the list.")},
    )
    file = forms.FileField(
        label=_("Spreadsheet"),
        allow_empty_file=True,  # answered with our own sentence
        max_length=200,
        widget=forms.FileInput(
            attrs={
                "accept": ".xlsx,.csv,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        ),
        error_messages={
            "required": _("Choose the file to check."),
            "invalid": _("Choose the file to check."),
        },
    )

    def __init__(self, *args: object, scopes: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        self.fields["scope"].choices = scopes
        if len(scopes) == 1:
            self.fields["scope"].widget = forms.HiddenInput()
            self.fields["scope"].initial = scopes[0][0]

    def clean_file(self) -> object:
        """Refuse a file that is too large before anything is read."""
        file = self.cleaned_data["file"]
        if file.size > workbooks.MAX_BYTES:
            raise forms.ValidationError(
                _(
                    "The file is larger than 5 MB. Keep only the number and name columns, "
                    "or split the file."
                )
            )
        return file


class ReportForm(forms.Form):
    """A report of a spreadsheet check that somebody presents."""

    file = forms.FileField(
        label=_("Report"),
        allow_empty_file=True,
        max_length=200,
        widget=forms.FileInput(
            attrs={
                "accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        ),
        error_messages={
            "required": _("Choose the report to check."),
            "invalid": _("Choose the report to check."),
        },
    )
