"""Versions of the privacy notice, consents, requests about one's own data, copies of it, and rules
on how long data is kept.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import MomentField, PublicId, Stamped
from people import crypto
from people.models.person import private_storage
from people.privacy_enums import (
    OPEN_STATES,
    ConsentChannel,
    ConsentPurpose,
    CorrectedField,
    DataExportState,
    PolicyState,
    PrivacyRequestKind,
    PrivacyRequestState,
    RuleState,
)


class PolicyVersion(PublicId, Stamped):
    """One version of the privacy notice, in both languages.

    A published text is never changed. The next version replaces it.
    """

    number = models.PositiveIntegerField(_("version"), unique=True)
    state = models.CharField(
        _("state"), max_length=12, choices=PolicyState, default=PolicyState.DRAFT
    )
    text_zh = models.TextField(_("notice in Chinese"), max_length=20_000)
    text_en = models.TextField(_("notice in English"), max_length=20_000)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("prepared by"),
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    published_at = models.DateTimeField(_("in force from"), null=True, blank=True)

    class Meta:
        verbose_name = _("version of the privacy notice")
        verbose_name_plural = _("versions of the privacy notice")
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state=PolicyState.PUBLISHED),
                name="policy_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state=PolicyState.DRAFT), name="policy_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class NoticeRead(models.Model):
    """The record that an account was shown a version of the notice and confirmed it.

    Rows are only added.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="notices_read",
        verbose_name=_("account"),
    )
    version = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("version")
    )
    read_at = MomentField(pgettext_lazy("time", "read"), auto_now_add=True)
    channel = models.CharField(_("where"), max_length=12, choices=ConsentChannel)

    class Meta:
        verbose_name = _("notice read")
        verbose_name_plural = _("notices read")
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="notice_read_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.version_id}"


class Consent(models.Model):
    """The consent of a person to one purpose, under one version of the notice, until it is
    withdrawn.

    If it is given again, that is a new row. The database itself refuses to remove a row. It also
    refuses changes, except for the one withdrawal or a decided merge of the person.
    """

    person = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="consents", verbose_name=_("person")
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=ConsentPurpose)
    policy_version = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("version")
    )
    given_at = models.DateTimeField(_("given"))
    channel = models.CharField(_("consent given through"), max_length=12, choices=ConsentChannel)
    withdrawn_at = models.DateTimeField(
        pgettext_lazy("consent", "withdrawn"), null=True, blank=True
    )
    withdrawn_channel = models.CharField(
        _("consent withdrawn through"), max_length=12, choices=ConsentChannel, blank=True
    )

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=Q(withdrawn_at=None),
                name="consent_open_once",
            ),
            models.CheckConstraint(
                name="consent_times_in_order",
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.purpose}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row, or store its one withdrawal.

        What was agreed to and when never changes, so anything else raises `TypeError`.
        """
        if self.pk is not None and set(kwargs.get("update_fields") or ()) != {
            "withdrawn_at",
            "withdrawn_channel",
        }:
            msg = "a consent is only ever withdrawn, by the workflow"
            raise TypeError(msg)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise `TypeError`, because the history shows what was agreed to and when."""
        msg = "consents are append-only"
        raise TypeError(msg)


def evidence_path(request: PrivacyRequest, filename: str) -> str:
    """Return the path of the proof of a request, which uses the random identifier and never the
    name.
    """
    ending = filename.rsplit(".", 1)[-1].lower()
    return f"privacy/evidence/{request.public_id}.{ending if ending in ('jpg', 'jpeg', 'png', 'pdf') else 'bin'}"


class PrivacyRequest(PublicId, Stamped):
    """A person's request for correction or deletion.

    The wanted value is encrypted, because it may be an identity number.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=PrivacyRequestKind)
    state = models.CharField(
        _("state"), max_length=12, choices=PrivacyRequestState, default=PrivacyRequestState.WAITING
    )
    person = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="privacy_requests", verbose_name=_("person")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    field = models.CharField(
        _("what to correct"), max_length=12, choices=CorrectedField, blank=True
    )
    wanted_encrypted = models.BinaryField(_("new value"), null=True, blank=True, editable=False)
    note = models.CharField(_("note"), max_length=500, blank=True)
    evidence = models.FileField(
        _("proof"), upload_to=evidence_path, storage=private_storage, blank=True
    )
    due_on = models.DateField(_("answer due on"))
    ripe_on = models.DateField(_("can be carried out from"))
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("prepared by"),
    )
    prepared_at = models.DateTimeField(_("prepared"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        indexes = [models.Index(fields=["state", "due_on"], name="privacy_request_desk")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(kind=PrivacyRequestKind.ERASURE, state__in=OPEN_STATES),
                name="erasure_open_once",
            ),
            models.UniqueConstraint(
                fields=["person", "field"],
                condition=Q(kind=PrivacyRequestKind.CORRECTION, state__in=OPEN_STATES),
                name="correction_open_once",
            ),
            models.CheckConstraint(
                name="erasure_by_two",
                condition=~Q(kind=PrivacyRequestKind.ERASURE, state=PrivacyRequestState.DONE)
                | (
                    Q(prepared_by__isnull=False, decided_by__isnull=False)
                    & ~Q(prepared_by=F("decided_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d}"

    @property
    def bound_to(self) -> str:
        """Return what the ciphertext is bound to, so that it can't be moved to another request
        unnoticed.
        """
        return f"privacy:{self.public_id}"

    def wanted(self) -> str:
        """Return the wanted value in clear, or nothing."""
        return (
            crypto.decrypt_text(bytes(self.wanted_encrypted), bound_to=self.bound_to)
            if self.wanted_encrypted
            else ""
        )

    def keep_wanted(self, value: str) -> None:
        """Encrypt the wanted value.

        The caller saves the row.
        """
        self.wanted_encrypted = (
            crypto.encrypt_text(value, bound_to=self.bound_to) if value else None
        )

    @property
    def is_open(self) -> bool:
        """Say whether somebody still has to answer."""
        return self.state in OPEN_STATES


def export_path(export: DataExport, filename: str) -> str:
    """Return the path of a copy of one's data."""
    return f"privacy/exports/{export.public_id}.zip"


class DataExport(PublicId, Stamped):
    """A copy of what is held about one person, made on request, for that person only, for seven
    days.
    """

    person = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="data_exports", verbose_name=_("person")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    state = models.CharField(
        _("state"), max_length=12, choices=DataExportState, default=DataExportState.PREPARING
    )
    file = models.FileField(_("file"), upload_to=export_path, storage=private_storage, blank=True)
    sha256 = models.CharField(_("digest"), max_length=64, blank=True)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    expires_at = models.DateTimeField(_("deleted on"), null=True, blank=True)

    class Meta:
        verbose_name = _("copy of a person's data")
        verbose_name_plural = _("copies of people's data")
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state=DataExportState.PREPARING),
                name="export_preparing_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.created_at:%Y-%m-%d}"


class RetentionRule(PublicId, Stamped):
    """How long one kind of data is kept, as proposed by one person and put in force by another.

    Each change is a new version.
    """

    key = models.CharField(_("kind of data"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    months = models.PositiveSmallIntegerField(_("months"))
    basis = models.CharField(pgettext_lazy("law", "legal basis"), max_length=300)
    source_document = models.CharField(_("document number"), max_length=80)
    valid_from = models.DateField(_("from"))
    state = models.CharField(
        _("state"), max_length=12, choices=RuleState, default=RuleState.PROPOSED
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("activated by"),
    )
    confirmed_at = models.DateTimeField(_("activated on"), null=True, blank=True)

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="retention_version_once"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(state=RuleState.ON), name="retention_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["key"], condition=Q(state=RuleState.PROPOSED), name="retention_one_proposed"
            ),
            models.CheckConstraint(
                name="retention_by_two",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="retention_months", condition=Q(months__gte=1) & Q(months__lte=1200)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.version}"


class RetentionRun(models.Model):
    """What one night's run removed of one kind of data."""

    key = models.CharField(_("kind of data"), max_length=40)
    rule = models.ForeignKey(
        RetentionRule,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="runs",
        verbose_name=_("rule"),
    )
    ran_on = models.DateField(_("date"))
    cutoff = models.DateTimeField(_("older than"))
    removed = models.PositiveIntegerField(_("removed"), default=0)
    at = MomentField(_("time"), auto_now_add=True)

    class Meta:
        verbose_name = _("retention run")
        verbose_name_plural = _("retention runs")
        constraints = [
            models.UniqueConstraint(fields=["key", "ran_on"], name="retention_run_once_a_night")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.ran_on}"
