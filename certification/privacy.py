"""Declare the personal data of certificates and honours, what delays its erasure and what is kept."""

from __future__ import annotations

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.queries import permitted
from certification.enums import OUT_STATES, CertificateState, Reason
from certification.grants import ISSUE
from certification.models import Certificate, Honour
from certification.queries.certificate import certificates_under_other_names
from certification.queries.watching import list_ended_watches as ended_watches
from certification.rules.watching import WATCH_DAYS
from certification.workflows.honour import withdraw_honour_consent
from certification.workflows.watching import purge_ended_watches as purge_watches
from core.actors import Actor
from core.personal import (
    Basis,
    Category,
    FollowUp,
    OnErase,
    PersonalField,
    ProcessingPurpose,
    Seen,
    after_consent_withdrawn,
    after_correction,
    blocks_erasure,
    declare_acting_staff,
    declare_keeping,
    declare_not_personal,
    declare_personal_fields,
    keeps_on_erasure,
    uses_consent,
)
from people.models import Person
from people.privacy_enums import ConsentPurpose

declare_keeping(
    "certificates",
    label=gettext_lazy("Certificates"),
    why=gettext_lazy(
        "A certificate can be verified permanently, so its register keeps the holder's name "
        "as printed."
    ),
)
declare_keeping(
    "honours",
    label=gettext_lazy("Honours"),
    why=gettext_lazy(
        "Public only while the person honoured agrees. The decision on the honour is kept "
        "as an archive record."
    ),
)
declare_keeping(
    "lookups",
    label=gettext_lazy("Checks of certificates"),
    why=gettext_lazy(
        "Show that a check was made and what was answered. They contain no typed input and "
        "no network address. They are deleted after the number of days the operator has set "
        "(CRAFTPATH_LOOK_UP_DAYS)."
    ),
)

declare_keeping(
    "watches",
    label=gettext_lazy("Watch-lists of employers"),
    why=gettext_lazy(
        "Employers are notified when a certificate they were shown changes. An entry ends "
        "after a year or with the employment."
    ),
    days=WATCH_DAYS,
    due=ended_watches,
    purge=purge_watches,
)
_paper = partial(
    PersonalField,
    Category.CERTIFICATE,
    ProcessingPurpose.PROOF,
    Basis.DUTY,
    "certificates",
    seen_by=Seen.PUBLIC,
)
_honour = partial(
    PersonalField,
    Category.CERTIFICATE,
    ProcessingPurpose.HONOUR,
    Basis.CONSENT,
    "honours",
    seen_by=Seen.PUBLIC,
)
_check = partial(
    PersonalField,
    Category.CERTIFICATE,
    ProcessingPurpose.PROOF,
    Basis.DUTY,
    "lookups",
    export=False,
    seen_by=Seen.STAFF,
)

declare_personal_fields(
    "certification.Certificate",
    {
        "person": _paper(export=False),
        "holder_key": _paper(export=False, seen_by=Seen.NOBODY),
        "body": _paper(export=False),
        "criteria": _paper(),
        "on_record": _paper(),
        "body_en": _paper(export=False),
        "pdf": _paper(),
        **{
            name: _paper()
            for name in (
                "number",
                "state",
                "holder_name",
                "issuer_name",
                "employer_name",
                "title",
                "subject",
            )
        },
        **{
            name: _paper()
            for name in (
                "occupation_name",
                "level",
                "distinction",
                "issued_on",
                "valid_until",
                "sha256",
                "provenance",
            )
        },
        "number_key": _paper(export=False, seen_by=Seen.NOBODY),
    },
    person="person",
)
declare_not_personal(
    "certification.Certificate",
    "code",
    "source_kind",
    "source_key",
    "occupation_code",
    "hold_code",
    "hold_reason",
)
declare_not_personal(
    "certification.Certificate",
    "status_list",
    "status_index",
    "unsigned_sha256",
    "signature_level",
    "printed_by",
    "file_state",
)
declare_personal_fields(
    "certification.Credential",
    {name: _paper(export=False) for name in ("data", "jwt", "offline")},
    person="certificate__person",
)
declare_not_personal(
    "certification.Credential",
    "address_id",
    "issuer",
    "sha256",
    "signed_at",
    "leaf_index",
    "tree_size",
)
declare_not_personal("certification.IssuerKey", "kid", "public")
declare_not_personal("certification.StatusList", "secret")
declare_not_personal("certification.PublishedList", "purpose", "address", "data", "jwt")
declare_not_personal("certification.IssuerAddress", "address")
declare_personal_fields(
    "certification.StatusChange",
    {name: _paper() for name in ("at", "old", "new", "reason", "note")},
    person="certificate__person",
)
declare_acting_staff("certification.StatusChange", "actor", "second")
declare_personal_fields(
    "certification.RevocationRequest", {"note": _paper(export=False, seen_by=Seen.STAFF)}
)
declare_acting_staff("certification.RevocationRequest", "requested_by", "decided_by")
_shown = partial(
    PersonalField, Category.CERTIFICATE, ProcessingPurpose.PROOF, Basis.CONSENT, "certificates"
)
declare_personal_fields(
    "certification.ShareLink",
    {"note": _shown(), "ends_at": _shown(), "secret": _shown(export=False, seen_by=Seen.NOBODY)},
    person="certificate__person",
)
declare_not_personal("certification.ShareLink", "code")
declare_personal_fields(
    "certification.CorrectionRequest",
    {
        name: _paper(seen_by=Seen.STAFF)
        for name in ("what", "name", "reason", "evidence", "answer", "state")
    },
    person="certificate__person",
)
declare_acting_staff("certification.BulkChange", "asked_by", "decided_by")
declare_personal_fields(
    "certification.BulkChange", {"note": _paper(export=False, seen_by=Seen.STAFF)}
)
declare_not_personal("certification.BulkChange", "act")
declare_personal_fields(
    "certification.BulkLine",
    {"problem": _paper(export=False, seen_by=Seen.STAFF)},
    person="certificate__person",
)
declare_not_personal("certification.BulkLine", "file")
declare_personal_fields(
    "certification.FormerFile",
    {"pdf": _paper(), "sha256": _paper(), "replaced_at": _paper()},
    person="certificate__person",
)
declare_not_personal("certification.FormerFile", "unsigned_sha256", "signature_level", "fault")
declare_acting_staff("certification.CorrectionRequest", "asked_by", "decided_by")
declare_personal_fields(
    "certification.Honour",
    {
        "person": _honour(export=False),
        **{
            name: _honour()
            for name in (
                "display_name",
                "title",
                "year",
                "trade",
                "employer_name",
                "competition",
                "award",
                "quote",
            )
        },
        **{
            name: _honour()
            for name in ("description", "consent_given_on", "consent_withdrawn_on", "published_on")
        },
    },
    person="person",
)
declare_personal_fields("certification.LookUp", {"address_hash": _check(seen_by=Seen.NOBODY)})
declare_not_personal("certification.LookUp", "writing", "reference")
declare_personal_fields("certification.BatchCheck", {"file_name": _check()})
declare_personal_fields("certification.SheetPart", {"rows": _check()})
declare_not_personal(
    "certification.HandedIn",
    "kind",
    "cause",
    "points",
    "compared",
    "report",
    "names_holder",
    "sha256",
)
declare_acting_staff("certification.BatchCheck", "actor")
declare_acting_staff("certification.Misses", "account")
_watch = partial(
    PersonalField,
    Category.CERTIFICATE,
    ProcessingPurpose.PROOF,
    Basis.CONTRACT,
    "watches",
    seen_by=Seen.STAFF,
)
declare_personal_fields(
    "certification.Watch",
    {
        **{
            name: _watch()
            for name in (
                "employer",
                "added_on",
                "ends_on",
                "ended_by_holder_on",
                "objected_on",
                "answered_on",
            )
        },
        **{name: _watch(on_erase=OnErase.BLANK) for name in ("objection", "answer")},
    },
    person="certificate__person",
)
declare_acting_staff("certification.Watch", "added_by")
declare_not_personal("certification.BatchCheck", "reference", "counts")
declare_not_personal("certification.RegisterEntry", "key", "about", "data")
declare_not_personal("certification.RegisterTile", "data")
declare_not_personal("certification.RegisterState", "root")
declare_not_personal("certification.RegisterCheckpoint", "root", "note", "vkey")
declare_not_personal("certification.RegisterCheck", "fault")
declare_not_personal("certification.HonourList", "title", "document_number")
declare_not_personal(
    "certification.CertificateTemplate",
    "title",
    "title_en",
    "salutation",
    "lead",
    "wording",
    "wording_en",
    "disclaimer",
)
declare_not_personal("certification.CertificateTemplate", "layout", "orientation", "seal")
_signs = partial(
    PersonalField,
    Category.CERTIFICATE,
    ProcessingPurpose.PROOF,
    Basis.DUTY,
    "certificates",
    export=False,
    seen_by=Seen.PUBLIC,
)
declare_personal_fields(
    "certification.CertificateTemplate",
    {
        f"{which}{name}": _signs()
        for which in ("", "second_")
        for name in ("signatory", "signatory_title", "signature")
    },
)
declare_acting_staff("certification.CertificateTemplate", "made_by")
declare_keeping(
    "historic_sheets",
    label=gettext_lazy("Sheets of paper certificates"),
    why=gettext_lazy(
        "Waiting rows are deleted when the sheet is imported or discarded, and the file "
        "after thirty days. The hash of an identity number is deleted as soon as the person "
        "is known. The names of those who imported, compared and undid it are kept as "
        "proof."
    ),
)
_sheet = partial(
    PersonalField,
    Category.IDENTITY,
    ProcessingPurpose.PROOF,
    Basis.DUTY,
    "historic_sheets",
    export=False,
    seen_by=Seen.OFFICERS,
)
declare_personal_fields(
    "certification.HistoricImport",
    {"filename": _sheet(), "file": _sheet(sensitive=True), "layout": _sheet(), "reason": _sheet()},
)
declare_acting_staff(
    "certification.HistoricImport",
    "actor",
    "applied_by",
    "drawn_by",
    "confirmed_by",
    "withdrawn_by",
)
declare_not_personal(
    "certification.HistoricImport",
    "source",
    "sha256",
    "summary",
    "signature",
    "mapping",
    "title",
    "fingerprint",
    "note",
    "remark",
)
declare_personal_fields(
    "certification.HistoricRow",
    {
        **{
            name: _sheet()
            for name in (
                "name",
                "name_key",
                "number",
                "number_key",
                "employer",
                "person",
                "distinction",
                "subject",
            )
        },
        **{
            name: _sheet(seen_by=Seen.NOBODY, sensitive=True) for name in ("id_hash", "newest_hash")
        },
    },
    person="person",
    delete_rows=True,
)
declare_not_personal("certification.HistoricRow", "id_kind", "title", "occupation", "issuer")
declare_personal_fields("certification.HistoricRemark", {"written": _sheet(), "params": _sheet()})
declare_not_personal("certification.HistoricRemark", "key", "code")
declare_personal_fields(
    "certification.HistoricRecord",
    {name: _sheet(seen_by=Seen.NOBODY, sensitive=True) for name in ("id_hash", "newest_hash")},
    person="certificate__person",
)
declare_not_personal("certification.HistoricRecord", "salt", "fingerprint", "id_kind")
declare_acting_staff("certification.AssessmentBody", "recorded_by")
declare_not_personal("certification.AssessmentBody", "prefix", "document")


def _being_issued(person: Person) -> list[str]:
    rows = Certificate.objects.filter(
        person=person, state__in=[CertificateState.DRAFT, CertificateState.APPROVED]
    ).order_by("pk")
    sentences = [
        _("The certificate %(number)s is being issued. Wait until it has been issued.")
        % {"number": row.number}
        for row in rows
    ]
    waiting = (
        Certificate.objects.filter(person=person, revocation_requests__state="waiting")
        .order_by("pk")
        .distinct()
    )
    return sentences + [
        _("A revocation of the certificate %(number)s is being decided. Wait for the decision.")
        % {"number": row.number}
        for row in waiting
    ]


def _stays(person: Person) -> list[str]:
    count = Certificate.objects.filter(person=person, state__in=sorted(OUT_STATES)).count()
    if not count:
        return []
    words = ngettext(
        "Your %(count)s certificate keeps your name as printed, because archive rules "
        "require that it can be verified.",
        "Your %(count)s certificates keep your name as printed, because archive rules "
        "require that they can be verified.",
        count,
    )
    return [words % {"count": count}]


def _name_corrected(person: Person, name: str, viewer: Actor) -> list[FollowUp]:
    """Return the certificates that have another name than the record. Two queries at most.

    Replacing one is an officer's own act. Papers aren't among them, since nothing is issued in
    their place.
    """
    if name != "name":
        return []
    rows = list(certificates_under_other_names(person))
    may = (
        set(
            permitted(
                viewer, ISSUE, Certificate.objects.filter(pk__in=[row.pk for row in rows])
            ).values_list("pk", flat=True)
        )
        if rows
        else set()
    )
    return [_follow_up(row, may=row.pk in may) for row in rows]


def _follow_up(certificate: Certificate, *, may: bool) -> FollowUp:
    said = _("The certificate %(number)s (%(title)s) carries the name %(name)s.") % {
        "number": certificate.number,
        "title": certificate.title,
        "name": certificate.holder_name,
    }
    if certificate.state == CertificateState.SUSPENDED:
        return FollowUp(said + " " + _("It is suspended. Settle that first, then replace it."))
    if not may:
        whom = _("An officer who issues certificates at %(issuer)s can replace it.") % {
            "issuer": certificate.issuer_name
        }
        return FollowUp(f"{said} {whom}")
    address = reverse("certification:replace", args=[certificate.public_id])
    return FollowUp(said, f"{address}?reason={Reason.NAME_CHANGED}", _("Replace it"))


def _hide_honours(person: Person, purpose: str, actor: Actor) -> None:
    if purpose == ConsentPurpose.HONOUR_LIST:
        for honour in Honour.objects.filter(person=person, consent_withdrawn_on=None).order_by(
            "pk"
        ):
            withdraw_honour_consent(actor=actor, honour=honour)


uses_consent(ConsentPurpose.HONOUR_LIST)
blocks_erasure("certification", _being_issued)
keeps_on_erasure("certification", _stays)
after_correction("certification", _name_corrected)
after_consent_withdrawn("certification", _hide_honours)
