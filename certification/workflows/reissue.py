"""Inspect stored files for a fault in their drawing, and make faulty ones again under the same
number once two people have agreed.

The new file says the same. Number, wording, credential and entry in the public register stay, and
only the page is drawn and signed again. The former file stays on record and genuine (ADR 35). Each
line of a change may be done again after a crash: the name of its file is written down before the
file is stored, and the row names one file at any time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.core.files.storage import storages
from django.db import transaction
from django.utils.translation import gettext as _

import audit
import jobs.workflows
from access.checks import require, require_anywhere
from certification.enums import FileState
from certification.errors import NotIssuable
from certification.grants import CONFIRM_REVOCATION, ISSUE
from certification.models import BulkLine, Certificate, FormerFile
from certification.queries.bulk import explain_no_reissue
from certification.queries.files import list_files_to_inspect
from certification.rendering.classes import PrintedCertificate
from certification.rendering.pdf import Attached, get_renderer
from certification.rendering.torn_text import UnreadablePage, find_malformed_numbers
from certification.rules.drawing import RENDERER_VERSION
from certification.workflows.credential_issue import (
    build_qr_address,
    issue_credentials,
    list_credential_attachments,
)
from certification.workflows.file_storage import store_certificate_file
from certification.workflows.issue import ABOUT_FILES
from certification.workflows.keys import load_announced_keys
from certification.workflows.notifications import notify_files_reissued
from certification.workflows.print_data import build_print_data
from certification.workflows.printing import get_certificate_press
from core import clock
from core.actors import Actor
from core.errors import DomainError, NoAnswer
from jobs.models import Job
from org.models import OrgUnit

LOOK_JOB = "certification.look_at_files"
LOOKED_AT_ONCE = 200
Outcome = dict[str, Any] | Exception


# --- looking ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_file_inspection(*, actor: Actor) -> Job | None:
    """Inspect the files that were made before the present drawing, in the background. Returns None
    if all were inspected.

    Needs `certification.issue`, and inspects certificates within that right only.
    """
    require_anywhere(actor, ISSUE, OrgUnit)
    keys = [
        str(pk) for pk in list_files_to_inspect(actor).order_by("pk").values_list("pk", flat=True)
    ]
    if not keys:
        return None
    return jobs.workflows.start_job(
        kind=LOOK_JOB, keys=keys, actor=actor, title=_("Check certificate files")
    )


def inspect_certificate_files(certificate_ids: Iterable[int]) -> Counter[str]:
    """Inspect the files of these certificates and write down what was found. Returns how many
    there are of each finding.

    Nothing else is changed.
    """
    found: dict[str, list[int]] = {}
    rows = Certificate.objects.filter(pk__in=list(certificate_ids)).only("pk", "pdf", "sha256")
    for row in rows.order_by("pk"):
        found.setdefault(inspect_certificate_file(row), []).append(row.pk)
    for state, keys in found.items():
        Certificate.objects.filter(pk__in=keys).update(file_state=state)
    return Counter({state: len(keys) for state, keys in found.items()})


def inspect_certificate_file(certificate: Certificate) -> FileState:
    """Return what the inspection of the stored file of *certificate* found."""
    if not certificate.pdf:
        return FileState.MISSING
    try:
        with certificate.pdf.open("rb") as file:
            return FileState.TORN if find_malformed_numbers(file.read()) else FileState.SOUND
    except (OSError, UnreadablePage):
        return FileState.MISSING


# --- making anew ------------------------------------------------------------------------------------------------------


def reissue_certificate_files(
    line_ids: Sequence[int], *, alive: Callable[[], object] = bool
) -> dict[int, Outcome]:
    """Make new files for these lines of a confirmed change, and return what became of each.

    It renders, so it must not be called inside a transaction.
    """
    lines = {
        line.pk: line
        for line in BulkLine.objects.select_related(
            "change__asked_by", "change__decided_by"
        ).filter(pk__in=line_ids, done_at=None)
    }
    rows = {
        row.pk: row
        for row in Certificate.objects.select_related("person", "status_list")
        .prefetch_related("template")
        .filter(pk__in=[line.certificate_id for line in lines.values()])
    }
    outcome: dict[int, Outcome] = {
        pk: {} for pk in line_ids if pk not in lines
    }  # done by an earlier attempt
    stopped: dict[int, DomainError] = {}
    ready: list[BulkLine] = []
    for line in sorted(lines.values(), key=lambda one: one.certificate_id):
        line.certificate = rows[line.certificate_id]
        try:
            _may_be_made_anew(line)
            get_renderer().check(build_print_data(line.certificate))
            ready.append(line)
        except DomainError as error:
            stopped[line.pk] = error
    for line, printed in _printed(ready, stopped, alive):
        outcome[line.pk] = _file(line, printed)
    for pk, why in stopped.items():
        BulkLine.objects.filter(pk=pk).update(problem=str(why.message)[:300])
        outcome[pk] = why
    return outcome


def _may_be_made_anew(line: BulkLine) -> None:
    """Raise an error unless both people still have their right on the certificate and its file is
    still faulty.
    """
    require(line.change.asked_by, ISSUE, line.certificate)
    require(line.change.decided_by, CONFIRM_REVOCATION, line.certificate)
    if problem := explain_no_reissue(line.certificate):
        raise NotIssuable("file_not_anew", problem)


def _printed(
    lines: Sequence[BulkLine], stopped: dict[int, DomainError], alive: Callable[[], object]
) -> Iterable[tuple[BulkLine, PrintedCertificate]]:
    """Yield *lines* with their new files. What can't be printed is added to *stopped*."""
    if not lines:
        return
    rows = [line.certificate for line in lines]
    try:
        ring = load_announced_keys()
        credentials = issue_credentials(
            rows, ring
        )  # those there are: none is made, and none is changed
        machine = get_certificate_press(ring.document)
    except DomainError as error:
        stopped.update({line.pk: error for line in lines})
        return
    faces = {
        row.pk: replace(build_print_data(row), qr=build_qr_address(row, credentials[row.pk]))
        for row in rows
    }
    keys = machine.plan(faces[row.pk] for row in rows) if len(rows) > 1 else [None]
    silent: NoAnswer | None = None
    for line, key, files in zip(
        lines, keys, list_credential_attachments([credentials[row.pk] for row in rows]), strict=True
    ):
        attached = [Attached(name, data, *ABOUT_FILES[name]) for name, data in files]
        try:
            if silent is not None:
                raise silent
            # One moment for the whole change: a second attempt then makes the same bytes (but for a
            # service's timestamp).
            made = machine.print(
                faces[line.certificate_id],
                attached,
                at=line.change.decided_at or clock.now(),
                key=key,
            )
            if find_malformed_numbers(made.pdf):
                raise NotIssuable(
                    "still_torn",
                    _(
                        "The new file would be displayed wrongly too, so the old one is "
                        "kept. Tell the administrator."
                    ),
                )
            yield line, made
        except NoAnswer as error:
            stopped[line.pk] = silent = error
        except DomainError as error:
            stopped[line.pk] = error
        alive()


def _file(line: BulkLine, printed: PrintedCertificate) -> Outcome:
    """Store the new file and let the certificate name it. The former file goes on record."""
    row = line.certificate
    name = f"certificates/{row.issued_on.year}/{row.public_id}-{printed.sha256[:12]}.pdf"
    left = _reserve(line, name)
    store_certificate_file(name, printed, tried=bool(left))
    try:
        _exchange(line, name, printed)
    except DomainError as error:
        if not Certificate.objects.filter(pdf=name).exists():  # the same bytes have the same name
            storages["private"].delete(name)
        BulkLine.objects.filter(pk=line.pk, done_at=None).update(problem=str(error.message)[:300])
        return error
    if left and left != name and not Certificate.objects.filter(pdf=left).exists():
        storages["private"].delete(left)
    return {"number": row.number}


def _reserve(line: BulkLine, name: str) -> str:
    """Write down the name of the new file, and return the name under which an earlier attempt may
    have left one.
    """
    left = BulkLine.objects.values_list("file", flat=True).get(pk=line.pk)
    BulkLine.objects.filter(pk=line.pk).update(file=name)
    return left


@transaction.atomic
def _exchange(line: BulkLine, name: str, printed: PrintedCertificate) -> None:
    row = Certificate.objects.select_for_update().get(pk=line.certificate_id)
    if row.pdf.name == name and row.sha256 == printed.sha256:
        return  # another worker was here first
    if problem := explain_no_reissue(row):
        raise NotIssuable("file_not_anew", problem)
    FormerFile.objects.create(
        certificate=row,
        pdf=row.pdf.name,
        sha256=row.sha256,
        unsigned_sha256=row.unsigned_sha256,
        signature_level=row.signature_level,
        renderer_version=row.renderer_version,
        fault=row.file_state,
        change=line.change,
    )
    before = {"sha256": row.sha256, "drawing": row.renderer_version}
    row.pdf.name, row.sha256, row.unsigned_sha256 = name, printed.sha256, printed.unsigned_sha256
    row.signature_level, row.printed_by = printed.level, printed.way
    row.renderer_version, row.file_state = RENDERER_VERSION, FileState.SOUND
    row.save(
        update_fields=[
            "pdf", "sha256", "unsigned_sha256", "signature_level", "printed_by", "renderer_version", "file_state", "updated_at"
        ]
    )  # fmt: skip
    BulkLine.objects.filter(pk=line.pk).update(done_at=clock.now(), problem="")
    audit.record(
        "certification.file_reissued",
        actor=line.change.decided_by,
        target=row,
        before=before,
        after={"sha256": row.sha256, "drawing": row.renderer_version, "number": row.number},
    )
    notify_files_reissued([row], change=line.change)
