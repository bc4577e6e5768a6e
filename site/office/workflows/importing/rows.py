"""What a row of a roster says, which union it means, and what of it waits to be applied. Identity
numbers are encrypted.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Model

from core import clock, sheets
from core.bulk import build_like
from imports.row_reader import RowReader
from office.models import SheetImport, StagedRow
from office.rules.roster import UNREADABLE, Remark, Worker, read_roster_row
from office.workflows.importing.effects import group_unions_by_name
from org.models import OrgUnit
from org.models.unit import name_words
from org.queries import list_subtree
from org.rules.days import day_before
from people.workflows.bulk import build_unsaved_document


@dataclass(frozen=True, slots=True)
class Unions:
    """How the sheet's words for unions are read."""

    by_name: dict[str, list[OrgUnit]]
    closed: frozenset[str]
    chosen: dict[str, OrgUnit]
    default: OrgUnit | None


@dataclass(frozen=True, slots=True)
class Member:
    """A worker as the row says, and the union that is meant."""

    worker: Worker
    union: OrgUnit | None

    @property
    def faults(self) -> Sequence[Remark]:
        """Return what keeps the row out."""
        return self.worker.faults

    @property
    def notes(self) -> Sequence[Remark]:
        """Return the spellings that were read as meant."""
        return self.worker.notes


class RosterReader(RowReader[SheetImport, Member]):
    """Reads the rows of one roster."""

    def __init__(self, run: SheetImport, grid: sheets.Grid, header: sheets.Header) -> None:
        super().__init__(run, grid, header)
        self.today: date = clock.today()
        live = list(list_subtree(run.org).order_by("pk"))
        by_pk = {unit.pk: unit for unit in live}
        self.unions = Unions(
            by_name=group_unions_by_name([unit for unit in live if unit.live]),
            closed=frozenset(group_unions_by_name([unit for unit in live if not unit.live])),
            chosen={text: by_pk[pk] for text, pk in run.choices.items() if pk in by_pk},
            default=run.default_union,
        )

    def read_row(self, values: dict[str, str], odd: dict[str, str]) -> Member:
        """Return the worker and the union of a row."""
        worker = read_roster_row(values, odd, today=self.today)
        return Member(worker, None if odd.get("union") in UNREADABLE else self._find_union(worker))

    def _find_union(self, worker: Worker) -> OrgUnit | None:
        text = worker.union
        if not text:
            if self.unions.default is None:
                worker.faults.append(Remark("union", "union_missing"))
            return self.unions.default
        if text in self.unions.chosen:
            return self.unions.chosen[text]
        found = self.unions.by_name.get(name_words(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            worker.faults.append(
                Remark("union", "union_several", text[:100], {"count": str(len(found))})
            )
        else:
            worker.faults.append(
                Remark(
                    "union",
                    "union_closed" if text in self.unions.closed else "union_unknown",
                    text[:100],
                )
            )
        return None

    def stage_rows(self, found: Sequence[tuple[int, Member]]) -> list[Model]:
        """Return the rows in order, identity numbers encrypted."""
        rows: list[Model] = []
        plain = StagedRow(run=self.run)
        for number, member in found:
            worker, union = member.worker, member.union
            if worker.faults or union is None or worker.joined is None:
                continue
            public_id = uuid.uuid4()
            document = build_unsaved_document(
                public_id=public_id, name=worker.name, kind=worker.id_kind, number=worker.number
            )
            rows.append(
                build_like(
                    plain, row=number, public_id=public_id, name=worker.name, name_key=document.person.name_key,
                    pinyin_key=document.person.pinyin_key, name_order=document.person.name_order,
                    birth=worker.birth, sex=worker.sex, mobile=worker.mobile,
                    id_kind=worker.id_kind, number_encrypted=document.number_encrypted, number_hash=document.number_hash,
                    newest_hash=document.newest_hash or document.number_hash, tail=document.tail, union_id=union.pk,
                    employer=worker.employer, employer_key=name_words(worker.employer)[:200],
                    job_title=worker.job_title, joined=worker.joined, joined_eve=day_before(worker.joined),
                )
            )  # fmt: skip
        return rows
