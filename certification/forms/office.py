"""Forms for an officer's actions on a certificate."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.enums import (
    PAPER_REVOCATION_REASONS,
    REPLACEMENT_REASONS,
    REVOCATION_REASONS,
    SUSPENSION_REASONS,
    Reason,
)
from core.forms import CleanCharField


def _choices(reasons: tuple[Reason, ...]) -> list[tuple[str, object]]:
    return [(reason.value, reason.label) for reason in reasons]


class SuspendForm(forms.Form):
    """The ground for suspending a certificate, with a note."""

    reason = forms.ChoiceField(label=_("Ground"), choices=_choices(SUSPENSION_REASONS))
    note = CleanCharField(
        label=_("Note for the record"),
        max_length=300,
        required=False,
        help_text=_("Not shown to the public."),
    )


class ReinstateForm(forms.Form):
    """A note on why a certificate is valid again."""

    note = CleanCharField(
        label=_("Note for the record"),
        max_length=300,
        required=False,
        help_text=_("Not shown to the public."),
    )


class RevokeForm(forms.Form):
    """The ground for revoking a certificate, and what was found."""

    reason = forms.ChoiceField(
        label=_("Ground"),
        choices=_choices(REVOCATION_REASONS),
        help_text=_("Shown to everybody who verifies this certificate."),
    )
    note = CleanCharField(
        label=_("What was found"),
        max_length=300,
        help_text=_("For the second person. Not shown to the public."),
    )


class PaperRevokeForm(RevokeForm):
    """The ground for revoking a record from paper, which may also have been transcribed wrongly."""

    reason = forms.ChoiceField(
        label=_("Ground"),
        choices=_choices(PAPER_REVOCATION_REASONS),
        help_text=_("Shown to everybody who verifies this certificate."),
    )


class ReplaceForm(forms.Form):
    """The ground for issuing a replacement."""

    reason = forms.ChoiceField(label=_("Ground"), choices=_choices(REPLACEMENT_REASONS))


class DecideForm(forms.Form):
    """The second person's note on a revocation."""

    note = CleanCharField(
        label=_("Note for the record"),
        max_length=300,
        required=False,
        help_text=_("Not shown to the public."),
    )
