"""Receive a sheet, start its check, discard it. Nothing of its content is written yet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import IO, Any, TypeVar

from django.conf import settings
from django.core.files.base import File
from django.db import models, transaction
from django.utils.translation import gettext as _

import audit
from access.checks import require
from core import clock, sheets
from core.actors import Actor
from core.states import lock, move
from imports.enums import Stage
from imports.kinds import ImportKind, kind_of
from imports.models import Import
from imports.workflows.columns import (
    check_mapping,
    describe_layout,
    match_columns,
    remember_columns,
    sign_headings,
)
from jobs.workflows import start_job
from org.models import OrgUnit

MAX_ROWS = 50_000
RunT = TypeVar("RunT", bound=Import)


@transaction.atomic
def receive_upload(
    kind: ImportKind,
    /,
    *,
    actor: Actor,
    org: OrgUnit,
    filename: str,
    file: IO[bytes],
    **fields: Any,
) -> Any:
    """Keep a sent sheet in private storage and look at its headings.

    The rows are read when the columns are confirmed. *file* is read in pieces and may lie on disk,
    and *fields* are the tenant's own. Raises `InvalidInput` with a sentence if it can't be such a
    list.
    """
    org = lock(org)
    require(actor, kind.permission, org)
    grid = sheets.load_grid(
        file, max_bytes=settings.MAX_UPLOAD_BYTES, max_rows=MAX_ROWS, name=filename
    )
    header = sheets.find_header(grid, kind.columns)
    count = sum(1 for _row in grid.body(header))
    if not count:
        raise grid.refusal(
            "sheet_empty",
            _("There are no rows below the header. Fill in the spreadsheet and upload it again."),
        )
    if count > MAX_ROWS:
        raise grid.refusal(
            "sheet_too_long",
            _("The sheet has more than %(max)s rows. Split it and upload the parts one by one.")
            % {"max": MAX_ROWS},
        )
    signature = sign_headings((*kind.signature_prefix, *header.headings))
    model: Any = kind.model
    run = model(
        org=org,
        actor_id=getattr(actor, "pk", None),
        filename=filename[-200:],
        sha256=digest_file(file),
        state=Stage.MAPPING.value,
        rows=count,
        layout=describe_layout(grid, header, kind.mask_sample),
        signature=signature,
        mapping=match_columns(kind, org, signature, header.headings),
        **fields,
    )
    objects = {
        field.name
        for field in run._meta.fields
        if isinstance(field, models.JSONField | models.FileField)
    }
    run.full_clean(exclude=objects | {"actor"})
    file.seek(0)
    run.file.save("sheet.xlsx", File(file), save=False)
    run.save()
    return run


def digest_file(file: IO[bytes]) -> str:
    """Return the SHA-256 of *file*, read in pieces."""
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(1024 * 1024):
        digest.update(piece)
    return digest.hexdigest()


@transaction.atomic
def start_check(*, actor: Actor, run: RunT, mapping: Mapping[str, str], **defaults: Any) -> RunT:
    """Check all rows with these columns, in the background. May be asked again with other columns
    as long as nothing was applied.

    *mapping*: column index → our key; columns left out are not imported. *defaults*: fields of the
    run that hold for rows that name nothing. Raises `InvalidInput` naming what is missing.
    """
    kind = kind_of(run)
    run = lock(run)
    require(actor, kind.permission, run.org)
    check_mapping(kind, run, mapping, defaults)
    run.mapping = dict(mapping)
    for name, value in defaults.items():
        setattr(run, name, value)
    restart_check(actor, run)
    remember_columns(run)
    return run


def restart_check(actor: Actor, run: RunT) -> RunT:
    """Delete what was staged of the locked *run* and check its rows again in the background.

    It belongs inside the caller's transaction.
    """
    kind = kind_of(run)
    delete_staged_rows(run)
    move(run, Stage.CHECKING, table=kind.moves)
    run.checked, run.fingerprint, run.summary = 0, "", {}
    run.started_at, run.checked_at = clock.now(), None
    return queue_work(run, actor=actor, job=kind.jobs.check, title=_("Check of %(file)s"))


def queue_work(run: RunT, *, actor: Actor, job: str, title: Any) -> RunT:
    """Queue the background work *job* for the locked *run* and save it.

    It belongs inside the caller's transaction. *title* may name the %(file)s.
    """
    run.generation += 1
    run.note = ""
    run.job = start_job(
        kind=job,
        keys=[f"{run.pk}-{run.generation}"],
        actor=actor,
        title=str(title) % {"file": run.filename},
        payload={"run": run.pk, "generation": run.generation},
    )
    run.save()
    return run


def delete_staged_rows(run: Import) -> None:
    """Delete what was staged and remarked of *run*."""
    kind = kind_of(run)
    staged: Any = kind.row_model._default_manager
    staged.filter(run=run).delete()
    kind.find_remarks(run).delete()


@transaction.atomic
def discard_import(*, actor: Actor, run: RunT) -> RunT:
    """Discard a sheet that was not applied, with its rows and its file."""
    run = lock(run)
    require(actor, kind_of(run).permission, run.org)
    return discard_locked_import(actor, run)


def discard_locked_import(actor: Actor, run: RunT) -> RunT:
    """Discard the locked *run* inside the caller's transaction."""
    kind = kind_of(run)
    moved = move(run, Stage.DISCARDED, table=kind.moves)
    run.generation += 1  # a check under way finds its rows gone and stops
    delete_staged_rows(run)
    audit.record(
        kind.discarded,
        actor=actor,
        target=run,
        before={"state": moved.old},
        after={"state": moved.new},
    )
    delete_file(run)
    save_fields(run, "generation", "file", *empty_choices(run))
    return run


def empty_choices(run: Import) -> tuple[str, ...]:
    """Empty the choices that hold for the sheet only, and return the fields to save."""
    names = kind_of(run).emptied
    for name in names:
        setattr(run, name, {})
    return names


def delete_file(run: Import) -> None:
    """Delete the sent file once the transaction is committed.

    The caller saves the field `file`.
    """
    if run.file:
        name, storage = str(run.file.name), run.file.storage
        transaction.on_commit(lambda: storage.delete(name))
        run.file = ""


def save_fields(run: Import, *names: str) -> None:
    """Save the fields *names* of *run* and the moment of its change."""
    run.save(update_fields=[*names, "updated_at"])
