"""Store the marking scheme in versions, each a tree of modules, sub-criteria and aspects. A frozen
version never changes.
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from competitions.enums import AspectKind, SchemeState
from competitions.models.event import Event
from core.models import PublicId, Stamped


class Scheme(PublicId, Stamped):
    """One imported version."""

    event = models.ForeignKey(
        Event, models.PROTECT, related_name="schemes", verbose_name=_("competition")
    )
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(
        _("state"), max_length=20, choices=SchemeState, default=SchemeState.DRAFT, editable=False
    )
    digest = models.CharField(_("digest"), max_length=64, help_text=_("SHA-256 of the workbook."))
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("imported by"),
    )
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("frozen by"),
    )
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True)

    class Meta:
        verbose_name = _("marking scheme")
        verbose_name_plural = _("marking schemes")
        constraints = [
            models.UniqueConstraint(fields=["event", "version"], name="scheme_version_once"),
            models.UniqueConstraint(
                fields=["event"],
                condition=models.Q(state=SchemeState.FROZEN),
                name="scheme_one_frozen",
            ),
            models.UniqueConstraint(
                fields=["event"],
                condition=models.Q(state=SchemeState.DRAFT),
                name="scheme_one_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} v{self.version}"


class SpecSection(models.Model):
    """A section of the standard specification with its published weight in marks."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="sections")
    number = models.CharField(_("section"), max_length=20)
    name = models.CharField(pgettext_lazy("competition", "name"), max_length=200, blank=True)
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("section of the specification")
        verbose_name_plural = _("sections of the specification")
        constraints = [models.UniqueConstraint(fields=["scheme", "number"], name="section_once")]

    def __str__(self) -> str:
        return self.number


class Module(models.Model):
    """A module (模块), marked on one day by one panel."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="modules")
    code = models.CharField(_("code"), max_length=1)
    name = models.CharField(pgettext_lazy("competition", "name"), max_length=200)
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=4, default=Decimal(1))
    max_mark = models.DecimalField(
        pgettext_lazy("competition", "marks available"), max_digits=6, decimal_places=2
    )
    day = models.PositiveSmallIntegerField(_("day"), default=1)
    theory = models.BooleanField(_("theory"), default=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering = ["scheme_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="module_code_once"),
            models.CheckConstraint(
                name="module_weight_is_a_share", condition=models.Q(weight__gt=0, weight__lte=1)
            ),
            models.CheckConstraint(name="module_has_marks", condition=models.Q(max_mark__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class SubCriterion(models.Model):
    """A group of aspects marked together (子项)."""

    module = models.ForeignKey(Module, models.CASCADE, related_name="sub_criteria")
    code = models.CharField(_("code"), max_length=3)
    name = models.CharField(pgettext_lazy("competition", "name"), max_length=200)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("sub-criterion")
        verbose_name_plural = _("sub-criteria")
        ordering = ["module_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["module", "code"], name="sub_criterion_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Aspect(models.Model):
    """A line that is marked (评分点)."""

    module = models.ForeignKey(Module, models.CASCADE, related_name="aspects")
    sub_criterion = models.ForeignKey(SubCriterion, models.CASCADE, related_name="aspects")
    code = models.CharField(_("code"), max_length=8)
    name = models.CharField(pgettext_lazy("competition", "name"), max_length=200)
    kind = models.CharField(_("type"), max_length=1, choices=AspectKind)
    max_mark = models.DecimalField(
        pgettext_lazy("competition", "marks available"), max_digits=5, decimal_places=2
    )
    steps = models.JSONField(_("declared steps"), default=list, blank=True)
    section = models.CharField(_("section"), max_length=20, blank=True)
    description = models.CharField(_("description"), max_length=1000, blank=True)
    benchmark_0 = models.CharField(_("0 means"), max_length=1000, blank=True)
    benchmark_1 = models.CharField(_("1 means"), max_length=1000, blank=True)
    benchmark_2 = models.CharField(_("2 means"), max_length=1000, blank=True)
    benchmark_3 = models.CharField(_("3 means"), max_length=1000, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("aspect")
        verbose_name_plural = _("aspects")
        ordering = ["module_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["module", "code"], name="aspect_code_once"),
            models.CheckConstraint(name="aspect_has_marks", condition=models.Q(max_mark__gt=0)),
            models.CheckConstraint(
                name="judgement_is_described",
                condition=~models.Q(kind=AspectKind.JUDGEMENT)
                | (
                    ~models.Q(benchmark_0="")
                    & ~models.Q(benchmark_1="")
                    & ~models.Q(benchmark_2="")
                    & ~models.Q(benchmark_3="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def benchmarks(self) -> tuple[str, str, str, str]:
        """What 0, 1, 2 and 3 mean here."""
        return (self.benchmark_0, self.benchmark_1, self.benchmark_2, self.benchmark_3)

    @property
    def step_values(self) -> tuple[Decimal, ...]:
        """The steps declared beforehand, as numbers."""
        return tuple(Decimal(step) for step in self.steps)
