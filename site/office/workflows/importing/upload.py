"""Receive a roster, start its check, choose unions, discard a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from access.checks import require
from core.actors import Actor
from core.errors import InvalidInput
from core.states import lock
from imports.workflows import upload
from imports.workflows.error_workbook import build_template_workbook
from office.enums import ImportKind
from office.grants import IMPORT_ROSTER, IMPORT_TREE
from office.models import SheetImport
from office.workflows.importing import columns
from office.workflows.importing.kind import ROSTER
from org.models import OrgUnit
from org.queries import list_subtree

CODENAME = {ImportKind.TREE: IMPORT_TREE, ImportKind.ROSTER: IMPORT_ROSTER}


def receive_roster(*, actor: Actor, org: OrgUnit, filename: str, file: IO[bytes]) -> SheetImport:
    """Keep a sent roster and look at its headings (`imports.workflows.upload`)."""
    run: SheetImport = upload.receive_upload(
        ROSTER, actor=actor, org=org, filename=filename, file=file, kind=ImportKind.ROSTER
    )
    return run


def start_check(
    *,
    actor: Actor,
    run: SheetImport,
    mapping: Mapping[str, str],
    default_union: OrgUnit | None = None,
) -> SheetImport:
    """Check all rows with these columns (`imports.workflows.upload`).

    *default_union* is the union of rows that name none.
    """
    return upload.start_check(actor=actor, run=run, mapping=mapping, default_union=default_union)


@transaction.atomic
def choose_unions(*, actor: Actor, run: SheetImport, choices: Mapping[str, OrgUnit]) -> SheetImport:
    """Say which union is meant by names in the sheet that fit several or none, and check again.
    Kept for this sheet only.
    """
    run = lock(run)
    require(actor, IMPORT_ROSTER, run.org)
    reachable = set(
        list_subtree(run.org)
        .filter(pk__in=[unit.pk for unit in choices.values()])
        .values_list("pk", flat=True)
    )
    if any(unit.pk not in reachable for unit in choices.values()):
        raise InvalidInput("union_out_of_reach", _("Choose your union or one below it."))
    run.choices = {**run.choices, **{text: unit.pk for text, unit in choices.items()}}
    return upload.restart_check(actor, run)


@transaction.atomic
def discard_import(*, actor: Actor, run: SheetImport) -> SheetImport:
    """Discard a tree or a roster that was not applied, with its rows and its file."""
    run = lock(run)
    require(actor, CODENAME[ImportKind(run.kind)], run.org)
    return upload.discard_locked_import(actor, run)


def template_workbook(kind: str) -> bytes:
    """Return an empty sheet with the headings we know, for people to fill."""
    plainer = columns.TEMPLATE_HEADINGS if kind == ImportKind.ROSTER else {}
    headings = [
        plainer.get(column.key, column.heading) for column in columns.COLUMNS[ImportKind(kind)]
    ]
    return build_template_workbook(headings, str(ImportKind(kind).label))
