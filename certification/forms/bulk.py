"""Form for changing many certificates at once."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.enums import REVOCATION_REASONS, SUSPENSION_REASONS, BulkAct
from certification.errors import UnreadableSheet
from certification.queries.bulk import AT_MOST, split_certificate_numbers
from core.forms import CleanCharField
from core.uploads import file_name


class BulkForm(forms.Form):
    """Certificate numbers, typed or in a file, with the change to make and its reason."""

    act = forms.ChoiceField(
        label=_("What do you want to do?"), choices=BulkAct, widget=forms.RadioSelect
    )
    numbers = CleanCharField(
        label=_("Certificate numbers"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("One per line, or pasted from a spreadsheet. At most 5,000."),
    )
    file = forms.FileField(
        label=_("Or a spreadsheet with a column of numbers"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    reason = forms.ChoiceField(
        label=_("Ground"),
        required=False,
        choices=[
            ("", "—"),
            *[
                (one.value, one.label)
                for one in dict.fromkeys((*SUSPENSION_REASONS, *REVOCATION_REASONS))
            ],
        ],
        help_text=_(
            "Shown to everybody who verifies these certificates. Not needed to make them "
            "valid again."
        ),
    )
    note = CleanCharField(
        label=_("Note for the record"),
        max_length=300,
        required=False,
        help_text=_("Not shown to the public."),
    )

    def clean(self) -> dict[str, object]:
        """Collect the numbers from both places. Having none, or too many, is an error."""
        from certification import workbooks  # slow import

        data: dict[str, object] = super().clean() or {}
        text = str(data.get("numbers") or "")
        data["unread"] = []
        file = data.get("file")
        if file is not None:
            try:
                sent = workbooks.read_numbers(file.read(), name=file_name(file))
                text += "\n" + "\n".join(sent.numbers)
                data["unread"] = sent.unread
            except UnreadableSheet as error:
                self.add_error("file", str(error.message))
        numbers = split_certificate_numbers(text)
        if not numbers and not self.errors:
            self.add_error("numbers", _("Enter or upload at least one number."))
        if len(numbers) > AT_MOST:
            self.add_error(
                "numbers",
                _("You can change at most %(count)s at once. Split the list.") % {"count": AT_MOST},
            )
        data["numbers"] = numbers
        return data
