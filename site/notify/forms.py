"""Hours, webhooks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notify import registry
from notify.models import Settings, WebhookEndpoint


class HoursForm(forms.ModelForm[Settings]):
    """Rhythm, quiet hours, language."""

    digest_hour = forms.TypedChoiceField(
        label=_("Hour of the collected mail"), choices=[(hour, f"{hour:02}:00") for hour in range(24)], coerce=int
    )

    class Meta:
        model = Settings
        fields = ["rhythm", "digest_hour", "digest_weekday", "quiet", "quiet_from", "quiet_to", "language"]
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_to": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "rhythm": _("Urgent messages and those about your account's safety always come at once."),
            "digest_weekday": _("Counts for weekly mail only."),
            "quiet": _("Mail, SMS and web push wait until the quiet hours are over. Urgent messages don't."),
        }


class WebhookForm(forms.ModelForm[WebhookEndpoint]):
    """Name, address and kinds of a webhook."""

    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        help_text=_("Begins with https:// and is reachable from this server."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of messages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked means all."),
    )

    class Meta:
        model = WebhookEndpoint
        fields = ["name", "url"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [(kind.key, kind.label) for kind in registry.all_kinds()]
        if self.instance.pk:
            self.initial["kinds"] = self.instance.kinds
            self.fields["active"] = forms.BooleanField(
                label=pgettext_lazy("webhook", "Active"), required=False, initial=self.instance.active
            )
