"""What every import keeps of its sheet, what is said about a row, and which columns a union's
headings meant last time.

A tenant's models inherit the first two, since what it stages of a row and what it keeps for undoing
are its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.files.storage import Storage
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicId, Stamped
from imports.enums import OPEN


def private_storage() -> Storage:
    """Return the storage that only checked views read."""
    from django.core.files.storage import storages  # slow import

    return storages["private"]


class Import(PublicId, Stamped):
    """One uploaded sheet on its way from upload to undo."""

    WORKING: ClassVar[tuple[str, ...]]
    TONES: ClassVar[dict[str, str]] = {
        "mapping": "warn",
        "ready": "warn",
        "refused": "bad",
        "applied": "ok",
    }

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    filename = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    summary = models.JSONField(default=dict, help_text="counts only")
    layout = models.JSONField(
        default=dict,
        help_text="header rows and, for each column, letter, heading and masked samples",
    )
    signature = models.CharField(
        max_length=64,
        blank=True,
        help_text="digest of the headings, under which the matching is remembered",
    )
    mapping = models.JSONField(default=dict, help_text="column index → key of our column")
    checked = models.PositiveIntegerField(
        _("rows checked"), default=0, help_text="where an interrupted check goes on"
    )
    started_at = models.DateTimeField(_("check started"), null=True, blank=True)
    fingerprint = models.CharField(
        max_length=64, blank=True, help_text="digest of what taking over would do, as it was shown"
    )
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, blank=True, related_name="+")

    if TYPE_CHECKING:  # fields of the tenants, whose choices, file paths and words differ
        org: Any
        org_id: int
        file: Any
        state: Any
        generation: Any
        checked_at: Any
        note: Any
        applied_by: Any
        applied_by_id: int | None
        applied_at: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.filename

    @property
    def state_tone(self) -> str:
        """Return the tone of the state's word."""
        return "info" if self.working else self.TONES.get(str(self.state), "")

    @property
    def working(self) -> bool:
        """Say whether background work is under way."""
        return self.state in self.WORKING

    @property
    def open(self) -> bool:
        """Say whether somebody still has to decide about it."""
        return self.state in OPEN


class Remark(models.Model):
    """One remark on a row, which is a fault that keeps it out or a spelling that was read as meant."""

    row = models.PositiveIntegerField(_("row"))
    column = models.SmallIntegerField(_("column"), default=-1)
    key = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict, blank=True)
    written = models.CharField(
        _("value in the sheet"), max_length=100, blank=True, help_text="identity numbers masked"
    )
    fault = models.BooleanField(default=True)
    # Found by comparing with other rows and with what is recorded: worked out again each time.
    of_world = models.BooleanField(default=False)

    if TYPE_CHECKING:
        run: Any
        run_id: int

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.run_id}/{self.row} {self.code}"


class ColumnMemory(Stamped):
    """Which of our columns the headings of a union's own sheet mean.

    It is remembered when a sheet is checked, for the next sheet with the same headings.
    """

    org = models.ForeignKey(
        "org.OrgUnit", models.CASCADE, related_name="+", verbose_name=_("union")
    )
    signature = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        constraints = [
            models.UniqueConstraint(
                fields=["org", "signature"], name="imports_columns_remembered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.org_id}/{self.signature[:8]}"
