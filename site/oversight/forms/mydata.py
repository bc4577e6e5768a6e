"""Forms in which people write about their own data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import CleanCharField
from people.privacy_enums import CONSENT_WORDS, ConsentPurpose, CorrectedField


class DataCorrectionForm(forms.Form):
    """Ask for a correction."""

    field = forms.ChoiceField(label=_("What is wrong?"), choices=CorrectedField)
    wanted = CleanCharField(
        label=_("What is right?"),
        max_length=500,
        strip=True,
        help_text=_("As shown on your documents. Write dates like 1990-05-31."),
    )
    note = CleanCharField(
        label=_("Anything else we should know"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    evidence = forms.FileField(
        label=_("Supporting document"),
        required=False,
        help_text=_(
            "A photo or PDF of a document that proves it, at most 10 MB. Only the data "
            "protection officers can see it."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
    )


class NoticeForm(forms.Form):
    """The choices beside the notice, each by itself and none ticked beforehand."""

    def __init__(self, *args: Any, purposes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for purpose in purposes:
            self.fields[purpose] = forms.BooleanField(
                label=ConsentPurpose(purpose).label,
                required=False,
                help_text=CONSENT_WORDS[ConsentPurpose(purpose)][0],
            )


class SureForm(forms.Form):
    """Confirm the deletion, as its second step."""

    sure = forms.BooleanField(
        label=_("I have read what will be deleted and what will be kept."),
        error_messages={
            "required": _("Tick this box first, or go back. Nothing has been changed yet.")
        },
    )
