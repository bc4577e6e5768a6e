"""Spreadsheets that come in and go out.

An uploaded sheet has its rows, what was found in them and what was applied. A list of members is
asked for and agreed to.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from core.models import PublicId, Stamped
from imports.models import Import, Remark, private_storage
from office.enums import WORKING, Effect, ImportKind, ImportState, PeopleExportState, Undone


def import_path(run: SheetImport, filename: str) -> str:
    """Return where the uploaded file is kept, which is under a random identifier and never under
    its own name.
    """
    return f"imports/{run.public_id}.xlsx"


class SheetImport(Import):
    """One uploaded sheet, from upload to undo.

    Its columns are matched, its rows are checked, the good rows are applied at one time, and they
    can be undone within a week.
    """

    WORKING = WORKING

    kind = models.CharField(_("kind"), max_length=10, choices=ImportKind)
    org = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="imports", verbose_name=_("union")
    )
    file = models.FileField(upload_to=import_path, storage=private_storage, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=ImportState)
    problems = models.JSONField(
        default=list, help_text="union tree: [[row, sentence], …]; sentences hold no personal data"
    )
    applied_at = models.DateTimeField(_("imported"), null=True, blank=True)

    choices = models.JSONField(
        default=dict, help_text="name of a union as written → the union that was chosen for it"
    )
    default_union = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    generation = models.PositiveIntegerField(
        default=0, help_text="counts the checks; work begun for an older one stops"
    )
    checked_at = models.DateTimeField(_("check finished"), null=True, blank=True)
    key_name = models.CharField(
        max_length=16,
        blank=True,
        help_text="name of the identity key in use when the rows were checked",
    )
    note = models.CharField(
        max_length=40,
        blank=True,
        help_text="code of the sentence on why it came back (office.words)",
    )
    made = models.JSONField(
        default=dict,
        help_text="employers and their links to unions that came into being, for undoing",
    )
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undo_until = models.DateTimeField(_("can be undone until"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["org", "kind", "sha256"], name="import_same_file")]

    @property
    def undoable(self) -> bool:
        """Say whether it can still be undone."""
        return (
            self.state == ImportState.APPLIED
            and self.undo_until is not None
            and clock.now() <= self.undo_until
        )


class StagedRow(models.Model):
    """A row without faults, read and encrypted, that waits to be applied. It is deleted when the
    import is applied, discarded or too old.

    The identity number is encrypted for the person who will be recorded under *public_id*. The
    fields from `effect` on are worked out against the recorded persons, once for the dry run and
    again, under the lock, when the rows are applied.
    """

    run = models.ForeignKey(SheetImport, models.CASCADE, related_name="staged")
    row = models.PositiveIntegerField(_("row"))
    public_id = models.UUIDField(editable=False)
    name = models.CharField(max_length=100)
    name_key = models.CharField(max_length=100)
    pinyin_key = models.CharField(max_length=200, blank=True)
    name_order = models.CharField(max_length=130, blank=True)
    birth = models.DateField(null=True)
    sex = models.CharField(max_length=10, blank=True)
    mobile = models.CharField(max_length=20, blank=True)
    id_kind = models.CharField(max_length=20)
    number_encrypted = models.BinaryField()
    number_hash = models.CharField(max_length=64)
    newest_hash = models.CharField(max_length=64)
    tail = models.CharField(max_length=4)
    union = models.ForeignKey("org.OrgUnit", models.CASCADE, related_name="+")
    employer = models.CharField(max_length=200, blank=True)
    employer_key = models.CharField(max_length=200, blank=True)
    job_title = models.CharField(max_length=100, blank=True)
    joined = models.DateField()
    joined_eve = models.DateField(help_text="the day before: the last day in the union before")

    effect = models.CharField(max_length=10, choices=Effect, default=Effect.NEW)
    person = models.ForeignKey("people.Person", models.SET_NULL, null=True, related_name="+")
    has_account = models.BooleanField(default=False)
    old_mobile = models.CharField(max_length=20, blank=True)
    old_union = models.ForeignKey("org.OrgUnit", models.SET_NULL, null=True, related_name="+")
    old_membership = models.ForeignKey(
        "org.Membership", models.SET_NULL, null=True, related_name="+"
    )
    starts_on = models.DateField(null=True)
    old_ends_on = models.DateField(null=True)
    employer_row = models.ForeignKey("org.Employer", models.SET_NULL, null=True, related_name="+")
    new_mobile = models.BooleanField(default=False)
    moves = models.BooleanField(default=False)
    hired = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("staged row")
        verbose_name_plural = _("staged rows")
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="staged_row_once")]
        indexes = [
            models.Index(fields=["run", "id_kind", "number_hash"], name="staged_row_number"),
            models.Index(fields=["run", "effect", "row"], name="staged_row_effect"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.row}"


class RowRemark(Remark):
    """One remark on a row, which is a fault that keeps it out or a spelling that was read as meant.

    It is deleted with the staged rows.
    """

    run = models.ForeignKey(SheetImport, models.CASCADE, related_name="remarks")

    class Meta:
        verbose_name = _("remark on a row")
        verbose_name_plural = _("remarks on rows")
        indexes = [models.Index(fields=["run", "fault", "row"], name="row_remark_list")]


class TakenRow(models.Model):
    """What one row did when it was applied. These rows are the import's list of persons, and
    undoing needs them.

    *old_mobile* and *new_mobile* are emptied when the time for undoing is over.
    """

    run = models.ForeignKey(SheetImport, models.CASCADE, related_name="taken")
    row = models.PositiveIntegerField(_("row"))
    effect = models.CharField(max_length=10, choices=Effect)
    person = models.ForeignKey(
        "people.Person", models.SET_NULL, null=True, related_name="+", verbose_name=_("person")
    )
    old_mobile = models.CharField(max_length=20, blank=True)
    new_mobile = models.CharField(max_length=20, blank=True)
    mobile_changed = models.BooleanField(default=False)
    joined = models.ForeignKey("org.Membership", models.SET_NULL, null=True, related_name="+")
    ended = models.ForeignKey("org.Membership", models.SET_NULL, null=True, related_name="+")
    hired = models.ForeignKey("org.Employment", models.SET_NULL, null=True, related_name="+")
    undone = models.CharField(max_length=10, choices=Undone, blank=True)
    reason = models.CharField(
        max_length=200,
        blank=True,
        help_text="why the person stays: a code of office.words, or a sentence",
    )

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("rows imported")
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="taken_row_once")]
        indexes = [models.Index(fields=["run", "undone", "row"], name="taken_row_undone")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.row}"


def export_path(export: PeopleExport, filename: str) -> str:
    """Return where a finished list is kept, which is under a random identifier."""
    return f"exports/people/{export.public_id}.xlsx"


class PeopleExport(PublicId, Stamped):
    """A list of members that is too large to be taken at once, or has full numbers.

    It is asked for with a purpose and decided by another person, and its file is kept for some
    days. The filters are stored as keys. A name is never one of them.
    """

    org = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="people_exports", verbose_name=_("union")
    )
    employer = models.ForeignKey(
        "org.Employer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("employer"),
    )
    standing = models.CharField(_("membership"), max_length=10, blank=True)
    full_numbers = models.BooleanField(_("with full numbers"), default=False)
    purpose = models.CharField(_("purpose"), max_length=300)
    count = models.PositiveIntegerField(
        pgettext_lazy("how many", "number of people"), help_text="when it was asked for"
    )
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=PeopleExportState,
        default=PeopleExportState.ASKED,
        editable=False,
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("requested by")
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
    decision = models.CharField(_("remark"), max_length=300, blank=True)
    file = models.FileField(_("file"), upload_to=export_path, storage=private_storage, blank=True)
    sha256 = models.CharField(_("digest"), max_length=64, blank=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    expires_at = models.DateTimeField(_("deleted on"), null=True, blank=True)
    taken_at = models.DateTimeField(_("first downloaded"), null=True, blank=True)

    class Meta:
        verbose_name = _("request for a member list")
        verbose_name_plural = _("requests for member lists")
        indexes = [models.Index(fields=["state", "expires_at"], name="people_export_tidy")]
        constraints = [
            models.CheckConstraint(
                name="people_export_by_two",
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="people_export_decided",
                condition=~Q(
                    state__in=[
                        PeopleExportState.MAKING,
                        PeopleExportState.READY,
                        PeopleExportState.DECLINED,
                    ]
                )
                | Q(decided_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.org} · {self.count}"

    @property
    def state_tone(self) -> str:
        """Return the tone in which the state is shown."""
        tones = {
            PeopleExportState.ASKED: "warn",
            PeopleExportState.MAKING: "info",
            PeopleExportState.READY: "ok",
            PeopleExportState.DECLINED: "bad",
        }
        return tones.get(
            PeopleExportState(self.state), "bad" if self.state == PeopleExportState.FAILED else ""
        )
