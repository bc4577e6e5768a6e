"""Assessment bodies that are filed with the authorities. Only they give numbers of 22 characters."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certification.rules.filed_number import PREFIX
from core.models import PublicId, Stamped


class AssessmentBody(PublicId, Stamped):
    """One filing of one union as an assessment body.

    A later filing is another row, and the numbers that were given don't change.
    """

    org = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="assessment_bodies", verbose_name=_("union")
    )
    prefix = models.CharField(
        _("code of the body"),
        max_length=13,
        validators=[
            RegexValidator(
                rf"\A{PREFIX.pattern}\Z", _("Y or S, then twelve digits, as in the registration.")
            )
        ],
        help_text=_("The first 13 characters of its certificate numbers."),
    )
    valid_from = models.DateField(_("registered from"))
    valid_until = models.DateField(
        _("registered until"),
        null=True,
        blank=True,
        help_text=_("Leave empty if it runs until withdrawn."),
    )
    document = models.CharField(
        pgettext_lazy("official paper", "document"),
        max_length=120,
        help_text=_("Number of the registration document, e.g. 浙人社函〔2026〕12号."),
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )

    class Meta:
        verbose_name = _("registered assessment body")
        verbose_name_plural = _("registered assessment bodies")
        constraints = [
            models.CheckConstraint(
                name="assessment_body_days_in_order",
                condition=models.Q(valid_until=None)
                | models.Q(valid_until__gte=models.F("valid_from")),
            ),
            models.UniqueConstraint(
                fields=["org", "valid_from"], name="assessment_body_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.prefix

    def clean(self) -> None:
        """Write the code in capitals."""
        self.prefix = self.prefix.strip().upper()

    def clean_fields(self, *args: Any, **kwargs: Any) -> None:
        """Validate the code in the form in which it is kept."""
        self.clean()
        super().clean_fields(*args, **kwargs)
