"""Issue certificates from orders, in steps that each survive a crash.

1. `approving` writes numbers and rows in one transaction. The outcome's key is unique, so a second
   delivery finds the first row.
2. `sealing.issue_credentials` makes the credentials, and their entries in the public register.
3. `print_certificates` makes the files, outside any transaction. The name of a file is written to
   its row before the file is stored.
4. `print_certificates` then writes the fingerprints to the rows, which become issued, in one
   transaction.

A batch takes the steps for some dozens at once, and a single certificate is a batch of one. What
stops one certificate (such as a name that can't be typeset) is returned in its place, and the
others go on. Run again from any point, each ends at one number, one row and one file (ADR 29).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import prefetch_related_objects

from certification.enums import CertificateState
from certification.models import Certificate
from certification.rendering.classes import PrintedCertificate
from certification.rendering.pdf import Attached, get_renderer
from certification.rendering.print_data import PrintData
from certification.rules.order import CertificateOrder
from certification.workflows.approval import approve_certificate, approve_certificates
from certification.workflows.credential_issue import (
    build_qr_address,
    issue_credentials,
    list_credential_attachments,
)
from certification.workflows.file_storage import (
    hold_certificates,
    mark_certificates_issued,
    reserve_file_names,
    store_certificate_file,
)
from certification.workflows.keys import load_announced_keys
from certification.workflows.print_data import build_print_data, read_holder_photos
from certification.workflows.printing import get_certificate_press
from core.actors import Actor
from core.errors import DomainError, NoAnswer

__all__ = [
    "approve_certificate",
    "issue_certificate",
    "issue_certificates",
    "print_certificate",
    "print_certificates",
]

Outcome = Certificate | Exception
# What the files inside the PDF are, as readers list them; they belong to the document and don't
# follow the reader's language.
ABOUT_FILES: dict[str, tuple[str, Any]] = {
    "credential.json": ("可验证凭证 Verifiable credential (Open Badges 3.0)", "Data"),
    "credential.jwt": ("可验证凭证 Verifiable credential (JWT)", "Alternative"),
    "register.tlog-proof": ("登记证明 Proof of registration", "Supplement"),
}


def issue_certificate(*, actor: Actor, order: CertificateOrder) -> Certificate:
    """Return the issued certificate of *order*, which is the one there is or a new one. It
    renders, so it must not be called inside a transaction.

    Raises `DomainError` with a sentence if it can't be printed. The row then stays approved, keeps
    its number and says why.
    """
    return print_certificate(actor=actor, certificate=approve_certificate(actor=actor, order=order))


def issue_certificates(
    *, actor: Actor, orders: Sequence[CertificateOrder], alive: Callable[[], object] = bool
) -> list[Outcome]:
    """Return for each of *orders* its issued certificate, or what stopped it. *alive* is called
    after each that was printed.
    """
    rows = approve_certificates(actor=actor, orders=orders)
    # They were written or read a moment ago; whether a row still waits for its file is asked again
    # under its lock (`reserve`).
    certificates = {row.pk: row for row in rows if isinstance(row, Certificate)}
    printed = _print_rows(actor, list(certificates.values()), alive)
    return [printed[row.pk] if isinstance(row, Certificate) else row for row in rows]


def print_certificate(*, actor: Actor, certificate: Certificate) -> Certificate:
    """Make the file of an approved certificate and mark it issued. A certificate that is further
    on is returned as it is.

    Raises `DomainError` with a sentence (a character without a glyph, a text too long, no font).
    The row keeps that sentence.
    """
    outcome = print_certificates(actor=actor, certificates=[certificate])[certificate.pk]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def print_certificates(
    *, actor: Actor, certificates: Sequence[Certificate], alive: Callable[[], object] = bool
) -> dict[int, Outcome]:
    """Print many certificates as `print_certificate` does one. Return by key what each is now, or
    what stopped it.
    """
    rows = Certificate.objects.filter(pk__in=[one.pk for one in certificates]).order_by("pk")
    return _print_rows(actor, list(rows), alive)


def _print_rows(
    actor: Actor, rows: Sequence[Certificate], alive: Callable[[], object]
) -> dict[int, Outcome]:
    _read_related(rows, "template", "status_list")
    photos = read_holder_photos(rows)
    outcome: dict[int, Outcome] = {
        row.pk: row for row in rows if row.state != CertificateState.APPROVED
    }
    waiting = [row for row in rows if row.pk not in outcome]
    stopped: dict[int, DomainError] = {}
    faces: dict[int, PrintData] = {}
    for row in waiting:
        try:
            faces[row.pk] = build_print_data(row, photos)
            get_renderer().check(
                faces[row.pk]
            )  # before anything is signed: a name that can't be set stops here
        except DomainError as error:
            stopped[row.pk] = error
    ready = [row for row in waiting if row.pk not in stopped]
    if ready:
        try:
            made = _pressed(ready, faces, stopped, alive)
        except DomainError as error:  # no keys: nobody's certificate can be made
            made, stopped = {}, stopped | {row.pk: error for row in ready}
        outcome |= _filed(actor, {row.pk: row for row in ready}, made)
    if stopped:
        hold_certificates(actor=actor, stopped=stopped)
    return outcome | stopped


def _read_related(rows: Sequence[Certificate], *names: str) -> None:
    """Read what *rows* lead to by *names*, each once for many rows.

    Rows that have it already are skipped, since looking at each is slow too.
    """
    for name in names:
        prefetch_related_objects([row for row in rows if name not in row._state.fields_cache], name)


def _pressed(
    rows: Sequence[Certificate],
    faces: dict[int, PrintData],
    stopped: dict[int, DomainError],
    alive: Callable[[], object],
) -> dict[int, PrintedCertificate]:
    """Return the files of *rows*, after making their credentials. What can't be printed is added
    to *stopped*.
    """
    ring = load_announced_keys()
    credentials = issue_credentials(rows, ring)
    machine = get_certificate_press(ring.document)
    keys = machine.plan(faces[row.pk] for row in rows) if len(rows) > 1 else [None]
    made: dict[int, PrintedCertificate] = {}
    silent: NoAnswer | None = None
    for row, key, files in zip(
        rows, keys, list_credential_attachments([credentials[row.pk] for row in rows]), strict=True
    ):
        credential = credentials[row.pk]
        attached = [Attached(name, data, *ABOUT_FILES[name]) for name, data in files]
        try:
            if silent is not None:
                raise silent  # what gave no answer for one gives none for the others either
            face = replace(faces[row.pk], qr=build_qr_address(row, credential))
            made[row.pk] = machine.print(face, attached, at=credential.signed_at, key=key)
        except NoAnswer as error:
            stopped[row.pk] = silent = error
        except DomainError as error:
            stopped[row.pk] = error
        alive()
    return made


def _filed(
    actor: Actor, rows: dict[int, Certificate], made: dict[int, PrintedCertificate]
) -> dict[int, Outcome]:
    """Store the files in *made* and mark the rows issued. Rows another worker has finished are
    returned as they are.
    """
    if not made:
        return {}
    names, left = reserve_file_names(rows, made)
    for pk, name in names.items():
        store_certificate_file(name, made[pk], tried=left.get(pk) == name)
    return dict(mark_certificates_issued(actor=actor, rows=rows, names=names, made=made, left=left))
