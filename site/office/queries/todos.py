"""The to-dos of the union office, such as merges and lists to decide, finished lists, and sheets
that were not applied yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.actors import account_id
from core.text import mask_name
from core.todos import Asker, Todo
from office.enums import ImportState
from office.models import SheetImport
from office.queries import exports
from office.queries.people import list_decidable_merges

RECENT = timedelta(days=30)
AT_MOST = 10


def list_merge_todos(asker: Asker) -> Iterator[Todo]:
    """Yield merges of double records that colleagues proposed. One query."""
    for row in list_decidable_merges(asker.user)[:AT_MOST]:
        yield Todo(
            title=_("Duplicate record to decide: %(name)s") % {"name": mask_name(row.keep.name)},
            text=row.reason,
            by=str(row.proposed_by or ""),
            href=reverse("office:merge", args=[row.public_id]),
            act=_("Decide"),
        )


def list_export_decision_todos(asker: Asker) -> Iterator[Todo]:
    """Yield lists of members that colleagues ask for. One query."""
    for row in exports.list_decidable_exports(asker.user)[:AT_MOST]:
        yield Todo(
            title=_("Member list to decide: %(union)s, %(count)s people")
            % {"union": row.org, "count": row.count},
            text=row.purpose,
            by=str(row.asked_by),
            href=reverse("office:people_export_detail", args=[row.public_id]),
            act=_("Decide"),
        )


def list_export_pickup_todos(asker: Asker) -> Iterator[Todo]:
    """Yield the person's own lists that are ready and not taken yet. One query."""
    for row in exports.list_exports_to_take(asker.user)[:AT_MOST]:
        yield Todo(
            title=_("Member list ready: %(union)s") % {"union": row.org},
            text=row.purpose,
            href=reverse("office:people_export_detail", args=[row.public_id]),
            act=_("Download"),
            due=row.expires_at,
        )


def list_import_todos(asker: Asker) -> Iterator[Todo]:
    """Yield the person's own sheets that wait until they go on. One query."""
    open_ones = SheetImport.objects.filter(
        actor=account_id(asker.user),
        state__in=[ImportState.MAPPING, ImportState.READY, ImportState.REFUSED],
        created_at__gt=asker.now - RECENT,
    ).order_by("-pk")
    for run in open_ones[:AT_MOST]:
        rows = ngettext("%(count)s row", "%(count)s rows", run.rows) % {"count": run.rows}
        yield Todo(
            title=_("Spreadsheet not imported yet: %(file)s") % {"file": run.filename},
            text=f"{run.get_state_display()} · {rows}"
            if run.rows
            else str(run.get_state_display()),
            href=reverse("office:import_detail", args=[run.public_id]),
            act=_("Continue"),
        )
