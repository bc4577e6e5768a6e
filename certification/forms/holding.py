"""Forms of certificate holders, and the officer's answer to a correction request.

Holders share a certificate by link, open a protected link by its pass-phrase, and ask for a
correction.
"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.enums import CorrectionSubject
from core.forms import CleanCharField
from people.forms.names import NameField


class ShareForm(forms.Form):
    """What somebody with the link sees, and for how long."""

    note = CleanCharField(
        label=_("Who is it for?"),
        max_length=60,
        required=False,
        help_text=_("Only you see this. It helps you recognise the link later."),
    )
    full_name = forms.BooleanField(
        label=_("My full name"),
        required=False,
        initial=True,
        help_text=_("Otherwise only the first character, such as 张*."),
    )
    photo = forms.BooleanField(label=_("My photo"), required=False)
    wording = forms.BooleanField(
        label=_("The text of the certificate, including any scores in it"), required=False
    )
    employer = forms.BooleanField(label=_("My employer at the time"), required=False)
    days = forms.IntegerField(
        label=_("Days the link stays valid"),
        min_value=1,
        max_value=180,
        initial=30,
        help_text=_("1 to 180. You can withdraw it at any time."),
    )
    phrase = CleanCharField(
        label=_("Passphrase"),
        min_length=6,
        max_length=60,
        required=False,
        strip=False,
        help_text=_(
            "If you set one, send it separately from the link. We can't show it to you again."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class PhraseForm(forms.Form):
    """The pass-phrase that opens a protected link."""

    phrase = CleanCharField(
        label=_("Passphrase"),
        max_length=60,
        strip=False,
        help_text=_("Ask the person who sent you the link."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class CertificateCorrectionForm(forms.Form):
    """What is wrong, how it should be, and a paper that proves it."""

    what = forms.ChoiceField(
        label=_("What is wrong?"), choices=CorrectionSubject, widget=forms.RadioSelect
    )
    name = NameField(
        label=_("Correct name"),
        max_length=100,
        required=False,
        help_text=_("As on your identity document. Leave it empty for a photo."),
    )
    reason = CleanCharField(
        label=_("Why?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    evidence = forms.FileField(
        label=_("Supporting document, or the new photo"),
        max_length=200,
        help_text=_(
            "For a name, upload your identity document or household registration record as "
            "PDF, JPG or PNG. For a photo, upload the photo itself. At most 8 MB."
        ),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def clean(self) -> dict[str, object]:
        """Require a name when it is the name that is to be corrected."""
        data: dict[str, object] = super().clean() or {}
        if data.get("what") == CorrectionSubject.NAME and not str(data.get("name") or "").strip():
            self.add_error("name", _("Enter the correct name."))
        return data


class DecisionForm(forms.Form):
    """The officer's answer to a correction request."""

    answer = CleanCharField(
        label=_("Answer to the holder"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Required if you turn the request down. Say why, and what is still missing."),
    )
