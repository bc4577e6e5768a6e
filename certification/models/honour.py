"""Honours as the public sees them. A name is shown only while its bearer agrees."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import PublicId, Stamped


class HonourList(PublicId, Stamped):
    """One decision that honours several people, such as 2026 年杭城工匠, with the number of the
    document.
    """

    org = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="honour_lists", verbose_name=_("union")
    )
    title = models.CharField(_("title"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year"))
    document_number = models.CharField(
        pgettext_lazy("official paper", "document"), max_length=80, blank=True
    )
    announced_on = models.DateField(_("announced"))

    class Meta:
        verbose_name = _("list of honours")
        verbose_name_plural = _("lists of honours")
        constraints = [
            models.UniqueConstraint(fields=["org", "title", "year"], name="honour_list_once")
        ]

    def __str__(self) -> str:
        return self.title


class Honour(PublicId, Stamped):
    """One person's honour, which can have a public page."""

    honour_list = models.ForeignKey(
        HonourList,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="honours",
        verbose_name=_("list"),
    )
    org = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="honours", verbose_name=_("union")
    )
    person = models.ForeignKey(
        "people.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="honours",
        verbose_name=_("person"),
    )
    display_name = models.CharField(_("name as shown"), max_length=100)
    title = models.CharField(_("honour"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year"))
    trade = models.CharField(_("trade"), max_length=100, blank=True)
    employer_name = models.CharField(_("employer"), max_length=200, blank=True)
    competition = models.CharField(_("competition"), max_length=200, blank=True)
    award = models.CharField(_("award"), max_length=60, blank=True)
    quote = models.CharField(_("in one sentence"), max_length=120, blank=True)
    description = models.TextField(_("what for"), max_length=4000, blank=True)
    certificate = models.OneToOneField(
        "certification.Certificate",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="honour",
        verbose_name=_("certificate"),
    )
    consent_given_on = models.DateField(_("agreed to be named"), null=True, blank=True)
    consent_withdrawn_on = models.DateField(_("agreement withdrawn"), null=True, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    set_aside_for = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("set aside in favour of"),
        help_text=_("The entry for the same honour and person that counts instead."),
    )

    class Meta:
        verbose_name = _("honour")
        verbose_name_plural = _("honours")
        indexes = [models.Index(fields=["-year", "-published_on"], name="honour_gallery")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "title", "year"],
                condition=models.Q(person__isnull=False, set_aside_for=None),
                name="honour_once_a_year",
            ),
            models.CheckConstraint(
                name="honour_set_aside_is_hidden",
                condition=models.Q(set_aside_for=None) | models.Q(published_on=None),
            ),
            models.CheckConstraint(
                name="honour_published_with_consent",
                condition=models.Q(published_on=None) | models.Q(consent_given_on__isnull=False),
            ),
            models.CheckConstraint(
                name="honour_withdrawn_means_hidden",
                condition=models.Q(consent_withdrawn_on=None) | models.Q(published_on=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.year}"

    def get_absolute_url(self) -> str:
        """Return the address of its public page."""
        return reverse("certification:honour", args=[self.public_id])
