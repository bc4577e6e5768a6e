"""Forms of an import from paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.enums import CertificateKind, Provenance, Sampled
from certification.grants import IMPORT_HISTORIC
from certification.models import HistoricRecord
from core.forms import CleanCharField
from imports.forms import ColumnsForm, UnitChoice, UploadForm
from org.models import OrgUnit

AIMS = (
    (
        Provenance.ARCHIVE.value,
        _("originals or stubs are at hand, and another person will compare a sample with them"),
    ),
    (Provenance.LIST.value, _("only a list, with nothing to compare it with")),
)


class SheetForm(UploadForm):
    """The issuer, what the list was made from, what the records shall rest on, and the file."""

    permission = IMPORT_HISTORIC
    field_order = ("org", "source", "aim", "file")

    org = UnitChoice(
        label=_("Who issued these certificates?"), queryset=OrgUnit.objects.none(), empty_label=None
    )
    source = CleanCharField(
        label=_("What was the list made from?"),
        max_length=200,
        help_text=_(
            "For example: register of certificates 2015 to 2020, kept by the training "
            "office. This note is kept with the import."
        ),
        error_messages={
            "required": _(
                "Say what the list was made from. It decides how far the records can be relied on."
            )
        },
    )
    aim = forms.ChoiceField(
        label=_("Are there originals to compare with?"),
        choices=AIMS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )


class PaperColumnsForm(ColumnsForm):
    """The matching of columns, with kind and name of certificates that don't name theirs."""

    kind = forms.ChoiceField(
        label=_("Kind of certificates"),
        choices=CertificateKind.choices,
        help_text=_("For rows that don't name one."),
    )
    title = CleanCharField(
        label=_("Name of the certificates"),
        max_length=60,
        required=False,
        help_text=_("As on the paper, for rows that don't name one."),
    )


class SampleForm(forms.Form):
    """The answer for each drawn record, and where the originals are kept."""

    remark = CleanCharField(
        label=_("Where are the originals kept?"),
        max_length=200,
        help_text=_("For example: archive room, box 2015-3. This note is kept with the import."),
        error_messages={
            "required": _(
                "Say where the originals are kept, so that they can be checked again later."
            )
        },
    )

    def __init__(self, *args: Any, records: Sequence[HistoricRecord], **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        self.records = records
        answers = [
            (Sampled.AGREES.value, _("agrees")),
            (Sampled.DIFFERS.value, _("differs, or no original")),
        ]
        for record in records:
            self.fields[f"record_{record.pk}"] = forms.ChoiceField(
                label=_("Row %(row)s") % {"row": record.row},
                choices=answers,
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Agrees or differs?"),
                    "invalid_choice": _("Agrees or differs?"),
                },
            )

    def verdicts(self) -> dict[int, str]:
        """Return the answer for each record's key."""
        return {
            record.pk: self.cleaned_data.get(f"record_{record.pk}", "") for record in self.records
        }

    def rows(self) -> list[tuple[HistoricRecord, Any]]:
        """Return (record, bound field) in the sheet's order."""
        return [(record, self[f"record_{record.pk}"]) for record in self.records]


class WithdrawForm(forms.Form):
    """Why an import is taken back."""

    reason = CleanCharField(
        label=_("Why?"),
        max_length=300,
        help_text=_("Recorded in the history of the import and of each record."),
        error_messages={
            "required": _("Say why you are undoing the import. The reason is kept on record.")
        },
    )
