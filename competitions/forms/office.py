"""Hold the forms of an event's office. What is typed becomes the arguments of a workflow, which
checks the rules.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.queries import permitted
from competitions import grants
from competitions.enums import CodeState
from competitions.models import Event
from competitions.rules.numbers import read_decimal
from core.actors import Actor
from core.forms import CleanCharField, QueryCharField, clean_formfield
from core.text import plain_code
from org.models import OrgUnit


class NoColonLabels:
    """A mixin for forms whose labels end without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class EventForm(NoColonLabels, forms.ModelForm):
    """The facts of an event and the choices frozen before marking."""

    class Meta:
        formfield_callback = clean_formfield
        model = Event
        fields = (
            "title", "org", "occupation", "summary", "venue", "registration_ends_on", "starts_on", "ends_on", "technical_file",
            "scoring", "judges_per_sheet", "spread_limit", "judgement_rule", "award_rule", "live_board",
        )  # fmt: skip
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 4}),
            **{
                name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
                for name in ("registration_ends_on", "starts_on", "ends_on")
            },
        }
        help_texts = {
            "registration_ends_on": _("People can enter until the end of this day."),
            "judges_per_sheet": _("At least three."),
            "spread_limit": _(
                "If the judges' scores differ by more than this, they score again. Usually 1."
            ),
        }

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:  # the host and the way of marking stay as they were set up
            del self.fields["org"], self.fields["scoring"]
        else:
            self.fields["org"].queryset = permitted(
                user, grants.CREATE, OrgUnit.objects.order_by("path")
            )
            self.fields["org"].empty_label = None

    def clean(self) -> dict[str, Any]:
        """Check that the days are in order."""
        read = super().clean() or self.cleaned_data
        first, last, until = (
            read.get("starts_on"),
            read.get("ends_on"),
            read.get("registration_ends_on"),
        )
        if first and last and last < first:
            self.add_error(
                "ends_on", _("The last day is before the first day. Correct one of the two.")
            )
        if first and until and until > first:
            self.add_error(
                "registration_ends_on",
                _("Registration must close before or on the first day of the competition."),
            )
        return read


class UploadForm(NoColonLabels, forms.Form):
    """A workbook to check."""

    file = forms.FileField(
        label=_("Workbook (.xlsx)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": _("Choose the .xlsx file first."),
            "empty": _("The file is empty. Save the workbook again and choose the new file."),
        },
    )

    def clean_file(self) -> Any:
        """Refuse a large file by its size before a byte is read into memory."""
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_UPLOAD_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(max)s MB. Remove pictures from it."),
                params={"max": settings.MAX_UPLOAD_BYTES // 1024**2},
            )
        return file


class EventReasonForm(NoColonLabels, forms.Form):
    """A form for a reason in a few words, which is kept with the record."""

    reason = CleanCharField(
        label=pgettext_lazy("competition", "Reason"),
        max_length=300,
        help_text=_("The reason is kept with the record. Don't write the names of competitors."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Give a short reason. It is kept with the record.")},
    )


class AccountField(QueryCharField):
    """A user name that becomes an active account."""

    def clean(self, value: Any) -> Any:
        """Return the account, or say that there is none."""
        name = super().clean(value)
        user = (
            get_user_model().objects.filter(username=name.strip(), is_active=True).first()
            if name
            else None
        )
        if name and user is None:
            raise forms.ValidationError(
                _("There is no active account with this user name. Check the spelling.")
            )
        return user


class JudgeForm(NoColonLabels, forms.Form):
    """A form for who judges, in which modules."""

    user = AccountField(
        label=_("User name"), max_length=150, help_text=_("The name this person uses to sign in.")
    )
    modules = forms.MultipleChoiceField(
        label=_("Modules"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one module.")},
    )

    def __init__(self, *args: Any, modules: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["modules"].choices = modules
        self.fields["modules"].initial = [code for code, _name in modules]


class StaffForm(NoColonLabels, forms.Form):
    """A form for who holds which office."""

    user = AccountField(
        label=_("User name"), max_length=150, help_text=_("The name this person uses to sign in.")
    )
    role = forms.ChoiceField(label=_("Office"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [
            (role.key, role.label)
            for role in (grants.CHIEF_JUDGE, grants.SECRECY_OFFICER, grants.EVENT_MANAGER)
        ]


class RecusalForm(EventReasonForm):
    """A form for a judge who stands aside for a competitor for a reason no table shows."""

    judge = forms.ChoiceField(label=_("Judge"))
    entry = forms.ChoiceField(label=_("Competitor"))
    field_order = ("judge", "entry", "reason")

    def __init__(
        self,
        *args: Any,
        judges: list[tuple[str, str]],
        entries: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["judge"].choices = judges
        self.fields["entry"].choices = entries


class NumberRecusalForm(EventReasonForm):
    """A form for a judge who knows whose work a number is."""

    judge = forms.ChoiceField(label=_("Judge"))
    field_order = ("judge", "reason")

    def __init__(self, *args: Any, judges: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["judge"].choices = [("", _("choose a judge from the panel")), *judges]


class PlainDecimalField(forms.DecimalField):
    """A decimal as people write one. Python's own reader would take `1_00` for 100."""

    def to_python(self, value: Any) -> Any:
        """Return the number, and refuse what `read_decimal` doesn't read."""
        if (
            value not in self.empty_values
            and read_decimal(plain_code(str(value)), places=12) is None
        ):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class RescoreForm(EventReasonForm):
    """A form for which judged line is scored once more, and why."""

    aspect = forms.ChoiceField(label=_("Aspect"))
    field_order = ("aspect", "reason")

    def __init__(self, *args: Any, aspects: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["aspect"].choices = aspects


class MinutesForm(NoColonLabels, forms.Form):
    """A form for the time used."""

    minutes = PlainDecimalField(
        label=_("Minutes used"),
        min_value=Decimal(0),
        max_value=Decimal(9999),
        max_digits=7,
        decimal_places=2,
        required=False,
        help_text=_(
            "Compensation for failed equipment is already deducted. The time may be used to "
            "break a tie."
        ),
    )


class NumberForm(EventReasonForm):
    """A form for what became of a number during the competition."""

    to = forms.ChoiceField(label=_("From now on"), choices=CodeState.choices)
    field_order = ("to", "reason")
