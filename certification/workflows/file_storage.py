"""Store the file of a certificate and mark the row as issued, which are the last steps of issuing.

The name of a file is written to its row before the file is stored. A worker that continues after
another one ended in between finds the name there. It uses the file if it is the same, and removes
it if it isn't (a service stamped another time, or a layout class was added or removed).
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.db import transaction
from django.utils._os import safe_join

import audit
from certification.enums import CERTIFICATE_MOVES, CertificateState
from certification.models import Certificate, StatusChange
from certification.rendering.classes import PrintedCertificate
from certification.rules.drawing import RENDERER_VERSION
from certification.workflows.notifications import notify_certificates_issued
from core import clock
from core.actors import Actor
from core.bulk_values import insert_values, update_values
from core.errors import DomainError
from core.states import move_each


@transaction.atomic
def reserve_file_names(
    rows: Mapping[int, Certificate], made: Mapping[int, PrintedCertificate]
) -> tuple[dict[int, str], dict[int, str]]:
    """Write the names of their files to the rows. Return these names, and those under which an
    earlier attempt may have left a file.

    A row that isn't approved any more is in neither, since another worker has finished it.
    """
    names: dict[int, str] = {}
    left: dict[int, str] = {}
    for pk, old in _approved(made).values_list("pk", "pdf"):
        row = rows[pk]
        names[pk] = f"certificates/{row.issued_on.year}/{row.public_id}-{made[pk].sha256[:12]}.pdf"
        if old:
            left[pk] = old
    update_values(Certificate, ["pdf"], {pk: [name] for pk, name in names.items()})
    return names, left


def store_certificate_file(name: str, printed: PrintedCertificate, *, tried: bool) -> None:
    """Put the file at its one place.

    *tried* says that an earlier attempt had a file of this name. If that file is whole it is kept,
    and if it is torn it is replaced.
    """
    storage = storages["private"]
    if (
        not tried
        and isinstance(storage, FileSystemStorage)
        and _store_new(storage, name, printed.pdf)
    ):
        return
    if storage.exists(name):
        with storage.open(name) as file:
            if hashlib.sha256(file.read()).hexdigest() == printed.sha256:
                return
        storage.delete(name)
    put = storage.save(name, ContentFile(printed.pdf))
    if put != name:  # another worker stored the same bytes at the same moment
        storage.delete(put)


def _store_new(storage: FileSystemStorage, name: str, data: bytes) -> bool:
    """Write a file that isn't there yet, in four system calls. Return False if it is there, or its
    folder isn't.
    """
    folder, _slash, base = name.rpartition("/")
    path, mode = f"{_folder(str(storage.location), folder)}/{base}", storage.file_permissions_mode
    try:
        handle = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if mode is None else mode
        )
    except (FileExistsError, FileNotFoundError):
        return False
    try:
        if mode is not None:  # whatever the mask of the process is, like Django's storage
            os.fchmod(handle, mode)
        if os.write(handle, data) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
    finally:
        os.close(handle)
    return True


@lru_cache(
    maxsize=64
)  # certificates of a year are in one, and making sure that a path leads nowhere else takes as long as writing
def _folder(location: str, folder: str) -> str:
    return safe_join(location, folder)


def mark_certificates_issued(
    *,
    actor: Actor,
    rows: Mapping[int, Certificate],
    names: Mapping[int, str],
    made: Mapping[int, PrintedCertificate],
    left: Mapping[int, str],
) -> dict[int, Certificate]:
    """Mark those of *rows* whose files are stored as issued, and return every row of *made* as it
    is now.

    Files that no row names are removed.
    """
    marked = {row.pk: row for row in _mark(actor, rows, names, made)}
    others = Certificate.objects.in_bulk([pk for pk in made if pk not in marked])
    for name in (
        {*names.values(), *left.values()}
        - {names[pk] for pk in marked}
        - {row.pdf.name for row in others.values()}
    ):
        storages["private"].delete(name)
    return marked | others


@transaction.atomic
def _mark(
    actor: Actor,
    rows: Mapping[int, Certificate],
    names: Mapping[int, str],
    made: Mapping[int, PrintedCertificate],
) -> list[Certificate]:
    # Of the others another worker was here first. The holder may have changed too: two records of
    # one person become one.
    waiting = dict(_approved(names).values_list("pk", "person"))
    if not waiting:
        return []
    old, new, now = str(CertificateState.APPROVED), str(CertificateState.ISSUED), clock.now()
    columns = ("pdf", "sha256", "unsigned_sha256", "signature_level", "printed_by")
    values = {
        pk: (names[pk], one.sha256, one.unsigned_sha256, one.level, one.way)
        for pk, one in made.items()
        if pk in waiting
    }
    also = {
        "hold_code": "",
        "hold_reason": "",
        "renderer_version": RENDERER_VERSION,
        "updated_at": now,
    }
    marked = [rows[pk] for pk in waiting]
    move_each(marked, columns, values, old, new, table=CERTIFICATE_MOVES, also=also)
    for row in marked:
        if row.person_id != waiting[row.pk]:
            row.person_id = waiting[row.pk]
    by = getattr(actor, "pk", None)
    insert_values(
        StatusChange, ("certificate", "old", "new", "actor"), [(pk, old, new, by) for pk in waiting]
    )
    before = {"state": old}
    deeds = [
        (row, before, {"state": new, "number": row.number, "sha256": row.sha256}) for row in marked
    ]
    audit.record_many("certification.issued", actor=actor, deeds=deeds)
    notify_certificates_issued(marked)
    return marked


@transaction.atomic
def hold_certificates(*, actor: Actor, stopped: Mapping[int, DomainError]) -> None:
    """Write to approved rows what *stopped* them.

    A reason that a row has already isn't recorded again, since a batch may wait for a day.
    """
    why = {pk: (error.code[:80], str(error.message)[:500]) for pk, error in stopped.items()}
    rows = list(_approved(stopped))
    for reason in sorted(set(why.values())):
        held = [
            row
            for row in rows
            if why[row.pk] == reason and (row.hold_code, row.hold_reason) != reason
        ]
        changes = {"hold_code": reason[0], "hold_reason": reason[1], "updated_at": clock.now()}
        Certificate.objects.filter(pk__in=[row.pk for row in held]).update(**changes)
        audit.record_many(
            "certification.held",
            actor=actor,
            deeds=[(row, None, {"code": reason[0]}) for row in held],
        )


def _approved(keys: Iterable[int]) -> Any:
    """Return those rows of *keys* that wait for their file, locked in the order of their keys."""
    return (
        Certificate.objects.select_for_update()
        .filter(pk__among=list(keys), state=CertificateState.APPROVED)
        .order_by("pk")
    )
