"""Forms of an import, for the file, the matching of columns and the union that is meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from imports.forms import ColumnsForm, UnitChoice, UploadForm
from office.enums import ImportKind
from office.grants import IMPORT_ROSTER
from office.models import SheetImport
from org.enums import LIVE
from org.models import OrgUnit
from org.queries import list_subtree


class ImportForm(UploadForm):
    """What the sheet brings, for which union, and the file."""

    permission = IMPORT_ROSTER
    field_order = ("kind", "org", "file")

    kind = forms.ChoiceField(
        label=_("What does the spreadsheet contain?"),
        choices=ImportKind.choices,
        widget=forms.RadioSelect,
        initial=ImportKind.ROSTER,
    )


class MappingForm(ColumnsForm):
    """The matching of columns, and a union for rows that name none."""

    default_union = UnitChoice(
        label=_("Union for rows without one"),
        queryset=OrgUnit.objects.none(),
        required=False,
        empty_label=_("none: such rows have to be corrected"),
    )

    def __init__(self, *args: Any, run: SheetImport, **kwargs: Any) -> None:
        super().__init__(*args, run=run, **kwargs)
        field: Any = self.fields["default_union"]
        field.queryset = list_subtree(run.org).filter(status__in=LIVE).order_by("path")


class UnionChoiceForm(forms.Form):
    """The choice of the union that is meant, for each name that fits several unions or none."""

    def __init__(
        self,
        *args: Any,
        run: SheetImport,
        names: Iterable[tuple[str, list[OrgUnit], int]],
        **kwargs: Any,
    ) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        self.names: list[str] = []
        all_units: QuerySet[OrgUnit] = (
            list_subtree(run.org).filter(status__in=LIVE).order_by("path")
        )
        for at, (text, found, rows) in enumerate(names):
            field = UnitChoice(
                label=_("“%(name)s”, %(rows)s rows") % {"name": text, "rows": rows},
                queryset=all_units.filter(pk__in=[unit.pk for unit in found])
                if found
                else all_units,
                required=False,
                empty_label=_("undecided: leave these rows out"),
            )
            self.fields[f"union_{at}"] = field
            self.names.append(text)

    def choices(self) -> dict[str, OrgUnit]:
        """Return name in the sheet → chosen union, for those that were chosen."""
        found = ((text, self.cleaned_data.get(f"union_{at}")) for at, text in enumerate(self.names))
        return {text: unit for text, unit in found if unit is not None}
