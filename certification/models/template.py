"""The wording of certificates, by kind and union, in versions."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from certification.enums import Kind
from certification.rules import wording
from core.models import Stamped


class CertificateTemplate(Stamped):
    """One version of the wording of one kind. Never changed: a correction is the next version, printed certificates keep theirs.

    `org` is the union it belongs to and, below it, every union without one of its own; empty is the house's own.
    """

    org = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="certificate_templates", verbose_name=_("issuer")
    )
    kind = models.CharField(_("kind"), max_length=2, choices=Kind)
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=60)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    salutation = models.CharField(_("after the name"), max_length=20, blank=True)
    lead = models.CharField(_("line above the name"), max_length=60, blank=True)
    wording = models.TextField(
        _("wording"),
        max_length=2000,
        help_text=_(
            "Named fields in braces, bold between two asterisks; what stands in square brackets is left out if one of its fields is empty."
        ),
    )
    disclaimer = models.CharField(_("what it is not"), max_length=200, blank=True)
    valid_years = models.PositiveSmallIntegerField(
        _("valid for years"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text=_("Empty: without end."),
    )

    class Meta:
        verbose_name = _("certificate template")
        verbose_name_plural = _("certificate templates")
        constraints = [
            models.UniqueConstraint(fields=["org", "kind", "version"], name="certificate_template_version_once"),
            models.UniqueConstraint(
                fields=["kind", "version"], condition=models.Q(org=None), name="certificate_template_house_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    def clean(self) -> None:
        """Refuse a wording that can't be filled."""
        try:
            wording.check(self.wording)
        except wording.WordingError as error:
            raise ValidationError({"wording": _("“%(what)s” is no field we know, or is left open.") % {"what": error.args[0]}}) from error

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert only."""
        if self.pk is not None:
            self._refuse()
        super().save(*args, **kwargs)

    @staticmethod
    def _refuse() -> NoReturn:
        msg = "a template version is never changed: make the next one"
        raise TypeError(msg)
