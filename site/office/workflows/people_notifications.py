"""Messages to officers about double records and lists of members. Call these inside the
transaction of the act.
"""

from __future__ import annotations

from typing import Any

import notify
from office.models import PeopleExport
from office.queries.exports import list_export_deciders
from office.queries.people import list_merge_deciders
from people.models import MergeProposal


def _of_merge(row: MergeProposal, who: Any) -> dict[str, Any]:
    return {"name": row.keep.name, "merge": str(row.public_id), "who": str(who or "")}


def tell_merge_proposed(row: MergeProposal) -> None:
    """Tell everybody who may decide about *row* that it was proposed."""
    context = {**_of_merge(row, row.proposed_by), "reason": row.reason}
    notify.send_message(
        "office.merge_proposed",
        to=list_merge_deciders(row),
        context=context,
        about=row,
        key=str(row.public_id),
    )


def tell_merge_done(row: MergeProposal) -> None:
    """Tell the person who proposed *row* that the records are merged."""
    notify.send_message(
        "office.merge_done",
        to=row.proposed_by,
        context=_of_merge(row, row.decided_by),
        about=row,
        key=str(row.public_id),
    )


def tell_merge_refused(row: MergeProposal) -> None:
    """Tell the person who proposed *row* that it was refused, and why."""
    context = {**_of_merge(row, row.decided_by), "reason": row.decision}
    notify.send_message(
        "office.merge_refused",
        to=row.proposed_by,
        context=context,
        about=row,
        key=str(row.public_id),
    )


def _of_export(row: PeopleExport) -> dict[str, Any]:
    return {"union": str(row.org), "count": row.count, "export": str(row.public_id)}


def tell_export_waits(row: PeopleExport) -> None:
    """Tell everybody who may decide about *row* that it was asked for."""
    context = {**_of_export(row), "who": str(row.asked_by), "purpose": row.purpose}
    notify.send_message(
        "office.export_waits",
        to=list_export_deciders(row),
        context=context,
        about=row,
        key=str(row.public_id),
    )


def tell_export_ready(row: PeopleExport) -> None:
    """Tell the asker that the file is ready, and until when."""
    context = {**_of_export(row), "rows": row.rows, "until": row.expires_at}
    notify.send_message(
        "office.export_ready", to=row.asked_by, context=context, about=row, key=str(row.public_id)
    )


def tell_export_declined(row: PeopleExport) -> None:
    """Tell the asker that the list was declined, and why."""
    context = {**_of_export(row), "who": str(row.decided_by), "reason": row.decision}
    notify.send_message(
        "office.export_declined",
        to=row.asked_by,
        context=context,
        about=row,
        key=str(row.public_id),
    )


def tell_export_failed(row: PeopleExport) -> None:
    """Tell the asker that the list could not be made."""
    notify.send_message(
        "office.export_failed",
        to=row.asked_by,
        context=_of_export(row),
        about=row,
        key=str(row.public_id),
    )
