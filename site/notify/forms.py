"""The form for rhythm, quiet hours and language."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import clean_formfield
from notify.models import Settings


class HoursForm(forms.ModelForm[Settings]):
    """Choose rhythm, quiet hours and language."""

    digest_hour = forms.TypedChoiceField(
        label=_("Time of the digest email"),
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        coerce=int,
    )

    class Meta:
        formfield_callback = clean_formfield
        model = Settings
        fields = [
            "rhythm",
            "digest_hour",
            "digest_weekday",
            "quiet",
            "quiet_from",
            "quiet_to",
            "language",
        ]
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_to": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "rhythm": _(
                "Urgent messages and those about the security of your account are always "
                "sent at once."
            ),
            "digest_weekday": _("Applies to weekly email only."),
            "quiet": _(
                "Email, SMS and web push wait until the quiet hours are over. Urgent "
                "messages are sent at once."
            ),
        }
