"""Hold the forms of corrections. What is chosen and typed becomes the arguments of
`workflows.request_correction`.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from competitions.enums import AspectKind, CodeState, CorrectionKind, MarkingSheetState
from competitions.forms.office import NoColonLabels
from competitions.models import Aspect, BlindCode, Event, Judge, Module, Sheet
from core.forms import CleanCharField, QueryCharField


class ResultCorrectionForm(NoColonLabels, forms.Form):
    """A form for what is wrong, what is right, and why. Its fields depend on the kind of
    correction.
    """

    number = forms.TypedChoiceField(label=_("Blind number"), coerce=int)
    module = forms.ChoiceField(label=_("Module"))
    aspect = forms.ChoiceField(label=_("Aspect"))
    seat = forms.ChoiceField(
        label=_("Judge whose score is corrected"),
        required=False,
        help_text=_(
            "For a judgement, choose the judge's seat. A measurement belongs to all judges, "
            "so leave this empty."
        ),
    )
    state = forms.ChoiceField(label=_("From now on"), choices=CodeState.choices)
    value = QueryCharField(label=_("Correct mark"), max_length=12)
    reason = CleanCharField(
        label=pgettext_lazy("competition", "Reason"),
        max_length=300,
        help_text=_(
            "The reason is published beside the new version once results are out. Don't "
            "write any names."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Give a short reason. It is kept with the record.")},
    )

    FIELDS = {
        CorrectionKind.CORRECT_MARK: ("number", "module", "aspect", "seat", "value", "reason"),
        CorrectionKind.VOID_SHEET: ("number", "module", "reason"),
        CorrectionKind.RESTORE_SHEET: ("number", "module", "reason"),
        CorrectionKind.CHANGE_NUMBER: ("number", "state", "reason"),
        CorrectionKind.CORRECT_TOTAL: ("number", "value", "reason"),
        CorrectionKind.RECOMPUTE: ("reason",),
        CorrectionKind.CANCEL: ("reason",),
    }

    def __init__(self, *args: Any, event: Event, kind: CorrectionKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event, self.kind = event, kind
        for name in set(self.fields) - set(self.FIELDS[kind]):
            del self.fields[name]
        if "number" in self.fields:
            codes = (
                BlindCode.objects.filter(event=event)
                .select_related("entry__person")
                .order_by("number")
            )
            self.fields["number"].choices = [
                ("", "–"),
                *((code.number, _label(code)) for code in codes),
            ]
        if "module" in self.fields:
            modules = Module.objects.filter(scheme__event=event, scheme__state="frozen").order_by(
                "position"
            )
            self.fields["module"].choices = [
                ("", "–"),
                *((module.code, f"{module.code} {module.name}") for module in modules),
            ]
        if "aspect" in self.fields:
            aspects = Aspect.objects.filter(
                module__scheme__event=event, module__scheme__state="frozen"
            )
            listed = [
                (one.code, f"{one.code} {one.name} ({one.get_kind_display()})")
                for one in aspects.order_by("code")
            ]
            self.fields["aspect"].choices = [("", "–"), *listed]
        if "seat" in self.fields:
            judges = Judge.objects.filter(event=event).select_related("user").order_by("seat")
            self.fields["seat"].choices = [
                ("", "–"),
                *((str(one.seat), f"{one.seat} · {one.user}") for one in judges),
            ]

    def clean(self) -> dict[str, Any]:
        """Check that number, module and line belong together, and that a judged line has a judge."""
        read = super().clean() or self.cleaned_data
        if "aspect" in self.fields and read.get("aspect") and read.get("module"):
            aspect = Aspect.objects.filter(
                module__scheme__event=self.event,
                module__scheme__state="frozen",
                module__code=read["module"],
                code=read["aspect"],
            ).first()
            if aspect is None:
                self.add_error(
                    "aspect",
                    _(
                        "This aspect belongs to another module. Choose an aspect of the "
                        "module above."
                    ),
                )
            elif aspect.kind == AspectKind.JUDGEMENT and not read.get("seat"):
                self.add_error(
                    "seat",
                    _(
                        "Choose the judge whose score you want to correct. They must have "
                        "scored this aspect."
                    ),
                )
        return read

    def chosen(self) -> list[tuple[str, str]]:
        """Return label and value of what was chosen and typed, for the page that shows what would
        change.
        """
        rows = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            choices = {str(key): str(text) for key, text in getattr(field, "choices", [])}
            if value not in (None, ""):
                rows.append((str(field.label), choices.get(str(value), str(value))))
        return rows

    def parts(self) -> dict[str, Any]:
        """Return what `request_correction` and `correction_of` take."""
        read = self.cleaned_data
        code = (
            BlindCode.objects.filter(event=self.event, number=read["number"]).first()
            if "number" in read
            else None
        )
        found: dict[str, Any] = {
            "kind": self.kind,
            "after": str(read.get("value") or read.get("state") or ""),
        }
        if "module" in read:
            sheets = Sheet.objects.select_related("module", "code", "event")
            found["sheet"] = sheets.filter(
                event=self.event, code=code, module__code=read["module"]
            ).first()
        else:
            found["code"] = code
        if "aspect" in read:
            module = found["sheet"].module_id if found["sheet"] else None
            found["aspect"] = Aspect.objects.filter(module=module, code=read["aspect"]).first()
            found["judge"] = (
                Judge.objects.filter(event=self.event, seat=read["seat"]).first()
                if read.get("seat")
                else None
            )
        return found


def _label(code: BlindCode) -> str:
    name = code.entry.person.name if code.entry else ""
    state = "" if code.state == CodeState.COMPETING else str(code.get_state_display())
    return " · ".join(part for part in (str(code.number), name, state) if part)


def has_void_sheets(event: Event) -> bool:
    """Say whether *event* has a void sheet that a correction could make count again."""
    return Sheet.objects.filter(event=event, state=MarkingSheetState.VOID).exists()
