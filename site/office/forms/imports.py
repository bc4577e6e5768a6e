"""Forms of an import: the file, the matching of columns, the union that is meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access.queries import permitted
from office.enums import ImportKind
from office.grants import IMPORT_ROSTER
from office.models import SheetImport
from office.workflows.importing.columns import ROSTER_COLUMNS
from org.enums import LIVE
from org.models import OrgUnit
from org.queries import list_subtree


class UnitChoice(forms.ModelChoiceField):
    """A union, shown with its code, since names come twice."""

    def label_from_instance(self, obj: Any) -> str:
        """Return name and code."""
        return f"{obj.name}（{obj.code}）"


class ImportForm(forms.Form):
    """What the sheet brings, for which union, and the file."""

    kind = forms.ChoiceField(
        label=_("What does the spreadsheet contain?"),
        choices=ImportKind.choices,
        widget=forms.RadioSelect,
        initial=ImportKind.ROSTER,
    )
    org: forms.ModelChoiceField[OrgUnit] = forms.ModelChoiceField(
        label=_("For which union?"), queryset=OrgUnit.objects.none(), empty_label=None
    )
    file = forms.FileField(
        label=_("Spreadsheet (.xlsx or .csv)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": _("Choose the file first."),
            "empty": _("The file is empty. Save the spreadsheet again, then choose it again."),
        },
    )

    def __init__(self, *args: Any, user: Any, oversized: Iterable[str] = (), **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = permitted(
            user, IMPORT_ROSTER, OrgUnit.objects.order_by("path")
        )
        if "file" in oversized:  # it was let go while it arrived, so nothing is here
            sentence = _(
                "The file is larger than %(max)s MB. Split it and upload the parts one by one."
            )
            self.fields["file"].error_messages["required"] = sentence % {
                "max": settings.MAX_UPLOAD_BYTES // 1024**2
            }


class MappingForm(forms.Form):
    """One choice for each column of the sheet, and a union for rows that name none."""

    default_union = UnitChoice(
        label=_("Union for rows without one"),
        queryset=OrgUnit.objects.none(),
        required=False,
        empty_label=_("none: such rows have to be corrected"),
    )

    def __init__(self, *args: Any, run: SheetImport, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        choices = [
            ("", _("not imported")),
            *((column.key, column.heading) for column in ROSTER_COLUMNS),
        ]
        self.columns = run.layout["columns"]
        for at, column in enumerate(self.columns):
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=_("Column %(letter)s, “%(heading)s”")
                % {"letter": column["letter"], "heading": column["heading"] or "—"},
                choices=choices,
                required=False,
                initial=run.mapping.get(str(at), ""),
                error_messages={"invalid_choice": _("Choose from the list.")},
            )
        units: QuerySet[OrgUnit] = list_subtree(run.org).filter(status__in=LIVE).order_by("path")
        self.fields["default_union"].queryset = units
        self.fields["default_union"].initial = run.default_union_id
        self.order_fields([*(f"column_{at}" for at in range(len(self.columns))), "default_union"])

    def mapping(self) -> dict[str, str]:
        """Return column index → our key, without the columns that are not imported."""
        found = (
            (str(at), self.cleaned_data.get(f"column_{at}", "")) for at in range(len(self.columns))
        )
        return {at: key for at, key in found if key}

    def rows(self) -> list[tuple[dict[str, Any], Any]]:
        """Return (column of the sheet, bound field) in the sheet's order."""
        return [(column, self[f"column_{at}"]) for at, column in enumerate(self.columns)]


class UnionChoiceForm(forms.Form):
    """For each name in the sheet that fits several unions or none: which one is meant."""

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
