"""Form for looking up entries in the public register."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.queries import register
from certification.tlog import leaves
from core.forms import CleanCharField


class EntryForm(forms.Form):
    """A fingerprint, or an entry as it is written in the register."""

    entry = CleanCharField(
        label=_("Fingerprint or entry"),
        max_length=1000,
        help_text=_(
            "The 64 characters (0-9, a-f) shown on the verification page, or the whole "
            "entry beginning with {."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        ),
        error_messages={
            "required": _("Paste the fingerprint you want to look for."),
            "max_length": _(
                "This is longer than any entry. Paste only the 64 characters of the fingerprint."
            ),
        },
    )

    def clean_entry(self) -> str:
        """Refuse input that is neither a fingerprint nor an entry."""
        text = self.cleaned_data["entry"]
        if leaves.parse_fingerprint(text) is None and not text.strip().startswith("{"):
            raise forms.ValidationError(
                _(
                    "That isn't a fingerprint. A fingerprint has 64 characters, 0-9 and "
                    "a-f. Copy all of it from the verification page."
                )
            )
        return text

    def found(self) -> list[register.Sought]:
        """Return the register entries that match."""
        return register.find_register_entries(self.cleaned_data["entry"]) or []
