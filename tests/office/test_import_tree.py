"""Trees as spreadsheets, and files that are no list at all: each refused with a sentence before a
row is read.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from core import sheets
from core.errors import DomainError, InvalidInput
from office.enums import ImportState
from office.models import SheetImport
from office.workflows import importing
from org.models import OrgUnit
from tests.office.importing import GOOD, HEAD, send, sheet, take

pytestmark = pytest.mark.django_db
DEMO = Path(__file__).parents[2] / "site/home/demo"


def check_tree(officer, city, data):
    return importing.check_tree(
        actor=officer, org=city, filename="组织.xlsx", file=io.BytesIO(data)
    )


def test_demo_tree_goes_in_and_demo_rosters_after_it(officer, city):
    from tests.office.importing import check, faults

    tree = importing.apply_import(
        actor=officer, run=check_tree(officer, city, (DEMO / "工会组织.xlsx").read_bytes())
    )
    assert (tree.state, tree.rows) == (ImportState.APPLIED, 15)
    assert {u.depth for u in OrgUnit.objects.all()} == {1, 2, 3, 4, 5}
    faulty = check(officer, city, (DEMO / "花名册-三行待改.xlsx").read_bytes())
    assert (faulty.state, [row for row, *_ in faults(faulty)]) == (
        ImportState.READY,
        [17, 142, 256],
    )
    assert take(officer, faulty).summary["new"] == 297
    whole = check(officer, city, (DEMO / "花名册.xlsx").read_bytes())
    assert (whole.summary["new"], whole.summary["same"], whole.summary["faulty"]) == (3, 297, 0)


def test_tree_with_a_fault_is_taken_over_not_at_all(officer, city):
    run = check_tree(
        officer, city, tree_sheet(("A", "甲", "区县", "330900"), ("B", "乙", "区县", "不存在"))
    )
    book = load_workbook(io.BytesIO(importing.error_workbook(run))).worksheets[0]
    assert [[c.value for c in row][1:4] for row in book.iter_rows(min_row=2)] == [[3, "B", "乙"]]
    with pytest.raises(DomainError):
        importing.apply_import(actor=officer, run=run)
    assert OrgUnit.objects.count() == 1


def test_tree_whose_world_changed_is_refused_and_done_once(officer, city):
    run = check_tree(officer, city, tree_sheet(("A", "甲", "区县", "330900")))
    other = check_tree(officer, city, tree_sheet(("A", "甲", "区县", "330900")))
    importing.apply_import(actor=officer, run=run)
    assert importing.apply_import(actor=officer, run=run).state == ImportState.APPLIED
    with pytest.raises(DomainError) as refused:
        importing.apply_import(actor=officer, run=other)
    assert refused.value.code == "import_changed"


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
    ids=[
        "cycle",
        "own-parent",
        "twice",
        "unknown-parent",
        "level-above",
        "level-word",
        "in-use",
        "no-code",
    ],
)
def test_tree_that_can_not_stand_is_refused_row_by_row(officer, city, rows, bad):
    run = check_tree(officer, city, tree_sheet(*rows))
    assert (run.state, [row for row, _ in run.problems]) == (ImportState.REFUSED, bad)


def test_tree_rows_may_come_in_any_order(officer, city):
    importing.apply_import(
        actor=officer,
        run=check_tree(
            officer, city, tree_sheet(("B", "乙", "街道", "A"), ("A", "甲", "区县", "330900"))
        ),
    )
    assert [u.code for u in OrgUnit.objects.order_by("path")] == ["330900", "A", "B"]


def archive(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(
                {"book": "xl/workbook.xml", "sheet": "xl/worksheets/sheet1.xml"}[name], content
            )
    return out.getvalue()


def with_cell(place):
    book = Workbook()
    book.active.append(HEAD)
    book.active.append(GOOD)
    book.active[place] = "x"
    return saved(book)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def lying():
    """An archive that says of a part that it is small, and it isn't."""
    data = bytearray(sheet(GOOD))
    place = data.index(b"PK\x01\x02")
    while b"sheet1.xml" not in data[place : place + 100]:
        place = data.index(b"PK\x01\x02", place + 4)
    data[place + 24 : place + 28] = (10).to_bytes(4, "little")
    return bytes(data)


def merged_header():
    book = Workbook()
    book.active.append(["姓名与证件", None, "手机号"])
    book.active.merge_cells("A1:B1")
    book.active.append(["张三", "1", "2"])
    return saved(book)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (lambda: b"", "sheet_not_xlsx"),
        (lambda: b"<html><table><tr><td>name</td></tr></table></html>", "sheet_is_web_page"),
        (lambda: b"PK\x03\x04 broken", "sheet_not_xlsx"),
        (lying, "sheet_not_xlsx"),
        (lambda: archive(book="<workbook/>", sheet=b"0" * (201 * 1024 * 1024)), "sheet_bomb"),
        (lambda: b"x" * (21 * 1024 * 1024), "sheet_too_large"),
        (lambda: with_cell("XFD1048576"), "sheet_far_cell"),
        (lambda: with_cell("ZZ2"), "sheet_far_cell"),
        (lambda: with_cell("A90000"), "sheet_too_long"),
        (merged_header, "header_merged"),
        (lambda: sheet(head=HEAD), "sheet_empty"),
        (lambda: sheet(head=["只有一列"]), "header_missing"),
        (lambda: sheet(*([GOOD] * 50_001)), "sheet_too_long"),
    ],
    ids=[
        "empty",
        "web-page",
        "broken",
        "lying",
        "bomb",
        "too-large",
        "far",
        "wide",
        "deep",
        "merged",
        "no-rows",
        "no-header",
        "too-long",
    ],
)
def test_file_that_is_no_roster_is_refused_with_a_sentence(officer, city, data, code):
    with pytest.raises(InvalidInput) as refused:
        send(officer, city, data())
    assert refused.value.code == code
    assert str(refused.value)
    assert SheetImport.objects.count() == 0


def test_rows_coloured_to_the_end_of_the_sheet_are_no_harm(officer, city, unit):
    from openpyxl.styles import PatternFill

    book = Workbook()
    book.active.append(HEAD)
    book.active.append(GOOD)
    book.active["A1048576"].fill = PatternFill("solid", fgColor="FBEEEB")
    assert send(officer, city, saved(book)).rows == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (
            lambda: sheet(
                ("A", "甲", "甲", "区县", "330900"),
                head=["编码", "名称", "名称", "层级", "上级编码"],
            ),
            "column_twice",
        ),
        (lambda: sheet(("A", "甲"), head=["编码", "名称"]), "column_missing"),
        (
            lambda: sheet(
                *([("A", "甲", "区县", "330900")] * 5001), head=["编码", "名称", "层级", "上级编码"]
            ),
            "sheet_too_long",
        ),
    ],
    ids=["twice", "missing", "too-long"],
)
def test_file_that_is_no_tree_is_refused_with_a_sentence(officer, city, data, code):
    with pytest.raises(InvalidInput) as refused:
        check_tree(officer, city, data())
    assert refused.value.code == code


def test_formula_leaves_as_text_and_is_never_written(officer, city):
    book = load_workbook(
        io.BytesIO(sheets.write_workbook(["甲"], [["=1+1"], ["@cmd"]]))
    ).worksheets[0]
    assert [(c.value, c.data_type) for c in book["A"]] == [
        ("甲", "s"),
        ("=1+1", "s"),
        ("@cmd", "s"),
    ]
