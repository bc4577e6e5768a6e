"""Forms in which people write about their own data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import CleanCharField
from people.privacy_enums import CONSENT_WORDS, ConsentPurpose, CorrectedField


class CorrectionForm(forms.Form):
    """Ask for a correction."""

    field = forms.ChoiceField(label=_("What is wrong?"), choices=CorrectedField)
    wanted = CleanCharField(
        label=_("What is right?"), max_length=500, strip=True, help_text=_("As it stands on your papers. A day is written 1990-05-31.")
    )
    note = CleanCharField(label=_("Anything we should know"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    evidence = forms.FileField(
        label=_("Proof"),
        required=False,
        help_text=_("A photo or PDF of the paper that shows it, at most 10 MB. Only the data protection officers see it."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
    )


class NoticeForm(forms.Form):
    """The choices beside the notice, each by itself and none ticked beforehand."""

    def __init__(self, *args: Any, purposes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for purpose in purposes:
            self.fields[purpose] = forms.BooleanField(
                label=ConsentPurpose(purpose).label, required=False, help_text=CONSENT_WORDS[ConsentPurpose(purpose)][0]
            )


class SureForm(forms.Form):
    """Confirm the deletion, as its second step."""

    sure = forms.BooleanField(
        label=_("I have read what is deleted and what stays."),
        error_messages={"required": _("Tick this first, or go back: nothing has been changed.")},
    )
