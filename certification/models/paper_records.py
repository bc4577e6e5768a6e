"""Certificates taken over from paper (ADR 27): the sheet on its way, its rows in waiting, and what
stands behind each record.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certification.enums import CertificateKind, HistoricEffect, HistoricState, Provenance, Sampled
from imports.models import Import, Remark, private_storage
from people.enums import IdType

WORKING = (HistoricState.CHECKING, HistoricState.APPLYING, HistoricState.WITHDRAWING)


def sheet_path(run: HistoricImport, filename: str) -> str:
    """Return where the sent file is kept: by random identifier, never by its name."""
    return f"imports/historic/{run.public_id}.xlsx"


def new_salt() -> bytes:
    """Return 128 random bits that keep a fingerprint in the public register from being guessed."""
    return secrets.token_bytes(16)


class HistoricImport(Import):
    """One sheet of certificates from paper: matched, checked, taken over at one time; compared by
    another person; taken back as a whole.
    """

    WORKING = WORKING

    org = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="historic_imports", verbose_name=_("issuer")
    )
    source = models.CharField(_("what the list was made from"), max_length=200)
    aim = models.CharField(
        _("intended basis of the records"),
        max_length=10,
        choices=Provenance,
        default=Provenance.LIST,
    )
    file = models.FileField(upload_to=sheet_path, storage=private_storage, blank=True)
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=HistoricState,
        default=HistoricState.MAPPING,
        editable=False,
    )

    kind = models.CharField(
        _("kind for rows that don't name one"),
        max_length=2,
        choices=CertificateKind,
        default=CertificateKind.TRAINING,
    )
    title = models.CharField(_("title for rows that don't name one"), max_length=60, blank=True)
    generation = models.PositiveIntegerField(
        default=0, help_text="counts the works begun; one begun for an older count stops"
    )
    checked_at = models.DateTimeField(pgettext_lazy("time", "checked"), null=True, blank=True)
    note = models.CharField(
        max_length=40,
        blank=True,
        help_text="code of the sentence on why it came back (historic_words)",
    )

    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("import done by"),
    )
    applied_at = models.DateTimeField(pgettext_lazy("time", "imported"), null=True, blank=True)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sample drawn by"),
    )
    draws = models.PositiveSmallIntegerField(_("samples drawn"), default=0)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("compared by"),
    )
    confirmed_at = models.DateTimeField(_("compared"), null=True, blank=True)
    remark = models.CharField(_("where the originals are kept"), max_length=200, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn by the holder"), null=True, blank=True)
    reason = models.CharField(_("why it was undone"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("import of paper certificates")
        verbose_name_plural = _("imports of paper certificates")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["org", "sha256"], name="historic_same_file")]
        constraints = [
            models.CheckConstraint(
                name="historic_aims_at_a_list_or_papers", condition=~Q(aim=Provenance.ISSUED)
            ),
            models.CheckConstraint(
                name="historic_compared_by_another",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("applied_by")),
            ),
            models.CheckConstraint(
                name="historic_drawn_by_another",
                condition=Q(drawn_by=None) | ~Q(drawn_by=F("applied_by")),
            ),
        ]

    @property
    def waits_for_sample(self) -> bool:
        """Say whether a second person is awaited: the records shall rest on the papers and nobody
        has compared them yet.
        """
        return (
            self.state == HistoricState.APPLIED
            and self.aim == Provenance.ARCHIVE
            and self.confirmed_at is None
        )


class HistoricRow(models.Model):
    """A row in order, waiting to be taken over. Deleted when the sheet is taken over, thrown away
    or too old.

    The identity number is kept as a keyed hash only. What stands below `effect` is worked out
    against what is recorded.
    """

    run = models.ForeignKey(HistoricImport, models.CASCADE, related_name="staged")
    row = models.PositiveIntegerField(_("row"))
    number = models.CharField(max_length=60)
    number_key = models.CharField(max_length=60)
    name = models.CharField(max_length=100)
    name_key = models.CharField(max_length=100)
    kind = models.CharField(max_length=2, choices=CertificateKind)
    title = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    occupation = models.CharField(max_length=100, blank=True)
    level = models.PositiveSmallIntegerField(null=True)
    distinction = models.CharField(max_length=60, blank=True)
    employer = models.CharField(max_length=200, blank=True)
    issuer = models.CharField(max_length=200)
    issued_on = models.DateField()
    valid_until = models.DateField(null=True)
    id_kind = models.CharField(max_length=20, choices=IdType, blank=True)
    id_hash = models.CharField(max_length=64, blank=True)
    newest_hash = models.CharField(max_length=64, blank=True)

    effect = models.CharField(max_length=10, choices=HistoricEffect, default=HistoricEffect.NEW)
    person = models.ForeignKey("people.Person", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("row of a sheet of paper certificates")
        verbose_name_plural = _("rows of sheets of paper certificates")
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="historic_row_once")]
        indexes = [
            models.Index(fields=["run", "number_key"], name="historic_row_number"),
            models.Index(fields=["run", "effect", "row"], name="historic_row_effect"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.row}"


class HistoricRemark(Remark):
    """One thing to say about a row: a fault that keeps it out, or a spelling that was read as
    meant.
    """

    run = models.ForeignKey(HistoricImport, models.CASCADE, related_name="remarks")

    class Meta:
        verbose_name = _("remark on a row of paper certificates")
        verbose_name_plural = _("remarks on rows of paper certificates")
        indexes = [models.Index(fields=["run", "fault", "row"], name="historic_remark_list")]


class HistoricRecord(models.Model):
    """What stands behind a certificate from paper: its sheet and row, its entry in the public
    register, the sample.

    *fingerprint* is the SHA-256 of the record's words and *salt*; the register holds nothing else
    of it. The keyed hash of the identity number is there as long as no person is: when the person
    is known, the two are brought together and the hash goes.
    """

    certificate = models.OneToOneField(
        "certification.Certificate",
        models.PROTECT,
        related_name="historic",
        verbose_name=_("certificate"),
    )
    run = models.ForeignKey(
        HistoricImport,
        models.PROTECT,
        related_name="records",
        verbose_name=_("import of paper certificates"),
    )
    row = models.PositiveIntegerField(_("row"))
    salt = models.BinaryField(default=new_salt, editable=False)
    fingerprint = models.CharField(
        _("fingerprint of the record (SHA-256)"), max_length=64, unique=True
    )
    leaf_index = models.BigIntegerField(_("place in the register"), null=True, blank=True)
    id_kind = models.CharField(max_length=20, choices=IdType, blank=True)
    id_hash = models.CharField(max_length=64, blank=True)
    newest_hash = models.CharField(max_length=64, blank=True)
    sampled = models.CharField(
        _("sample"), max_length=10, choices=Sampled, default=Sampled.NOT, blank=True
    )
    was_checked = models.BooleanField(
        default=False, editable=False
    )  # somebody looked it up, in a look-up that is purged since

    class Meta:
        verbose_name = _("paper record")
        verbose_name_plural = _("paper records")
        constraints = [
            models.UniqueConstraint(fields=["run", "row"], name="historic_record_row_once")
        ]
        indexes = [
            models.Index(
                fields=["run", "sampled"], condition=~Q(sampled=""), name="historic_record_sample"
            ),
            models.Index(
                fields=["id_hash"], condition=~Q(id_hash=""), name="historic_record_unlinked"
            ),
        ]

    def __str__(self) -> str:
        return self.fingerprint
