"""Certificates, with their former files, status changes and requests to revoke.

Names are copied at issue, so later renames of a person, a union or an employer don't change a
certificate.
"""

from __future__ import annotations

import base64
import secrets
from typing import Any, NoReturn

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from certification.enums import (
    OUT_STATES,
    CertificateKind,
    CertificateState,
    FileState,
    Provenance,
    Reason,
    RevocationState,
)
from certification.rules import code
from certification.rules import number as numbers
from certification.rules.status import StatusFacts
from core.models import MomentField, PublicId, Stamped
from core.templatetags.craft import TONES
from core.text import search_key

# From the letters of RFC 4648 to ours: both are 32 signs for five bits.
_OURS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", code.ALPHABET.encode("ascii"))


def new_token() -> str:
    """Return 128 random bits. Only the first migration still uses it."""
    return secrets.token_urlsafe(16)


def new_code() -> str:
    """Return 16 random characters for the address in the QR code.

    They have 80 random bits, which at a thousand guesses a second are safe for millions of years.
    In Crockford's base 32 they can be read aloud and typed without doubt about O and 0, and capital
    letters keep the QR code small.
    """
    return (
        base64.b32encode(secrets.token_bytes(code.LENGTH * 5 // 8)).translate(_OURS).decode("ascii")
    )


def private_storage() -> Storage:
    """Return the storage of files that are served only by views that check rights."""
    return storages["private"]


# Records that answer for their number. One that was taken back, or revoked because it was taken
# over wrongly, gives the number free for the right record of the same paper.
ANSWERS = ~models.Q(state=CertificateState.WITHDRAWN) & ~models.Q(
    state=CertificateState.REVOKED, state_reason=Reason.IMPORT_ERROR
)


class Certificate(PublicId, Stamped):
    """One certificate of one outcome. `source_kind` and `source_key` name the outcome, which is
    certified once.

    *provenance* says whether it was issued here or taken over from paper (ADR 27). From paper it
    has no file, no credential, no template, and a person only if the identity number on the list
    led to one.
    """

    number = models.CharField(_("certificate number"), max_length=60)
    number_key = models.CharField(max_length=60, default="", editable=False)
    provenance = models.CharField(
        _("where the record comes from"),
        max_length=10,
        choices=Provenance,
        default=Provenance.ISSUED,
        editable=False,
    )
    provenance_on = models.DateField(
        _("compared with the originals on"), null=True, blank=True, editable=False
    )
    code = models.CharField(
        _("code in the QR code"), max_length=22, unique=True, default=new_code, editable=False
    )
    kind = models.CharField(_("kind"), max_length=2, choices=CertificateKind)
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=CertificateState,
        default=CertificateState.APPROVED,
        editable=False,
    )
    source_kind = models.CharField(_("kind of outcome"), max_length=40)
    source_key = models.CharField(_("outcome"), max_length=64)

    # Relations without an index of their own are the first column of another one below: each index
    # is written for every certificate.
    person = models.ForeignKey(
        "people.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="certificates",
        verbose_name=_("holder"),
        db_index=False,
    )
    holder_name = models.CharField(_("name as printed"), max_length=100)
    holder_key = models.CharField(max_length=100, editable=False)
    org = models.ForeignKey(
        "org.OrgUnit",
        models.PROTECT,
        related_name="certificates",
        verbose_name=_("issuer"),
        db_index=False,
    )
    issuer_name = models.CharField(_("issuer as printed"), max_length=200)
    employer_name = models.CharField(_("employer at the time"), max_length=200, blank=True)

    template = models.ForeignKey(
        "certification.CertificateTemplate",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="certificates",
        verbose_name=_("template"),
    )
    title = models.CharField(_("title"), max_length=60)
    subject = models.CharField(_("about"), max_length=200, blank=True)
    occupation_name = models.CharField(_("occupation"), max_length=100, blank=True)
    occupation_code = models.CharField(_("occupation code"), max_length=10, blank=True)
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    distinction = models.CharField(_("distinction"), max_length=60, blank=True)
    body = models.JSONField(
        _("wording as printed"),
        default=list,
        blank=True,
        help_text=_("Paragraphs of [text, bold, differs from holder to holder]."),
    )
    body_en = models.JSONField(_("English wording as printed"), default=list, blank=True)
    criteria = models.TextField(_("how it was earned"), blank=True, editable=False)
    on_record = models.TextField(
        _("what is on record about the holder"), blank=True, editable=False
    )
    issued_on = models.DateField(_("issued"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    # The last change of standing, repeated here so that a verification reads one row; the history
    # is in StatusChange.
    state_since = models.DateField(_("in this state since"), null=True, blank=True)
    state_reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True)
    replaced_by = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name=_("replaced by"),
    )

    status_list = models.ForeignKey(
        "certification.StatusList",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="certificates",
        verbose_name=_("status list"),
        db_index=False,
    )
    status_index = models.PositiveIntegerField(_("place in the status list"), null=True, blank=True)

    pdf = models.FileField(_("file"), storage=private_storage, blank=True, max_length=200)
    sha256 = models.CharField(_("fingerprint of the file (SHA-256)"), max_length=64, blank=True)
    unsigned_sha256 = models.CharField(
        _("fingerprint of the file without its signature (SHA-256)"), max_length=64, blank=True
    )
    signature_level = models.CharField(
        _("level of the signature"),
        max_length=2,
        blank=True,
        help_text=_("PAdES: B, or LT with a timestamp."),
    )
    printed_by = models.CharField(
        _("printing method"),
        max_length=10,
        blank=True,
        help_text=_("“class” or “full”: by layout class, or on its own."),
    )
    renderer_version = models.PositiveSmallIntegerField(
        _("rendering version"),
        default=0,
        editable=False,
        help_text=_("0 means made before versions were kept."),
    )
    file_state = models.CharField(
        _("what was found in the file"),
        max_length=10,
        choices=FileState,
        blank=True,
        default=FileState.UNKNOWN,
    )
    hold_code = models.CharField(_("code of why it stopped"), max_length=80, blank=True)
    hold_reason = models.CharField(_("why it stopped, in words"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["source_kind", "source_key"], name="certificate_outcome_once"
            ),
            models.CheckConstraint(
                name="certificate_out_has_file",
                condition=~models.Q(state__in=sorted(OUT_STATES))
                | ~models.Q(sha256="")
                | ~models.Q(provenance=Provenance.ISSUED),
            ),
            models.CheckConstraint(
                name="certificate_issued_here_is_whole",
                condition=~models.Q(provenance=Provenance.ISSUED)
                | models.Q(person__isnull=False, template__isnull=False),
            ),
            models.CheckConstraint(
                name="certificate_of_paper_has_nothing_of_ours",
                condition=models.Q(provenance=Provenance.ISSUED)
                | models.Q(sha256="", pdf="", template=None, status_list=None),
            ),
            models.CheckConstraint(
                name="certificate_taken_back_is_of_paper",
                condition=~models.Q(state=CertificateState.WITHDRAWN)
                | ~models.Q(provenance=Provenance.ISSUED),
            ),
            models.CheckConstraint(
                name="certificate_compared_on_a_day",
                condition=~models.Q(provenance=Provenance.ARCHIVE)
                | models.Q(provenance_on__isnull=False),
            ),
            models.CheckConstraint(
                name="certificate_number_has_key", condition=~models.Q(number_key="")
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(provenance=Provenance.ISSUED),
                name="certificate_number_of_ours_once",
            ),
            # An issuer gives a number once; and a number and a name together lead to one record,
            # whoever issued it.
            models.UniqueConstraint(
                fields=["org", "number_key"],
                condition=ANSWERS,
                name="certificate_number_of_issuer_once",
            ),
            models.UniqueConstraint(
                fields=["number_key", "holder_key"],
                condition=ANSWERS,
                name="certificate_answers_alone",
            ),
            models.CheckConstraint(
                name="certificate_replaced_names_successor",
                condition=~models.Q(state=CertificateState.SUPERSEDED)
                | models.Q(replaced_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["status_list", "status_index"], name="certificate_status_place_once"
            ),
            models.CheckConstraint(
                name="certificate_days_in_order",
                condition=models.Q(valid_until=None)
                | models.Q(valid_until__gte=models.F("issued_on")),
            ),
        ]
        indexes = [
            # Only files made before the present drawing are ever looked for by these two.
            models.Index(
                fields=["renderer_version", "file_state"], name="certificate_by_file_state"
            ),
            models.Index(fields=["person", "-issued_on"], name="certificate_of_person"),
            models.Index(fields=["org", "state"], name="certificate_of_org"),
            models.Index(fields=["number_key"], name="certificate_by_number"),
            models.Index(
                fields=["sha256"], name="certificate_by_fingerprint", condition=~models.Q(sha256="")
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the look-up keys in step with name and number."""
        self.set_keys()
        super().save(*args, **kwargs)

    def set_keys(self, *, number_is_ours: bool = False) -> None:
        """Set the look-up keys from name and number. Bulk writes need it, since they don't call
        `save`.

        A number that was just made here is its own key.
        """
        self.holder_key = search_key(self.holder_name)[:100]
        self.number_key = self.number if number_is_ours else numbers.make_number_key(self.number)

    def get_state_display(self) -> str:  # type: ignore[no-redef]  # Django lets a model say its own words
        """Return the state in words.

        A record from paper was never issued by us, so it is “on record” instead of issued.
        """
        if self.of_paper and self.state == CertificateState.ISSUED:
            return str(_("on record, from paper"))
        return str(CertificateState(self.state).label)

    @property
    def state_tone(self) -> str:
        """Return the colour tone of the state. Green is only for what we issued ourselves."""
        return (
            "info"
            if self.of_paper and self.state == CertificateState.ISSUED
            else TONES.get(self.state, "")
        )

    @property
    def of_paper(self) -> bool:
        """Say whether it was taken over from paper, which means that nothing of it was issued or
        signed here.
        """
        return self.provenance != Provenance.ISSUED

    @property
    def standing(self) -> StatusFacts:
        """Return what an answer about the certificate depends on.

        It costs one more query for a replaced certificate whose successor isn't loaded.
        """
        return StatusFacts(
            state=self.state,
            valid_until=self.valid_until,
            since=self.state_since,
            reason=self.state_reason,
            replaced_by=self.replaced_by.number if self.replaced_by else "",
        )


class FormerFile(models.Model):
    """A file that a certificate had before a new one with the same content replaced it. Rows are
    append-only.

    The file stays genuine, since only its drawing was at fault. Number, wording, credential and
    entry in the register are those of the certificate, and none of them contains the file.
    """

    certificate = models.ForeignKey(
        Certificate, models.PROTECT, related_name="former_files", verbose_name=_("certificate")
    )
    pdf = models.FileField(_("file"), storage=private_storage, blank=True, max_length=200)
    sha256 = models.CharField(_("fingerprint of the file (SHA-256)"), max_length=64, unique=True)
    unsigned_sha256 = models.CharField(
        _("fingerprint of the file without its signature (SHA-256)"), max_length=64, blank=True
    )
    signature_level = models.CharField(_("level of the signature"), max_length=2, blank=True)
    renderer_version = models.PositiveSmallIntegerField(_("rendering version"))
    fault = models.CharField(_("what was found in the file"), max_length=10, choices=FileState)
    change = models.ForeignKey(
        "certification.BulkChange",
        models.PROTECT,
        related_name="+",
        verbose_name=_("bulk change of certificates"),
    )
    replaced_at = MomentField(_("new file made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("former file of a certificate")
        verbose_name_plural = _("former files of certificates")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.sha256

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row. Raises `TypeError` for a row that was saved before."""
        if self.pk is not None:
            msg = "former files are append-only"
            raise TypeError(msg)
        super().save(*args, **kwargs)


class StatusChange(models.Model):
    """One status change of a certificate. Rows are append-only."""

    certificate = models.ForeignKey(
        Certificate, models.PROTECT, related_name="changes", verbose_name=_("certificate")
    )
    at = MomentField(_("time"), auto_now_add=True)
    old = models.CharField(_("state before"), max_length=20, choices=CertificateState, blank=True)
    new = models.CharField(_("state after"), max_length=20, choices=CertificateState)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
        db_index=False,
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("second person"),
        db_index=False,
    )

    class Meta:
        verbose_name = _("status change")
        verbose_name_plural = _("status changes")
        ordering = ["pk"]
        indexes = [  # asked when an account is to go; most changes are the issuing itself, by nobody
            models.Index(
                fields=["actor"],
                condition=models.Q(actor__isnull=False),
                name="status_change_actor",
            ),
            models.Index(
                fields=["second"],
                condition=models.Q(second__isnull=False),
                name="status_change_second",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}: {self.old} → {self.new}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row. Raises `TypeError` for a row that was saved before."""
        if self.pk is not None:
            self._refuse()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise `TypeError`, since rows are never deleted."""
        self._refuse()

    @staticmethod
    def _refuse() -> NoReturn:
        msg = "changes of standing are append-only"
        raise TypeError(msg)


class RevocationRequest(PublicId, Stamped):
    """A request of one officer to revoke, which another confirms or refuses."""

    certificate = models.ForeignKey(
        Certificate,
        models.PROTECT,
        related_name="revocation_requests",
        verbose_name=_("certificate"),
    )
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=RevocationState,
        default=RevocationState.WAITING,
        editable=False,
    )
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    note = models.CharField(_("note"), max_length=300)
    requested_by = models.ForeignKey(
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
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("request to revoke")
        verbose_name_plural = _("requests to revoke")
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"],
                condition=models.Q(state=RevocationState.WAITING),
                name="revocation_one_waiting",
            ),
            models.CheckConstraint(
                name="revocation_second_person_is_another",
                condition=models.Q(decided_by=None)
                | ~models.Q(decided_by=models.F("requested_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}: {self.state}"
