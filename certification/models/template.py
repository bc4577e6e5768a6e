"""The wording of certificates, by kind and union, in versions."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certification.enums import CertificateKind, CertificateLayout, Orientation
from certification.rules import claims, wording
from core.models import Stamped


def claim_sentence(claim: claims.Claim) -> str:
    """Return the sentence that says how to tie a claim of a template to its fact."""
    example = f"[，{claim.word}（{{{claim.fields[0]}}}）]"
    return _(
        "“%(word)s” says that something took place. Put it in square brackets together with "
        "one of the fields %(fields)s, as in %(example)s. It is then left out when nothing "
        "of the kind is on record."
    ) % {
        "word": claim.word,
        "fields": ", ".join(f"{{{name}}}" for name in claim.fields),
        "example": example,
    }


class CertificateTemplate(Stamped):
    """One version of the wording of one kind.

    It is never changed. A correction is the next version, and printed certificates keep theirs.
    `org` is the union it belongs to, and it applies to every union below that has none of its own.
    An empty `org` means the platform's own template.
    """

    org = models.ForeignKey(
        "org.OrgUnit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="certificate_templates",
        verbose_name=_("issuer"),
    )
    kind = models.CharField(_("kind"), max_length=2, choices=CertificateKind)
    version = models.PositiveIntegerField(_("version"))
    layout = models.CharField(
        _("layout"), max_length=20, choices=CertificateLayout, default=CertificateLayout.TRAINING
    )
    orientation = models.CharField(
        pgettext_lazy("paper", "sheet"),
        max_length=10,
        choices=Orientation,
        default=Orientation.LANDSCAPE,
    )
    title = models.CharField(_("title"), max_length=60)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    salutation = models.CharField(_("after the name"), max_length=20, blank=True)
    lead = models.CharField(_("line above the name"), max_length=60, blank=True)
    wording = models.TextField(
        _("wording"),
        max_length=2000,
        help_text=_(
            "Put field names in braces and bold text between double asterisks. Text in "
            "square brackets is left out if one of its fields is empty."
        ),
    )
    wording_en = models.TextField(
        _("wording in English"),
        max_length=2000,
        blank=True,
        help_text=_(
            "A paragraph below the Chinese text, with the same fields. Leave empty for none."
        ),
    )
    with_photo = models.BooleanField(
        _("with the holder's photo"),
        default=True,
        help_text=_("Printed if there is one. Its place is kept free of text."),
    )
    seal = models.BinaryField(_("picture of the seal"), blank=True, null=True)
    signatory = models.CharField(_("signed by"), max_length=40, blank=True)
    signatory_title = models.CharField(_("office of the signatory"), max_length=60, blank=True)
    signature = models.BinaryField(_("picture of the signature"), blank=True, null=True)
    second_signatory = models.CharField(_("also signed by"), max_length=40, blank=True)
    second_signatory_title = models.CharField(
        _("office of the second signatory"), max_length=60, blank=True
    )
    second_signature = models.BinaryField(
        _("picture of the second signature"), blank=True, null=True
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    disclaimer = models.CharField(_("disclaimer"), max_length=200, blank=True)
    valid_years = models.PositiveSmallIntegerField(
        _("years of validity"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text=_("Leave empty for no end date."),
    )

    class Meta:
        verbose_name = _("certificate template")
        verbose_name_plural = _("certificate templates")
        constraints = [
            models.UniqueConstraint(
                fields=["org", "kind", "version"], name="certificate_template_version_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "version"],
                condition=models.Q(org=None),
                name="certificate_template_house_version_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    def clean(self) -> None:
        """Refuse a wording that can't be filled in, or that claims something without a field for
        it.
        """
        faults = {}
        for name in ("wording", "wording_en"):
            try:
                wording.check_wording(getattr(self, name))
            except wording.WordingError as error:
                faults[name] = _("“%(what)s” isn't a field we know, or it isn't closed.") % {
                    "what": error.args[0]
                }
        for name in ("wording", "wording_en", "lead"):
            if name not in faults and (found := claims.unsupported_claims(getattr(self, name))):
                faults[name] = claim_sentence(found[0])
        if faults:
            raise ValidationError(faults)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row. Raises `TypeError` for a row that was saved before."""
        if self.pk is not None:
            self._refuse()
        super().save(*args, **kwargs)

    @staticmethod
    def _refuse() -> NoReturn:
        msg = "a template version is never changed: make the next one"
        raise TypeError(msg)
