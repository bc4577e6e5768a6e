"""Forms for the watch-list."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.forms.verify import VerifyForm
from core.forms import CleanCharField


class ObjectionForm(forms.Form):
    """Why the holder objects to being watched."""

    reason = CleanCharField(
        label=_("Your reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The employer will read it."),
    )


class AnswerForm(forms.Form):
    """Why the entry stays although the holder objects."""

    answer = CleanCharField(
        label=_("Why you keep watching"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The holder will read it."),
    )


class WatchForm(VerifyForm):
    """Number and name as printed, for one of the employers whose list the user keeps."""

    employer = forms.ChoiceField(
        label=_("Watch-list of"), error_messages={"invalid_choice": _("Choose one from the list.")}
    )
    field_order = ("employer", "number", "name")

    def __init__(self, *args: object, employers: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        self.fields["employer"].choices = employers
        if len(employers) == 1:
            self.fields["employer"].widget = forms.HiddenInput()
            self.fields["employer"].initial = employers[0][0]
