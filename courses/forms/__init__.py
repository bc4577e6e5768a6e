"""Hold the forms of training. Nothing is written here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import CleanCharField
from courses.enums import ExamPart
from courses.models import ClassSession
from courses.rules.check_in import DIGITS, read_code


class CheckInForm(forms.Form):
    """A form for the six digits on the wall."""

    code = CleanCharField(
        label=_("Check-in code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code-input"}
        ),
        error_messages={"required": _("Type the six-digit code shown on the wall, or scan it.")},
    )

    def __init__(self, *args: Any, scanned: bool = False, **kwargs: Any) -> None:
        """Let the field be empty on a phone that has *scanned* in time."""
        super().__init__(*args, **kwargs)
        self.fields["code"].required = not scanned

    def clean_code(self) -> str:
        """Return the six digits, however they were typed."""
        if not self.cleaned_data["code"]:
            return ""
        code = read_code(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(
                _("The code has %(digits)s digits. Check the code on the wall and type it again."),
                params={"digits": DIGITS},
            )
        return code


class CourseReasonForm(forms.Form):
    """A form for a reason that stays in the record."""

    reason = CleanCharField(
        label=_("Reason"),
        max_length=200,
        error_messages={"required": _("Give a short reason. It is kept on record.")},
    )


class LocalDateTimeInput(forms.DateTimeInput):
    """A date and a time of this place, in the browser's own control where it has one."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


class SessionForm(forms.ModelForm):
    """A session to add or to change. `confirmed` carries the token of the clashes that were shown."""

    confirmed = CleanCharField(required=False, max_length=24, widget=forms.HiddenInput)
    title = CleanCharField(label=ClassSession._meta.get_field("title").verbose_name, max_length=120)
    venue = CleanCharField(
        label=ClassSession._meta.get_field("venue").verbose_name,
        max_length=120,
        required=False,
        help_text=_("Leave empty to use the venue of the class."),
    )

    class Meta:
        model = ClassSession
        fields = [
            "title",
            "kind",
            "starts_at",
            "ends_at",
            "hours",
            "venue",
            "minutes_before",
            "minutes_after",
        ]
        widgets = {"starts_at": LocalDateTimeInput, "ends_at": LocalDateTimeInput}
        help_texts = {"hours": _("One class hour is 45 minutes.")}


class LateAnswersForm(CourseReasonForm):
    """A form for whether the late answers of one sitting count. `up_to` is the number of the last
    answer that was shown.
    """

    accepted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("They count")), ("no", _("They don't count"))],
        coerce=lambda word: word == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the late answers count.")},
    )
    up_to = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    field_order = ["accepted", "reason", "up_to"]


class PresenceForm(CourseReasonForm):
    """A form for presence entered by hand."""

    session = forms.ModelChoiceField(
        label=_("Session"), queryset=ClassSession.objects.none(), empty_label=None
    )
    field_order = ["session", "reason"]

    def __init__(self, *args: Any, sessions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["session"]
        field.queryset = sessions


class MarkForm(forms.Form):
    """A form for an assessor's mark."""

    part = forms.ChoiceField(label=_("Part"), choices=())
    mark = forms.DecimalField(
        label=_("Mark out of 100"), min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    assessor = CleanCharField(
        label=_("Assessor"), max_length=100, help_text=_("They must not teach this class.")
    )
    reason = CleanCharField(label=_("Reason for correcting a mark"), max_length=200, required=False)

    def __init__(self, *args: Any, parts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = [(part, ExamPart(part).label) for part in parts]
