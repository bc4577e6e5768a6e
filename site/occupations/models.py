"""Store the occupations of an edition of the national catalogue in one table."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Occupation(models.Model):
    """An occupation, `d-dd-dd-dd` in an edition. Codes moved between editions, so both make the
    key.
    """

    edition = models.PositiveSmallIntegerField(_("edition"), default=2022)
    code = models.CharField(
        _("code"),
        max_length=10,
        validators=[
            RegexValidator(r"^[1-8]-\d{2}-\d{2}-\d{2}$", _("Enter the code like 6-18-02-04."))
        ],
    )
    name = models.CharField(_("name"), max_length=100)
    aliases = models.CharField(
        _("also known as"),
        max_length=300,
        blank=True,
        help_text=_("Separated by spaces; for search."),
    )

    class Meta:
        verbose_name = _("occupation")
        verbose_name_plural = _("occupations")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "code"], name="occupation_code_once_per_edition"
            )
        ]

    def __str__(self) -> str:
        return self.name
