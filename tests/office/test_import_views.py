"""The four steps through their doors: rights, wrong files, a file far too large, back button, live
part, number of queries.
"""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

import access
from access.workflows import assign_role
from jobs.runner import run_waiting_items
from office.enums import ImportState
from office.models import SheetImport, TakenRow
from office.workflows import importing
from org.models import OrgUnit
from people.models import Person
from tests.factories.ground import OrgUnitFactory, UserFactory
from tests.office.importing import check, number, sheet, take, worker

pytestmark = pytest.mark.django_db
SCREENS = (
    "", "columns/", "progress/", "rows/faults/", "rows/notes/", "rows/updates/", "rows/possible/", "rows/taken/", "rows/kept/",
    "unions/", "undo/",
)  # fmt: skip


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


def post_file(client, city, data, kind="roster", name="名单.xlsx"):
    return client.post(
        reverse("office:import_new"),
        {"kind": kind, "org": city.pk, "file": SimpleUploadedFile(name, data)},
    )


def form_of(client, url):
    form = client.get(url).context["form"]
    return {field.html_name: field.value() or "" for field in form}


def test_four_steps_and_the_way_back(desk, city, unit):
    sent = post_file(
        desk, city, sheet(worker(1), worker(2, number="x"), worker(3, number=number(3)[:-1] + "A"))
    )
    assert sent.url.endswith("/columns/")
    detail = sent.url.removesuffix("columns/")
    assert desk.get(detail).url == sent.url  # step 3 isn't there yet
    working = desk.post(sent.url, form_of(desk, sent.url))
    assert working.url == detail
    assert "正在核对" in desk.get(detail).content.decode()
    live = desk.get(detail + "progress/")
    assert ("hx-get" in live.content.decode(), live.headers.get("HX-Refresh")) == (True, None)
    run_waiting_items()
    live = desk.get(detail + "progress/")
    assert ("hx-get" in live.content.decode(), live.headers.get("HX-Refresh")) == (False, "true")
    page = desk.get(detail).content.decode()
    assert "1 行可以导入，2 行要改" in page
    assert number(3)[4:16] not in page
    book = load_workbook(io.BytesIO(desk.get(detail + "errors/").content)).worksheets[0]
    assert [row[1].value for row in book.iter_rows(min_row=2)] == [3, 4]
    assert desk.get(sent.url).status_code == 200  # back a step
    assert desk.post(detail + "apply/").url == detail
    run_waiting_items()
    assert "已导入 1 行" in desk.get(detail).content.decode()
    assert desk.post(detail + "apply/").url == detail  # the back button and a second click
    run_waiting_items()
    assert Person.objects.count() == 1
    assert "撤回这次导入" in desk.get(detail + "undo/").content.decode()
    assert desk.post(detail + "undo/").url == detail
    run_waiting_items()
    assert "已整批撤回" in desk.get(detail).content.decode()
    assert Person.objects.count() == 0
    for screen in SCREENS:
        assert desk.get(detail + screen).status_code in (200, 302), screen


def test_columns_chosen_wrongly_are_answered_beside_the_column_and_kept(desk, city, unit):
    sent = post_file(desk, city, sheet(worker(1)))
    values = form_of(desk, sent.url) | {"column_3": "name", "column_7": ""}
    answer = desk.post(sent.url, values)
    assert answer.status_code == 422
    assert sorted(answer.context["form"].errors) == ["column_0", "column_3"]
    assert answer.context["form"]["column_7"].value() == ""
    assert desk.post(sent.url, values | {"column_3": "nonsense"}).status_code == 422


def test_ambiguous_union_is_chosen_on_its_page(desk, officer, city, unit):
    for code in ("330902", "330903"):
        OrgUnitFactory(name="某街道联合工会", code=code, parent=OrgUnit.objects.get(pk=city.pk))
    run = check(officer, city, sheet(worker(1, union="某街道联合工会")))
    url = reverse("office:import_unions", args=[run.public_id])
    assert (
        "或选定所指的工会"
        in desk.get(reverse("office:import_detail", args=[run.public_id])).content.decode()
    )
    assert desk.post(url, {}).status_code == 422
    assert desk.post(url, {"union_0": OrgUnit.objects.get(code="330903").pk}).status_code == 302
    run_waiting_items()
    assert SheetImport.objects.get().state == ImportState.READY


@pytest.mark.parametrize(
    ("data", "part"), [(b"not a sheet", ".xlsx"), (b"", "空"), (b"PK\x03\x04", ".xlsx")]
)
@pytest.mark.parametrize("kind", ["tree", "roster"])
def test_wrong_file_is_answered_with_a_sentence_and_keeps_the_choices(desk, city, kind, data, part):
    answer = post_file(desk, city, data, kind)
    assert answer.status_code == 422
    assert part in str(answer.context["form"].errors["file"])
    assert answer.context["form"]["kind"].value() == kind
    assert SheetImport.objects.count() == 0


def test_file_far_too_large_is_let_go_while_it_arrives(desk, city, settings, monkeypatch):
    settings.MAX_UPLOAD_BYTES = 300_000
    from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler

    kept = []
    for handler in (MemoryFileUploadHandler, TemporaryFileUploadHandler):
        receive = handler.receive_data_chunk

        def counted(self, raw, start, receive=receive):
            kept.append(len(raw))
            return receive(self, raw, start)

        monkeypatch.setattr(handler, "receive_data_chunk", counted)
    answer = post_file(desk, city, b"x" * 10_000_000)
    assert answer.status_code == 422
    assert "MB" in str(answer.context["form"].errors["file"])
    assert answer.context["form"]["kind"].value() == "roster"
    assert kept == []  # ten times the limit by its own word: not one piece was kept
    assert post_file(desk, city, b"x" * 400_000).status_code == 422
    assert sum(kept) <= 300_000


def test_upload_still_asks_for_the_token(officer, city):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(officer)
    assert post_file(strict, city, sheet(worker(1))).status_code == 403


def test_form_without_file_or_with_a_foreign_union_is_refused(desk, city):
    answer = desk.post(
        reverse("office:import_new"), {"kind": "roster", "org": OrgUnitFactory(code="340000").pk}
    )
    assert sorted(answer.context["form"].errors) == ["file", "org"]


def test_import_of_another_union_answers_like_one_that_is_not_there(client, officer, city, unit):
    run = check(officer, city, sheet(worker(1), worker(2, number="x")))
    stranger = UserFactory()
    assign_role(
        actor=access.SYSTEM,
        user=stranger,
        role="union_officer",
        scope=OrgUnitFactory(code="340000"),
    )
    client.force_login(stranger)
    url = reverse("office:import_detail", args=[run.public_id])
    assert {
        screen: client.get(url + screen).status_code for screen in (*SCREENS, "errors/")
    } == dict.fromkeys((*SCREENS, "errors/"), 404)
    for path in ("apply/", "discard/", "undo/", "columns/", "unions/"):
        assert client.post(url + path).status_code == 404
    assert SheetImport.objects.get().state == ImportState.READY


def test_discarded_import_says_that_nothing_was_taken_over_and_applying_it_is_refused(
    desk, officer, city, unit
):
    run = check(officer, city, sheet(worker(1)))
    url = reverse("office:import_detail", args=[run.public_id])
    desk.post(url + "discard/")
    assert desk.post(url + "apply/").status_code == 409
    assert "什么也没导入" in desk.get(url).content.decode()


def test_tree_is_shown_in_the_same_steps(desk, city):
    sent = post_file(
        desk,
        city,
        sheet(("A", "甲", "区县", "330900"), head=["编码", "名称", "层级", "上级编码"]),
        "tree",
    )
    assert "核对试导结果" in desk.get(sent.url).content.decode()
    desk.post(sent.url + "apply/")
    assert OrgUnit.objects.filter(code="A").exists()
    assert desk.get(sent.url + "columns/").status_code == 404


def test_template_has_our_headings_and_unknown_kind_is_not_found(desk):
    answer = desk.get(reverse("office:import_template", args=["roster"]))
    assert [c.value for c in load_workbook(io.BytesIO(answer.content)).worksheets[0][1]][:3] == [
        "姓名",
        "证件类型",
        "证件号码",
    ]
    assert desk.get(reverse("office:import_template", args=["x"])).status_code == 404


@pytest.mark.parametrize(
    "screen", ["", "columns/", "rows/faults/", "rows/notes/", "rows/updates/", "rows/possible/", "unions/"]
)  # fmt: skip
def test_screens_of_the_dry_run_cost_the_same_queries_at_1_and_30_rows(
    desk, officer, city, unit, screen
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(count):
        known = [worker(n) for n in range(count)]
        take(officer, check(officer, city, sheet(*known)))
        rows = [worker(n, mobile=f"139{n:08d}") for n in range(count)]
        rows += [worker(n + 100, number="x") for n in range(count)]
        rows += [worker(n + 200, mobile=f"138 0000 {n:04d}") for n in range(count)]
        rows += [worker(n + 300, name=worker(n)[0], union="不知道") for n in range(count)]
        run = check(officer, city, sheet(*rows))
        url = reverse("office:import_detail", args=[run.public_id]) + screen
        desk.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(url).status_code == 200
        importing.discard_import(actor=officer, run=run)
        return len(seen)

    one, thirty = cost(1), cost(30)
    assert one == thirty <= 25


def test_list_of_rows_taken_costs_the_same_queries_at_1_and_30(desk, officer, city, unit):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(first, count):
        run = take(officer, check(officer, city, sheet(*(worker(first + n) for n in range(count)))))
        url = reverse("office:import_rows", args=[run.public_id, "taken"])
        desk.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(url).status_code == 200
        return len(seen)

    assert cost(0, 1) == cost(1, 30)
    assert TakenRow.objects.count() == 31


def one_cause(codes, rows):
    return sheet(
        *(worker(serial, union=f"旧编码{serial % codes}") for serial in range(1, rows + 1))
    )


def test_one_wrong_cause_in_all_rows_is_one_line_and_leads_to_its_rows(desk, officer, city, unit):
    run = check(officer, city, one_cause(6, 300))
    address = reverse("office:import_detail", args=[run.public_id])
    answer = desk.get(address)
    causes = answer.context["causes"]
    assert [(cause.code, len(cause.rows), cause.distinct, cause.where) for cause in causes] == [
        ("union_unknown", 300, 6, "2–301")
    ]
    page = answer.content.decode()
    assert "6 个代码，共 300 行" in page
    assert page.count("旧编码") == 6
    assert reverse("office:import_unions", args=[run.public_id]) in page
    assert desk.get(causes[0].rows_url).context["page"].paginator.count == 300
    assert (
        desk.get(f"{address}rows/faults/?code=name_missing&column=0")
        .context["page"]
        .paginator.count
        == 0
    )
    assert (
        desk.get(f"{address}rows/faults/?code=union_unknown&column=x")
        .context["page"]
        .paginator.count
        == 300
    )


def test_page_of_causes_asks_as_much_for_thirty_rows_as_for_one(
    desk, officer, city, unit, django_assert_max_num_queries
):
    counts = []
    for rows in (1, 30):
        run = check(officer, city, one_cause(1, rows))
        desk.get(
            reverse("office:import_detail", args=[run.public_id])
        )  # what is cached for all pages is cached
        with django_assert_max_num_queries(40) as asked:
            desk.get(reverse("office:import_detail", args=[run.public_id]))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_error_workbook_has_whole_sentences_marks_and_a_summary_and_can_be_sent_again(
    desk, officer, city, unit, settings
):
    run = check(officer, city, one_cause(2, 4))
    data = desk.get(reverse("office:import_errors", args=[run.public_id])).content
    book = load_workbook(io.BytesIO(data))
    rows, summary = book.worksheets
    told = rows["A2"].value
    assert told.endswith(settings.BASE_URL + reverse("office:import_unions", args=[run.public_id]))
    assert "或，" not in told
    assert not told.rstrip("。").endswith("或")
    wrong = next(cell for cell in rows[2] if str(cell.value).startswith("旧编码"))
    assert (wrong.fill.fill_type, rows["C2"].fill.fill_type) == ("solid", None)
    assert [cell.value for cell in summary[2]][3:5] == ["2 个代码，共 4 行", "2–5"]
    again = importing.receive_roster(
        actor=officer, org=city, filename="改.xlsx", file=io.BytesIO(data)
    )
    assert (again.rows, again.layout["notes"]) == (4, [])


def test_hidden_rows_are_told_before_and_after_the_check(desk, officer, city, unit):
    book = load_workbook(io.BytesIO(sheet(worker(1), worker(2))))
    book.active.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    sent = post_file(desk, city, out.getvalue())
    told = "隐藏"
    assert told in desk.get(sent.url).content.decode()
    desk.post(sent.url, form_of(desk, sent.url))
    run_waiting_items()
    assert told in desk.get(sent.url.removesuffix("columns/")).content.decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_roster_as_text_table_is_imported(desk, officer, city, unit, encoding):
    head, row = (
        ("姓名", "身份证号", "手机", "工会编码"),
        ("欧阳𠮷", number(7), "13800000007", unit.code),
    )
    run = check(officer, city, "\r\n".join(",".join(line) for line in (head, row)).encode(encoding))
    assert (run.state, run.summary["new"]) == (ImportState.READY, 1)


def test_day_with_a_time_is_taken_with_a_note_and_an_error_is_a_row_to_mend(officer, city, unit):
    from datetime import datetime

    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["姓名", "身份证号", "工会编码", "入会日期"])
    book.active.append(["张三", number(1), unit.code, datetime(2024, 9, 1, 8, 0)])  # noqa: DTZ001 - a sheet knows no zone
    book.active.append(["李四", "#N/A", unit.code, "2024-09-01"])
    book.active["B3"].data_type = "e"
    out = io.BytesIO()
    book.save(out)
    run = check(officer, city, out.getvalue())
    from office.models import RowRemark, StagedRow

    assert str(StagedRow.objects.get(run=run).joined) == "2024-09-01"
    told = (
        RowRemark.objects.filter(run=run).order_by("row").values_list("row", "key", "code", "fault")
    )
    assert list(told) == [(2, "joined", "day_time", False), (3, "id_number", "error", True)]
