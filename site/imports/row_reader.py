"""Read the rows of one sheet by the columns that were chosen.

What a row means is the tenant's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

from django.db.models import Model

from core import sheets
from imports.kinds import kind_of
from imports.models import Import, Remark


class Reading(Protocol):
    """What a row says. With faults its other values are not to be used.

    A fault and a note have a column's `key`, the `code` of a sentence with its `params`, and what
    is `written`, identity numbers masked.
    """

    @property
    def faults(self) -> Sequence[Any]:
        """Return what keeps the row out."""

    @property
    def notes(self) -> Sequence[Any]:
        """Return the spellings that were read as meant."""


RunT = TypeVar("RunT", bound=Import)
ReadT = TypeVar("ReadT", bound=Reading)


class RowReader(Generic[RunT, ReadT]):
    """Reads rows of the sheet of *run*. A tenant says in `read_row` what a row means and in
    `stage_rows` what waits to be applied.
    """

    def __init__(self, run: RunT, grid: sheets.Grid, header: sheets.Header) -> None:
        self.run, self.grid = run, grid
        self.places = {key: int(at) for at, key in run.mapping.items()}
        self.merged = grid.merged_below(header)
        self.has_special_cells = bool(self.merged or grid.formulas or grid.uncomputed)

    def read_cells(
        self, number: int, cells: Sequence[Any]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Return the text of each column's cell in row *number*, and what is special about cells
        (`Grid.oddness`).
        """
        values: dict[str, str] = {}
        odd: dict[str, str] = {}
        for key, at in self.places.items():
            cell = cells[at] if at < len(cells) else ""
            values[key] = sheets.text_of(cell)
            if (
                self.has_special_cells or type(cell) is not str or "+" in cell
            ):  # text is plain nearly always
                special = self.grid.oddness((number - 1, at), cell, self.merged)
                if special:
                    odd[key] = special
        return values, odd

    def read_row(self, values: dict[str, str], odd: dict[str, str]) -> ReadT:
        """Return what a row says."""
        raise NotImplementedError

    def stage_rows(self, found: Sequence[tuple[int, ReadT]]) -> list[Model]:
        """Return the rows to stage for those of *found* (row number, what it says) that are in
        order.
        """
        raise NotImplementedError

    def list_remarks(self, found: Sequence[tuple[int, ReadT]]) -> list[Remark]:
        """Return the faults of the rows, and the notes on rows without any."""
        model: Any = kind_of(self.run).remark_model
        return [
            model(
                run=self.run, row=number, column=self.places.get(said.key, -1), key=said.key, code=said.code,
                params=dict(said.params), written=said.written[:100], fault=bool(reading.faults),
            )
            for number, reading in found
            for said in reading.faults or reading.notes
        ]  # fmt: skip
