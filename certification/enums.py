"""Choices, and the moves allowed between states."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CertificateKind(TextChoices):
    """What a certificate is for. The letters are part of its number."""

    TRAINING = "PX", _("training completion")
    AWARD = "JS", _("competition award")
    HONOUR = "RY", _("honour")
    LEVEL = "DJ", _("skill level")
    TITLE = "CH", _("craftsman's title")
    MENTORING = "DT", _("mentoring")


class CertificateLayout(TextChoices):
    """How a certificate looks. Each layout is shipped, was looked at, and is proved to fit."""

    TRAINING = "training", _("Training: plain, with a brass-line border")
    LEVEL = "level", _("Skill level: details in two columns, with photo")
    AWARD = "award", _("Award: rosette behind the text")
    HONOUR = "honour", _("Honour: title in cinnabar, rosette")
    TITLE = "title", _("Craftsman's title: large name, rosette")
    MENTORING = "mentoring", _("Mentoring: plain, no photo")


class Orientation(TextChoices):
    """The orientation of the sheet."""

    LANDSCAPE = "landscape", _("A4, landscape")
    PORTRAIT = "portrait", _("A4, portrait")


# What a kind of certificate looks like unless the template says otherwise.
LAYOUT_OF: dict[str, CertificateLayout] = {
    CertificateKind.TRAINING: CertificateLayout.TRAINING,
    CertificateKind.AWARD: CertificateLayout.AWARD,
    CertificateKind.HONOUR: CertificateLayout.HONOUR,
    CertificateKind.LEVEL: CertificateLayout.LEVEL,
    CertificateKind.TITLE: CertificateLayout.TITLE,
    CertificateKind.MENTORING: CertificateLayout.MENTORING,
}


class CertificateState(TextChoices):
    """Life of a certificate.

    It is never changed after issue, so a correction is a new one that supersedes it.
    """

    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved, not yet printed")
    ISSUED = "issued", _("issued")
    SUSPENDED = "suspended", _("suspended")
    SUPERSEDED = "superseded", _("replaced by a newer one")
    REVOKED = "revoked", _("revoked")
    # Only of what was taken over from paper: the import was undone before anybody relied on it. It
    # answers like what never was.
    WITHDRAWN = "withdrawn", _("withdrawn when its import was undone")


CERTIFICATE_MOVES: dict[str, frozenset[str]] = {
    CertificateState.DRAFT: frozenset({CertificateState.APPROVED}),
    CertificateState.APPROVED: frozenset({CertificateState.ISSUED}),
    CertificateState.ISSUED: frozenset(
        {
            CertificateState.SUSPENDED,
            CertificateState.SUPERSEDED,
            CertificateState.REVOKED,
            CertificateState.WITHDRAWN,
        }
    ),
    CertificateState.SUSPENDED: frozenset(
        {CertificateState.ISSUED, CertificateState.SUPERSEDED, CertificateState.REVOKED}
    ),
    CertificateState.SUPERSEDED: frozenset(),
    CertificateState.REVOKED: frozenset(),
    CertificateState.WITHDRAWN: frozenset(),
}
# Handed out at some time: these answer a verification with more than "no match".
OUT_STATES = frozenset(
    {
        CertificateState.ISSUED,
        CertificateState.SUSPENDED,
        CertificateState.SUPERSEDED,
        CertificateState.REVOKED,
    }
)


class Reason(TextChoices):
    """Why the status of a certificate changed. It is one of these classes, never free text."""

    FRAUD = "fraud", _("obtained by fraud")
    MISCONDUCT = "misconduct", _("misconduct in the exam")
    ISSUING_ERROR = "issuing_error", _("issued in error")
    INSTITUTION = "institution", _("issuing body disqualified")
    COURT = "court", _("court decision")
    UNDER_REVIEW = "under_review", _("under review")
    CLEARED = "cleared", _("review found nothing wrong")
    NAME_CHANGED = "name_changed", _("name changed")
    CORRECTED = "corrected", _("corrected")
    RENEWED = "renewed", _("renewed")
    IMPORT_ERROR = "import_error", _("imported from paper in error")


REVOCATION_REASONS = (
    Reason.FRAUD,
    Reason.MISCONDUCT,
    Reason.ISSUING_ERROR,
    Reason.INSTITUTION,
    Reason.COURT,
)
# What was taken over from paper may also be wrong because of the taking over.
PAPER_REVOCATION_REASONS = (Reason.IMPORT_ERROR, *REVOCATION_REASONS)
SUSPENSION_REASONS = (Reason.UNDER_REVIEW, Reason.INSTITUTION, Reason.COURT)
REPLACEMENT_REASONS = (Reason.NAME_CHANGED, Reason.CORRECTED, Reason.RENEWED)


class RevocationState(TextChoices):
    """State of a request to revoke, which waits for a second person."""

    WAITING = "waiting", _("waiting for a second person to confirm")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("turned down")


REQUEST_MOVES: dict[str, frozenset[str]] = {
    RevocationState.WAITING: frozenset({RevocationState.CONFIRMED, RevocationState.REFUSED}),
    RevocationState.CONFIRMED: frozenset(),
    RevocationState.REFUSED: frozenset(),
}


class VerificationAnswer(TextChoices):
    """What a verification says. There are these seven plain words and no others."""

    VALID = "valid", _("Valid")
    EXPIRED = "expired", _("Expired")
    SUSPENDED = "suspended", pgettext_lazy("certificate", "Suspended")
    REVOKED = "revoked", _("Revoked")
    SUPERSEDED = "superseded", _("Replaced")
    NO_MATCH = "no_match", _("No match")
    UNAVAILABLE = "unavailable", _("Can't be checked now")


class VerificationWay(TextChoices):
    """How a verification was asked for."""

    CODE = "code", _("QR code")
    FORM = "form", _("number and name")
    BATCH = "batch", _("spreadsheet")
    SHARE = "share", _("one of your links")
    API = "api", _("an employer's program")
    FILE = "file", _("uploaded file")
    # Not FILE: who has a picture has seen a name, not proved one. It is answered like the code on
    # it.
    PICTURE = "picture", _("uploaded picture")


class RowFault(StrEnum):
    """Why a row of a spreadsheet check can't be asked."""

    NO_NUMBER = "no_number"
    NO_NAME = "no_name"
    NEITHER = "neither"
    ERROR_VALUE = "error_value"
    """A cell shows `#N/A` or the like."""
    NO_VALUE = "no_value"
    """A cell holds a formula whose value was not saved."""


class SheetCheckState(TextChoices):
    """How far a spreadsheet check is."""

    RUNNING = "running", pgettext_lazy("spreadsheet check", "being checked")
    FINISHED = "finished", pgettext_lazy("spreadsheet check", "checked")
    STOPPED = "stopped", pgettext_lazy("spreadsheet check", "stopped at the daily limit")


SHEET_MOVES: dict[str, frozenset[str]] = {
    SheetCheckState.RUNNING: frozenset({SheetCheckState.FINISHED, SheetCheckState.STOPPED}),
    SheetCheckState.FINISHED: frozenset(),
    SheetCheckState.STOPPED: frozenset(),
}


class CorrectionSubject(TextChoices):
    """What a holder asks to have corrected."""

    NAME = "name", _("the name")
    PHOTO = "photo", _("the photo")


class CorrectionState(TextChoices):
    """State of a request to correct a certificate."""

    WAITING = "waiting", _("waiting for an officer")
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("turned down")
    TAKEN_BACK = "taken_back", _("withdrawn by the holder")


CORRECTION_MOVES: dict[str, frozenset[str]] = {
    CorrectionState.WAITING: frozenset(
        {CorrectionState.GRANTED, CorrectionState.REFUSED, CorrectionState.TAKEN_BACK}
    ),
    CorrectionState.GRANTED: frozenset(),
    CorrectionState.REFUSED: frozenset(),
    CorrectionState.TAKEN_BACK: frozenset(),
}


class BulkAct(TextChoices):
    """What can be done to many certificates at once."""

    SUSPEND = "suspend", _("Suspend")
    REINSTATE = "reinstate", _("Make valid again")
    REVOKE = "revoke", _("Revoke")
    REISSUE = "reissue", _("Make a new file")


# Who asked for one of these doesn't confirm it.
TWO_PERSON_ACTS = frozenset({BulkAct.REVOKE, BulkAct.REISSUE})


class FileState(TextChoices):
    """What the inspection of a certificate's stored file found."""

    UNKNOWN = "", pgettext_lazy("file of a certificate", "not checked yet")
    SOUND = "sound", pgettext_lazy("file of a certificate", "displayed correctly")
    TORN = "torn", pgettext_lazy("file of a certificate", "displayed wrongly in some readers")
    MISSING = "missing", pgettext_lazy("file of a certificate", "missing or unreadable")


FAULTY_FILES = frozenset({FileState.TORN, FileState.MISSING})


class BulkState(TextChoices):
    """State of a change of many certificates."""

    WAITING = "waiting", _("waiting for a second person to confirm")
    RUNNING = "running", _("under way")
    DONE = "done", _("finished")
    REFUSED = "refused", _("turned down")


BULK_MOVES: dict[str, frozenset[str]] = {
    BulkState.WAITING: frozenset({BulkState.RUNNING, BulkState.REFUSED}),
    BulkState.RUNNING: frozenset({BulkState.DONE}),
    BulkState.DONE: frozenset(),
    BulkState.REFUSED: frozenset(),
}


class Provenance(TextChoices):
    """Where a record comes from, and what evidence there is for it (ADR 27). Every answer about it
    says so.
    """

    ISSUED = "issued", _("issued and signed here")
    ARCHIVE = "archive", _("imported from paper, sample compared with the originals")
    LIST = "list", _("imported from a list, not compared with the originals")


class HistoricState(TextChoices):
    """Life of one sheet of certificates from paper. Checking, taking over and taking back are
    background work.
    """

    MAPPING = "mapping", pgettext_lazy("import", "columns to be matched")
    CHECKING = "checking", pgettext_lazy("import", "being checked")
    REFUSED = "refused", pgettext_lazy("import", "rows to correct")
    READY = "ready", pgettext_lazy("import", "checked, not imported yet")
    APPLYING = "applying", pgettext_lazy("import", "being imported")
    APPLIED = "applied", pgettext_lazy("import", "imported")
    WITHDRAWING = "withdrawing", pgettext_lazy("import", "being undone")
    WITHDRAWN = "withdrawn", pgettext_lazy("import", "undone")
    DISCARDED = "discarded", pgettext_lazy("import", "discarded")


# Back from checking or taking over: the background work failed, and nothing of it counts.
HISTORIC_MOVES: dict[str, frozenset[str]] = {
    HistoricState.MAPPING: frozenset({HistoricState.CHECKING, HistoricState.DISCARDED}),
    HistoricState.CHECKING: frozenset(
        {HistoricState.READY, HistoricState.REFUSED, HistoricState.MAPPING, HistoricState.DISCARDED}
    ),
    HistoricState.REFUSED: frozenset({HistoricState.CHECKING, HistoricState.DISCARDED}),
    HistoricState.READY: frozenset(
        {HistoricState.CHECKING, HistoricState.APPLYING, HistoricState.DISCARDED}
    ),
    HistoricState.APPLYING: frozenset(
        {HistoricState.APPLIED, HistoricState.READY, HistoricState.REFUSED}
    ),
    HistoricState.APPLIED: frozenset({HistoricState.WITHDRAWING}),
    HistoricState.WITHDRAWING: frozenset({HistoricState.WITHDRAWN, HistoricState.APPLIED}),
    HistoricState.WITHDRAWN: frozenset(),
    HistoricState.DISCARDED: frozenset(),
}


class HistoricEffect(TextChoices):
    """What taking a row of paper over would do."""

    NEW = "new", pgettext_lazy("import", "new")
    SAME = "same", pgettext_lazy("import", "already recorded")
    FAULT = "fault", pgettext_lazy("import", "to correct")


class Sampled(TextChoices):
    """What the second officer found for a record drawn into the sample."""

    NOT = "", pgettext_lazy("sample", "not drawn")
    DRAWN = "drawn", pgettext_lazy("sample", "drawn")
    AGREES = "agrees", pgettext_lazy("sample", "agrees with the original")
    DIFFERS = "differs", pgettext_lazy("sample", "differs, or no original found")
