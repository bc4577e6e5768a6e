"""Import of a scheme: dry run, all or nothing, the workbook that comes back, freezing."""

import io
import zipfile
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from competitions import workbooks, workflows
from competitions.demo import FILES
from competitions.enums import SchemeState
from competitions.errors import WrongMoment
from competitions.models import Aspect, Scheme
from core.errors import Forbidden, InvalidInput, NotFound
from tests.competitions.stage import ROWS, workbook
from tests.factories.ground import UserFactory


def test_check_scheme_good_workbook_reports_and_stores_nothing(stage):
    report = workflows.check_scheme(actor=stage.manager, event=stage.event, upload=workbook())
    assert (report.ok, report.modules, report.sub_criteria, report.aspects, report.measurements, report.judgements, report.total) == (
        True, 2, 2, 4, 2, 2, Decimal(100),
    )  # fmt: skip
    assert Scheme.objects.count() == 0


def test_import_scheme_with_faults_stores_nothing_and_returns_sentences_in_their_rows(stage):
    with (FILES / "焊工决赛评分方案-三处待改.xlsx").open("rb") as upload:
        report = workflows.import_scheme(actor=stage.manager, event=stage.event, upload=upload)
    assert not report.ok
    assert Scheme.objects.count() == 0
    assert [line.code for line in report.problems] == [
        "benchmark_missing",
        "mark_not_a_number",
        "code_repeated",
    ]
    book = load_workbook(io.BytesIO(report.error_workbook))
    sheet = book[workbooks.SCHEME_SHEET]
    head = [cell.value for cell in sheet[1]]
    assert head[-1] == workbooks.PROBLEM_COLUMN
    told = {
        row: sheet.cell(row, len(head)).value
        for row in range(2, sheet.max_row + 1)
        if sheet.cell(row, len(head)).value
    }
    assert told == {line.row: line.message for line in report.problems}


def test_import_scheme_mended_copy_with_its_problem_column_is_taken(stage):
    broken = [dict(row) for row in ROWS]
    broken[2]["mark"] = "二十"
    report = workflows.check_scheme(actor=stage.manager, event=stage.event, upload=workbook(broken))
    book = load_workbook(io.BytesIO(report.error_workbook))
    sheet = book[workbooks.SCHEME_SHEET]
    sheet.cell(4, [cell.value for cell in sheet[1]].index("分值") + 1).value = 20
    mended = io.BytesIO()
    book.save(mended)
    assert workflows.import_scheme(
        actor=stage.manager, event=stage.event, upload=io.BytesIO(mended.getvalue())
    ).ok


def test_import_scheme_twice_keeps_both_versions_and_one_draft(stage):
    for _turn in range(2):
        workflows.import_scheme(actor=stage.manager, event=stage.event, upload=workbook())
    assert list(Scheme.objects.order_by("version").values_list("version", "state")) == [
        (1, SchemeState.SUPERSEDED),
        (2, SchemeState.DRAFT),
    ]
    assert Aspect.objects.count() == 8


def test_import_scheme_after_freezing_is_refused(stage):
    stage.with_scheme()
    with pytest.raises(WrongMoment):
        workflows.import_scheme(actor=stage.manager, event=stage.event, upload=workbook())
    with pytest.raises(WrongMoment):
        workflows.freeze_scheme(actor=stage.manager, event=stage.event)


def _zip(content: bytes) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", content)
    return io.BytesIO(packed.getvalue())


@pytest.mark.parametrize(
    "upload",
    [
        io.BytesIO(b""),
        io.BytesIO("编号,层级".encode("gbk")),
        _zip(b"<x/>"),
        _zip(b"0" * 210_000_000),
    ],
)
def test_import_scheme_not_a_workbook_is_refused_with_a_sentence(stage, upload):
    upload.seek(0)
    with pytest.raises(InvalidInput) as caught:
        workflows.import_scheme(actor=stage.manager, event=stage.event, upload=upload)
    assert str(caught.value)
    assert Scheme.objects.count() == 0


def test_import_scheme_too_large_is_refused_unread(stage, settings):
    settings.MAX_UPLOAD_BYTES = 100
    with pytest.raises(InvalidInput):
        workflows.import_scheme(actor=stage.manager, event=stage.event, upload=workbook())


def test_import_scheme_other_worksheets_name_what_is_missing(stage):
    report = workflows.check_scheme(
        actor=stage.manager, event=stage.event, upload=io.BytesIO(workbooks.totals_workbook([]))
    )
    assert [line.code for line in report.problems] == ["sheet_missing"]


def test_scheme_rights_strangers_find_nothing_and_reviewers_are_told_the_role(stage):
    with pytest.raises(NotFound):
        workflows.check_scheme(actor=UserFactory(), event=stage.event, upload=workbook())
    with pytest.raises(Forbidden) as caught:
        workflows.import_scheme(actor=stage.reviewer, event=stage.event, upload=workbook())
    assert caught.value.roles_needed


def test_scheme_template_is_readable_and_says_what_is_still_missing(stage):
    report = workflows.check_scheme(
        actor=stage.manager,
        event=stage.event,
        upload=io.BytesIO(workbooks.scheme_template_workbook()),
    )
    assert [line.code for line in report.problems] == ["marks_not_100"]


def test_error_workbook_never_turns_text_into_a_formula(stage):
    rows = [dict(row) for row in ROWS]
    rows[2]["name"] = "=HYPERLINK(1)"
    rows[2]["mark"] = "x"
    report = workflows.check_scheme(actor=stage.manager, event=stage.event, upload=workbook(rows))
    sheet = load_workbook(io.BytesIO(report.error_workbook))[workbooks.SCHEME_SHEET]
    assert sheet.cell(4, 3).value == "=HYPERLINK(1)"
    assert sheet.cell(4, 3).data_type == "s"
