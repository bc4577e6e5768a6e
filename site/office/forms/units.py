"""Forms of unions and employers.

Another union is given by its code or name, because nobody can choose from a list of thousands.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from core.actors import Actor
from core.forms import CleanCharField, QueryCharField
from office.queries.units import MANAGE, VIEW, match_employers, match_units
from org.enums import LegalPerson, OrgLevel, OrgStatus, UnitType
from org.models import Employer, OrgUnit
from org.rules import codes

NONE = ("", _("not filled in"))


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """Return a field for a day, with the browser's calendar."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": _("Enter the date like 2024-09-01."),
            "required": _("Choose the date."),
        },
    )


def build_unit_reason_field() -> CleanCharField:
    """Return the field for the reason that is kept in the audit log."""
    return CleanCharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("A few words. They are kept in the audit log."),
        error_messages={"required": _("Enter a short reason. It is kept in the audit log.")},
    )


class UnionDeskForm(forms.Form):
    """The base of these forms. Labels have no colons, and the form knows the user."""

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        self.user = user
        super().__init__(*args, **kwargs)

    def take(self, error: Any) -> None:
        """Show what a workflow refused, at its fields or above the form."""
        fields = getattr(error, "fields", None) or {}
        placed = False
        for name, sentence in fields.items():
            if name in self.fields:
                self.add_error(name, str(sentence or error))
                placed = True
        if not placed:
            self.add_error(None, str(error))

    def take_validation(self, error: Any) -> None:
        """Show what a model's validation refused."""
        for name, sentences in error.message_dict.items():
            self.add_error(name if name in self.fields else None, sentences)


class UnitField(QueryCharField):
    """A union given by code or name. If several have the name, the error lists them with their
    codes.
    """

    def __init__(self, *, codename: str = MANAGE, **kwargs: Any) -> None:
        self.codename = codename
        kwargs.setdefault("help_text", _("Enter its code or its name."))
        kwargs.setdefault("max_length", 240)
        super().__init__(**kwargs)
        self.widget.attrs.update({"list": "unions", "autocomplete": "off"})

    def resolve(self, user: Actor, text: str) -> OrgUnit | None:
        """Return the union, or raise `ValidationError` with a sentence that helps to choose one."""
        if not text:
            return None
        rows = match_units(user, text, codename=self.codename)
        if len(rows) == 1:
            return rows[0]
        if rows:
            raise forms.ValidationError(
                _("Several unions match: %(names)s. Enter the code."),
                params={"names": "、".join(f"{row.name}（{row.code}）" for row in rows[:8])},
            )
        raise forms.ValidationError(_("None of your active unions has this code or name."))


class NamesUnits(UnionDeskForm):
    """A form with `UnitField`s, each of which becomes a union when the form is cleaned."""

    def clean(self) -> dict[str, Any]:
        """Look up the unions that the fields name."""
        data = super().clean() or {}
        for name, field in self.fields.items():
            if isinstance(field, UnitField) and name in data:
                try:
                    data[name] = field.resolve(self.user, str(data[name]).strip())
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return data


class UnitFactsForm(UnionDeskForm):
    """The plain facts of a union."""

    code = CleanCharField(
        label=_("Our code"),
        max_length=30,
        help_text=_("Used in certificate numbers, e.g. 330106."),
    )
    level = forms.TypedChoiceField(
        label=pgettext_lazy("union", "Level"), choices=OrgLevel.choices, coerce=int
    )
    uscc = CleanCharField(
        label=_("Unified social credit code"),
        max_length=40,
        required=False,
        help_text=_("The union's own code, usually starting with 81."),
    )
    region_code = CleanCharField(label=_("Region (GB/T 2260)"), max_length=12, required=False)
    industry_code = CleanCharField(
        label=_("Industry (GB/T 4754)"),
        max_length=5,
        required=False,
        help_text=_("E.g. C34 or 3411."),
    )
    unit_type = forms.ChoiceField(
        label=_("Kind of unit"), choices=[NONE, *UnitType.choices], required=False
    )
    legal_person_status = forms.ChoiceField(
        label=_("Legal person status"), choices=[NONE, *LegalPerson.choices], required=False
    )
    established_on = day_field(_("Founded on"), required=False)
    chair = CleanCharField(label=_("Chair"), max_length=100, required=False)
    contact_name = CleanCharField(label=_("Contact person"), max_length=100, required=False)
    contact_phone = CleanCharField(label=_("Telephone"), max_length=40, required=False)

    def clean_uscc(self) -> str:
        """Return the code as it is stored, before it is checked."""
        return codes.tidy_code(self.cleaned_data["uscc"])

    def clean_industry_code(self) -> str:
        """Return the code in capitals."""
        return self.cleaned_data["industry_code"].strip().upper()


class NewUnitForm(UnitFactsForm, NamesUnits):
    """Record a union below one of the officer's own."""

    parent = UnitField(label=_("Superior union"))
    name = CleanCharField(label=pgettext_lazy("union", "Name"), max_length=200)
    short_name = CleanCharField(label=_("Short name"), max_length=60, required=False)
    status = forms.ChoiceField(
        label=_("Status"),
        choices=[(s.value, s.label) for s in (OrgStatus.NORMAL, OrgStatus.FOUNDING)],
        widget=forms.RadioSelect,
    )
    field_order = ["parent", "name", "short_name", "code", "level", "status"]


class PaperForm(NamesUnits):
    """Day, document and reason of an act."""

    on = day_field(_("Effective from"), help_text=_("The change takes effect on this day."))
    document_no = CleanCharField(label=_("Document number"), max_length=100, required=False)
    document_on = day_field(_("Date of the document"), required=False)
    reason = build_unit_reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": clock.today(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    @property
    def paper(self) -> dict[str, Any]:
        """Return day, document and reason for the workflow."""
        return {
            name: self.cleaned_data[name] for name in ("on", "document_no", "document_on", "reason")
        }


class RenameForm(PaperForm):
    """Give a union a new name from a day, or correct a mistyped one."""

    what = forms.ChoiceField(
        label=_("Which case applies?"),
        widget=forms.RadioSelect,
        initial="renamed",
        choices=[
            (
                "renamed",
                _("The union has a new name; the old one is kept as a former name"),
            ),
            ("corrected", _("The name was recorded wrongly and was never in use")),
        ],
    )
    name = CleanCharField(label=_("New name"), max_length=200)
    short_name = CleanCharField(label=_("Short name"), max_length=60, required=False)
    field_order = ["what", "name", "short_name", "on", "document_no", "document_on", "reason"]


class MoveForm(PaperForm):
    """Choose the union above, from a day on."""

    parent = UnitField(label=_("Place it under"))
    field_order = ["parent", "on", "document_no", "document_on", "reason"]


class MergeForm(PaperForm):
    """Choose the union that takes over."""

    into = UnitField(label=_("Merge it into"))
    field_order = ["into", "on", "document_no", "document_on", "reason"]


class DissolveForm(PaperForm):
    """Choose where the members of a dissolved union go."""

    successor = UnitField(
        label=_("Transfer members to"),
        required=False,
        help_text=_(
            "Code or name. If you leave this empty, the members belong to no union from that day."
        ),
    )
    field_order = ["successor", "on", "document_no", "document_on", "reason"]


class RestoreForm(PaperForm):
    """Choose the day from which a dissolved union goes on."""

    document_on = None  # type: ignore[assignment]  # one document number is enough here

    @property
    def paper(self) -> dict[str, Any]:
        """Return day, document and reason for the workflow."""
        return {name: self.cleaned_data[name] for name in ("on", "document_no", "reason")}


class LinkForm(RestoreForm):
    """Choose the industry superior."""

    superior = UnitField(label=_("Industry superior"), codename=VIEW)
    reason = CleanCharField(label=_("Reason"), max_length=300, required=False)
    field_order = ["superior", "on", "document_no", "reason"]


class EndLinkForm(UnionDeskForm):
    """A day and a reason."""

    on = day_field(_("Ends on"), help_text=_("No longer applies from this day."))
    reason = build_unit_reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": clock.today(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class UnitReasonForm(UnionDeskForm):
    """Only a reason."""

    reason = build_unit_reason_field()


class EmployerForm(UnionDeskForm):
    """The plain facts of an employer."""

    uscc = CleanCharField(label=_("Unified social credit code"), max_length=40, required=False)
    region_code = CleanCharField(label=_("Region (GB/T 2260)"), max_length=12, required=False)
    industry_code = CleanCharField(
        label=_("Industry (GB/T 4754)"),
        max_length=5,
        required=False,
        help_text=_("E.g. C34 or 3411."),
    )
    contact_name = CleanCharField(label=_("Contact person"), max_length=100, required=False)
    contact_phone = CleanCharField(label=_("Telephone"), max_length=40, required=False)

    clean_uscc = UnitFactsForm.clean_uscc
    clean_industry_code = UnitFactsForm.clean_industry_code


class NewEmployerForm(EmployerForm, NamesUnits):
    """Record an employer of one of the officer's own unions."""

    name = CleanCharField(label=pgettext_lazy("union", "Name"), max_length=200)
    union = UnitField(label=_("Belongs to"))
    field_order = ["name", "union"]


class RenameEmployerForm(RestoreForm):
    """Give an employer a new name from a day, or correct a mistyped one."""

    what = forms.ChoiceField(
        label=_("Which case applies?"),
        widget=forms.RadioSelect,
        initial="renamed",
        choices=[
            (
                "renamed",
                _("The employer has a new name; the old one is kept as a former name"),
            ),
            ("corrected", _("The name was recorded wrongly and was never in use")),
        ],
    )
    name = CleanCharField(label=_("New name"), max_length=200)
    field_order = ["what", "name", "on", "document_no", "reason"]


class LinkEmployerForm(LinkForm):
    """Choose a further union of an employer."""

    superior = None  # type: ignore[assignment]  # None takes an inherited field away
    document_no = None  # type: ignore[assignment]  # likewise, no document is asked for
    union = UnitField(label=_("Belongs to"))
    field_order = ["union", "on", "reason"]


class MergeEmployerForm(RestoreForm):
    """Choose the employer that goes on."""

    into = CleanCharField(
        label=_("Merge it into"),
        max_length=240,
        help_text=_("Enter its name or its unified social credit code."),
    )
    field_order = ["into", "on", "document_no", "reason"]

    def clean_into(self) -> Employer:
        """Return the employer that is meant, or raise `ValidationError`."""
        rows = match_employers(self.user, self.cleaned_data["into"].strip())
        if len(rows) == 1:
            return rows[0]
        if rows:
            raise forms.ValidationError(
                _(
                    "Several employers match: %(names)s. Enter the unified social credit "
                    "code or the full name."
                ),
                params={"names": "、".join(f"{row.name}（{row.uscc or '—'}）" for row in rows[:8])},
            )
        raise forms.ValidationError(_("No employer in your unions has this name or code."))
