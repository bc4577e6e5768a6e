"""Links by which holders show a certificate, and requests to have one corrected."""

from __future__ import annotations

import uuid
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certification.enums import CorrectionState, CorrectionSubject
from certification.models.certificate import new_code, private_storage
from core.models import PublicId, Stamped


def evidence_path(_request: Any, name: str) -> str:
    """Return the path of an uploaded paper. The name is random, and only its ending is the
    sender's.
    """
    return f"corrections/{uuid.uuid4()}{PurePosixPath(name).suffix.lower()[:6]}"


class ShareLink(PublicId, Stamped):
    """A link by which the holder shows one certificate.

    It has chosen fields, an end, and optionally a pass-phrase (kept as a hash).
    """

    certificate = models.ForeignKey(
        "certification.Certificate",
        models.PROTECT,
        related_name="shares",
        verbose_name=_("certificate"),
    )
    code = models.CharField(
        _("code in the address"), max_length=22, unique=True, default=new_code, editable=False
    )
    note = models.CharField(_("who it is for"), max_length=60, blank=True)
    full_name = models.BooleanField(_("my full name"), default=False)
    photo = models.BooleanField(_("my photo"), default=False)
    wording = models.BooleanField(
        _("the text of the certificate, including any scores in it"), default=False
    )
    employer = models.BooleanField(_("my employer at the time"), default=False)
    ends_at = models.DateTimeField(_("ends"))
    secret = models.CharField(max_length=128, blank=True, editable=False)
    revoked_at = models.DateTimeField(pgettext_lazy("time", "withdrawn"), null=True, blank=True)
    opened = models.PositiveIntegerField(_("times opened"), default=0)
    last_opened_at = models.DateTimeField(_("last opened"), null=True, blank=True)

    class Meta:
        verbose_name = _("link to a certificate")
        verbose_name_plural = _("links to certificates")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.certificate_id}: {self.ends_at:%Y-%m-%d}"


class CorrectionRequest(PublicId, Stamped):
    """A holder's request for a certificate with another name or photo, which an officer decides.

    If it is granted, a new certificate replaces the old one.
    """

    certificate = models.ForeignKey(
        "certification.Certificate",
        models.PROTECT,
        related_name="corrections",
        verbose_name=_("certificate"),
    )
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=CorrectionState,
        default=CorrectionState.WAITING,
        editable=False,
    )
    what = models.CharField(_("what is wrong"), max_length=10, choices=CorrectionSubject)
    name = models.CharField(_("correct name"), max_length=100, blank=True)
    reason = models.CharField(_("why"), max_length=300)
    evidence = models.FileField(
        _("document or photo"), storage=private_storage, upload_to=evidence_path, max_length=200
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    due_on = models.DateField(_("to be decided by"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("request to correct a certificate")
        verbose_name_plural = _("requests to correct certificates")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"],
                condition=models.Q(state=CorrectionState.WAITING),
                name="correction_one_waiting",
            ),
            models.CheckConstraint(
                name="correction_refused_says_why",
                condition=~models.Q(state=CorrectionState.REFUSED) | ~models.Q(answer=""),
            ),
            models.CheckConstraint(
                name="correction_of_a_name_has_one",
                condition=~models.Q(what=CorrectionSubject.NAME) | ~models.Q(name=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}: {self.state}"
