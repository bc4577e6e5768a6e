"""Make a copy of a person's own data in the background, when they ask for it. It is kept privately
for seven days and then deleted.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

import audit
from access import SYSTEM
from core import clock, sheets
from core.actors import Actor
from core.errors import NotFound
from core.states import lock, move
from jobs.models import JobItem
from jobs.workflows import start_job
from oversight.queries.privacy_data import Group, held_about, looks_at_number
from people.accounts import require_account
from people.models import DataExport, Person
from people.privacy_enums import EXPORT_MOVES, DataExportState
from people.rules.privacy import EXPORT_DAYS

JOB = "oversight.data_export"


@transaction.atomic
def request_data_copy(*, actor: Actor, person: Person) -> DataExport:
    """Ask for a copy of one's own data.

    While one is being made, or was asked for less than an hour ago, a second request returns that
    one. Raises `NotFound` for any other person.
    """
    if actor.pk is None or actor.pk != person.user_id:
        raise NotFound
    person = lock(person)
    waiting = (
        DataExport.objects.filter(
            person=person, state__in=[DataExportState.PREPARING, DataExportState.READY]
        )
        .order_by("-pk")
        .first()
    )
    if waiting and (
        waiting.state == DataExportState.PREPARING
        or waiting.created_at > clock.now() - timedelta(hours=1)
    ):
        return waiting
    try:
        with transaction.atomic():
            export = DataExport.objects.create(person=person, asked_by=require_account(actor))
    except IntegrityError:
        return DataExport.objects.get(person=person, state=DataExportState.PREPARING)
    start_job(kind=JOB, keys=[str(export.public_id)], actor=actor, title=_("Copy of my data"))
    audit.record("privacy.export_asked", actor=actor, target=export)
    return export


def make_export(item: JobItem) -> dict[str, Any] | None:
    """Make the copy that *item* names. It is safe to run twice.

    The result names no file, because only the owner's page leads to it.
    """
    export = DataExport.objects.select_related("person__user").filter(public_id=item.key).first()
    if export is None or export.state != DataExportState.PREPARING:
        return None
    data = build_data_copy(export.person)
    with transaction.atomic():
        export = lock(export)
        if export.state != DataExportState.PREPARING:
            return None
        move(export, DataExportState.READY, table=EXPORT_MOVES)
        export.file.save("copy.zip", ContentFile(data), save=False)
        export.sha256 = hashlib.sha256(data).hexdigest()
        export.ready_at = clock.now()
        export.expires_at = export.ready_at + timedelta(days=EXPORT_DAYS)
        export.save(update_fields=["file", "sha256", "ready_at", "expires_at", "updated_at"])
    return {"bytes": len(data)}


def build_data_copy(person: Person) -> bytes:
    """Return the copy as a zip, with data.json for programs, read-me.html and data.xlsx for
    people, and the files themselves.
    """
    groups = held_about(person, masked=False, limit=None)
    looks = looks_at_number(person, limit=10_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "data.json",
            json.dumps(
                _as_json(groups, looks), ensure_ascii=False, indent=1, cls=DjangoJSONEncoder
            ),
        )
        context = {"groups": groups, "looks": looks, "person": person, "made": clock.now()}
        archive.writestr("read-me.html", render_to_string("oversight/mydata/copy.html", context))
        archive.writestr("data.xlsx", _as_sheet(groups))
        for name, file in (
            pair for group in groups for table in group.tables for pair in table.files
        ):
            ending = PurePosixPath(str(file.name)).suffix
            with file.storage.open(file.name) as source:
                archive.writestr(f"files/{name}{ending}", source.read())
    return out.getvalue()


def _as_json(groups: list[Group], looks: list[Any]) -> dict[str, Any]:
    tables = [table for group in groups for table in group.tables]
    return {
        "format": "craftpath.personal-data",
        "version": 1,
        "made_at": clock.now(),
        "tables": {
            table.key: [{cell.key: _for_json(cell.raw) for cell in row} for row in table.rows]
            for table in tables
        },
        "looks_at_identity_number": [
            {"at": look.at, "who": look.who, "why": look.why} for look in looks
        ],
    }


def _for_json(value: Any) -> Any:
    try:
        json.dumps(value, cls=DjangoJSONEncoder)
    except TypeError:
        return str(value)
    return value


def _as_sheet(groups: list[Group]) -> bytes:
    rows = [
        (group.label, table.label, number, cell.label, cell.text)
        for group in groups
        for table in group.tables
        for number, row in enumerate(table.rows, start=1)
        for cell in row
        if cell.text
    ]
    headings = [_("Section"), _("Table"), _("Row"), _("Field"), _("Value")]
    return sheets.write_workbook(headings, rows, title=_("My data"), widths=[18, 22, 8, 22, 60])


@transaction.atomic
def note_copy_taken(*, actor: Actor, export: DataExport) -> DataExport:
    """Record that the owner took the copy. Raises `NotFound` for anybody else, and for a copy that
    is gone.
    """
    export = lock(export)
    if actor.pk is None or actor.pk != export.person.user_id or not is_copy_available(export):
        raise NotFound
    audit.record("privacy.export_taken", actor=actor, target=export)
    return export


def is_copy_available(export: DataExport) -> bool:
    """Say whether the copy can still be downloaded."""
    return (
        export.state == DataExportState.READY
        and bool(export.file)
        and (export.expires_at or clock.now()) > clock.now()
    )


@transaction.atomic
def delete_export(*, export: DataExport, actor: Actor = SYSTEM) -> bool:
    """Delete the file of *export*, and say whether there was one.

    The owner may do it, and the nightly run does it when its time is over.
    """
    export = lock(export)
    if actor.pk is not None and actor.pk != export.person.user_id:
        raise NotFound
    if export.state == DataExportState.DELETED:
        return False
    move(export, DataExportState.DELETED, table=EXPORT_MOVES)
    if export.file:
        name, storage = str(export.file.name), export.file.storage
        transaction.on_commit(lambda: storage.delete(name))
    export.file = ""
    export.save(update_fields=["file", "updated_at"])
    audit.record("privacy.export_deleted", actor=actor, target=export)
    return True
