"""Forms for the filings of assessment bodies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.models import AssessmentBody
from core.forms import clean_formfield


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FilingForm(forms.ModelForm):
    """A filing of an assessment body, as the authority's letter states it."""

    class Meta:
        formfield_callback = clean_formfield
        model = AssessmentBody
        fields = ("org", "prefix", "valid_from", "valid_until", "document")
        widgets = {"valid_from": _day(), "valid_until": _day()}

    def __init__(self, *args: Any, unions: Any, **kwargs: Any) -> None:
        """Offer only *unions*, which are those the user may manage."""
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = unions


class EndFilingForm(forms.Form):
    """The last day of a filing."""

    on = forms.DateField(label=_("Last day"), widget=_day())
