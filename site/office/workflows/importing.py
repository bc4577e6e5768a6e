"""Spreadsheets of unions and workers: check all rows, then take over all or nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import audit
from access.checks import require
from core import locks, sheets
from core.errors import DomainError
from core.states import lock, move
from core.text import name_with_middle_dot, same_name, unwritable
from office.enums import IMPORT_MOVES, ImportKind, ImportState
from office.grants import IMPORT_ROSTER, IMPORT_TREE
from office.models import SheetImport
from office.rules.tree import Unit, faults, parents_first
from org.enums import OrgLevel
from org.models import Employer, Employment, Membership, OrgUnit
from org.models.unit import check_uscc
from org.queries import subtree
from org.workflows.unit import TREE_LOCK, create_unit
from people import crypto
from people.enums import IdType
from people.models import IdentityDocument, Person
from people.rules.identity import Identity, IdentityError, read, read_mobile
from people.workflows.person import identity_sentence

MAX_ROWS = 5000
LEVEL_NAMES = {
    "全国": OrgLevel.NATIONAL, "省": OrgLevel.PROVINCE, "市": OrgLevel.CITY,
    "区县": OrgLevel.COUNTY, "区": OrgLevel.COUNTY, "县": OrgLevel.COUNTY,
    "乡镇街道": OrgLevel.TOWNSHIP, "乡镇": OrgLevel.TOWNSHIP, "街道": OrgLevel.TOWNSHIP,
    "基层": OrgLevel.GRASSROOTS, "基层工会": OrgLevel.GRASSROOTS,
    "小组": OrgLevel.GROUP, "工会小组": OrgLevel.GROUP,
}  # fmt: skip
ID_KINDS = {
    "": IdType.RESIDENT, "居民身份证": IdType.RESIDENT, "身份证": IdType.RESIDENT, "港澳台居民居住证": IdType.HMT_RESIDENCE,
    "外国人永久居留身份证": IdType.FOREIGN_RESIDENCE, "护照": IdType.PASSPORT,
}  # fmt: skip
TREE_COLUMNS = (
    sheets.Column("code", "编码", ("工会编码", "code")),
    sheets.Column("name", "名称", ("工会名称", "name")),
    sheets.Column("short_name", "简称", ("short name",), required=False),
    sheets.Column("level", "层级", ("级别", "level")),
    sheets.Column("parent", "上级编码", ("上级", "parent")),
    sheets.Column("uscc", "统一社会信用代码", ("信用代码", "uscc"), required=False),
    sheets.Column("region_code", "行政区划", ("区划代码", "region"), required=False),
)
ROSTER_COLUMNS = (
    sheets.Column("name", "姓名", ("职工姓名", "name")),
    sheets.Column("id_kind", "证件类型", ("id type",), required=False),
    sheets.Column("id_number", "证件号码", ("身份证号", "身份证号码", "id number")),
    sheets.Column("mobile", "手机号", ("手机", "手机号码", "联系电话", "mobile"), required=False),
    sheets.Column("union", "工会编码", ("所属工会编码", "union")),
    sheets.Column("employer", "用人单位", ("单位", "单位名称", "employer")),
    sheets.Column("job_title", "岗位", ("职务", "工种", "post"), required=False),
    sheets.Column("joined", "入会日期", ("入会时间", "joined"), required=False),
)
COLUMNS = {ImportKind.TREE: TREE_COLUMNS, ImportKind.ROSTER: ROSTER_COLUMNS}
CODENAME = {ImportKind.TREE: IMPORT_TREE, ImportKind.ROSTER: IMPORT_ROSTER}
TREE_SENTENCES = {
    "twice": gettext_lazy("This code stands in an earlier row too. Each union has a code of its own."),
    "parent_unknown": gettext_lazy("The superior's code is neither in this sheet nor below your union."),
    "cycle": gettext_lazy("Its superiors lead back to itself. Correct the superior's code."),
    "level_not_below": gettext_lazy("A union stands at a lower level than its superior. Correct level or superior."),
}


@dataclass(frozen=True, slots=True)
class Worker:
    """One checked roster row."""

    row: int
    name: str
    id_kind: str
    identity: Identity
    id_hash: str
    mobile: str
    union: OrgUnit
    employer: str
    job_title: str
    joined: date


@transaction.atomic
def check_sheet(*, actor: Any, org: OrgUnit, kind: str, filename: str, data: bytes) -> SheetImport:
    """Dry run: read and check every row, keep the file and what was found; nothing else changes.

    Raises `InvalidInput` if the file as a whole can't be read. Rows with faults give an import in the state `refused`.
    """
    kind = ImportKind(kind)
    org = lock(org)
    require(actor, CODENAME[kind], org)
    rows = sheets.read(data, COLUMNS[kind], max_bytes=settings.MAX_UPLOAD_BYTES, max_rows=MAX_ROWS)
    problems, summary = _check(kind, org, rows)
    run = SheetImport(
        kind=kind,
        org=org,
        actor_id=getattr(actor, "pk", None),
        filename=filename[-200:],
        sha256=hashlib.sha256(data).hexdigest(),
        state=ImportState.REFUSED if problems else ImportState.READY,
        rows=len(rows),
        summary=summary,
        problems=problems.as_list(),
    )
    run.file.save("sheet.xlsx", ContentFile(data), save=False)
    run.save()
    return run


def error_workbook(run: SheetImport) -> bytes:
    """Return the sent workbook with the sentences beside the rows."""
    problems = sheets.Problems({int(row): [sentence] for row, sentence in run.problems})
    with run.file.open("rb") as file:
        return sheets.error_workbook(file.read(), problems, COLUMNS[ImportKind(run.kind)])


@transaction.atomic
def apply_import(*, actor: Any, run: SheetImport) -> SheetImport:
    """Take over a checked sheet, all rows or none. Rows are checked again: the world may have changed since the dry run."""
    run = lock(run)
    require(actor, CODENAME[ImportKind(run.kind)], run.org)
    if run.state == ImportState.APPLIED:
        return run  # a second click
    if SheetImport.objects.filter(org=run.org, kind=run.kind, sha256=run.sha256, state=ImportState.APPLIED).exists():
        raise DomainError("import_same_file", _("This very file was taken over before. Nothing was done twice."))
    with run.file.open("rb") as file:
        data = file.read()
    if run.kind == ImportKind.TREE:
        locks.take(TREE_LOCK)
    rows = sheets.read(data, COLUMNS[ImportKind(run.kind)], max_bytes=settings.MAX_UPLOAD_BYTES, max_rows=MAX_ROWS)
    problems, summary = _check(ImportKind(run.kind), run.org, rows)
    if problems:
        raise DomainError(
            "import_changed", _("Since the check something changed, and some rows no longer fit. Send the file again to see which.")
        )
    if run.kind == ImportKind.TREE:
        _apply_tree(actor, run.org, rows)
    else:
        _apply_roster(_workers(run.org, rows, sheets.Problems()))
    move(run, ImportState.APPLIED, table=IMPORT_MOVES)
    run.applied_at = timezone.now()
    run.summary = summary
    run.save(update_fields=["applied_at", "summary", "updated_at"])
    event = "office.tree_imported" if run.kind == ImportKind.TREE else "office.roster_imported"
    audit.record(event, actor=actor, target=run, after={"rows": run.rows, "sha256": run.sha256, **summary})
    return run


@transaction.atomic
def discard_import(*, actor: Any, run: SheetImport) -> SheetImport:
    """Throw a sheet away that was not taken over; its file goes too."""
    run = lock(run)
    require(actor, CODENAME[ImportKind(run.kind)], run.org)
    moved = move(run, ImportState.DISCARDED, table=IMPORT_MOVES)
    audit.record("office.import_discarded", actor=actor, target=run, before={"state": moved.old}, after={"state": moved.new})
    name, storage = str(run.file.name), run.file.storage
    transaction.on_commit(lambda: storage.delete(name))
    return run


def _check(kind: ImportKind, org: OrgUnit, rows: list[sheets.Row]) -> tuple[sheets.Problems, dict[str, int]]:
    problems = sheets.Problems()
    if kind == ImportKind.TREE:
        units = _units(org, rows, problems)
        return problems, {"units": len(units)}
    workers = _workers(org, rows, problems)
    known = set(IdentityDocument.objects.filter(number_hash__in=[w.id_hash for w in workers]).values_list("number_hash", flat=True))
    employers = {w.employer for w in workers}
    return problems, {
        "workers": len(workers),
        "new": sum(w.id_hash not in known for w in workers),
        "known": sum(w.id_hash in known for w in workers),
        "new_employers": len(employers - set(Employer.objects.filter(name__in=employers).values_list("name", flat=True))),
    }


def _units(org: OrgUnit, rows: list[sheets.Row], problems: sheets.Problems) -> list[Unit]:
    below = dict(subtree(org).values_list("code", "level"))
    taken = set(OrgUnit.objects.filter(code__in=[row["code"] for row in rows]).values_list("code", flat=True))
    units = []
    for row in rows:
        level = LEVEL_NAMES.get(row["level"].replace("、", "").replace("/", ""))
        if not row["code"] or not row["code"].isascii() or len(row["code"]) > 30:
            problems.add(row.number, _("The code is missing or longer than 30 letters and digits."))
        elif row["code"] in taken:
            problems.add(row.number, _("This code is in use already. Known unions are left out of the sheet."))
        if not row["name"] or len(row["name"]) > 200:
            problems.add(row.number, _("The name is missing or longer than 200 characters."))
        if level is None:
            problems.add(row.number, _("The level is one of 省, 市, 区县, 乡镇街道, 基层, 小组."))
        if row["uscc"]:
            try:
                check_uscc(row["uscc"])
            except ValidationError as error:
                problems.add(row.number, error.messages[0])
        units.append(Unit(row.number, row["code"], row["parent"], int(level if level is not None else OrgLevel.GROUP)))
    for number, fault in faults(units, below):
        if fault != "level_not_below" or number not in problems.by_row:
            problems.add(number, TREE_SENTENCES[fault])
    return units


def _apply_tree(actor: Any, org: OrgUnit, rows: list[sheets.Row]) -> None:
    by_number = {row.number: row for row in rows}
    made = {unit.code: unit for unit in subtree(org)}
    for unit in parents_first(_units(org, rows, sheets.Problems())):
        row = by_number[unit.row]
        made[unit.code] = create_unit(
            actor=actor, name=row["name"], short_name=row["short_name"], code=unit.code, level=unit.level,
            parent=made[unit.parent], uscc=row["uscc"], region_code=row["region_code"],
        )  # fmt: skip


def _workers(org: OrgUnit, rows: list[sheets.Row], problems: sheets.Problems) -> list[Worker]:
    today = timezone.localdate()
    unions = {unit.code: unit for unit in subtree(org)}
    first_seen: dict[str, int] = {}
    workers = []
    for row in rows:
        faults_before = len(problems.by_row.get(row.number, []))
        name = name_with_middle_dot(row["name"])
        _check_name(row.number, name, problems)
        kind = ID_KINDS.get(row["id_kind"])
        identity = None
        if kind is None:
            problems.add(row.number, _("The kind of identity document is one of 居民身份证, 港澳台居民居住证, 外国人永久居留身份证, 护照."))
        else:
            try:
                identity = read(kind, row["id_number"], today=today)
            except IdentityError as error:
                problems.add(row.number, identity_sentence(error))
        mobile = ""
        try:
            mobile = read_mobile(row["mobile"]) if row["mobile"] else ""
        except IdentityError as error:
            problems.add(row.number, identity_sentence(error))
        union = unions.get(row["union"])
        if union is None:
            problems.add(row.number, _("No union below yours has this code."))
        if not row["employer"] or len(row["employer"]) > 200:
            problems.add(row.number, _("The employer is missing or its name is longer than 200 characters."))
        joined = _day(row["joined"], today)
        if joined is None:
            problems.add(row.number, _("Write the day of joining as 2024-09-01; it can't lie in the future."))
        if identity and kind:
            hashed = crypto.look_up_hash(kind, identity.number)
            if hashed in first_seen:
                problems.add(row.number, _("The same identity number stands in row %(row)s.") % {"row": first_seen[hashed]})
            first_seen.setdefault(hashed, row.number)
            if len(problems.by_row.get(row.number, [])) == faults_before and union and joined:
                workers.append(
                    Worker(row.number, name, kind, identity, hashed, mobile, union, row["employer"], row["job_title"][:100], joined)
                )
    _check_known(workers, problems)
    return workers


def _check_name(number: int, name: str, problems: sheets.Problems) -> None:
    if not name or len(name) > 100:
        problems.add(number, _("The name is missing or longer than 100 characters."))
    if bad := unwritable(name):
        codes = ", ".join(f"U+{ord(ch):04X}" for ch in bad)
        problems.add(number, _("The name holds characters that can't be written (%(codes)s). Type them again.") % {"codes": codes})


def _day(text: str, today: date) -> date | None:
    if not text:
        return today
    try:
        day = date.fromisoformat(text.replace("/", "-").replace(".", "-"))
    except ValueError:
        return None
    return day if day <= today else None


def _check_known(workers: list[Worker], problems: sheets.Problems) -> None:
    names = dict(IdentityDocument.objects.filter(number_hash__in=[w.id_hash for w in workers]).values_list("number_hash", "person__name"))
    for worker in workers:
        if worker.id_hash in names and not same_name(names[worker.id_hash], worker.name):
            problems.add(
                worker.row,
                _(
                    "This identity number is recorded under another name. Compare the card; "
                    "a change of name is corrected in the person's record."
                ),
            )


def _apply_roster(workers: list[Worker]) -> None:
    documents = {
        d.number_hash: d for d in IdentityDocument.objects.filter(number_hash__in=[w.id_hash for w in workers]).select_related("person")
    }
    fresh = [w for w in workers if w.id_hash not in documents]
    persons = {w.id_hash: Person(name=w.name, birth=w.identity.birth, sex=w.identity.sex, mobile=w.mobile) for w in fresh}
    for person in persons.values():
        person.clean()
        person.set_search_key()
    Person.objects.bulk_create(persons.values(), batch_size=500)
    IdentityDocument.objects.bulk_create(
        [
            IdentityDocument(
                person=persons[w.id_hash], kind=w.id_kind, number_hash=w.id_hash, tail=w.identity.number[-4:],
                number_encrypted=crypto.encrypt(w.identity.number, bound_to=f"{persons[w.id_hash].public_id}:{w.id_kind}"),
            )
            for w in fresh
        ],
        batch_size=500,
    )  # fmt: skip
    persons |= {hashed: document.person for hashed, document in documents.items()}
    employers = _employers(workers)
    _belong(workers, persons, employers)


def _employers(workers: list[Worker]) -> dict[str, Employer]:
    wanted = {w.employer for w in workers}
    known: dict[str, Employer] = {e.name: e for e in Employer.objects.filter(name__in=wanted)}
    new = Employer.objects.bulk_create([Employer(name=name) for name in sorted(wanted - set(known))])
    known |= {e.name: e for e in new}
    pairs = {(known[w.employer].pk, w.union.pk) for w in workers}
    through = Employer.unions.through
    through.objects.bulk_create([through(employer_id=employer, orgunit_id=unit) for employer, unit in sorted(pairs)], ignore_conflicts=True)
    return known


def _belong(workers: list[Worker], persons: dict[str, Person], employers: dict[str, Employer]) -> None:
    open_memberships = {m.person_id: m for m in Membership.objects.filter(person__in=[p.pk for p in persons.values()], ends_on=None)}
    members, jobs, ended = [], [], []
    open_jobs = set(
        Employment.objects.filter(person__in=[p.pk for p in persons.values()], ends_on=None).values_list("person_id", "employer_id")
    )
    for worker in workers:
        person = persons[worker.id_hash]
        held = open_memberships.get(person.pk)
        if held is None or held.org_unit_id != worker.union.pk:
            if held:
                held.ends_on = max(held.starts_on, date.fromordinal(worker.joined.toordinal() - 1))
                ended.append(held)
            members.append(Membership(person=person, org_unit=worker.union, starts_on=worker.joined))
        if (person.pk, employers[worker.employer].pk) not in open_jobs:
            jobs.append(Employment(person=person, employer=employers[worker.employer], starts_on=worker.joined, job_title=worker.job_title))
    Membership.objects.bulk_update(ended, ["ends_on"], batch_size=500)
    Membership.objects.bulk_create(members, batch_size=500)
    Employment.objects.bulk_create(jobs, batch_size=500)


def template_workbook(kind: str) -> bytes:
    """Return an empty sheet with the headings we know, for people to fill."""
    columns = COLUMNS[ImportKind(kind)]
    return sheets.write([column.heading for column in columns], [], title=str(ImportKind(kind).label), widths=[18] * len(columns))
