"""Reading a marking scheme out of rows of text, and everything that can be wrong with it.

A scheme is a tree: module (A) - sub-criterion (A1) - aspect (A1.1). All problems come back together
with the number of their row, because a chief expert mends a workbook once, not sixty times. No
sentence is made here: a problem has a code and its numbers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from competitions.rules.marking import FULL_EVENT
from competitions.rules.numbers import read_decimal
from core.characters import LINE_ENDS
from core.text import find_unwritable, plain_code, spell_out

MODULE, SUB_CRITERION, ASPECT = "module", "sub_criterion", "aspect"
MEASUREMENT, JUDGEMENT = "M", "J"
SCORED_LEVELS = (0, 1, 2, 3)
WSOS_TOLERANCE = Decimal("5.00")
LONGEST_SCHEME = 2000
LONGEST_NAME = 200
LONGEST_TEXT = 1000

_CODE = {
    MODULE: re.compile(r"^[A-Z]$"),
    SUB_CRITERION: re.compile(r"^[A-Z][1-9][0-9]?$"),
    ASPECT: re.compile(r"^[A-Z][1-9][0-9]?\.[1-9][0-9]?$"),
}
_LEVELS = {
    "模块": MODULE, "module": MODULE,
    "子项": SUB_CRITERION, "sub-criterion": SUB_CRITERION, "sub_criterion": SUB_CRITERION, "subcriterion": SUB_CRITERION,
    "评分点": ASPECT, "aspect": ASPECT,
}  # fmt: skip
_KINDS = {
    "测量": MEASUREMENT, "测量分": MEASUREMENT, "m": MEASUREMENT, "measurement": MEASUREMENT,
    "评价": JUDGEMENT, "评价分": JUDGEMENT, "j": JUDGEMENT, "judgement": JUDGEMENT, "judgment": JUDGEMENT,
}  # fmt: skip
_YES = {"理论", "是", "yes", "y", "true", "theory"}


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """One row of the workbook as text. `row` is the number the person sees in the workbook."""

    row: int
    code: str = ""
    level: str = ""
    name: str = ""
    kind: str = ""
    mark: str = ""
    steps: str = ""
    section: str = ""
    description: str = ""
    benchmarks: tuple[str, str, str, str] = ("", "", "", "")
    day: str = ""
    weight: str = ""
    theory: str = ""


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One row of the standard specification as text, with section, name and published weight."""

    row: int
    number: str = ""
    name: str = ""
    weight: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem with the row (0 means the scheme as a whole), the column's key, a code for the
    sentence, and the numbers in it.
    """

    row: int
    column: str
    code: str
    data: dict[str, object] = field(default_factory=dict)
    table: str = "scheme"


@dataclass(frozen=True, slots=True)
class AspectNode:
    """A line that is marked."""

    code: str
    name: str
    kind: str
    max_mark: Decimal
    steps: tuple[Decimal, ...] = ()
    section: str = ""
    description: str = ""
    benchmarks: tuple[str, str, str, str] = ("", "", "", "")
    row: int = 0


@dataclass(frozen=True, slots=True)
class SubCriterionNode:
    """A group of aspects marked together."""

    code: str
    name: str
    aspects: tuple[AspectNode, ...] = ()
    row: int = 0

    @property
    def max_mark(self) -> Decimal:
        """The marks to be had in this group."""
        return sum((aspect.max_mark for aspect in self.aspects), Decimal(0))


@dataclass(frozen=True, slots=True)
class ModuleNode:
    """A module, with its sub-criteria, its weight in the event, and the day it is marked on."""

    code: str
    name: str
    weight: Decimal = Decimal(1)
    day: int = 1
    theory: bool = False
    sub_criteria: tuple[SubCriterionNode, ...] = ()
    row: int = 0

    @property
    def max_mark(self) -> Decimal:
        """The marks to be had in this module, before the weight."""
        return sum((sub.max_mark for sub in self.sub_criteria), Decimal(0))


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the standard specification with its published weight in marks."""

    number: str
    name: str
    weight: Decimal


@dataclass(frozen=True, slots=True)
class SchemeCheck:
    """The tree that was read and everything that is wrong with it. The tree may be stored only
    when `problems` is empty.
    """

    modules: tuple[ModuleNode, ...]
    sections: tuple[Section, ...]
    problems: tuple[Problem, ...]

    @property
    def total(self) -> Decimal:
        """The marks of the whole event, weights applied."""
        return sum((module.max_mark * module.weight for module in self.modules), Decimal(0))

    @property
    def aspects(self) -> tuple[AspectNode, ...]:
        """Every aspect in the order of the scheme."""
        return tuple(
            aspect
            for module in self.modules
            for sub in module.sub_criteria
            for aspect in sub.aspects
        )


def _plain(text: str) -> str:
    """Return *text* for codes and numbers, with full-width forms made plain and blanks removed.
    Never used on names.
    """
    return "".join(plain_code(text).split())


def _number(text: str, places: int) -> Decimal | None:
    """Return a decimal with at most *places* places, or None when it is no such number. Full-width
    digits are made plain.
    """
    value = read_decimal(plain_code(text), places=places)
    return value if value is not None and value < 10_000 else None


class _Reader:
    """Collects problems while the rows are read one after another."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, row: int, column: str, code: str, **data: object) -> None:
        self.problems.append(Problem(row, column, code, data))

    def name(self, row: SchemeRow) -> str:
        name = row.name.strip()
        if not name:
            self.wrong(row.row, "name", "name_missing")
        elif len(name) > LONGEST_NAME:
            self.wrong(row.row, "name", "text_too_long", length=len(name), limit=LONGEST_NAME)
        self.odd(row.row, "name", name)
        return name

    def odd(self, row: int, column: str, text: str) -> None:
        """Refuse characters that no text may hold. Line ends inside a cell are fine."""
        if bad := [ch for ch in find_unwritable(text) if ch not in LINE_ENDS]:
            self.wrong(row, column, "text_unwritable", codes=spell_out(bad))

    def module(self, row: SchemeRow, code: str) -> ModuleNode:
        weight, day = Decimal(1), 1
        if row.weight.strip():
            read = _number(row.weight, 4)
            if read is None or not 0 < read <= 1:
                self.wrong(row.row, "weight", "weight_not_a_share", value=row.weight.strip()[:20])
            else:
                weight = read
        if row.day.strip():
            read = _number(row.day, 0)
            if read is None or not 1 <= read <= 30:
                self.wrong(row.row, "day", "day_not_a_number", value=row.day.strip()[:20])
            else:
                day = int(read)
        return ModuleNode(
            code, self.name(row), weight, day, _plain(row.theory).lower() in _YES, (), row.row
        )

    def aspect(self, row: SchemeRow, code: str) -> AspectNode:
        kind = _KINDS.get(_plain(row.kind).lower(), "")
        if not kind:
            self.wrong(row.row, "kind", "kind_unknown", value=row.kind.strip()[:20])
        mark = _number(row.mark, 2)
        if mark is None or mark <= 0:
            self.wrong(row.row, "mark", "mark_not_a_number", value=row.mark.strip()[:20])
            mark = Decimal(0)
        steps = self.steps(row, kind, mark)
        benchmarks = tuple(text.strip() for text in row.benchmarks)
        if kind == JUDGEMENT:
            for level in SCORED_LEVELS:
                if not benchmarks[level]:
                    self.wrong(row.row, f"benchmark_{level}", "benchmark_missing", level=level)
        for level, text in enumerate((*benchmarks, row.description.strip())):
            column = "description" if level == len(benchmarks) else f"benchmark_{level}"
            self.odd(row.row, column, text)
            if len(text) > LONGEST_TEXT:
                self.wrong(row.row, column, "text_too_long", length=len(text), limit=LONGEST_TEXT)
        return AspectNode(
            code=code,
            name=self.name(row),
            kind=kind,
            max_mark=mark,
            steps=steps,
            section=_plain(row.section),
            description=row.description.strip(),
            benchmarks=(benchmarks[0], benchmarks[1], benchmarks[2], benchmarks[3]),
            row=row.row,
        )

    def steps(self, row: SchemeRow, kind: str, mark: Decimal) -> tuple[Decimal, ...]:
        """Read declared steps, written with any of `;`, `；`, `/` or `、` between them."""
        if not row.steps.strip():
            return ()
        if kind == JUDGEMENT:
            self.wrong(row.row, "steps", "steps_on_judgement")
            return ()
        read: set[Decimal] = set()
        for part in filter(None, re.split(r"[;/、]", _plain(row.steps))):
            step = _number(part, 2)
            if step is None or step < 0 or step > mark:
                self.wrong(row.row, "steps", "step_out_of_range", value=part[:20], mark=mark)
            elif 0 < step < mark:
                read.add(step)
        return tuple(sorted(read))


def _read_sections(rows: Iterable[SectionRow]) -> tuple[tuple[Section, ...], list[Problem]]:
    problems: list[Problem] = []
    sections: dict[str, Section] = {}
    for row in rows:
        number = _plain(row.number)
        weight = _number(row.weight, 2)
        if not number:
            problems.append(Problem(row.row, "number", "section_missing", table="sections"))
        elif number in sections:
            problems.append(
                Problem(row.row, "number", "section_repeated", {"section": number}, "sections")
            )
        elif weight is None or weight <= 0:
            problems.append(
                Problem(
                    row.row,
                    "weight",
                    "mark_not_a_number",
                    {"value": row.weight.strip()[:20]},
                    "sections",
                )
            )
        else:
            sections[number] = Section(number, row.name.strip()[:LONGEST_NAME], weight)
    total = sum((section.weight for section in sections.values()), Decimal(0))
    if sections and not problems and total != FULL_EVENT:
        problems.append(Problem(0, "weight", "sections_not_100", {"total": total}, "sections"))
    return tuple(sections.values()), problems


def check_scheme_rows(
    rows: Sequence[SchemeRow],
    sections: Sequence[SectionRow] = (),
    *,
    tolerance: Decimal = WSOS_TOLERANCE,
) -> SchemeCheck:
    """Read *rows* into a tree and return it with every problem, those of a row first, those of the
    whole after them.

    Checked: level, code and name of each row; unique codes; a parent for each child and children
    for each parent; type, mark and steps of an aspect; a description for each of 0, 1, 2 and 3 of a
    judgement; the sum of 100.00 (or 100 in every module with weights adding up to 1); sections of
    the standard specification that exist and whose marks stay within *tolerance*.
    """
    reader = _Reader()
    if len(rows) > LONGEST_SCHEME:
        return SchemeCheck(
            (),
            (),
            (Problem(0, "code", "too_many_rows", {"count": len(rows), "limit": LONGEST_SCHEME}),),
        )
    known_sections, section_problems = _read_sections(sections)
    modules: dict[str, ModuleNode] = {}
    subs: dict[str, SubCriterionNode] = {}
    aspects: dict[str, AspectNode] = {}
    seen: dict[str, int] = {}
    weighted = [row for row in rows if row.weight.strip()]
    for row in rows:
        level = _LEVELS.get(_plain(row.level).lower(), "")
        code = _plain(row.code).upper()
        if not level:
            reader.wrong(row.row, "level", "level_unknown", value=row.level.strip()[:20])
            continue
        if not _CODE[level].match(code):
            reader.wrong(row.row, "code", f"code_of_{level}", value=code[:20])
            continue
        if code in seen:
            reader.wrong(row.row, "code", "code_repeated", value=code, first=seen[code])
            continue
        seen[code] = row.row
        if level == MODULE:
            modules[code] = reader.module(row, code)
        elif level == SUB_CRITERION:
            subs[code] = SubCriterionNode(code, reader.name(row), (), row.row)
        else:
            aspects[code] = reader.aspect(row, code)
    tree = _grow(reader, modules, subs, aspects)
    _check_sums(reader, tree, bool(weighted))
    _check_sections(reader, tree, known_sections, tolerance)
    problems = sorted(
        [*reader.problems, *section_problems],
        key=lambda p: (p.table != "scheme", p.row == 0, p.row),
    )
    return SchemeCheck(tree, known_sections, tuple(problems))


def _grow(
    reader: _Reader,
    modules: dict[str, ModuleNode],
    subs: dict[str, SubCriterionNode],
    aspects: dict[str, AspectNode],
) -> tuple[ModuleNode, ...]:
    """Attach aspects and sub-criteria to their parents, found by the beginning of the code."""
    of_sub: dict[str, list[AspectNode]] = defaultdict(list)
    of_module: dict[str, list[SubCriterionNode]] = defaultdict(list)
    for aspect in aspects.values():
        parent = aspect.code.partition(".")[0]
        if parent in subs:
            of_sub[parent].append(aspect)
        else:
            reader.wrong(aspect.row, "code", "parent_missing", value=aspect.code, parent=parent)
    for sub in subs.values():
        if not of_sub[sub.code]:
            reader.wrong(sub.row, "code", "nothing_below", value=sub.code)
        if sub.code[0] in modules:
            of_module[sub.code[0]].append(replace(sub, aspects=tuple(of_sub[sub.code])))
        else:
            reader.wrong(sub.row, "code", "parent_missing", value=sub.code, parent=sub.code[0])
    for module in modules.values():
        if not of_module[module.code]:
            reader.wrong(module.row, "code", "nothing_below", value=module.code)
    return tuple(
        replace(module, sub_criteria=tuple(of_module[module.code])) for module in modules.values()
    )


def _check_sums(reader: _Reader, tree: tuple[ModuleNode, ...], weighted: bool) -> None:
    """Check that either all marks add up to 100.00, or every module is marked on 100 and the
    weights add up to 1.
    """
    if not tree:
        reader.wrong(0, "code", "no_modules")
        return
    if any(problem.column in {"mark", "weight"} for problem in reader.problems):
        return  # a sum over unreadable numbers would only confuse
    if not weighted:
        total = sum((module.max_mark for module in tree), Decimal(0))
        if total != FULL_EVENT:
            reader.wrong(0, "mark", "marks_not_100", total=total)
        return
    shares = sum((module.weight for module in tree), Decimal(0))
    if shares != 1:
        reader.wrong(0, "weight", "weights_not_1", total=shares)
    for module in tree:
        if module.max_mark != FULL_EVENT:
            reader.wrong(
                module.row, "mark", "module_not_100", value=module.code, total=module.max_mark
            )


def _check_sections(
    reader: _Reader, tree: tuple[ModuleNode, ...], sections: tuple[Section, ...], tolerance: Decimal
) -> None:
    """Compare the marks given in each section of the standard specification with its published
    weight.
    """
    if not sections:
        return
    given: dict[str, Decimal] = {section.number: Decimal(0) for section in sections}
    for module in tree:
        for sub in module.sub_criteria:
            for aspect in sub.aspects:
                if aspect.section in given:
                    given[aspect.section] += aspect.max_mark * module.weight
                else:
                    reader.wrong(
                        aspect.row, "section", "section_unknown", value=aspect.section[:20]
                    )
    if any(problem.column in {"mark", "weight", "section"} for problem in reader.problems):
        return
    for section in sections:
        if abs(given[section.number] - section.weight) > tolerance:
            reader.wrong(
                0,
                "section",
                "section_off",
                section=section.number,
                given=given[section.number],
                weight=section.weight,
                tolerance=tolerance,
            )
