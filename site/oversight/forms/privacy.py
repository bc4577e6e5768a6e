"""Forms of the data protection officer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import CleanCharField


class PrivacyReasonForm(forms.Form):
    """A decision with its reason."""

    reason = CleanCharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("State which documents you rely on. The person can read this."),
    )


class PolicyForm(forms.Form):
    """The draft of the next notice."""

    text_zh = CleanCharField(
        label=_("Notice in Chinese"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 14, "lang": "zh-Hans"}),
        help_text=_(
            "Plain paragraphs, separated by an empty line. A line that starts with # is a "
            "heading."),
    )  # fmt: skip
    text_en = CleanCharField(
        label=_("Notice in English"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 14, "lang": "en"}),
    )


class RuleForm(forms.Form):
    """A retention rule."""

    months = forms.IntegerField(
        label=_("How many months should it be kept?"), min_value=1, max_value=1200
    )
    basis = CleanCharField(
        label=_("Legal basis"),
        max_length=300,
        help_text=_("Name the law or rule in a few words."),
    )
    source_document = CleanCharField(label=_("Document number"), max_length=80)
    valid_from = forms.DateField(
        label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"})
    )
