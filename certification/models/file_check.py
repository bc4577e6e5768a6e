"""What was found in uploaded files. The files themselves are never kept."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from certification.models.verification import LookUp


class HandedIn(models.Model):
    """What the check of one file found.

    It has the words of `rules.checklist`, and the fingerprint by which a person who has the file
    recognises it.
    """

    look_up = models.OneToOneField(
        LookUp, models.CASCADE, related_name="handed_in", verbose_name=_("look-up")
    )
    kind = models.CharField(_("kind of file"), max_length=10, blank=True)
    cause = models.CharField(_("what it is"), max_length=20)
    points = models.JSONField(_("what was checked"))
    compared = models.CharField(_("how it was compared"), max_length=20, blank=True)
    report = models.JSONField(_("what the report says"), default=dict, blank=True)
    names_holder = models.BooleanField(
        _("has the holder's full name"),
        default=False,
        help_text=_("Only then is the name shown to the person who uploaded the file."),
    )
    sha256 = models.CharField(_("fingerprint of the file (SHA-256)"), max_length=64)

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")

    def __str__(self) -> str:
        return self.sha256
