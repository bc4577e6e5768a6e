"""The reader of spreadsheets: what programs really write, what people do to their sheets, and what
is sent to hurt.
"""

import io
import tracemalloc
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from django.utils.translation import override
from openpyxl import Workbook, load_workbook

from core import sheets
from core.spreadsheets import limits
from core.spreadsheets.days import read_day
from core.spreadsheets.describing import describe_notes, notes_of
from core.spreadsheets.grid import Header, describe_rows
from core.spreadsheets.reading import read_spreadsheet, read_worksheets
from core.spreadsheets.refusals import UnreadableSpreadsheet
from core.spreadsheets.values import ErrorValue, decode_escapes, has_lost_digits, text_of

FILES = Path(__file__).parent / "spreadsheets"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def read(data, name="名册.xlsx", max_rows=1000):
    return read_spreadsheet(
        io.BytesIO(data), max_bytes=20 * 1024 * 1024, max_rows=max_rows, name=name
    )


def refusal(data, name="名册.xlsx"):
    with pytest.raises(UnreadableSpreadsheet) as refused:
        read(data, name)
    return refused.value


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_sheet(rows, *, before="", after="", texts="", book=None):
    """A workbook whose worksheet is written by hand: *rows* is what stands in <sheetData>."""
    source, target = io.BytesIO(saved(book or Workbook())), io.BytesIO()
    sheet = f'<?xml version="1.0" encoding="UTF-8"?><worksheet {MAIN}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = sheet.encode()
            elif name == "xl/sharedStrings.xml":
                continue
            elif name == "xl/_rels/workbook.xml.rels" and texts:
                kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
                link = f'<Relationship Id="texts" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
                content = content.replace(b"</Relationships>", link.encode())
            new.writestr(name, content)
        new.writestr("xl/sharedStrings.xml", f"<sst {MAIN}>{texts}</sst>")
    return target.getvalue()


def text(place, words):
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


@pytest.mark.parametrize(
    ("name", "joined"),
    [
        ("date-1904", date(2024, 9, 1)),
        ("phonetic-guide", "2024-09-01"),
        ("hidden-first-sheet", "2024-09-01"),
        ("strict-open-xml", date(2024, 9, 1)),
        ("prefixed-namespace", "2024-09-01"),
        ("prefixed-relationships", "2024-09-01"),
        ("prefixes-everywhere", "2024-09-01"),
        ("gb18030-table-named", "2024-09-01"),
    ],
)
def test_what_other_programs_write_is_read(name, joined):
    grid = read((FILES / f"{name}.xlsx").read_bytes())
    first = grid.cells[1]
    assert grid.cells[0][:3] == ["姓名", "证件类型", "证件号码"]
    assert (len(first[0]), first[0][:2], first[7]) == (3, "测试", joined)


def test_hidden_worksheet_is_not_read_and_named():
    grid = read((FILES / "hidden-first-sheet.xlsx").read_bytes())
    assert [(note.code, note.params) for note in grid.notes] == [
        ("hidden_worksheets", {"sheets": ["字典"]})
    ]


def test_days_with_a_time_are_days_with_a_note():
    grid = read((FILES / "date-cells.xlsx").read_bytes())
    assert [text_of(row[7]) for row in grid.cells[1:4]] == [
        "2024-09-01 08:00:00",
        "2024-09-01 00:00:00",
        "45536",
    ]
    assert [read_day(text_of(grid.cells[at][7])) for at in (1, 2)] == [
        read_day("2024-09-01 08:00"),
        read_day("2024-09-01"),
    ]
    assert (read_day("2024-09-01 08:00").has_time, read_day("2024-09-01 00:00:00").has_time) == (
        True,
        False,
    )


@pytest.mark.parametrize(
    "written",
    [
        "2024-09-01", "2024/9/1", "2024.9.1", "2024年9月1日", "20240901", "２０２４．９．１", "2024。9。1", "2024、9、1", "2024 9 1",
        "2024–09–01",
        "2024年9月1号", "2024年09月01日 星期日", "2024-09-01T00:00:00", "2024/9/1 上午 8:30", "1 Sep 2024", "01-Sep-2024", "Sep 1, 2024",
        "二〇二四年九月一日", "二零二四年九月一日", "2024-9-1 8:30:05", "1 September 2024",
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them(written):
    assert read_day(written).day == date(2024, 9, 1)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("二〇一九年十二月三十一日", date(2019, 12, 31)),
        ("一九九九年十月二十日", date(1999, 10, 20)),
    ],
)
def test_days_in_chinese_figures(written, day):
    assert read_day(written).day == day


@pytest.mark.parametrize(
    ("written", "why"),
    [("9/1/2024", "form"), ("2024年9月", "form"), ("24-9-1", "form"), ("45536", "number"), ("2023-02-29", "none"), ("2024-13-01", "none"),
     ("十", "form"), ("二〇二四年十十月一日", "none"), ("1 Foo 2024", "form"), ("", "form"), ("二〇二四年元月一日x", "form")],
)  # fmt: skip
def test_what_is_no_day_is_told_apart(written, why):
    with pytest.raises(ValueError, match=why):
        read_day(written)


def test_errors_formulas_and_lost_digits_are_told_by_cell():
    grid = read(
        with_sheet(
            f'<row r="1">{text("A1", "编号")}{text("B1", "姓名")}</row>'
            '<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2" t="str"><f>A1</f><v>甲</v></c></row>'
            '<row r="3"><c r="A3"><f>B3</f><v/></c><c r="B3"><f>1+1</f></c></row>'
            '<row r="4"><c r="A4"><v>3.30106199001011E+17</v></c><c r="B4"><v>330106199001011234</v></c></row>'
        )
    )
    odd = {
        (row, column): grid.oddness((row, column), grid.cells[row][column], frozenset())
        for row in (1, 2, 3)
        for column in (0, 1)
    }
    assert odd == {
        (1, 0): "error",
        (1, 1): "computed",
        (2, 0): "formula",
        (2, 1): "formula",
        (3, 0): "number",
        (3, 1): "number",
    }
    assert grid.cells[1] == [ErrorValue("#N/A"), "甲"]
    with pytest.raises(UnreadableSpreadsheet) as refused:
        sheets.refuse_bad_cells(grid, Header(0, 0, ("编号", "姓名")), [0, 1])
    assert all(place in str(refused.value) for place in ("A2", "A3", "B3"))


def test_whole_list_with_an_error_is_refused_with_its_cells():
    data = with_sheet(
        f'<row r="1">{text("A1", "姓名")}</row><row r="2"><c r="A2" t="e"><v>#REF!</v></c></row>'
    )
    with pytest.raises(UnreadableSpreadsheet) as refused:
        sheets.read_rows(
            data, (sheets.Column("name", "姓名"),), max_bytes=10**6, max_rows=10, name="树.xlsx"
        )
    assert (refused.value.code, "A2" in str(refused.value)) == ("sheet_bad_cells", True)


@pytest.mark.parametrize(
    ("kept", "meant"),
    [
        ("张_x000D_三", "张\r三"), ("_x005F_x000D_", "_x000D_"), ("_x6C49_", "汉"), ("_xD842__xDFB7_", "𠮷"),
        ("a_x0000_b", "ab"), ("_x12_", "_x12_"),
    ],
)  # fmt: skip
def test_escaped_characters_are_decoded_once(kept, meant):
    assert decode_escapes(kept) == meant
    assert read(with_sheet(f'<row r="1">{text("A1", kept)}</row>')).cells == [[meant]]


def test_runs_are_joined_and_phonetic_guides_left_out():
    shared = (
        "<si><r><t>欧</t></r><r><rPr><b/></rPr><t xml:space='preserve'>阳 </t></r><r><t>甲</t></r>"
        "<rPh sb='0' eb='1'><t>ouyang</t></rPh></si>"
    )
    inline = "<is><r><t>张</t></r><rPh><t>zhang</t></rPh><r><t>三</t></r></is>"
    cells = f'<c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr">{inline}</c>'
    assert read(with_sheet(f'<row r="1">{cells}</row>', texts=shared)).cells == [
        ["欧阳 甲", "张三"]
    ]


def test_numbers_look_as_the_sheet_shows_them():
    book = Workbook()
    for at, (value, form) in enumerate(
        [
            (1234, "000000"),
            (0.85, "0%"),
            (0.1 + 0.2, "General"),
            (12, "General"),
            (True, "General"),
            (45536, 'yyyy"年"m"月"d"日"'),
            (1.5, "[h]:mm"),
        ],
        start=1,
    ):
        cell = book.active.cell(1, at, value)
        cell.number_format = form
    assert [text_of(cell) for cell in read(saved(book)).cells[0]] == [
        "001234",
        "0.85",
        "0.3",
        "12",
        "TRUE",
        "2024-09-01",
        "36:00:00",
    ]


def test_chinese_built_in_date_format_is_a_date():
    """WPS writes format 31 without a code: what it means in Chinese stands in the standard only."""
    source, target = (
        io.BytesIO(with_sheet('<row r="1"><c r="A1" s="0"><v>45536</v></c></row>')),
        io.BytesIO(),
    )
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/styles.xml":
                content = f'<styleSheet {MAIN}><cellXfs count="1"><xf numFmtId="31"/></cellXfs></styleSheet>'.encode()
            new.writestr(name, content)
    assert read(target.getvalue()).cells == [[date(2024, 9, 1)]]


def test_hidden_and_filtered_rows_and_columns_are_read_and_told():
    book = Workbook()
    for row in range(1, 9):
        book.active.append([f"r{row}", "x"])
    for row in (3, 4, 7):
        book.active.row_dimensions[row].hidden = True
    book.active.column_dimensions["B"].hidden = True
    grid = read(saved(book))
    assert len(grid.cells) == 8
    with override("en"):
        told = describe_notes(note.as_json() for note in grid.notes)
    assert any("3 hidden or filtered rows were read too: 3–4, 7" in sentence for sentence in told)
    assert any("Hidden columns were read too: B" in sentence for sentence in told)


def test_first_visible_worksheet_with_data_is_read_and_the_others_are_named():
    book = Workbook()
    book.active.title = "封面"
    book.create_sheet("名单").append(["姓名"])
    book.create_sheet("去年").append(["姓名"])
    grid = read(saved(book))
    assert (grid.sheet, [note.params for note in grid.notes]) == (
        "名单",
        [{"sheet": "名单", "others": ["去年"]}],
    )


def test_workbook_with_nothing_to_see_says_how_to_show_it():
    book = Workbook()
    book.create_sheet("看不见").append(["姓名"])
    book.active.sheet_state = "veryHidden"
    book.worksheets[1].sheet_state = "hidden"
    data = saved(Workbook())
    source, target = io.BytesIO(data), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'state="visible"', b'state="hidden"'))
    assert refusal(target.getvalue()).code == "sheets_hidden"


def test_header_below_notes_and_remarks_inside_the_list():
    rows = [
        ["示例市花名册"],
        ["填报单位：示例厂"],
        [],
        ["姓名", "编号"],
        ["张三", "1"],
        ["注：以下为新入会"],
        ["姓名", "编号"],
        ["李四", "2"],
        ["合计：2 人"],
    ]
    book = Workbook()
    for row in rows:
        book.active.append(row)
    grid = read(saved(book))
    header = sheets.find_header(grid, (sheets.Column("name", "姓名"), sheets.Column("no", "编号")))
    assert (header.last, [number for number, _cells in grid.body(header)]) == (3, [5, 8])
    with override("en"):
        assert any("6–7, 9" in sentence for sentence in describe_notes(notes_of(grid, header)))


def test_picture_in_the_first_row_and_pictures_in_cells_are_no_data():
    grid = read(
        with_sheet(
            f'<row r="1" ht="120"><c r="A1" s="0"/></row><row r="14">{text("A14", "姓名")}{text("B14", "照片")}</row>'
            f'<row r="15">{text("A15", "张三")}<c r="B15" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c></row>'
            f'<row r="16">{text("A16", "李四")}<c r="B16" t="e" vm="1"><v>#VALUE!</v></c></row>',
            after='<drawing xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId1"/>',
        )
    )
    header = sheets.find_header(grid, (sheets.Column("name", "姓名"),))
    assert (header.first, grid.pictures, [row[0] for _number, row in grid.body(header)]) == (
        13,
        2,
        ["张三", "李四"],
    )


def test_blank_formatted_columns_to_the_edge_are_read_past():
    blanks = "".join(
        f'<c r="{column}{{0}}" s="0"/>'
        for column in list(__import__("core.spreadsheets.worksheet", fromlist=["x"])._COLUMNS)[1:]
    )
    rows = "".join(
        f'<row r="{at}">{text(f"A{at}", f"甲{at}")}{blanks.replace("{0}", str(at))}</row>'
        for at in range(1, 7)
    )
    assert read(with_sheet(rows)).cells == [[f"甲{at}"] for at in range(1, 7)]


def test_cell_of_the_greatest_length_is_read_and_a_longer_one_is_named():
    longest = "长" * limits.MAX_CELL_CHARACTERS
    assert read(with_sheet(f'<row r="1">{text("A1", longest)}</row>')).cells == [[longest]]
    refused = refusal(with_sheet(f'<row r="1">{text("A1", "x")}{text("B1", longest + "长")}</row>'))
    assert (refused.code, refused.cell) == ("sheet_long_cell", "B1")
    assert "名册.xlsx" in str(refused)
    assert "B1" in str(refused)


def measured(act):
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_millions_of_blank_cells_in_one_row_stop_at_the_bound_with_little_memory():
    data = with_sheet('<row r="1">' + "<c/>" * 20_000_000 + "</row>")
    assert len(data) < 600_000
    seen = {}
    peak = measured(lambda: seen.update(refused=refusal(data)))
    assert (seen["refused"].code, seen["refused"].cell) == ("sheet_bomb", "A1")
    assert peak < 20_000_000


def test_blank_cells_over_many_rows_are_bounded_too():
    row = "<row>" + "<c/>" * 16_000 + "</row>"
    assert refusal(with_sheet(row * 600)).code == "sheet_bomb"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("<row>" * 100_000, "sheet_unreadable"),
        (
            "<row r='1'>" + text("A1", "x") + "</row><row r='1'>" + text("A1", "y") + "</row>",
            "sheet_unreadable",
        ),
        ("<row r='1'><c r='A1' t='s'><v>7</v></c></row>", "sheet_unreadable"),
        ("<row r='1'>" + text("ZZZZ1", "x") + "</row>", "sheet_unreadable"),
        (
            "<row r='1'><c r='A1' t='inlineStr'><is>" + "<t>x</t>" * 400_000 + "</is></c></row>",
            "sheet_long_cell",
        ),
        ("<row r='1'><c r='A1'><v>" + "9" * 3_000_000 + "</v></c></row>", "sheet_long_cell"),
        ("<row r='1'>" + text("IV1", "x") + "</row>", "sheet_far_cell"),
    ],
    ids=[
        "nested",
        "row-twice",
        "no-such-text",
        "no-such-column",
        "many-runs",
        "endless-number",
        "far",
    ],
)
def test_forged_worksheets_are_refused(rows, code):
    assert refusal(with_sheet(rows)).code == code


def test_entities_are_refused_inside_and_outside():
    for entity in ('<!ENTITY a "lol">', '<!ENTITY a SYSTEM "file:///etc/passwd">'):
        source, target = io.BytesIO(saved(Workbook())), io.BytesIO()
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                if name == "xl/worksheets/sheet1.xml":
                    row = f'<row r="1">{text("A1", "&a;")}</row>'
                    content = f"<!DOCTYPE x [{entity}]><worksheet {MAIN}><sheetData>{row}</sheetData></worksheet>".encode()
                new.writestr(name, content)
        assert refusal(target.getvalue()).code == "sheet_unreadable"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def archive(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (lambda: OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "sheet_locked"),
        (lambda: OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), "sheet_old_excel"),
        (
            lambda: archive(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
            "sheet_open_document",
        ),
        (lambda: archive(xl__workbook_dot_bin="x"), "sheet_binary"),
        (lambda: archive(Index__Document_dot_iwa="x"), "sheet_numbers"),
        (lambda: archive(word__document_dot_xml="x"), "sheet_not_xlsx"),
        (lambda: (FILES / "web-page-named.xlsx").read_bytes(), "sheet_is_web_page"),
        (
            lambda: (
                b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
            ),
            "sheet_xml_2003",
        ),
        (lambda: b"%PDF-1.7", "sheet_not_xlsx"),
        (lambda: b"\xff\xd8\xff\xe0" + b"\0" * 50, "sheet_not_xlsx"),
        (lambda: b"", "sheet_not_xlsx"),
    ],
    ids=[
        "locked",
        "xls",
        "ods",
        "xlsb",
        "numbers",
        "docx",
        "html",
        "xml-2003",
        "pdf",
        "jpeg",
        "empty",
    ],
)
def test_other_kinds_are_refused_with_what_to_do(data, code):
    refused = refusal(data())
    assert refused.code == code
    assert str(refused).startswith("“名册.xlsx”")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_text_tables_in_all_usual_encodings(encoding, delimiter):
    text = f'姓名{delimiter}编号\r\n"欧阳{delimiter}𠮷"{delimiter}="0012"\r\n\r\n"两\n行"{delimiter}#N/A\r\n'
    assert read(text.encode(encoding), "名册.csv").cells == [
        ["姓名", "编号"],
        [f"欧阳{delimiter}𠮷", "0012"],
        [],
        ["两\n行", ErrorValue("#N/A")],
    ]


def test_table_named_xlsx_is_read_and_said():
    grid = read((FILES / "gb18030-table-named.xlsx").read_bytes())
    assert [note.code for note in grid.notes] == ["text_named_xlsx"]
    assert read((FILES / "gb18030.csv").read_bytes(), "名册.csv").notes == ()


def test_open_quotation_mark_is_named_by_row():
    assert (
        refusal(('姓名\n"张三\n' + "李四\n" * 60_000).encode(), "a.csv").code == "sheet_open_quote"
    )


def test_lost_digits_in_text():
    assert has_lost_digits("3.30106E+17")
    assert has_lost_digits(330106199001011234)
    assert not has_lost_digits("330106199001011234")
    assert not has_lost_digits("1E+3")


def test_named_worksheets_are_read_without_the_hidden_ones():
    book = Workbook()
    book.active.title = "原始分"
    book.active.append(["密号"])
    book.create_sheet("藏").sheet_state = "hidden"
    assert list(read_worksheets(io.BytesIO(saved(book)), max_bytes=10**6, max_rows=10)) == [
        "原始分"
    ]


def test_rows_are_told_in_short():
    assert describe_rows([5, 6, 7, 12, 20, 21]) in (
        "5–7, 12, 20–21",
        "5–7、12、20–21",
        "5–7，12，20–21",
    )
    assert describe_rows(range(1, 40, 3)).endswith(" …")


def test_moments_of_strict_workbooks():
    grid = read(
        with_sheet(
            '<row r="1"><c r="A1" t="d"><v>2024-09-01T08:30:00Z</v></c><c r="B1" t="d"><v>2024-09-01</v></c></row>'
        )
    )
    assert grid.cells == [[datetime(2024, 9, 1, 8, 30), date(2024, 9, 1)]]  # noqa: DTZ001 - a sheet knows no zone


def test_reading_leaves_the_workbook_of_the_other_reader_alike():
    book = Workbook()
    for row in range(50):
        book.active.append([f"甲{row}", row, row / 7, date(2020, 1, 1), None, row % 2 == 0])
    other = load_workbook(io.BytesIO(saved(book))).active
    ours = read(saved(book)).cells
    assert [[text_of(cell) for cell in row] for row in ours] == [
        [text_of(cell.value) for cell in row] for row in other.iter_rows()
    ]
