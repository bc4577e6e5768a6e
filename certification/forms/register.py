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
        help_text=_("64 signs 0-9 a-f, as the verification page shows them, or the whole entry beginning with {."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Paste the fingerprint you want to look for."),
            "max_length": _("This is longer than any entry. Paste the 64 signs of the fingerprint alone."),
        },
    )

    def clean_entry(self) -> str:
        """Refuse input that is neither a fingerprint nor an entry."""
        text = self.cleaned_data["entry"]
        if leaves.fingerprint(text) is None and not text.strip().startswith("{"):
            raise forms.ValidationError(_("That is no fingerprint: it has 64 signs, 0-9 and a-f. Copy it whole from that page."))
        return text

    def found(self) -> list[register.Sought]:
        """Return the register entries that match."""
        return register.entries_about(self.cleaned_data["entry"]) or []
