"""Choices and the moves allowed between them."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(TextChoices):
    """What a certificate is for; the letters stand in its number."""

    TRAINING = "PX", _("training completion")
    AWARD = "JS", _("competition award")
    HONOUR = "RY", _("honour")


class CertificateState(TextChoices):
    """Life of a certificate. It is never changed after issue: a correction is a new one that supersedes it."""

    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved, not yet printed")
    ISSUED = "issued", _("issued")
    SUSPENDED = "suspended", _("suspended")
    SUPERSEDED = "superseded", _("replaced by a newer one")
    REVOKED = "revoked", _("revoked")


CERTIFICATE_MOVES: dict[str, frozenset[str]] = {
    CertificateState.DRAFT: frozenset({CertificateState.APPROVED}),
    CertificateState.APPROVED: frozenset({CertificateState.ISSUED}),
    CertificateState.ISSUED: frozenset({CertificateState.SUSPENDED, CertificateState.SUPERSEDED, CertificateState.REVOKED}),
    CertificateState.SUSPENDED: frozenset({CertificateState.ISSUED, CertificateState.SUPERSEDED, CertificateState.REVOKED}),
    CertificateState.SUPERSEDED: frozenset(),
    CertificateState.REVOKED: frozenset(),
}
# Handed out at some time: these answer a verification with more than "no match".
OUT_STATES = frozenset({CertificateState.ISSUED, CertificateState.SUSPENDED, CertificateState.SUPERSEDED, CertificateState.REVOKED})


class Reason(TextChoices):
    """Why the standing of a certificate changed: a class, never a story."""

    FRAUD = "fraud", _("obtained by fraud")
    MISCONDUCT = "misconduct", _("misconduct in the exam")
    ISSUING_ERROR = "issuing_error", _("issued in error")
    INSTITUTION = "institution", _("issuing body disqualified")
    COURT = "court", _("decision of a court")
    UNDER_REVIEW = "under_review", _("under review")
    CLEARED = "cleared", _("review found nothing")
    NAME_CHANGED = "name_changed", _("name changed")
    CORRECTED = "corrected", _("corrected")
    RENEWED = "renewed", _("renewed")


REVOCATION_REASONS = (Reason.FRAUD, Reason.MISCONDUCT, Reason.ISSUING_ERROR, Reason.INSTITUTION, Reason.COURT)
SUSPENSION_REASONS = (Reason.UNDER_REVIEW, Reason.INSTITUTION, Reason.COURT)
REPLACEMENT_REASONS = (Reason.NAME_CHANGED, Reason.CORRECTED, Reason.RENEWED)


class RequestState(TextChoices):
    """A revocation waits for a second person."""

    WAITING = "waiting", _("waits for a second person")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("turned down")


REQUEST_MOVES: dict[str, frozenset[str]] = {
    RequestState.WAITING: frozenset({RequestState.CONFIRMED, RequestState.REFUSED}),
    RequestState.CONFIRMED: frozenset(),
    RequestState.REFUSED: frozenset(),
}


class Answer(TextChoices):
    """What a verification says. Seven plain words, no eighth."""

    VALID = "valid", _("Valid")
    EXPIRED = "expired", _("Expired")
    SUSPENDED = "suspended", pgettext_lazy("certificate", "Suspended")
    REVOKED = "revoked", _("Revoked")
    SUPERSEDED = "superseded", _("Replaced")
    NO_MATCH = "no_match", _("No match")
    UNAVAILABLE = "unavailable", _("Can't be checked now")


class Way(TextChoices):
    """How a verification was asked for."""

    CODE = "code", _("QR code")
    FORM = "form", _("number and name")
    BATCH = "batch", _("spreadsheet")
