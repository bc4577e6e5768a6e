"""Sheets sent by strangers: read with suspicion, answered with a sentence; sheets we write hold no
formulas.
"""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from certification import workbooks
from certification.enums import RowFault
from certification.errors import UnreadableSheet
from certification.queries.verification import Asked
from certification.rules.sheet import UnaskedRow
from core.spreadsheets import limits


def xlsx(*rows, title="Sheet", before=None):
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if before:
        before(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


ROW = ("330106-PX-2026-001837-Y", "欧阳示例")
READ = [(2, Asked(*ROW))]


@pytest.mark.parametrize(
    "heading",
    [
        ("证书编号", "姓名"),
        ("编号", "持证人"),
        (" 证书 编号 ", "姓名："),
        ("Certificate number", "Name"),
        ("Certificate No.", "HOLDER"),
        ("证书号码", "持证人姓名"),
    ],
)
def test_columns_are_found_by_their_headings(heading):
    assert workbooks.read_sheet_rows(xlsx(heading, ROW)) == READ
    assert (
        workbooks.read_sheet_rows(
            xlsx((None, heading[1], "备注", heading[0]), (7, ROW[1], "x", ROW[0]))
        )
        == READ
    )


def test_headings_may_stand_below_a_title_and_empty_rows_are_skipped():
    data = xlsx(
        ("应聘人员名单",),
        (),
        ("序号", "证书编号", "姓名"),
        (1, *ROW),
        (),
        (2, "x", None),
        (3, None, "王"),
    )
    assert workbooks.read_sheet_rows(data) == [
        (4, Asked(*ROW)),
        (6, Asked("x", "")),
        (7, Asked("", "王")),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_the_encodings_of_excel(encoding, delimiter):
    text = f"证书编号{delimiter}姓名\r\n{ROW[0]}{delimiter}欧阳𠮷示例\r\n"
    assert workbooks.read_sheet_rows(text.encode(encoding)) == [(2, Asked(ROW[0], "欧阳𠮷示例"))]


def test_formula_is_never_run_and_without_a_kept_value_its_row_is_told_and_the_others_are_read():
    sent = workbooks.read_sheet(
        xlsx(("编号", "姓名"), ('=HYPERLINK("http://x","y")', "王"), ROW, ("=1+1", "李")),
        name="名单.xlsx",
    )
    assert sent.rows == [(2, Asked("", "王")), (3, Asked(*ROW)), (4, Asked("", "李"))]
    assert sent.unasked == {
        2: UnaskedRow(RowFault.NO_VALUE, "A2"),
        4: UnaskedRow(RowFault.NO_VALUE, "A4"),
    }
    csv = "编号,姓名\n=1+1,王\n".encode()
    assert workbooks.read_sheet_rows(csv) == [(2, Asked("=1+1", "王"))]


def test_rows_that_cannot_be_asked_name_the_cell_and_what_stands_there():
    def spoil(book):
        for place, shows in (("C3", "#N/A"), ("A6", "#REF!")):
            book.active[place].value, book.active[place].data_type = shows, "e"

    rows = [
        ("编号", "备注", "姓名"),
        (ROW[0], None, ROW[1]),
        (ROW[0], None, "王"),
        (None, None, "王"),
        (ROW[0], "x", "·"),
        (ROW[0], "x", "王"),
    ]
    sent = workbooks.read_sheet(
        xlsx(*rows, (" - ", "x", " "), (None, "只有备注", None), before=spoil)
    )
    assert [row for row, _asked in sent.rows] == [2, 3, 4, 5, 6, 7]
    assert sent.unasked == {
        3: UnaskedRow(RowFault.ERROR_VALUE, "C3", "#N/A"),
        4: UnaskedRow(RowFault.NO_NUMBER, "A4"),
        5: UnaskedRow(RowFault.NO_NAME, "C5"),
        6: UnaskedRow(RowFault.ERROR_VALUE, "A6", "#REF!"),
        7: UnaskedRow(RowFault.NEITHER, "A7", "-"),
    }


def test_what_begins_like_a_formula_is_written_as_text():
    data = workbooks.write_sheet_workbook(
        "结果", ["编号", "姓名"], [["=1+1", "@SUM(A1)"], ["+1", 5]], widths=[10, 10]
    )
    sheet = load_workbook(io.BytesIO(data)).active
    assert [
        [(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(min_row=2)
    ] == [
        [("=1+1", "s"), ("@SUM(A1)", "s")],
        [("+1", "s"), (5, "n")],
    ]


def test_our_own_template_can_be_filled_in():
    book = load_workbook(io.BytesIO(workbooks.make_sheet_template()))
    book.active.append(ROW)
    target = io.BytesIO()
    book.save(target)
    assert workbooks.read_sheet_rows(target.getvalue()) == READ


def code(data):
    with pytest.raises(UnreadableSheet) as caught:
        workbooks.read_sheet_rows(data)
    assert str(caught.value.message)
    assert "file" in caught.value.fields
    return caught.value.code


def test_limits_of_rows():
    rows = [(f"n{i}", "王") for i in range(workbooks.MAX_ROWS)]
    assert len(workbooks.read_sheet_rows(xlsx(("编号", "姓名"), *rows))) == workbooks.MAX_ROWS
    assert code(xlsx(("编号", "姓名"), *rows, ROW)) == "sheet_too_long"
    assert code(("编号,姓名\n" + "n,王\n" * (workbooks.MAX_ROWS + 1)).encode()) == "sheet_too_long"


def test_limits_of_size():
    assert code(b"x" * (workbooks.MAX_BYTES + 1)) == "sheet_too_large"


def bomb(size, name="xl/worksheets/sheet1.xml"):
    """A workbook with one part that is nothing but blanks."""
    source, target = io.BytesIO(xlsx(("编号", "姓名"), ROW)), io.BytesIO()
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for part in old.namelist():
            if part != name:
                archive.writestr(part, old.read(part))
        archive.writestr(name, b"<?xml version='1.0'?>" + b" " * size)
    return target.getvalue()


def test_zip_bomb_is_refused_before_it_is_read():
    data = bomb(limits.MAX_UNPACKED_BYTES + 1)
    assert len(data) < 300_000
    assert code(data) == "sheet_bomb"


def test_sheet_of_a_million_rows_is_refused_with_a_sentence():
    """Both ways: one that says how large it is, and one small enough to be begun; neither is read
    to its end.
    """
    head = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    line = (
        b'<row><c t="inlineStr"><is><t>%s</t></is></c><c t="inlineStr"><is><t>%s</t></is></c></row>'
    )
    first = line % ("编号".encode(), "姓名".encode())

    def book(rows, filler):
        source = xlsx(("编号", "姓名"))
        target = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(source)) as old,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for name in old.namelist():
                content = old.read(name)
                if name == "xl/worksheets/sheet1.xml":
                    content = head + first + filler * rows + b"</sheetData></worksheet>"
                new.writestr(name, content)
        return target.getvalue()

    assert code(book(1_048_575, line % (b"n", b"w"))) == "sheet_too_long"
    assert code(book(1_000_000, b"<row><c><v>1</v></c></row>")) == "sheet_too_long"


def test_zip_bomb_that_lies_about_its_size_is_refused_too():
    data = bytearray(bomb(limits.MAX_UNPACKED_BYTES + 1))
    honest = (limits.MAX_UNPACKED_BYTES + 22).to_bytes(4, "little")
    assert data.count(honest) == 2
    assert code(bytes(data.replace(honest, (1000).to_bytes(4, "little")))) in {
        "sheet_bomb",
        "sheet_not_xlsx",
    }


def test_too_many_parts_are_refused():
    target = io.BytesIO(xlsx(("编号", "姓名"), ROW))
    with zipfile.ZipFile(target, "a") as archive:
        for i in range(limits.MAX_PARTS):
            archive.writestr(f"{i}.xml", b"")
    assert code(target.getvalue()) == "sheet_bomb"


def test_cell_in_the_last_corner_is_named():
    data = xlsx(
        ("编号", "姓名"),
        ROW,
        before=lambda book: book.active.cell(row=1_048_576, column=16_384, value="x"),
    )
    with pytest.raises(UnreadableSheet) as refused:
        workbooks.read_sheet_rows(data)
    assert refused.value.code == "sheet_far_cell"
    assert "XFD1048576" in str(refused.value)


def test_hidden_sheets_are_passed_over():
    def hide(book):
        book.create_sheet("看得见").append(("编号", "姓名"))
        book["看得见"].append(ROW)
        book.worksheets[0].sheet_state = "hidden"

    assert workbooks.read_sheet_rows(xlsx(("编号", "姓名"), ("hidden", "x"), before=hide)) == READ


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"", "sheet_not_xlsx"),
        (b"  \n", "sheet_not_xlsx"),
        (b"%PDF-1.7\x00\x01", "sheet_not_xlsx"),
        (b"PK\x03\x04torn", "sheet_not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "sheet_old_excel"),
        ("姓名,电话\n王,1\n".encode(), "no_headings"),
        ("编号,姓名\n".encode(), "no_rows"),
        ("编号,姓名\n,\n".encode(), "no_rows"),
        (b"\xff\xff\xff\xff", "sheet_not_xlsx"),
        (("x\n" * 50).encode(), "no_headings"),
    ],
)
def test_what_is_no_sheet_is_answered_with_a_sentence(data, wanted):
    assert code(data) == wanted


def test_zip_that_is_no_workbook_and_torn_workbook():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert code(target.getvalue()) == "sheet_not_xlsx"
    whole = xlsx(("编号", "姓名"), ROW)
    for cut in (100, len(whole) // 2, len(whole) - 10):
        assert code(whole[:cut]) == "sheet_not_xlsx"


def test_entities_in_xml_are_not_expanded_without_end():
    lol = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(12))
    row = '<row><c t="inlineStr"><is><t>&l11;</t></is></c></row>'
    sheet = f'<?xml version="1.0"?><!DOCTYPE x [{lol}]><worksheet><sheetData>{row}</sheetData></worksheet>'
    source, target = io.BytesIO(xlsx(("编号", "姓名"), ROW)), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, sheet if name.endswith("sheet1.xml") else old.read(name))
    assert code(target.getvalue()) == "sheet_unreadable"


def test_csv_of_ours_quotes_what_begins_like_a_formula():
    data = workbooks.write_csv(
        ["a", "b"], [["=1+1", "@x"], ["-1", "+1"], ["plain", 5], ["\tx", None]]
    )
    assert data.decode("utf-8-sig") == "a,b\r\n'=1+1,'@x\r\n'-1,'+1\r\nplain,5\r\n'\tx,\r\n"
