"""The forms that every import shares, for the file and for the matching of columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from access.queries import permitted
from core.actors import Actor
from imports.kinds import kind_of
from imports.models import Import
from org.models import OrgUnit


class UnitChoice(forms.ModelChoiceField):
    """A union, shown with its code, since names come twice."""

    def label_from_instance(self, obj: Any) -> str:
        """Return name and code."""
        return f"{obj.name}（{obj.code}）"


class UploadForm(forms.Form):
    """The union and the file. A tenant adds its own fields and names the right in `permission`."""

    permission = ""

    org: forms.ModelChoiceField[OrgUnit] = forms.ModelChoiceField(
        label=_("For which union?"), queryset=OrgUnit.objects.none(), empty_label=None
    )
    file = forms.FileField(
        label=_("Spreadsheet (.xlsx or .csv)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": _("Choose the file first."),
            "empty": _("The file is empty. Save the sheet again, then choose it once more."),
        },
    )

    def __init__(
        self, *args: Any, user: Actor, oversized: Iterable[str] = (), **kwargs: Any
    ) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["org"]
        field.queryset = permitted(user, self.permission, OrgUnit.objects.order_by("path"))
        if "file" in oversized:  # it was dropped while it arrived, so nothing is here
            sentence = _(
                "The file is larger than %(max)s MB. Split it and upload the parts one by one."
            )
            self.fields["file"].error_messages["required"] = sentence % {
                "max": settings.MAX_UPLOAD_BYTES // 1024**2
            }


class ColumnsForm(forms.Form):
    """One choice for each column of the sheet. The fields a tenant adds are for rows that name
    nothing.
    """

    def __init__(self, *args: Any, run: Import, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        own = list(self.fields)
        choices = [
            ("", _("not imported")),
            *((column.key, column.heading) for column in kind_of(run).columns),
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
        for name in own:
            self.fields[name].initial = getattr(run, name)
        self.order_fields([*(f"column_{at}" for at in range(len(self.columns))), *own])
        self.own = own

    def read_mapping(self) -> dict[str, str]:
        """Return column index → our key, without the columns that are not imported."""
        found = (
            (str(at), self.cleaned_data.get(f"column_{at}", "")) for at in range(len(self.columns))
        )
        return {at: key for at, key in found if key}

    def read_defaults(self) -> dict[str, Any]:
        """Return what holds for rows that name nothing."""
        return {name: self.cleaned_data[name] for name in self.own}

    def rows(self) -> list[tuple[dict[str, Any], Any]]:
        """Return (column of the sheet, bound field) in the sheet's order."""
        return [(column, self[f"column_{at}"]) for at, column in enumerate(self.columns)]
