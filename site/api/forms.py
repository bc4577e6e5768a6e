"""Hold the forms for a key of a program and for a webhook."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from api.enums import Scope
from api.models import WebhookEndpoint
from core import clock
from core.forms import LENGTH_MESSAGES, CleanCharField
from notify.program_events import list_event_kinds


class KeyForm(forms.Form):
    """A form for a key, with its owner, its purpose, its permissions, and its last day."""

    scope = forms.ChoiceField(
        label=_("Key on behalf of"),
        error_messages={"invalid_choice": _("Choose one from the list.")},
    )
    name = CleanCharField(
        label=_("Purpose"),
        max_length=60,
        help_text=_("For example the name of the program. Only you can see it."),
        error_messages={"required": _("Enter the purpose of the key.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What the program may do"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what the program may do.")},
    )
    ends_on = forms.DateField(
        label=_("Valid until"),
        help_text=_("One year at most. Create a new key before then, and revoke the old one."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose a date."),
            "invalid": _("Enter the date like 2027-06-30."),
        },
    )

    def __init__(self, *args: object, scopes: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        self.fields["scope"].choices = scopes
        self.fields["ends_on"].initial = clock.today() + timedelta(days=180)
        if len(scopes) == 1:
            self.fields["scope"].widget = forms.HiddenInput()
            self.fields["scope"].initial = scopes[0][0]


class WebhookForm(forms.Form):
    """A form for a webhook, with its owner, its name, its address, and the kinds of events."""

    scope = forms.ChoiceField(
        label=_("Webhook of"), error_messages={"invalid_choice": _("Choose one from the list.")}
    )
    name = CleanCharField(
        label=_("Purpose"),
        max_length=100,
        help_text=_("For example the name of the program."),
        error_messages={"required": _("Enter the purpose of the webhook.")},
    )
    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        help_text=_("Starts with https:// and can be reached from this server."),
        error_messages={
            **LENGTH_MESSAGES,
            "required": _("Enter the address."),
            "invalid": _("Enter an address such as https://hr.example.org/craftpath."),
        },
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of events"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave all unticked to receive every kind."),
    )

    def __init__(self, *args: object, scopes: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        self.fields["scope"].choices = scopes
        self.fields["kinds"].choices = [(kind.key, kind.label) for kind in list_event_kinds()]
        if len(scopes) == 1:
            self.fields["scope"].widget = forms.HiddenInput()
            self.fields["scope"].initial = scopes[0][0]


class ChangeWebhookForm(WebhookForm):
    """The same form for an existing webhook, which stays with its owner and can be switched off."""

    active = forms.BooleanField(label=pgettext_lazy("webhook", "Active"), required=False)

    def __init__(self, *args: object, endpoint: WebhookEndpoint, **kwargs: object) -> None:
        super().__init__(*args, scopes=[], **kwargs)
        del self.fields["scope"]
        self.initial.update(
            {name: getattr(endpoint, name) for name in ("name", "url", "kinds", "active")}
        )
