"""An officer's acts on a certificate."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.enums import PAPER_REVOCATION_REASONS, REPLACEMENT_REASONS, REVOCATION_REASONS, SUSPENSION_REASONS, Reason
from core.forms import CleanCharField


def _choices(reasons: tuple[Reason, ...]) -> list[tuple[str, object]]:
    return [(reason.value, reason.label) for reason in reasons]


class SuspendForm(forms.Form):
    """Why it is suspended."""

    reason = forms.ChoiceField(label=_("Ground"), choices=_choices(SUSPENSION_REASONS))
    note = CleanCharField(label=_("Note for the record"), max_length=300, required=False, help_text=_("Not shown to the public."))


class ReinstateForm(forms.Form):
    """Why it is valid again."""

    note = CleanCharField(label=_("Note for the record"), max_length=300, required=False, help_text=_("Not shown to the public."))


class RevokeForm(forms.Form):
    """Why it shall be revoked."""

    reason = forms.ChoiceField(
        label=_("Ground"), choices=_choices(REVOCATION_REASONS), help_text=_("Shown to everybody who verifies this certificate.")
    )
    note = CleanCharField(label=_("What was found"), max_length=300, help_text=_("For the second person; not shown to the public."))


class PaperRevokeForm(RevokeForm):
    """Why a record from paper shall be revoked: it may also have been taken over wrongly."""

    reason = forms.ChoiceField(
        label=_("Ground"), choices=_choices(PAPER_REVOCATION_REASONS), help_text=_("Shown to everybody who verifies this certificate.")
    )


class ReplaceForm(forms.Form):
    """Why a new one is issued."""

    reason = forms.ChoiceField(label=_("Ground"), choices=_choices(REPLACEMENT_REASONS))


class DecideForm(forms.Form):
    """What the second person has to say."""

    note = CleanCharField(label=_("Note for the record"), max_length=300, required=False, help_text=_("Not shown to the public."))
