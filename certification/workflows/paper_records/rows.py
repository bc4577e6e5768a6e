"""What a row of a sheet of papers says and what of it waits to be applied. Of identity numbers only
keyed hashes go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Model

from certification.models import HistoricImport, HistoricRow
from certification.rules.paper_records import Ground, Paper, read_row
from core import clock, sheets
from core.text import search_key
from imports.row_reader import RowReader
from org.models import OrgUnit
from org.queries.history import former_names, list_predecessors
from people import crypto


class IssuerNames:
    """What the issuer was called, and when.

    The names of unions that were merged into it count too, for papers that name their issuer.
    """

    def __init__(self, org: OrgUnit) -> None:
        self.today = org.name
        self.former = sorted((one.until, one.name) for one in former_names(org))
        older = [
            name
            for unit in list_predecessors(org)
            for name in (unit.name, *(one.name for one in former_names(unit)))
        ]
        self.all = frozenset({org.name, *(name for _until, name in self.former), *older})

    def on(self, day: date) -> str:
        """Return the name of *day*."""
        return next((name for until, name in self.former if until > day), self.today)


class PaperReader(RowReader[HistoricImport, Paper]):
    """Reads the rows of one sheet of papers."""

    def __init__(self, run: HistoricImport, grid: sheets.Grid, header: sheets.Header) -> None:
        super().__init__(run, grid, header)
        self.names = IssuerNames(run.org)
        self.ground = Ground(
            kind=run.kind, title=run.title, names=self.names.all, today=clock.today()
        )

    def read_row(self, values: dict[str, str], odd: dict[str, str]) -> Paper:
        """Return what a row says."""
        return read_row(values, odd, self.ground)

    def stage_rows(self, found: Sequence[tuple[int, Paper]]) -> list[Model]:
        """Return the rows in order.

        Of an identity number only its keyed hashes are kept.
        """
        rows: list[Model] = []
        for number, paper in found:
            if paper.faults or paper.issued_on is None:
                continue
            hashed = bool(paper.id_number)
            rows.append(
                HistoricRow(
                    run=self.run, row=number, number=paper.number, number_key=paper.number_key, name=paper.name,
                    name_key=search_key(paper.name)[:100], kind=paper.kind, title=paper.title, subject=paper.subject,
                    occupation=paper.occupation, level=paper.level, distinction=paper.distinction, employer=paper.employer,
                    issuer=paper.issuer or self.names.on(paper.issued_on), issued_on=paper.issued_on, valid_until=paper.valid_until,
                    id_kind=paper.id_kind,
                    id_hash=crypto.look_up_hash(paper.id_kind, paper.id_number) if hashed else "",
                    newest_hash=crypto.newest_hash(paper.id_kind, paper.id_number) if hashed else "",
                )
            )  # fmt: skip
        return rows
