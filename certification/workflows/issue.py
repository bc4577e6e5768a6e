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
from certification.rendering.classes import Printed
from certification.rendering.face import Face
from certification.rendering.pdf import Attached, renderer
from certification.rules.order import Order
from certification.workflows.approving import approve, approve_all
from certification.workflows.facing import face_of, photos_of
from certification.workflows.filing import hold, mark_issued, reserve, store
from certification.workflows.keys import ready_keys
from certification.workflows.pressing import press
from certification.workflows.sealing import attachments_of, printed_address, seal
from core.errors import DomainError, NoAnswer

__all__ = ["approve", "issue", "issue_all", "print_all", "print_certificate"]

Outcome = Certificate | Exception
# What the files inside the PDF are, as readers list them; they belong to the document and don't
# follow the reader's language.
ABOUT_FILES: dict[str, tuple[str, Any]] = {
    "credential.json": ("可验证凭证 Verifiable credential (Open Badges 3.0)", "Data"),
    "credential.jwt": ("可验证凭证 Verifiable credential (JWT)", "Alternative"),
    "register.tlog-proof": ("登记证明 Proof of registration", "Supplement"),
}


def issue(*, actor: Any, order: Order) -> Certificate:
    """Return the issued certificate of *order*, which is the one there is or a new one. It
    renders, so it must not be called inside a transaction.

    Raises `DomainError` with a sentence if it can't be printed. The row then stays approved, keeps
    its number and says why.
    """
    return print_certificate(actor=actor, certificate=approve(actor=actor, order=order))


def issue_all(*, actor: Any, orders: Sequence[Order], alive: Callable[[], object] = bool) -> list[Outcome]:
    """Return for each of *orders* its issued certificate, or what stopped it. *alive* is called
    after each that was printed.
    """
    rows = approve_all(actor=actor, orders=orders)
    # They were written or read a moment ago; whether a row still waits for its file is asked again
    # under its lock (`reserve`).
    certificates = {row.pk: row for row in rows if isinstance(row, Certificate)}
    printed = _print_rows(actor, list(certificates.values()), alive)
    return [printed[row.pk] if isinstance(row, Certificate) else row for row in rows]


def print_certificate(*, actor: Any, certificate: Certificate) -> Certificate:
    """Make the file of an approved certificate and mark it issued. A certificate that is further
    on is returned as it is.

    Raises `DomainError` with a sentence (a character without a glyph, a text too long, no font).
    The row keeps that sentence.
    """
    outcome = print_all(actor=actor, certificates=[certificate])[certificate.pk]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def print_all(*, actor: Any, certificates: Sequence[Certificate], alive: Callable[[], object] = bool) -> dict[int, Outcome]:
    """Print many certificates as `print_certificate` does one. Return by key what each is now, or
    what stopped it.
    """
    rows = Certificate.objects.filter(pk__in=[one.pk for one in certificates]).order_by("pk")
    return _print_rows(actor, list(rows), alive)


def _print_rows(actor: Any, rows: Sequence[Certificate], alive: Callable[[], object]) -> dict[int, Outcome]:
    _read_related(rows, "template", "status_list")
    photos = photos_of(rows)
    outcome: dict[int, Outcome] = {row.pk: row for row in rows if row.state != CertificateState.APPROVED}
    waiting = [row for row in rows if row.pk not in outcome]
    stopped: dict[int, DomainError] = {}
    faces: dict[int, Face] = {}
    for row in waiting:
        try:
            faces[row.pk] = face_of(row, photos)
            renderer().check(faces[row.pk])  # before anything is signed: a name that can't be set stops here
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
        hold(actor=actor, stopped=stopped)
    return outcome | stopped


def _read_related(rows: Sequence[Certificate], *names: str) -> None:
    """Read what *rows* lead to by *names*, each once for many rows.

    Rows that have it already are skipped, since looking at each is slow too.
    """
    for name in names:
        prefetch_related_objects([row for row in rows if name not in row._state.fields_cache], name)


def _pressed(
    rows: Sequence[Certificate], faces: dict[int, Face], stopped: dict[int, DomainError], alive: Callable[[], object]
) -> dict[int, Printed]:
    """Return the files of *rows*, after making their credentials. What can't be printed is added
    to *stopped*.
    """
    ring = ready_keys()
    credentials = seal(rows, ring)
    machine = press(ring.document)
    keys = machine.plan(faces[row.pk] for row in rows) if len(rows) > 1 else [None]
    made: dict[int, Printed] = {}
    silent: NoAnswer | None = None
    for row, key, files in zip(rows, keys, attachments_of([credentials[row.pk] for row in rows]), strict=True):
        credential = credentials[row.pk]
        attached = [Attached(name, data, *ABOUT_FILES[name]) for name, data in files]
        try:
            if silent is not None:
                raise silent  # what gave no answer for one gives none for the others either
            face = replace(faces[row.pk], qr=printed_address(row, credential))
            made[row.pk] = machine.print(face, attached, at=credential.signed_at, key=key)
        except NoAnswer as error:
            stopped[row.pk] = silent = error
        except DomainError as error:
            stopped[row.pk] = error
        alive()
    return made


def _filed(actor: Any, rows: dict[int, Certificate], made: dict[int, Printed]) -> dict[int, Outcome]:
    """Store the files in *made* and mark the rows issued. Rows another worker has finished are
    returned as they are.
    """
    if not made:
        return {}
    names, left = reserve(rows, made)
    for pk, name in names.items():
        store(name, made[pk], tried=left.get(pk) == name)
    return dict(mark_issued(actor=actor, rows=rows, names=names, made=made, left=left))
