"""Form for a certificate template. Uploaded pictures are kept while the rest is still being
written.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.models import CertificateTemplate
from certification.rendering.errors import UnreadablePicture
from certification.rendering.stamp import clean_seal_or_signature
from core.forms import CleanCharField, clean_formfield

PICTURES = ("seal", "signature", "second_signature")
_SENT = {"accept": "image/png,image/jpeg"}


class CertificateTemplateForm(forms.ModelForm):
    """The next version of a template."""

    new_seal = forms.FileField(
        label=_("Picture of the seal"),
        required=False,
        widget=forms.FileInput(attrs=_SENT),
        help_text=_(
            "PNG or JPEG up to 2 MB. A white background becomes transparent. Without a "
            "picture, our plain seal is printed."
        ),
    )
    new_signature = forms.FileField(
        label=_("Picture of the signature"), required=False, widget=forms.FileInput(attrs=_SENT)
    )
    new_second_signature = forms.FileField(
        label=_("Picture of the second signature"),
        required=False,
        widget=forms.FileInput(attrs=_SENT),
    )
    kept_seal = CleanCharField(required=False, widget=forms.HiddenInput)
    kept_signature = CleanCharField(required=False, widget=forms.HiddenInput)
    kept_second_signature = CleanCharField(required=False, widget=forms.HiddenInput)
    drop_seal = forms.BooleanField(label=_("No picture of a seal"), required=False)
    drop_signature = forms.BooleanField(label=_("No picture of a signature"), required=False)
    drop_second_signature = forms.BooleanField(label=_("No second picture"), required=False)
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        formfield_callback = clean_formfield
        model = CertificateTemplate
        fields = (
            "layout",
            "orientation",
            "with_photo",
            "title",
            "title_en",
            "lead",
            "salutation",
            "wording",
            "wording_en",
            "disclaimer",
            "valid_years",
            "signatory_title",
            "signatory",
            "second_signatory_title",
            "second_signatory",
        )
        widgets = {
            "wording": forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
            "wording_en": forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        }

    def __init__(
        self,
        data: Any,
        files: Any,
        *,
        template: CertificateTemplate | None,
        based_on: int,
        initial: dict[str, Any],
    ) -> None:
        """Start with the values of *template*, if there is one."""
        initial = {"based_on": based_on, **initial}
        if template is not None:
            initial |= {name: getattr(template, name) for name in self.Meta.fields}
            initial |= {f"kept_{name}": _text(getattr(template, name)) for name in PICTURES}
        super().__init__(data, files, initial=initial)

    def clean(self) -> dict[str, Any]:
        """Set each picture from the upload, or from the one kept earlier."""
        data = super().clean() or {}
        for name in PICTURES:
            sent, kept = data.get(f"new_{name}"), data.get(f"kept_{name}")
            data[name] = None
            if data.get(f"drop_{name}"):
                continue
            try:
                if sent:
                    data[name] = clean_seal_or_signature(sent.read())
                elif kept:
                    data[name] = clean_seal_or_signature(base64.b64decode(kept, validate=True))
            except (UnreadablePicture, binascii.Error) as error:
                self.add_error(
                    f"new_{name}",
                    str(error)
                    if isinstance(error, UnreadablePicture)
                    else str(UnreadablePicture.unreadable()),
                )
        return data

    def fields_of_version(self) -> dict[str, Any]:
        """Return the fields of the new version."""
        return {name: self.cleaned_data[name] for name in (*self.Meta.fields, *PICTURES)}

    def kept(self) -> dict[str, str]:
        """Return the pictures as values of hidden fields, so that the form shown again loses none."""
        return (
            {f"kept_{name}": _text(self.cleaned_data.get(name)) for name in PICTURES}
            if hasattr(self, "cleaned_data")
            else {}
        )


def _text(data: Any) -> str:
    return base64.b64encode(bytes(data)).decode() if data else ""
