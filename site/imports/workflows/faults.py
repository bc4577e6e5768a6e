"""Keep the faults that are found by comparing rows with each other and with what is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.bulk import insert_rows
from imports.kinds import kind_of
from imports.models import Import

PIECE = 500
FAULT = "fault"  # the effect of a staged row that stays out

WorldFault = tuple[
    int, str, Mapping[str, Any], str, str
]  # row, code, parameters, key of the column, what is written there


def add_world_faults(run: Import, found: Iterable[WorldFault]) -> None:
    """Keep a remark for each fault *found*, and let the staged rows concerned stay out."""
    kind = kind_of(run)
    places = {key: int(at) for at, key in run.mapping.items()}
    model: Any = kind.remark_model
    remarks = [
        model(
            run=run,
            row=row,
            column=places.get(key, -1),
            key=key,
            code=code,
            params=dict(params),
            written=written[:100],
            of_world=True,
        )
        for row, code, params, key, written in found
    ]
    insert_rows(remarks)
    rows: Any = kind.row_model._default_manager
    numbers = sorted({remark.row for remark in remarks})
    for at in range(0, len(numbers), PIECE):
        rows.filter(run=run, row__in=numbers[at : at + PIECE]).update(effect=FAULT)


def count_remarks(run: Import) -> dict[str, int]:
    """Return how many rows have faults and how many have notes only."""
    kind = kind_of(run)
    return {
        "faulty": kind.find_remarks(run, fault=True).values("row").distinct().count(),
        "noted": kind.find_remarks(run, fault=False).values("row").distinct().count(),
    }
