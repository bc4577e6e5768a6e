"""The form that sends a spreadsheet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from access.queries import permitted
from office.enums import ImportKind
from office.grants import IMPORT_ROSTER
from org.models import OrgUnit


class ImportForm(forms.Form):
    """What the sheet brings, for which union, and the file."""

    kind = forms.ChoiceField(
        label=_("What does the sheet bring?"), choices=ImportKind.choices, widget=forms.RadioSelect, initial=ImportKind.ROSTER
    )
    org: forms.ModelChoiceField[OrgUnit] = forms.ModelChoiceField(
        label=_("For which union?"), queryset=OrgUnit.objects.none(), empty_label=None
    )
    file = forms.FileField(
        label=_("Spreadsheet (.xlsx)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": _("Choose the .xlsx file first."),
            "empty": _("The file is empty. Save the sheet again and choose it anew."),
        },
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        units = permitted(user, IMPORT_ROSTER, OrgUnit.objects.order_by("path"))
        self.fields["org"].queryset = units

    def clean_file(self) -> Any:
        """Refuse by size before a byte is read into memory."""
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_UPLOAD_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(max)s MB. Split it and send the parts one by one."),
                params={"max": settings.MAX_UPLOAD_BYTES // 1024**2},
            )
        return file
