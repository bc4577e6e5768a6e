"""Export a search of the audit log as a file.

A short one is answered at once, a long one is written in the background, and none goes above the
cap. Every file says who took it, when and by what search. Taking one is recorded in the log.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.files import File
from django.core.files.storage import storages
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

import audit
from access.checks import missing_right_error
from audit import words
from audit.models import Event
from core import clock, sheets
from core.actors import Actor, account_id
from core.errors import InvalidInput
from jobs.enums import JobItemState
from jobs.models import Job, JobItem
from jobs.workflows import start_job
from oversight.grants import EXPORT_EVENTS
from oversight.queries.audit import Search, holds_audit_right, search_events
from people.models import User

JOB = "oversight.audit_export"
FORMATS = {"csv": "text/csv; charset=utf-8", "xlsx": sheets.XLSX, "jsonl": "application/x-ndjson"}
AT_ONCE = 5_000
CAP = 50_000
KEPT = timedelta(days=7)
PIECE = 500


@transaction.atomic
def prepare_export(*, actor: Actor, search: Search, form: str) -> Job | None:
    """Allow and record an export of *search*, and return the batch that writes it. Return None if
    it is short enough to be answered at once.

    Raises `InvalidInput` for an unknown format and for more rows than the cap.
    """
    if not holds_audit_right(actor, EXPORT_EVENTS):
        raise missing_right_error(EXPORT_EVENTS)
    if form not in FORMATS:
        raise InvalidInput("export_format", _("Choose CSV, xlsx or JSON Lines."))
    count = search_events(search)[: CAP + 1].count()
    if count > CAP:
        raise InvalidInput(
            "export_too_large",
            _(
                "More than %(cap)s rows match this search. Choose a shorter period, a "
                "person or a kind, and export them in parts."
            )
            % {"cap": CAP},
        )
    _forget_old()
    job = None
    if count > AT_ONCE:
        payload = {"search": search.as_plain(), "format": form}
        job = start_job(
            kind=JOB,
            keys=["file"],
            actor=actor,
            title=_("Export of the audit log"),
            payload=payload,
        )
    audit.record(
        "oversight.audit_exported",
        actor=actor,
        target=job or actor,
        after={
            "format": form,
            "rows": count,
            "fields": search.used(),
            "kind": search.kind or None,
            "type": search.type or None,
        },
    )
    return job


def _forget_old() -> None:
    """Delete the files of exports that are a week old, because exports are meant to be taken and
    not stored here.
    """
    for item in JobItem.objects.filter(
        job__kind=JOB, state=JobItemState.DONE, done_at__lt=clock.now() - KEPT
    ).exclude(result=None)[:50]:
        name = (item.result or {}).get("name")
        if name:
            storages["private"].delete(name)
            JobItem.objects.filter(pk=item.pk).update(
                result={"rows": (item.result or {}).get("rows"), "name": ""}
            )


def list_export_headings() -> list[str]:
    """Return the column headings, which are also the keys of the objects in JSON lines."""
    return [
        pgettext("audit", "Row"),
        _("Time (Beijing)"),
        pgettext("audit", "Kind"),
        _("Key of the kind"),
        _("User name"),
        _("Display name"),
        _("Kind of object"),
        _("Object"),
        _("Reason"),
        _("What changed"),
        _("Request"),
        pgettext("network", "Address"),
        _("Source"),
        _("Digest"),
    ]


def list_export_rows(search: Search) -> Iterator[list[Any]]:
    """Yield the cells of each row, piece by piece. Personal values stay masked in files too."""
    piece: list[Event] = []
    for event in search_events(search).select_related("actor")[:CAP].iterator(chunk_size=PIECE):
        piece.append(event)
        if len(piece) == PIECE:
            yield from _cells(piece)
            piece = []
    yield from _cells(piece)


def _cells(events: list[Event]) -> Iterator[list[Any]]:
    changes = words.describe_changes(events)
    for event in events:
        said = [
            f"{one.label}{pgettext('between key and value', ': ')}{_sides(one)}"
            for one in changes[event.pk]
        ]
        yield [
            event.pk,
            timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M:%S"),
            words.kind_label(event.kind),
            event.kind,
            event.actor_label,
            words.actor_name(event),
            words.type_label(event.target_type),
            event.target_id,
            event.reason,
            "\n".join(said),
            event.request_number,
            event.address or "",
            event.source,
            event.digest,
        ]


def _sides(change: words.RecordChange) -> str:
    return (
        f"{change.old} → {change.new}"
        if change.old and change.new
        else change.old + (" →" if change.old else "") + change.new
    )


def compose_watermark(user: User, search: Search) -> str:
    """Return the line that says who took the file, when, and by what search."""
    fields = "、".join(search.used()) or _("all")
    return _(
        "Exported by %(who)s at %(at)s, search conditions: %(fields)s. For audit only. "
        "Don't pass it on."
    ) % {
        "who": f"{user} ({user.username})",
        "at": clock.local_now().strftime("%Y-%m-%d %H:%M:%S"),
        "fields": fields,
    }


def stream_export_lines(user: User, search: Search, form: str) -> Iterator[bytes]:
    """Yield an export as CSV or JSON lines, piece by piece."""
    if form == "csv":
        yield "\ufeff".encode()
        yield _csv_line([compose_watermark(user, search)])
        yield _csv_line(list_export_headings())
        for row in list_export_rows(search):
            yield _csv_line(row)
        return
    yield _json_line({"taken": compose_watermark(user, search), "columns": list_export_headings()})
    for row in list_export_rows(search):
        yield _json_line(dict(zip(list_export_headings(), row, strict=True)))


def _csv_line(cells: list[Any]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerow([_harmless(cell) for cell in cells])
    return out.getvalue().encode("utf-8", "replace")


def _harmless(cell: Any) -> Any:
    """Return *cell*. One that begins like a formula is made text, because a spreadsheet program
    would run it.
    """
    return (
        f"'{cell}"
        if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r")
        else cell
    )


def _json_line(value: Any) -> bytes:
    return (json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False) + "\n").encode(
        "utf-8", "replace"
    )


def build_audit_workbook(user: User, search: Search) -> bytes:
    """Return an export as xlsx. The watermark is its last line."""

    def body() -> Iterator[list[Any]]:
        yield from list_export_rows(search)
        yield [compose_watermark(user, search)]

    return sheets.write_workbook(
        list_export_headings(),
        body(),
        title=_("Audit log"),
        widths=[10, 20, 24, 28, 16, 16, 16, 12, 30, 60, 14, 16, 12, 20],
    )


def write_file(item: JobItem) -> dict[str, Any]:
    """Write the file of a long export. It is safe to run twice, because the older file is
    replaced.
    """
    payload, user = item.job.payload, item.job.actor
    if user is None:
        raise LookupError("an export belongs to the account that asked for it")
    search, form = Search.from_plain(payload["search"]), payload["format"]
    name = f"audit/exports/{item.job.public_id}.{form}"
    store = storages["private"]
    with tempfile.TemporaryFile() as draft:
        if form == "xlsx":
            draft.write(build_audit_workbook(user, search))
        else:
            for line in stream_export_lines(user, search, form):
                draft.write(line)
        draft.seek(0)
        store.delete(name)
        kept = store.save(name, File(draft))
    return {"name": kept, "rows": search_events(search)[:CAP].count()}


def list_audit_exports(user: Actor) -> list[Job]:
    """Return the exports that *user* has asked for, newest first."""
    return list(
        Job.objects.filter(kind=JOB, actor=account_id(user))
        .prefetch_related("items")
        .order_by("-pk")[:30]
    )
