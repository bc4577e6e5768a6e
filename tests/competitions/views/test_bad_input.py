"""Each form of the office and each call of the tablet: wrong type, too large, twice, out of order.
A sentence, and nothing lost.
"""

import io
import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from competitions import workbooks, workflows
from competitions.enums import EntryState, EventState
from competitions.models import (
    Draw,
    Entry,
    Event,
    MarkChange,
    ResultSet,
    Scheme,
    Signature,
    TwoPersonRequest,
)
from tests.competitions import stage as stages
from tests.competitions.stage import op
from tests.factories.ground import UserFactory, WorkerFactory


def at(name, *args):
    return reverse(f"competitions:{name}", args=args)


def xlsx(content: bytes, name: str = "方案.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(
        name,
        content,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


def tell(client, address, body):
    return client.post(address, json.dumps(body), content_type="application/json")


def save(client, sheet, aspect, value, *, base=0, round=1, operation=None):
    body = {
        "operation": str(operation or uuid.uuid4()),
        "changes": [{"aspect": aspect, "value": value, "base_version": base, "round": round}],
    }
    return tell(client, at("sheet_save", sheet.public_id), body)


# ---- the scheme's workbook ----


def test_scheme_upload_with_faults_lists_rows_and_gives_the_workbook_back(client, stage):
    client.force_login(stage.manager)
    event = stage.event.public_id
    rows = [dict(row) for row in stages.ROWS]
    rows[6]["mark"] = "viel"
    rows[3]["benchmark_2"] = ""
    response = client.post(
        at("scheme", event), {"file": xlsx(stages.workbook(rows).read())}, follow=True
    )
    shown = response.content.decode()
    assert response.redirect_chain == [(at("scheme_check", event), 302)]
    assert "方案.xlsx" in shown
    assert "“viel”" in shown
    assert [problem.row for problem in response.context["report"].problems if problem.row] == [5, 8]
    back = client.get(at("scheme_errors", event))
    book = CalamineWorkbook.from_filelike(io.BytesIO(back.content))
    cells = book.get_sheet_by_name("评分方案").to_python()
    assert cells[0][-1] == "问题"
    assert "viel" in cells[7][-1]
    assert not Scheme.objects.exists()


def test_one_wrong_word_in_many_rows_of_a_scheme_is_one_line_and_a_summary(client, stage):
    client.force_login(stage.manager)
    event = stage.event.public_id
    rows = [dict(row) for row in stages.ROWS]
    wrong = [at for at, row in enumerate(rows) if row.get("kind")]
    for at_row in wrong:
        rows[at_row]["kind"] = "目测"
    response = client.post(
        at("scheme", event), {"file": xlsx(stages.workbook(rows).read())}, follow=True
    )
    causes = [cause for cause in response.context["causes"] if cause.code == "kind_unknown"]
    assert [(len(cause.rows), cause.values, cause.place) for cause in causes] == [
        (len(wrong), [("目测", len(wrong))], "评分方案 类型")
    ]
    assert f"1 个不同的内容，共 {len(wrong)} 行" in response.content.decode()
    book = load_workbook(io.BytesIO(client.get(at("scheme_errors", event)).content))
    told = [[cell.value for cell in row] for row in book["问题"].iter_rows(min_row=2)]
    assert any(
        line[0] == "评分方案 类型" and line[2] == f"1 个不同的内容，共 {len(wrong)} 行"
        for line in told
    )
    marked = [
        cell
        for row in book["评分方案"].iter_rows(min_row=2)
        for cell in row
        if cell.value == "目测"
    ]
    assert len(marked) == len(wrong)
    assert {cell.fill.fill_type for cell in marked} == {"solid"}


def test_error_in_a_scheme_is_refused_with_file_worksheet_and_cell(client, stage):
    client.force_login(stage.manager)
    book = load_workbook(stages.workbook(stages.ROWS))
    cell = book["评分方案"]["E4"]
    cell.value, cell.data_type = "#N/A", "e"
    out = io.BytesIO()
    book.save(out)
    response = client.post(at("scheme", stage.event.public_id), {"file": xlsx(out.getvalue())})
    told = str(response.context["form"].errors["file"])
    assert response.status_code == 422
    assert all(part in told for part in ("方案.xlsx", "评分方案", "E4"))


def test_scheme_check_posted_with_faults_stores_nothing(client, stage):
    client.force_login(stage.manager)
    rows = [row for row in stages.ROWS if row["code"] != "B1.2"]
    client.post(at("scheme", stage.event.public_id), {"file": xlsx(stages.workbook(rows).read())})
    assert client.post(at("scheme_check", stage.event.public_id)).status_code == 200
    assert not Scheme.objects.exists()


def test_scheme_taken_over_once_and_a_second_time_says_so(client, stage):
    client.force_login(stage.manager)
    event = stage.event.public_id
    client.post(at("scheme", event), {"file": xlsx(stages.workbook().read())})
    assert client.get(at("scheme_check", event)).context["report"].ok
    assert client.post(at("scheme_check", event))["Location"] == at("scheme", event)
    again = client.post(at("scheme_check", event), follow=True)
    assert "没有待导入的工作簿" in again.content.decode()
    assert Scheme.objects.count() == 1


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (None, "请先选择"),
        (SimpleUploadedFile("a.xlsx", b""), "文件是空的"),
        (SimpleUploadedFile("a.xlsx", b"%PDF-1.7 nothing of the kind"), "xlsx"),
        (SimpleUploadedFile("a.csv", "编号,层级\nA,模块".encode()), "xlsx"),
    ],
    ids=["none", "empty", "pdf", "csv"],
)
def test_scheme_upload_of_the_wrong_kind_is_answered_on_the_form(client, stage, upload, sentence):
    client.force_login(stage.manager)
    response = client.post(at("scheme", stage.event.public_id), {"file": upload} if upload else {})
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_scheme_upload_larger_than_allowed_is_refused(client, stage, settings):
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    client.force_login(stage.manager)
    response = client.post(
        at("scheme", stage.event.public_id), {"file": xlsx(b"0" * (1024 * 1024 + 1))}
    )
    assert response.status_code == 422
    assert "1 MB" in response.content.decode()


def test_scheme_upload_after_freezing_is_refused_with_a_sentence(client, stage):
    client.force_login(stage.manager)
    event = stage.event.public_id
    client.post(at("scheme", event), {"file": xlsx(stages.workbook().read())})
    stage.with_scheme()
    response = client.post(at("scheme_check", event))
    assert response.status_code == 409
    assert "冻结" in response.content.decode()
    assert Scheme.objects.filter(state="frozen").count() == 1


# ---- acts ----


def test_draw_sent_twice_draws_once_and_says_where_the_event_is(client, stage):
    stage.open()
    client.force_login(stage.secrecy)
    address = at("act", stage.event.public_id, "draw")
    assert client.post(address).status_code == 302
    again = client.post(address)
    assert again.status_code == 409
    assert 'role="alert"' in again.content.decode()
    assert Draw.objects.count() == 1


def test_module_with_unsigned_sheets_names_them_and_is_not_locked(client, stage):
    stage.scoring()
    sheet = stage.sheet("A", 2)
    stage.fill(sheet, "20", "2")
    stage.sign(sheet)
    client.force_login(stage.chief)
    address = at("act_part", stage.event.public_id, "lock-module", "A")
    shown = client.get(address)
    assert [row.number for row in shown.context["blocking"]] == [1, 3, 4]
    refused = client.post(address)
    assert refused.status_code == 409
    assert "1、3、4" in refused.content.decode()
    assert set(stage.event.sheets.filter(module__code="A").values_list("state", flat=True)) == {
        "blank",
        "signed",
    }


def test_results_are_not_confirmed_by_whoever_worked_them_out(client, stage):
    stage.opened()
    results = ResultSet.objects.get()
    results.computed_by = stage.reviewer
    results.save(update_fields=["computed_by"])
    client.force_login(stage.reviewer)
    response = client.post(at("act", stage.event.public_id, "confirm"))
    assert response.status_code == 409
    assert stage.reload().state == EventState.PROVISIONAL


def test_act_with_a_reason_keeps_what_was_typed_when_it_is_too_long(client, stage):
    client.force_login(stage.manager)
    typed = "原" * 301
    response = client.post(at("act", stage.event.public_id, "cancel"), {"reason": typed})
    assert response.status_code == 422
    assert typed in response.content.decode()
    assert stage.reload().state == EventState.DRAFT


def test_own_request_is_not_decided_by_oneself_and_decided_twice_changes_nothing(client, stage):
    stage.locked()
    sheet = stage.sheet("A", 1)
    client.force_login(stage.chief)
    response = client.post(
        at("sheet_reopen", stage.event.public_id, sheet.public_id), {"reason": "录入时看错工件"}
    )
    assert response.status_code == 302
    asked = TwoPersonRequest.objects.get()
    address = at("decide", stage.event.public_id, asked.public_id)
    assert client.post(address, {"decision": "approve"}).status_code == 409
    client.force_login(stage.reviewer)
    assert client.post(address, {"decision": "approve"}).status_code == 302
    assert client.post(address, {"decision": "refuse"}).status_code == 409
    asked.refresh_from_db()
    sheet.refresh_from_db()
    assert (asked.state, sheet.state) == ("approved", "reopened")


def test_code_book_shows_nobody_without_a_reason_and_a_second_person(client, stage):
    stage.drawn()
    address = at("code_book", stage.event.public_id)
    client.force_login(stage.secrecy)
    for sent, status in (
        ({"reason": ""}, 422),
        ({"reason": "   "}, 422),
        ({"look": "1"}, 409),
        ({"reason": "检录"}, 302),
    ):
        response = client.post(address, sent)
        assert (response.status_code, stage.people[0].name in response.content.decode()) == (
            status,
            False,
        )
    assert stage.people[0].name not in client.get(address).content.decode()
    asked = TwoPersonRequest.objects.get()
    decide = at("decide", stage.event.public_id, asked.public_id)
    client.force_login(stage.reviewer)
    assert "检录" in client.get(decide).content.decode()
    assert client.post(decide, {"decision": "maybe"}).status_code == 422
    assert client.post(decide, {"decision": "approve"}).status_code == 302
    client.force_login(stage.secrecy)
    assert stage.people[0].name not in client.get(address).content.decode()
    assert stage.people[0].name in client.post(address, {"look": "1"}).content.decode()


# ---- events, judges, entries ----


def event_facts(stage, **facts):
    rules = {
        "scoring": "sheets",
        "judges_per_sheet": 3,
        "spread_limit": 1,
        "judgement_rule": "mean",
        "award_rule": "medals",
    }
    return {
        "title": "赛",
        "org": stage.event.org_id,
        "starts_on": "2026-12-01",
        "ends_on": "2026-12-02",
        **rules,
        **facts,
    }


def test_event_form_with_days_out_of_order_says_which_to_correct(client, stage):
    client.force_login(stage.manager)
    response = client.post(
        at("event_new"), event_facts(stage, starts_on="2026-12-02", ends_on="2026-12-01")
    )
    assert response.status_code == 422
    assert "结束日期早于开始日期" in response.content.decode()
    assert Event.objects.count() == 1


def test_event_form_filled_in_sets_the_event_up(client, stage):
    client.force_login(stage.manager)
    response = client.post(at("event_new"), event_facts(stage, title="钳工𠮷赛"))
    made = Event.objects.exclude(pk=stage.event.pk).get()
    assert (response.status_code, made.title, made.state) == (302, "钳工𠮷赛", "draft")


@pytest.mark.parametrize(
    ("who", "sentence"),
    [("nobody-here", "没有这个用户名"), ("competitor", "选手"), ("self", "自己")],
    ids=["unknown", "competitor", "oneself"],
)
def test_judge_who_may_not_sit_is_refused_on_the_form(client, stage, who, sentence):
    stage.open()
    name = {"competitor": stage.people[0].user.username, "self": stage.manager.username}.get(
        who, who
    )
    client.force_login(stage.manager)
    response = client.post(
        at("judges", stage.event.public_id),
        {"form": "judge", "judge-user": name, "judge-modules": ["A", "B"]},
    )
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not stage.event.judges.exists()


def test_recusal_is_shown_with_its_reason(client, stage):
    stage.open()
    judge = workflows.assign_judge(actor=stage.manager, event=stage.event, user=stage.judges[0])
    client.force_login(stage.manager)
    body = {
        "form": "recusal",
        "recusal-judge": str(judge.public_id),
        "recusal-entry": str(stage.entries[0].public_id),
        "recusal-reason": "师徒关系",
    }
    shown = client.post(at("judges", stage.event.public_id), body, follow=True).content.decode()
    assert "师徒关系" in shown


def test_worker_entering_twice_has_one_entry_and_late_is_told(client, stage):
    stage.with_scheme()
    workflows.open_registration(actor=stage.manager, event=stage.event)
    worker = WorkerFactory()
    client.force_login(worker.user)
    address = at("enter", stage.event.public_id)
    assert [client.post(address).status_code for _n in range(2)] == [302, 302]
    assert Entry.objects.filter(person=worker).count() == 1
    Event.objects.filter(pk=stage.event.pk).update(registration_ends_on="2020-01-01")
    late = WorkerFactory()
    client.force_login(late.user)
    response = client.post(address)
    assert response.status_code == 409
    assert not Entry.objects.filter(person=late).exists()


def test_account_without_a_person_is_told_what_to_do(client, stage):
    stage.open()
    client.force_login(UserFactory())
    response = client.get(at("enter", stage.event.public_id))
    assert "联系所在工会" in response.content.decode()


def test_entry_is_qualified_and_rejected_with_a_reason_only(client, stage):
    stage.with_scheme()
    workflows.open_registration(actor=stage.manager, event=stage.event)
    entry = workflows.register_entry(actor=stage.manager, event=stage.event, person=stage.people[0])
    client.force_login(stage.manager)
    event = stage.event.public_id
    assert (
        client.post(at("entry_reject", event, entry.public_id), {"reason": ""}).status_code == 422
    )
    assert client.post(at("entry_qualify", event, entry.public_id)).status_code == 302
    assert client.post(at("entry_qualify", event, entry.public_id)).status_code == 409
    entry.refresh_from_db()
    assert entry.state == EntryState.QUALIFIED


# ---- the tablet ----


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no json",
        "[]",
        "{}",
        '{"operation": "x", "changes": []}',
        json.dumps(
            {"operation": "4f3c1a52-0e0e-4a3e-9a55-0c1f8d6f7f10", "changes": [{"aspect": "A1.1"}]}
        ),
        json.dumps({"operation": "4f3c1a52-0e0e-4a3e-9a55-0c1f8d6f7f10", "changes": 7}),
    ],
)
def test_save_of_something_unreadable_is_answered_with_a_sentence(client, stage, body):
    stage.scoring()
    sheet = stage.sheet("A", 1)
    client.force_login(stage.judges_of(sheet)[0])
    response = client.post(at("sheet_save", sheet.public_id), body, content_type="application/json")
    assert response.status_code == 422
    assert "没有丢失" in response.json()["message"]
    assert not MarkChange.objects.exists()


def test_save_larger_than_a_sheet_can_be_is_refused(client, stage):
    stage.scoring()
    sheet = stage.sheet("A", 1)
    client.force_login(stage.judges_of(sheet)[0])
    response = client.post(
        at("sheet_save", sheet.public_id), "x" * 70_000, content_type="application/json"
    )
    assert response.status_code == 422


def test_save_sent_twice_is_done_once(client, stage):
    stage.scoring()
    sheet = stage.sheet("A", 1)
    client.force_login(stage.judges_of(sheet)[0])
    operation = uuid.uuid4()
    first, second = (
        save(client, sheet, "A1.1", "10", operation=operation).json()["outcome"] for _n in range(2)
    )
    assert (first["repeated"], second["repeated"]) == (False, True)
    assert first["applied"] == second["applied"]
    assert MarkChange.objects.count() == 1


@pytest.mark.parametrize(
    ("aspect", "value"),
    [
        ("A1.1", "7"),
        ("A1.1", "viel"),
        ("A1.1", "1e9"),
        ("A1.1", "NaN"),
        ("A1.2", "4"),
        ("Z9.9", "1"),
    ],
)
def test_save_of_a_value_the_scheme_does_not_know_is_refused_in_words(client, stage, aspect, value):
    stage.scoring()
    sheet = stage.sheet("A", 1)
    client.force_login(stage.judges_of(sheet)[0])
    outcome = save(client, sheet, aspect, value).json()["outcome"]
    assert (outcome["applied"], len(outcome["refused"])) == ([], 1)
    assert outcome["refused"][0]["message"]


def test_sign_of_an_unfinished_or_changed_sheet_is_refused_and_the_sheet_comes_back(client, stage):
    stage.scoring()
    sheet = stage.sheet("A", 1)
    client.force_login(stage.judges_of(sheet)[0])
    unfinished = tell(client, at("sheet_sign", sheet.public_id), {"fingerprint": "0" * 64})
    assert (unfinished.status_code, unfinished.json()["code"]) == (409, "sheet_incomplete")
    stage.fill(sheet, "20", "2")
    stale = tell(client, at("sheet_sign", sheet.public_id), {"fingerprint": "0" * 64})
    assert (stale.status_code, stale.json()["code"]) == (409, "sheet_changed")
    assert not Signature.objects.exists()


def test_mark_after_a_signature_is_refused_and_nothing_changes(client, stage):
    stage.scoring()
    sheet = stage.sheet("A", 1)
    stage.fill(sheet, "20", "2")
    stage.sign(sheet)
    client.force_login(stage.judges_of(sheet)[0])
    response = save(client, sheet, "A1.1", "10", base=1)
    assert (response.status_code, response.json()["code"]) == (409, "sheet_closed")


# ---- totals ----


def test_totals_with_a_wrong_mark_store_nothing_and_right_ones_lock_the_event(client, stage):
    event = workflows.create_event(
        actor=stage.manager,
        org=stage.event.org,
        title="成绩复核",
        starts_on=stage.event.starts_on,
        ends_on=stage.event.ends_on,
        scoring="raw_totals",
    )
    client.force_login(stage.manager)
    wrong = workbooks.totals_workbook([{"number": 1, "raw": 50}, {"number": 1, "raw": 101}])
    shown = client.post(at("totals", event.public_id), {"file": xlsx(wrong)}, follow=True)
    assert not shown.context["report"].ok
    right = workbooks.totals_workbook([{"number": n, "raw": 90 - n} for n in range(1, 6)])
    client.post(at("totals", event.public_id), {"file": xlsx(right)})
    assert client.post(at("totals_check", event.public_id)).status_code == 302
    event.refresh_from_db()
    assert event.state == EventState.LOCKED


@pytest.mark.parametrize("value", ["\x00", "1\x002", "\ud800", "", "‮12", "9" * 40])
@pytest.mark.parametrize("aspect", ["A1.1", "Z9.9", "\x00", "\ud800"])
def test_value_that_no_database_keeps_is_answered_with_a_sentence(client, stage, aspect, value):
    """The log keeps what came: what PostgreSQL can't write is refused before."""
    stage.scoring()
    sheet = stage.sheet("A", 1)
    client.force_login(stage.judges_of(sheet)[0])
    body = {
        "operation": str(op()),
        "changes": [{"aspect": aspect, "value": value, "base_version": 0, "round": 1}],
    }
    answer = client.post(
        reverse("competitions:sheet_save", args=[sheet.public_id]),
        json.dumps(body),
        content_type="application/json",
    )
    assert answer.status_code in {200, 422}
