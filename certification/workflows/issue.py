"""From an order to a certificate in its holder's hands, in four steps that may each be the last before a crash.

1. `approve`: number and row in one transaction; the outcome's key is unique, so a second delivery finds the first row.
2. `sealing.seal`: the credential, and its entry in the public register.
3. `print_certificate`: the file, outside any transaction. The same row gives the same bytes at the same place.
4. still `print_certificate`: file and fingerprint written to the row, which becomes issued, in one transaction.

Run again from any point, it ends at one number, one row, one file.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import audit
from access.checks import require
from certification.enums import CERTIFICATE_MOVES, CertificateState
from certification.errors import NotIssuable
from certification.grants import ISSUE
from certification.models import Certificate, StatusChange
from certification.queries.certificate import template_for
from certification.rendering.classes import Printed
from certification.rendering.pdf import Attached, renderer
from certification.rules import english, status, wording
from certification.rules.order import Order, Wording
from certification.workflows.body import take_number
from certification.workflows.facing import face_of, kept
from certification.workflows.keys import ready_keys
from certification.workflows.pressing import press
from certification.workflows.sealing import attachments, printed_address, seal, take_place
from certification.workflows.telling import tell_issued
from core.errors import DomainError
from core.states import lock, move
from org.models import OrgUnit

# What the files inside the PDF are, as readers list them; they belong to the document and don't follow the reader's language.
ABOUT_FILES: dict[str, tuple[str, Any]] = {
    "credential.json": ("可验证凭证 Verifiable credential (Open Badges 3.0)", "Data"),
    "credential.jwt": ("可验证凭证 Verifiable credential (JWT)", "Alternative"),
    "register.tlog-proof": ("登记证明 Proof of registration", "Supplement"),
}


def issue(*, actor: Any, order: Order) -> Certificate:
    """Return the issued certificate of *order*: the one there is, or a new one. Not for use inside a transaction (it renders).

    Raises `DomainError` with a sentence if it can't be printed; the row then stays approved, keeps its number and says why.
    """
    return print_certificate(actor=actor, certificate=approve(actor=actor, order=order))


@transaction.atomic
def approve(*, actor: Any, order: Order) -> Certificate:
    """Give the outcome of *order* a number and a row, or return the row it has. Numbers are without gaps and never come back.

    Needs `certification.issue` on the issuing union. Raises `NotIssuable` if there is no template, or the wording has a hole.
    """
    org = OrgUnit.objects.get(pk=order.org_id)
    require(actor, ISSUE, org)
    known = _known(order)
    if known is not None:
        return known
    try:
        with transaction.atomic():  # a second worker with the same outcome fails here, and its number is free again
            certificate = _register(order, org)
    except IntegrityError:
        known = _known(order)
        if known is None:
            raise
        return known
    audit.record(
        "certification.approved",
        actor=actor,
        target=certificate,
        after={"number": certificate.number, "outcome": f"{order.source_kind}:{order.source_key}", "template": certificate.template_id},
    )
    return certificate


def _known(order: Order) -> Certificate | None:
    return Certificate.objects.filter(source_kind=order.source_kind, source_key=order.source_key).first()


def _register(order: Order, org: OrgUnit) -> Certificate:
    template = template_for(order.kind, org)
    if template is None:
        raise NotIssuable("no_template", _("There is no template for this kind of certificate yet. Add one, then issue again."))
    try:
        fields = _fields(order)
        body = _rows(order.body) if order.body else kept(template.wording, fields)
        body_en = kept(template.wording_en, english.fields(fields)) if order.body_en is None else _rows(order.body_en)
    except wording.WordingError as error:
        raise NotIssuable(
            "wording_incomplete",
            _("The wording needs “%(field)s”, and the record doesn't say it. Complete the record or change the template.")
            % {"field": error.args[0]},
        ) from error
    issued_on = order.issued_on or timezone.localdate()
    certificate = Certificate(
        number=take_number(order, org, issued_on),
        kind=order.kind,
        source_kind=order.source_kind,
        source_key=order.source_key,
        person_id=order.person_id,
        holder_name=order.holder,
        org=org,
        issuer_name=org.name,
        employer_name=order.employer,
        template=template,
        title=template.title,
        subject=order.subject,
        occupation_name=order.occupation,
        occupation_code=order.occupation_code,
        level=order.level,
        distinction=order.distinction,
        body=body,
        body_en=body_en,
        issued_on=issued_on,
        valid_until=order.valid_until or (status.add_years(issued_on, template.valid_years) if template.valid_years else None),
    )
    take_place(certificate)
    # Uniqueness is left to the database: it decides between two workers, a look beforehand can't.
    certificate.full_clean(validate_unique=False, validate_constraints=False)
    certificate.save()
    return certificate


def _rows(body: Wording) -> list[list[list[Any]]]:
    return [[list(run) for run in paragraph] for paragraph in body]


def _fields(order: Order) -> dict[str, str]:
    return {
        "subject": order.subject,
        "occupation": order.occupation,
        "level": wording.LEVELS.get(order.level, "") if order.level is not None else "",
        "trade": wording.trade(order.occupation, order.level),
        "employer": order.employer,
        "award": order.distinction,
        **order.fields,
    }


def print_certificate(*, actor: Any, certificate: Certificate) -> Certificate:
    """Make the file of an approved certificate and mark it issued; anything further on is returned as it is.

    Raises `DomainError` with a sentence (a character without a glyph, a text too long, no font); the row keeps that sentence.
    """
    certificate = Certificate.objects.select_related("person", "template", "status_list").get(pk=certificate.pk)
    if certificate.state != CertificateState.APPROVED:
        return certificate
    try:
        face = face_of(certificate)
        renderer().check(face)  # before anything is signed: a name that can't be set stops here
        credential = seal([certificate])[certificate.pk]
        files = [Attached(name, data, *ABOUT_FILES[name]) for name, data in attachments(certificate, credential)]
        face = replace(face, qr=printed_address(certificate, credential))
        printed = press(ready_keys().document).print(face, files, at=credential.signed_at)
    except DomainError as error:
        _hold(actor=actor, certificate=certificate, error=error)
        raise
    file_name = _store(certificate, printed)
    issued = _mark_issued(actor=actor, certificate=certificate, file_name=file_name, printed=printed)
    if issued.pdf.name != file_name:
        storages["private"].delete(file_name)  # another worker was here first
    return issued


def _store(certificate: Certificate, printed: Printed) -> str:
    """Put the file at its one place and return the name. A whole file from an earlier attempt is kept, a torn one replaced."""
    storage = storages["private"]
    name = f"certificates/{certificate.issued_on.year}/{certificate.public_id}-{printed.sha256[:12]}.pdf"
    if storage.exists(name):
        with storage.open(name) as file:
            if hashlib.sha256(file.read()).hexdigest() == printed.sha256:
                return name
        storage.delete(name)
    return storage.save(name, ContentFile(printed.pdf))


@transaction.atomic
def _mark_issued(*, actor: Any, certificate: Certificate, file_name: str, printed: Printed) -> Certificate:
    certificate = lock(certificate)
    if certificate.state != CertificateState.APPROVED:
        return certificate  # another worker was here first
    certificate.pdf.name = file_name
    certificate.sha256, certificate.unsigned_sha256 = printed.sha256, printed.unsigned_sha256
    certificate.signature_level, certificate.printed_by = printed.level, printed.way
    certificate.hold_code = certificate.hold_reason = ""
    changed = ["pdf", "sha256", "unsigned_sha256", "signature_level", "printed_by", "hold_code", "hold_reason", "updated_at"]
    certificate.save(update_fields=changed)
    moved = move(certificate, CertificateState.ISSUED, table=CERTIFICATE_MOVES)
    StatusChange.objects.create(certificate=certificate, old=moved.old, new=moved.new, actor_id=getattr(actor, "pk", None))
    audit.record(
        "certification.issued",
        actor=actor,
        target=certificate,
        before={"state": moved.old},
        after={"state": moved.new, "number": certificate.number, "sha256": printed.sha256},
    )
    tell_issued(certificate)
    return certificate


@transaction.atomic
def _hold(*, actor: Any, certificate: Certificate, error: DomainError) -> None:
    certificate = lock(certificate)
    if certificate.state != CertificateState.APPROVED:
        return
    certificate.hold_code, certificate.hold_reason = error.code[:80], str(error.message)[:500]
    certificate.save(update_fields=["hold_code", "hold_reason", "updated_at"])
    audit.record("certification.held", actor=actor, target=certificate, after={"code": error.code})
