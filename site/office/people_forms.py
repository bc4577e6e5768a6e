"""Forms of the people desk. They check only the form of the fields. Rules and workflows decide
what is true.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from core.actors import Actor
from core.errors import InvalidInput
from core.forms import CleanCharField, QueryCharField
from office.people_grants import EDIT, RECORD, VIEW
from office.queries.choosing import NameMatch, match_employer, match_union
from office.queries.people import employers_for, units_for
from org.enums import EmploymentForm, LeaveKind
from org.models import Employer, OrgUnit
from people.enums import ETHNICITIES, Education, Hukou, IdType, Sex
from people.forms.names import NameField
from people.merging import GONE, KEEP, Pair

NOT_SAID = [("", _("not recorded"))]


def day_input() -> forms.DateInput:
    """Return the browser's input for a date."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PeopleDeskForm(forms.Form):
    """A form whose labels have no colons and which can show what a workflow refuses."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)

    def refuse(self, error: InvalidInput) -> None:
        """Show the sentences of *error* beside their fields, or above the form."""
        left = True
        for name, sentence in error.fields.items():
            if name in self.fields:
                self.add_error(name, str(sentence))
                left = False
        if left:
            self.add_error(None, str(error))


def build_person_reason_field(help_text: Any = "") -> CleanCharField:
    """Return the field for a reason."""
    return CleanCharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=help_text
        or _(
            "At least six characters: why the change is needed and which documents support "
            "it. It is kept in the audit log."
        ),
    )


class FilterForm(PeopleDeskForm):
    """The filters of the list of people."""

    q = QueryCharField(
        label=_("Name or pinyin"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": _("张伟 or zhangw or zw")}),
    )
    union_name = QueryCharField(
        label=_("Union and those below it"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": _("part of the name, or the code")}),
    )
    employer_name = QueryCharField(
        label=_("Employer"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("part of the name")}),
    )
    union = QueryCharField(required=False, max_length=40, widget=forms.HiddenInput)
    employer = QueryCharField(required=False, max_length=40, widget=forms.HiddenInput)
    status = forms.ChoiceField(
        label=_("Membership"),
        required=False,
        choices=[
            ("", pgettext_lazy("memberships", "all")),
            ("member", _("member")),
            ("kept", _("membership kept")),
            ("left", _("currently in no union")),
        ],
    )

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.meant: dict[str, NameMatch] = {}

    def clean(self) -> dict[str, Any]:
        """Find out which union and employer are meant.

        A word that matches none is an error of its field. If several match, the page asks which one
        is meant.
        """
        cleaned = super().clean() or {}
        for name, rows, meant in (
            ("union", units_for, match_union),
            ("employer", employers_for, match_employer),
        ):
            typed, key = cleaned.get(f"{name}_name", ""), cleaned.get(name, "")
            # An emptied box takes the filter away; a link from another page names the key alone.
            if f"{name}_name" in self.data and not typed:
                key = ""
            found = meant(rows(self.user, VIEW), typed, key)  # type: ignore[arg-type]  # each with its own rows
            self.meant[name], cleaned[name] = found, found.thing
            if found.nothing:
                self.add_error(
                    f"{name}_name",
                    _(
                        "Nothing in your area of responsibility has this name, now or "
                        "formerly. Enter fewer characters, or clear the box."
                    ),
                )
        self.data = {**{key: self.data[key] for key in self.data}, **self._shown()}
        return cleaned

    def _shown(self) -> dict[str, str]:
        """Return what the boxes show, which is the full name of what was meant, or the word as
        typed.
        """
        shown = {}
        for name, found in self.meant.items():
            shown[f"{name}_name"] = found.word
            shown[name] = str(found.thing.public_id) if found.thing else ""
        return shown

    @property
    def unclear(self) -> list[tuple[str, NameMatch]]:
        """Return what the page has to ask about, as pairs of field and match."""
        return [(name, found) for name, found in self.meant.items() if found.which]


class LookUpForm(PeopleDeskForm):
    """Look up an identity number. It is sent by POST, so it never appears in an address."""

    id_kind = forms.ChoiceField(label=_("Kind of document"), choices=IdType.choices)
    id_number = CleanCharField(
        label=_("Identity number"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )


class PersonFactsForm(PeopleDeskForm):
    """The facts of a person other than name and identity number."""

    mobile = CleanCharField(
        label=_("Mobile"),
        required=False,
        max_length=20,
        help_text=_("Family members can share one number."),
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    birth = forms.DateField(
        label=_("Date of birth"),
        required=False,
        widget=day_input(),
        help_text=_("Leave empty for an identity card. The date is taken from the number."),
    )
    sex = forms.ChoiceField(
        label=_("Sex"),
        required=False,
        choices=[*NOT_SAID, (Sex.MALE, Sex.MALE.label), (Sex.FEMALE, Sex.FEMALE.label)],
    )
    nationality = forms.RegexField(
        label=_("Nationality"),
        regex=r"\A[A-Za-z]{3}\Z",
        initial="CHN",
        help_text=_("Three letters as in a passport: CHN, KOR, DEU."),
        error_messages={"invalid": _("Three capital letters as in a passport.")},
    )
    ethnicity = forms.ChoiceField(
        label=_("Ethnicity"), required=False, choices=[*NOT_SAID, *ETHNICITIES]
    )
    education = forms.ChoiceField(
        label=_("Education"), required=False, choices=[*NOT_SAID, *Education.choices]
    )
    hukou = forms.ChoiceField(
        label=_("Household registration"), required=False, choices=[*NOT_SAID, *Hukou.choices]
    )
    is_migrant_worker = forms.BooleanField(
        label=_("Migrant worker"),
        required=False,
        help_text=_(
            "Rural household registration, working outside farming. Some programmes use it "
            "to calculate quotas."
        ),
    )

    def clean_nationality(self) -> str:
        """Return the nationality in capitals."""
        return str(self.cleaned_data["nationality"]).upper()


class NewPersonForm(PersonFactsForm):
    """Record a person, with the document first and then the name as written on it."""

    id_kind = forms.ChoiceField(label=_("Kind of document"), choices=IdType.choices)
    id_number = CleanCharField(
        label=_("Identity number"),
        max_length=30,
        help_text=_("You can type a small x. Old 15-digit numbers are no longer accepted."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = NameField(
        label=pgettext_lazy("person", "Name"),
        max_length=100,
        help_text=_("Exactly as on the document, including rare characters."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    org_unit: forms.ModelChoiceField[OrgUnit] = forms.ModelChoiceField(
        label=_("Union"), queryset=OrgUnit.objects.none()
    )
    joined = forms.DateField(label=_("Member since"), widget=day_input(), initial=clock.today)
    employer: forms.ModelChoiceField[Employer] = forms.ModelChoiceField(
        label=_("Employer"),
        queryset=Employer.objects.none(),
        required=False,
        empty_label=_("none or not recorded"),
    )
    job_title = CleanCharField(label=_("Post"), required=False, max_length=100)
    is_another = forms.BooleanField(
        label=_("I have compared the records: this is a different person"),
        required=False,
        help_text=_("The records above aren't changed."),
    )
    field_order = (
        "id_kind", "id_number", "name", "mobile", "org_unit", "joined", "employer", "job_title", "birth", "sex", "education", "hukou",
        "is_migrant_worker", "nationality", "ethnicity", "is_another",
    )  # fmt: skip

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org_unit"].queryset = units_for(user, RECORD)  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["employer"].queryset = employers_for(user, RECORD)  # type: ignore[attr-defined]  # a ModelChoiceField

    def facts(self) -> dict[str, Any]:
        """Return the fields that the workflow takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "is_another"}


class EditFactsForm(PersonFactsForm):
    """Change facts, with a reason."""

    reason = build_person_reason_field()


class NameForm(PeopleDeskForm):
    """Correct a name, with a reason."""

    name = NameField(label=_("Name as on the document"), max_length=100)
    reason = build_person_reason_field(
        _("For example: name changed at the police station on 12 March, household register seen.")
    )


class IdentityForm(LookUpForm):
    """Record or correct an identity document, with a reason."""

    reason = build_person_reason_field()


class PhotoForm(PeopleDeskForm):
    """Upload a photo."""

    photo = forms.FileField(
        label=_("Photo (JPEG or PNG)"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        help_text=_(
            "Upright, about 5:7 (width to height), at least 260 × 360 pixels and at most 5 "
            "MB, one face on a plain background. Location and device details are removed "
            "from the photo."
        ),
    )


class DayReasonForm(PeopleDeskForm):
    """A day and a reason."""

    on = forms.DateField(label=_("Date"), widget=day_input(), initial=clock.today)
    reason = build_person_reason_field()


class TransferForm(DayReasonForm):
    """Transfer a member to another of the officer's unions."""

    to: forms.ModelChoiceField[OrgUnit] = forms.ModelChoiceField(
        label=_("To which union?"), queryset=OrgUnit.objects.none()
    )
    field_order = ("to", "on", "reason")

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = units_for(user, EDIT)  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["on"].label = _("First day in the new union")


class JoinForm(PeopleDeskForm):
    """Choose a union for a person who is in none."""

    to: forms.ModelChoiceField[OrgUnit] = forms.ModelChoiceField(
        label=_("Union"), queryset=OrgUnit.objects.none()
    )
    on = forms.DateField(label=_("Member since"), widget=day_input(), initial=clock.today)

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = units_for(user, EDIT)  # type: ignore[attr-defined]  # a ModelChoiceField


class LeaveForm(DayReasonForm):
    """Choose how the membership ends."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("way", "Type"), choices=LeaveKind.choices, widget=forms.RadioSelect
    )
    field_order = ("kind", "on", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = _("First day outside the union")


class EmployForm(PeopleDeskForm):
    """Record a new employment."""

    employer: forms.ModelChoiceField[Employer] = forms.ModelChoiceField(
        label=_("Employer"),
        queryset=Employer.objects.none(),
        required=False,
        empty_label=_("none (riders, drivers and the like)"),
    )
    works_at: forms.ModelChoiceField[Employer] = forms.ModelChoiceField(
        label=_("Works at"), queryset=Employer.objects.none(), required=False, empty_label=_("at the employer"),
        help_text=_("For dispatched workers, enter the company where they actually work."),
    )  # fmt: skip
    form = forms.ChoiceField(label=_("Form of employment"), choices=EmploymentForm.choices)
    job_title = CleanCharField(label=_("Post"), required=False, max_length=100)
    on = forms.DateField(label=_("Since"), widget=day_input(), initial=clock.today)

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("employer", "works_at"):
            self.fields[name].queryset = employers_for(user, EDIT)  # type: ignore[attr-defined]  # a ModelChoiceField


class AccountForm(PeopleDeskForm):
    """The user name of a new account."""

    username = CleanCharField(
        label=_("User name"),
        max_length=150,
        help_text=_(
            "Use only letters, digits and . _ -. The person can also sign in with a code "
            "sent by SMS."
        ),
    )


class PersonReasonForm(PeopleDeskForm):
    """A reason only."""

    reason = build_person_reason_field()


class LookForm(PeopleDeskForm):
    """Say why the full number is needed."""

    reason = build_person_reason_field(
        _(
            "At least six characters, for example: skill level application, number compared "
            "with the card. The person can see it."
        )
    )


class AskExportForm(PeopleDeskForm):
    """Say what a large list is for."""

    purpose = CleanCharField(
        label=_("What is the list needed for?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "At least six characters, for example: committee election, comparison with the "
            "member roster. It is kept in the audit log."
        ),
    )
    full_numbers = forms.BooleanField(
        label=_("With full identity and mobile numbers"),
        required=False,
        help_text=_(
            "Tick this only if it is really necessary. Everyone on the list can see on "
            "their own page that their number was exported."
        ),
    )

    def __init__(self, *args: Any, may_unmask: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_unmask:
            del self.fields["full_numbers"]


class AgreeExportForm(PeopleDeskForm):
    """The second person's remark."""

    reason = CleanCharField(
        label=_("Remark"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class AgreeForm(PeopleDeskForm):
    """The second person's remark."""

    reason = CleanCharField(
        label=_("Remark"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    understood = forms.BooleanField(
        label=_("I have compared both records and understand that a merge can't be undone")
    )


class ProposeForm(PeopleDeskForm):
    """Choose which record stays, and whose value stays for each field that differs."""

    survivor = forms.ChoiceField(label=_("Which record is kept?"), widget=forms.RadioSelect)
    reason = CleanCharField(
        label=_("How do you know that they are the same person?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "For example: both cards seen, old passport number compared. At least six characters."
        ),
    )

    def __init__(
        self,
        *args: Any,
        sides: list[tuple[str, str]],
        differing: list[tuple[str, Any, str, str]],
        doubled: Sequence[Pair] = (),
        **kwargs: Any,
    ) -> None:
        """Add the fields to choose between.

        *doubled* must have been worked out with the first side as the record that stays.
        """
        super().__init__(*args, **kwargs)
        self.fields["survivor"].choices = sides  # type: ignore[attr-defined]  # a ChoiceField
        self.differing = [name for name, *_rest in differing]
        self.doubled = {f"counts_{number}": pair.key for number, pair in enumerate(doubled)}
        for number, pair in enumerate(doubled):
            choices = [
                ("first", _("left: %(what)s") % {"what": pair.keep}),
                ("second", _("right: %(what)s") % {"what": pair.gone}),
            ]
            only = {KEEP: choices[:1], GONE: choices[1:]}
            self.fields[f"counts_{number}"] = forms.ChoiceField(
                label=_("Both records have %(title)s. Which one is valid?") % {"title": pair.title},
                help_text=_(
                    "The other one is set aside with everything in it, and its seat or "
                    "place becomes free."
                ),
                widget=forms.RadioSelect,
                choices=only.get(pair.must, choices),
                initial="second" if pair.proposed == GONE else "first",
            )
        for name, label, first, second in differing:
            self.fields[f"pick_{name}"] = forms.ChoiceField(
                label=label,
                widget=forms.RadioSelect,
                choices=[("first", first), ("second", second)],
                initial="first",
            )
        self.order_fields(
            ["survivor", *[f"pick_{name}" for name in self.differing], *self.doubled, "reason"]
        )

    def picks(self) -> dict[str, str]:
        """Return for each field whether the value of the record that stays is kept (`KEEP`) or the
        other one (`GONE`).
        """
        stays = self.cleaned_data["survivor"]
        chosen = {name: f"pick_{name}" for name in self.differing} | {
            key: field for field, key in self.doubled.items()
        }
        return {
            name: KEEP if self.cleaned_data[field] == stays else GONE
            for name, field in chosen.items()
        }
