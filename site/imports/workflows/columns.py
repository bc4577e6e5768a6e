"""How the headings of a union's own sheet are matched to our columns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from core import sheets
from core.errors import InvalidInput
from core.spreadsheets.describing import notes_of
from imports.kinds import ImportKind
from imports.models import ColumnMemory, Import
from org.models import OrgUnit

SAMPLES = 3


def describe_layout(
    grid: sheets.Grid, header: sheets.Header, mask: Callable[[str, str], str]
) -> dict[str, Any]:
    """Return what the matching screen shows of a sheet.

    That is the place of the header and, for each column, letter, heading and samples. *mask* hides
    what a sample (heading, text) should not show.
    """
    samples: list[list[str]] = [[] for _heading in header.headings]
    for _number, cells in grid.body(header):
        for at, found in enumerate(samples):
            text = sheets.text_of(cells[at]) if at < len(cells) else ""
            if text and len(found) < SAMPLES:
                found.append(mask(header.headings[at], text))
        if all(len(found) == SAMPLES for found in samples):
            break
    return {
        "first": header.first,
        "last": header.last,
        "sheet": grid.sheet,
        "notes": notes_of(grid, header),
        "columns": [
            {"letter": get_column_letter(at + 1), "heading": heading, "samples": samples[at]}
            for at, heading in enumerate(header.headings)
        ],
    }


def read_header(run: Import) -> sheets.Header:
    """Return the header of *run* as it was found when the sheet was received."""
    return sheets.Header(
        run.layout["first"],
        run.layout["last"],
        tuple(column["heading"] for column in run.layout["columns"]),
    )


def sign_headings(headings: Sequence[str]) -> str:
    """Return the digest under which the matching of these headings is remembered."""
    return hashlib.sha256(
        "\x1f".join(heading.casefold() for heading in headings).encode()
    ).hexdigest()


def match_columns(
    kind: ImportKind, org: OrgUnit, signature: str, headings: Sequence[str]
) -> dict[str, str]:
    """Return column index → our key, each key once.

    The columns are matched as this union matched the same headings last time, or else by heading.
    """
    remembered = (
        ColumnMemory.objects.filter(org=org, signature=signature)
        .values_list("mapping", flat=True)
        .first()
    )
    if remembered is not None:
        return dict(remembered)
    found: dict[str, str] = {}
    for at, heading in enumerate(headings):
        key = sheets.column_key(heading, kind.columns)
        if key and key not in found.values():
            found[str(at)] = key
    return found


def remember_columns(run: Import) -> None:
    """Keep the matching of *run* for the next sheet of this union with the same headings."""
    ColumnMemory.objects.update_or_create(
        org=run.org, signature=run.signature, defaults={"mapping": dict(run.mapping)}
    )


def check_mapping(
    kind: ImportKind, run: Import, mapping: Mapping[str, str], defaults: Mapping[str, Any]
) -> None:
    """Raise `InvalidInput` with a sentence for each column that is missing or chosen twice, and
    each default that is missing.
    """
    known = {column.key: column for column in kind.columns}
    used = list(mapping.values())
    fields: dict[str, str] = {}
    for index, key in mapping.items():
        if key not in known or not index.isdigit() or int(index) >= len(run.layout["columns"]):
            raise InvalidInput(
                "mapping_unknown",
                _("The columns on this page are out of date. Reload the page and choose again."),
            )
        if used.count(key) > 1:
            fields[f"column_{index}"] = _(
                "“%(column)s” is chosen for several columns. Keep only one of them."
            ) % {"column": known[key].heading}
    missing = [
        column.heading for column in kind.columns if column.required and column.key not in used
    ]
    if missing:
        fields["__all__"] = _(
            "No column is chosen for: %(columns)s. No row can be read without it."
        ) % {"columns": "、".join(missing)}
    fields |= kind.find_default_faults(run, mapping, defaults)
    if fields:
        raise InvalidInput(
            "mapping_incomplete", _("Some columns need to be checked."), fields=fields
        )
