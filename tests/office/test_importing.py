"""Spreadsheets of unions and workers: dry run, all or nothing, error workbook, hostile files."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

import access
from access.workflows import assign_role
from audit.models import Event
from core import sheets
from core.errors import DomainError, InvalidInput, NotFound
from office.enums import ImportState
from office.models import SheetImport
from office.workflows import importing
from org.enums import OrgLevel
from org.models import Employer, Membership, OrgUnit
from people import crypto
from people.models import IdentityDocument, Person
from tests.factories.ground import OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db
DEMO = Path(__file__).parents[2] / "site/home/demo"
GOOD = ["欧阳𠮷", "", "11010519491231002x", "138 0013 8000", "330901", "示例厂", "焊工", "2020-05-01"]
HEAD = ["姓名", "证件类型", "证件号码", "手机号", "工会编码", "用人单位", "岗位", "入会日期"]


@pytest.fixture
def city(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    return OrgUnitFactory(name="示例市总工会", code="330900", level=OrgLevel.CITY)


@pytest.fixture
def officer(city):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=city)
    return user


def sheet(*rows, head=HEAD):
    return sheets.write(head, rows)


def check(officer, city, data, kind="roster"):
    return importing.check_sheet(actor=officer, org=city, kind=kind, filename="名单.xlsx", data=data)


def test_demo_files_walk_tree_then_faulty_roster_then_mended(officer, city):
    tree = importing.apply_import(actor=officer, run=check(officer, city, (DEMO / "工会组织.xlsx").read_bytes(), "tree"))
    assert (tree.state, tree.rows) == (ImportState.APPLIED, 15)
    assert {u.depth for u in OrgUnit.objects.all()} == {1, 2, 3, 4, 5}

    faulty = check(officer, city, (DEMO / "花名册-三行待改.xlsx").read_bytes())
    assert (faulty.state, [row for row, _ in faulty.problems]) == (ImportState.REFUSED, [17, 142, 256])
    assert Person.objects.count() == 0
    with pytest.raises(DomainError):
        importing.apply_import(actor=officer, run=faulty)

    mended = importing.apply_import(actor=officer, run=check(officer, city, (DEMO / "花名册.xlsx").read_bytes()))
    assert mended.summary == {"workers": 300, "new": 300, "known": 0, "new_employers": 6}
    assert (Person.objects.count(), Membership.objects.count(), Employer.objects.count()) == (300, 300, 6)
    assert [e.kind for e in Event.objects.filter(target_type="office.SheetImport").order_by("pk")] == [
        "office.tree_imported",
        "office.roster_imported",
    ]


def test_error_workbook_is_the_sent_one_with_sentences_beside_the_rows(officer, city):
    OrgUnitFactory(code="330901", parent=city)
    run = check(officer, city, sheet(GOOD, [*GOOD[:2], "110105194912310021", *GOOD[3:]], ["=1+1", "", "", "", "", "", "", ""]))
    book = load_workbook(io.BytesIO(importing.error_workbook(run))).worksheets[0]
    assert [c.value for c in book["B"]][:3] == ["姓名", "欧阳𠮷", "欧阳𠮷"]
    assert book["A2"].value is None
    assert book["A3"].value
    assert (book["B4"].value, book["B4"].data_type) == ("=1+1", "s")


def test_name_survives_untouched_and_number_is_encrypted(officer, city):
    OrgUnitFactory(code="330901", parent=city)
    importing.apply_import(actor=officer, run=check(officer, city, sheet(GOOD)))
    person = Person.objects.get()
    document = IdentityDocument.objects.get()
    assert (person.name, person.mobile, str(person.birth)) == ("欧阳𠮷", "13800138000", "1949-12-31")
    assert b"11010519491231002X" not in bytes(document.number_encrypted)
    assert crypto.decrypt(document.number_encrypted, bound_to=f"{person.public_id}:resident") == "11010519491231002X"
    assert document.tail == "002X"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (0, ""), (0, "张" * 101), (0, "张\ue863"), (1, "驾驶证"), (2, ""), (2, "110105491231002"), (2, "11010519490230002X"),
        (2, "110105194912310021"), (2, "11010529491231002X"), (3, "12800138000"), (4, "999"), (5, ""), (7, "2099-01-01"), (7, "去年"),
    ],
)  # fmt: skip
def test_faulty_cell_gives_a_sentence_and_changes_nothing(officer, city, column, value):
    OrgUnitFactory(code="330901", parent=city)
    row = list(GOOD)
    row[column] = value
    run = check(officer, city, sheet(row))
    assert (run.state, len(run.problems)) == (ImportState.REFUSED, 1)
    assert Person.objects.count() == 0
    if value and column == 2:
        assert value not in str(run.problems)


def test_same_number_twice_in_a_sheet_names_the_first_row(officer, city):
    OrgUnitFactory(code="330901", parent=city)
    run = check(officer, city, sheet(GOOD, GOOD))
    assert [row for row, _ in run.problems] == [3]
    assert "2" in run.problems[0][1]


def test_known_person_is_transferred_not_doubled_and_another_name_is_refused(officer, city):
    for code in ("330901", "330902"):
        OrgUnitFactory(code=code, parent=OrgUnit.objects.get(pk=city.pk))
    importing.apply_import(actor=officer, run=check(officer, city, sheet(GOOD)))
    moved = [*GOOD[:4], "330902", *GOOD[5:7], "2024-01-01"]
    importing.apply_import(actor=officer, run=check(officer, city, sheet(moved)))
    assert Person.objects.count() == 1
    assert [(m.org_unit.code, str(m.ends_on)) for m in Membership.objects.order_by("pk")] == [("330901", "2023-12-31"), ("330902", "None")]
    other = check(officer, city, sheet(["别人", *moved[1:]]))
    assert other.state == ImportState.REFUSED


def test_same_file_is_never_taken_over_twice(officer, city):
    OrgUnitFactory(code="330901", parent=city)
    first, second = check(officer, city, sheet(GOOD)), check(officer, city, sheet(GOOD))
    importing.apply_import(actor=officer, run=first)
    assert importing.apply_import(actor=officer, run=first).state == ImportState.APPLIED
    with pytest.raises(DomainError):
        importing.apply_import(actor=officer, run=SheetImport.objects.get(pk=second.pk))
    assert Person.objects.count() == 1


def test_world_that_changed_since_the_check_stops_the_whole_sheet(officer, city):
    unit = OrgUnitFactory(code="330901", parent=city)
    run = check(officer, city, sheet(GOOD))
    OrgUnit.objects.filter(pk=unit.pk).update(code="330999")
    with pytest.raises(DomainError) as refused:
        importing.apply_import(actor=officer, run=run)
    assert refused.value.code == "import_changed"
    assert Person.objects.count() == 0


def test_other_union_is_out_of_reach(officer, city):
    elsewhere = OrgUnitFactory(code="340000")
    with pytest.raises(NotFound):
        check(officer, elsewhere, sheet(GOOD))
    run = check(officer, city, sheet([*GOOD[:4], "340000", *GOOD[5:]]))
    assert run.state == ImportState.REFUSED


def test_discarded_sheet_can_not_be_taken_over(officer, city):
    OrgUnitFactory(code="330901", parent=city)
    run = importing.discard_import(actor=officer, run=check(officer, city, sheet(GOOD)))
    with pytest.raises(DomainError):
        importing.apply_import(actor=officer, run=run)


def tree_sheet(*rows):
    return sheet(*rows, head=["编码", "名称", "层级", "上级编码"])


@pytest.mark.parametrize(
    ("rows", "bad"),
    [
        ([("A", "甲", "区县", "B"), ("B", "乙", "街道", "A")], [2, 3]),
        ([("A", "甲", "区县", "A")], [2]),
        ([("A", "甲", "区县", "330900"), ("A", "乙", "区县", "330900")], [3]),
        ([("A", "甲", "区县", "不存在")], [2]),
        ([("A", "甲", "街道", "330900"), ("B", "乙", "区县", "A")], [3]),
        ([("A", "甲", "科室", "330900")], [2]),
        ([("330900", "甲", "区县", "330900")], [2]),
        ([("", "甲", "区县", "330900")], [2]),
    ],
    ids=["cycle", "own-parent", "twice", "unknown-parent", "level-above", "level-word", "in-use", "no-code"],
)
def test_tree_that_can_not_stand_is_refused_row_by_row(officer, city, rows, bad):
    run = check(officer, city, tree_sheet(*rows), "tree")
    assert (run.state, [row for row, _ in run.problems]) == (ImportState.REFUSED, bad)


def test_tree_rows_may_come_in_any_order(officer, city):
    importing.apply_import(
        actor=officer, run=check(officer, city, tree_sheet(("B", "乙", "街道", "A"), ("A", "甲", "区县", "330900")), "tree")
    )
    assert [u.code for u in OrgUnit.objects.order_by("path")] == ["330900", "A", "B"]


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (201 * 1024 * 1024))
    return out.getvalue()


def merged_header():
    book = Workbook()
    book.active.append(["姓名与证件", None, "手机号"])
    book.active.merge_cells("A1:B1")
    book.active.append(["张三", "1", "2"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (lambda: b"", "sheet_not_xlsx"),
        (lambda: b"name,id\n1,2", "sheet_not_xlsx"),
        (lambda: b"PK\x03\x04 broken", "sheet_not_xlsx"),
        (bomb, "sheet_bomb"),
        (lambda: b"x" * (21 * 1024 * 1024), "sheet_too_large"),
        (merged_header, "column_missing"),
        (lambda: sheet(head=HEAD), "sheet_empty"),
        (lambda: sheet(GOOD, head=["姓名", *HEAD[:1], *HEAD[2:]]), "column_twice"),
        (lambda: sheet(*([GOOD] * 5001)), "sheet_too_long"),
    ],
    ids=["empty", "csv", "broken", "bomb", "too-large", "merged", "no-rows", "column-twice", "too-long"],
)
def test_file_that_is_no_roster_is_refused_with_a_sentence(officer, city, data, code):
    with pytest.raises(InvalidInput) as refused:
        check(officer, city, data())
    assert refused.value.code == code
    assert SheetImport.objects.count() == 0
