"""Handle the marking scheme, which is checked without storing anything, imported all or nothing,
and frozen once.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from access.checks import require
from competitions import grants, workbooks
from competitions.enums import SCHEME_MOVES, EventState, SchemeState, Scoring
from competitions.errors import WrongMoment, describe_workbook_problem
from competitions.models import Aspect, Event, Module, Scheme, SpecSection, SubCriterion
from competitions.rules import scheme as rules
from competitions.workflows._shared import need_state, user_id
from core import clock
from core.actors import Actor
from core.states import lock, move
from core.uploads import file_name

_WORKSHEETS = {"scheme": workbooks.SCHEME_SHEET, "sections": workbooks.SECTION_SHEET}


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A problem as a person reads it, with the row of the worksheet (0 means the whole) and the
    sentence.
    """

    row: int
    worksheet: str
    message: str
    code: str
    column: str = ""
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SchemeReport:
    """What an import would do or did. `error_workbook` holds the copy with sentences, `scheme` the
    stored version, if any.
    """

    modules: int
    sub_criteria: int
    aspects: int
    measurements: int
    judgements: int
    total: Decimal
    problems: tuple[ProblemLine, ...]
    error_workbook: bytes
    digest: str
    scheme: Scheme | None = None

    @property
    def ok(self) -> bool:
        """Whether the workbook can be stored."""
        return not self.problems


def check_scheme(*, actor: Actor, event: Event, upload: IO[bytes]) -> SchemeReport:
    """Return what importing *upload* would give, and store nothing. Raises `WorkbookRefused` if it
    isn't a workbook at all.
    """
    require(actor, grants.MANAGE, event)
    return _read(upload)[0]


@transaction.atomic
def import_scheme(*, actor: Actor, event: Event, upload: IO[bytes]) -> SchemeReport:
    """Store the scheme of *upload* as a new draft version and return the report. With any problem
    nothing at all is stored.
    """
    event = lock(event)
    require(actor, grants.MANAGE, event)
    need_state(event, EventState.DRAFT)
    if event.scoring != Scoring.SHEETS:
        raise WrongMoment(
            "no_scheme_here",
            _("This competition takes its totals from a workbook and has no marking scheme."),
        )
    if Scheme.objects.filter(event=event, state=SchemeState.FROZEN).exists():
        raise WrongMoment(
            "scheme_frozen", _("The marking scheme is frozen and can no longer be replaced.")
        )
    report, checked = _read(upload)
    if not report.ok:
        return report
    last = Scheme.objects.filter(event=event).order_by("-version").first()
    if last is not None and last.state == SchemeState.DRAFT:
        move(last, SchemeState.SUPERSEDED, table=SCHEME_MOVES)
    scheme = Scheme(
        event=event,
        version=last.version + 1 if last else 1,
        digest=report.digest,
        imported_by_id=user_id(actor),
    )
    scheme.full_clean()
    scheme.save()
    _store(scheme, checked)
    audit.record(
        "competitions.scheme_imported",
        actor=actor,
        target=event,
        before={"version": last.version} if last else None,
        after={"version": scheme.version, "aspects": report.aspects, "digest": report.digest},
    )
    return SchemeReport(
        report.modules, report.sub_criteria, report.aspects, report.measurements, report.judgements,
        report.total, (), b"", report.digest, scheme,
    )  # fmt: skip


@transaction.atomic
def freeze_scheme(*, actor: Actor, event: Event) -> Scheme:
    """Make the draft version the one that counts. It never changes again."""
    event = lock(event)
    require(actor, grants.MANAGE, event)
    need_state(event, EventState.DRAFT)
    scheme = Scheme.objects.filter(event=event, state=SchemeState.DRAFT).first()
    if scheme is None:
        raise WrongMoment(
            "no_draft_scheme", _("There is no marking scheme to freeze. Import one first.")
        )
    scheme.frozen_by_id = user_id(actor)
    scheme.frozen_at = clock.now()
    scheme.save(update_fields=["frozen_by", "frozen_at", "updated_at"])
    moved = move(scheme, SchemeState.FROZEN, table=SCHEME_MOVES)
    audit.record(
        "competitions.scheme_frozen",
        actor=actor,
        target=event,
        before={"state": moved.old},
        after={"state": moved.new, "version": scheme.version, "digest": scheme.digest},
    )
    return scheme


def _read(upload: IO[bytes]) -> tuple[SchemeReport, rules.SchemeCheck]:
    content = upload.read()
    book = workbooks.read_workbook_tables(io.BytesIO(content), name=file_name(upload))
    rows, sections, broken = workbooks.read_scheme_rows(book)
    checked = (
        rules.SchemeCheck((), (), tuple(broken))
        if broken
        else rules.check_scheme_rows(rows, sections)
    )
    problems = checked.problems
    report = SchemeReport(
        modules=len(checked.modules),
        sub_criteria=sum(len(module.sub_criteria) for module in checked.modules),
        aspects=len(checked.aspects),
        measurements=sum(aspect.kind == rules.MEASUREMENT for aspect in checked.aspects),
        judgements=sum(aspect.kind == rules.JUDGEMENT for aspect in checked.aspects),
        total=checked.total,
        problems=tuple(
            ProblemLine(
                p.row,
                _WORKSHEETS[p.table],
                describe_workbook_problem(p.code, p.data),
                p.code,
                p.column,
                p.data,
            )
            for p in problems
        ),
        error_workbook=workbooks.workbook_with_problems(book, problems, _WORKSHEETS)
        if problems
        else b"",
        digest=hashlib.sha256(content).hexdigest(),
    )
    return report, checked


def _store(scheme: Scheme, checked: rules.SchemeCheck) -> None:
    """Write the tree with one INSERT for each level."""
    SpecSection.objects.bulk_create(
        [
            SpecSection(
                scheme=scheme, number=section.number, name=section.name, weight=section.weight
            )
            for section in checked.sections
        ]
    )
    modules = Module.objects.bulk_create(
        [
            Module(
                scheme=scheme,
                code=node.code,
                name=node.name,
                weight=node.weight,
                max_mark=node.max_mark,
                day=node.day,
                theory=node.theory,
                position=position,
            )
            for position, node in enumerate(checked.modules, start=1)
        ]
    )
    pairs = [
        (module, sub, position)
        for module, node in zip(modules, checked.modules, strict=True)
        for position, sub in enumerate(node.sub_criteria, start=1)
    ]
    stored = SubCriterion.objects.bulk_create(
        [
            SubCriterion(module=module, code=sub.code, name=sub.name, position=position)
            for module, sub, position in pairs
        ]
    )
    aspects: list[Aspect] = []
    places: dict[int, int] = {}
    for (module, sub, _position), row in zip(pairs, stored, strict=True):
        for node in sub.aspects:
            places[module.pk] = places.get(module.pk, 0) + 1
            aspects.append(
                Aspect(
                    module=module,
                    sub_criterion=row,
                    code=node.code,
                    name=node.name,
                    kind=node.kind,
                    max_mark=node.max_mark,
                    steps=[str(step) for step in node.steps],
                    section=node.section,
                    description=node.description,
                    benchmark_0=node.benchmarks[0],
                    benchmark_1=node.benchmarks[1],
                    benchmark_2=node.benchmarks[2],
                    benchmark_3=node.benchmarks[3],
                    position=places[module.pk],
                )
            )
    Aspect.objects.bulk_create(aspects)
