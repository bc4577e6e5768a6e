"""Records that may be one person, and proposals to merge them, which one person makes and another
decides.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicId, Stamped
from people.enums import MergeState, PairState


class SuspectedPair(PublicId, Stamped):
    """Two records that look like one person.

    *first* has the smaller key. What was decided about them is remembered.
    """

    first = models.ForeignKey(
        "people.Person", models.CASCADE, related_name="+", verbose_name=_("one record")
    )
    second = models.ForeignKey(
        "people.Person", models.CASCADE, related_name="+", verbose_name=_("other record")
    )
    evidence = models.JSONField(
        _("evidence"), default=list, help_text="codes of people.rules.duplicates; no personal data"
    )
    score = models.PositiveSmallIntegerField(_("strength of the evidence"), default=0)
    state = models.CharField(
        _("state"), max_length=12, choices=PairState, default=PairState.OPEN, editable=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    note = models.CharField(_("basis for the decision"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("suspected pair")
        verbose_name_plural = _("suspected pairs")
        indexes = [models.Index(fields=["state", "-score"], name="suspected_pair_list")]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="suspected_pair_once"),
            models.CheckConstraint(
                name="suspected_pair_in_order", condition=models.Q(first__lt=models.F("second"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}/{self.second_id}"


class MergeProposal(PublicId, Stamped):
    """A proposal to make *gone* a tombstone of *keep*.

    *picks* says for each field whose value stays.
    """

    keep = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="+", verbose_name=_("record that is kept")
    )
    gone = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="+", verbose_name=_("record to be merged")
    )
    picks = models.JSONField(_("which value is kept"), default=dict)
    reason = models.CharField(_("evidence that they are the same person"), max_length=500)
    state = models.CharField(
        _("state"), max_length=12, choices=MergeState, default=MergeState.PROPOSED, editable=False
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision = models.CharField(_("reason for the decision"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("merge proposal")
        verbose_name_plural = _("merge proposals")
        constraints = [
            models.CheckConstraint(
                name="merge_two_records", condition=~models.Q(keep=models.F("gone"))
            ),
            models.CheckConstraint(
                name="merge_second_person_is_another",
                condition=~models.Q(state=MergeState.MERGED)
                | models.Q(proposed_by=None)
                | ~models.Q(decided_by=models.F("proposed_by")),
            ),
            models.UniqueConstraint(
                fields=["gone"],
                condition=models.Q(state=MergeState.PROPOSED),
                name="merge_one_open_for_gone",
            ),
            models.UniqueConstraint(
                fields=["keep"],
                condition=models.Q(state=MergeState.PROPOSED),
                name="merge_one_open_for_keep",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.keep_id} < {self.gone_id}"
