"""The way through the doors: send, match, look, take over, compare, take back; and every answer
says where a record comes from.
"""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from certification import throttling, workbooks
from certification.enums import Provenance, Reason
from certification.models import BatchCheck, Certificate, HistoricImport, LookUp, ShareLink
from certification.public import count_issued_certificates, programs
from certification.queries import paper_records as queries
from certification.rules import sheet as rules
from certification.workflows import correction, paper_records, status_changes
from certification.workflows.file_check import verify_uploaded_file
from certification.workflows.verification import look_up_by_number_and_name
from core.errors import DomainError
from jobs.runner import run_waiting_items
from people.models import IdentityDocument
from tests.certification.historic.conftest import person_with
from tests.certification.historic.making import (
    HEAD,
    check,
    compare,
    faults,
    identity,
    of,
    paper,
    send,
    sheet,
    taken,
    withdraw,
)
from tests.factories.certification import CertificateFactory
from tests.factories.ground import EmployerFactory, WorkerFactory

pytestmark = pytest.mark.django_db
LISTS = ("faults", "notes", "same", "records", "relied", "differing")
SCREENS = (*(f"rows/{what}/" for what in LISTS), "progress/", "columns/", "sample/")
NUMBER, NAME = paper(1)[:2]


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


@pytest.fixture
def second_desk(second):
    client = Client()
    client.force_login(second)
    return client


def address(run, name="historic", *more):
    return reverse(f"certification:{name}", args=[run.public_id, *more])


def upload(client, city, data, **changed):
    values = {
        "org": city.pk,
        "source": "2015年台账",
        "aim": "archive",
        "file": SimpleUploadedFile("台账.xlsx", data),
    } | changed
    return client.post(reverse("certification:historic_new"), values)


def form_of(client, url):
    return {field.html_name: field.value() or "" for field in client.get(url).context["form"]}


def text(response):
    return response.content.decode()


def verified(number=NUMBER, name=NAME):
    client = Client()
    client.post(reverse("certification:verify"), {"number": number, "name": name})
    return client, client.get(
        reverse("certification:verify_result", args=[LookUp.objects.latest("pk").public_id])
    )


def test_the_way_from_a_sheet_to_a_verification_that_says_whence(desk, second_desk, city):
    sent = upload(desk, city, sheet(paper(1), paper(2), paper(3, number="7")))
    detail = sent.url.removesuffix("columns/")
    assert desk.get(detail).url == sent.url
    working = desk.post(sent.url, form_of(desk, sent.url))
    assert working.url == detail
    assert "正在核对" in text(desk.get(detail))
    live = desk.get(detail + "progress/")
    assert ("hx-get" in text(live), live.headers.get("HX-Refresh")) == (True, None)
    run_waiting_items()
    assert desk.get(detail + "progress/").headers["HX-Refresh"] == "true"
    page = text(desk.get(detail))
    assert "2 行可补录，1 行要改" in page
    book = load_workbook(io.BytesIO(desk.get(detail + "errors.xlsx").content)).worksheets[0]
    assert [row[1].value for row in book.iter_rows(min_row=2)] == [4]
    assert "只有流水号" in book.cell(2, 1).value
    assert desk.post(detail + "apply/").url == detail
    run_waiting_items()
    assert "已补录 2 条" in text(desk.get(detail))
    _client, answer = verified()
    assert "据示例市总工会的纸质档案补录，并非由匠路签发" in text(answer)
    assert (
        "未与原件核对" in text(answer),
        'data-origin="list"' in text(answer),
        "verdict info" in text(answer),
    ) == (True, True, True)
    assert "SHA-256" not in text(answer)
    run = HistoricImport.objects.get()
    assert second_desk.get(detail + "sample/").status_code == 200
    second_desk.post(detail + "sample/", {"draw": "1"})
    fields = {
        name: "agrees"
        for name in form_of(second_desk, detail + "sample/")
        if name.startswith("record_")
    }
    assert second_desk.post(detail + "sample/", fields).status_code == 422
    assert second_desk.post(detail + "sample/", {**fields, "remark": "档案室"}).url == detail
    run_waiting_items()
    assert "已抽样核对" in text(second_desk.get(detail))
    _client, answer = verified()
    assert ('data-origin="archive"' in text(answer), "verdict info" in text(answer)) == (True, True)
    for screen in SCREENS:
        assert desk.get(detail + screen).status_code in (200, 302, 403), screen
    assert desk.get(detail + "rows/nothing/").status_code == 404
    assert second_desk.get(address(run, "historic_columns")).status_code == 403


def test_wrong_input_is_answered_beside_its_field_and_kept(desk, city):
    answer = upload(desk, city, b"no sheet", source="")
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"source"})
    answer = upload(desk, city, b"no sheet")
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"file"})
    sent = upload(desk, city, sheet(paper(1)))
    answer = desk.post(sent.url, form_of(desk, sent.url) | {"column_0": "", "title": "x"})
    assert (answer.status_code, "证书编号" in str(answer.context["form"].non_field_errors())) == (
        422,
        True,
    )
    assert answer.context["form"]["title"].value() == "x"


def test_formulas_and_lost_digits_are_named_at_their_cell(officer, city):
    book = Workbook()
    book.active.append(HEAD)
    book.active.append(["=1+1", *paper(1)[1:]])
    book.active.append([1511003000300123.0, *paper(2)[1:]])
    book.active["A3"].number_format = "0"
    data = io.BytesIO()
    book.save(data)
    run = check(officer, city, data.getvalue())
    assert faults(run) == [(2, "number", "formula"), (3, "number", "number_lost")]


def test_the_template_has_the_headings_that_are_matched_by_themselves(desk, officer, city):
    data = desk.get(reverse("certification:historic_template")).content
    headings = [cell.value for cell in load_workbook(io.BytesIO(data)).worksheets[0][1]]
    run = send(officer, city, sheet(["x"] * len(headings), head=headings))
    assert len(run.mapping) == len(headings) == 14


def test_the_error_sheet_mended_can_be_sent_by_itself(officer, city):
    run = check(officer, city, sheet(paper(1, issued=""), paper(2)))
    book = load_workbook(io.BytesIO(paper_records.build_error_workbook(run)))
    rows = [[cell.value or "" for cell in row] for row in book.worksheets[0].iter_rows()]
    at = rows[0].index("发证日期")
    rows[1][at] = "2015-06-30"
    again = check(officer, city, sheet(*rows[1:], head=rows[0]))
    assert (again.summary["new"], again.summary["faulty"]) == (1, 0)
    rows[1][at] = "bad"
    again = check(officer, city, sheet(*rows[1:], head=rows[0]))
    book = load_workbook(io.BytesIO(paper_records.build_error_workbook(again)))
    assert [cell.value for cell in book.worksheets[0][1]] == rows[0]


def test_a_known_file_says_so_and_a_sheet_is_thrown_away(desk, officer, city):
    data = sheet(paper(1))
    run = check(officer, city, data)
    paper_records.apply_import(actor=officer, run=run)
    run_waiting_items()
    sent = upload(desk, city, data)
    assert "这个文件已于" in text(desk.get(sent.url))
    assert desk.post(sent.url.replace("columns", "discard")).url == reverse(
        "certification:historic_imports"
    )
    assert "已作废" in text(desk.get(sent.url.removesuffix("columns/")))


def test_taking_back_asks_for_a_reason_and_is_refused_once_relied_on(desk, officer, city):
    run = taken(officer, city, paper(1), paper(2))
    page = desk.get(address(run, "historic_withdraw"))
    assert "2 条记录不再有效" in text(page)
    assert desk.post(address(run, "historic_withdraw"), {"reason": ""}).status_code == 422
    verified()
    assert desk.post(
        address(run, "historic_withdraw"), {"reason": "错"}, follow=True
    ).redirect_chain[-1][0] == address(run)
    assert "不能整批撤回" in text(desk.get(address(run)))
    assert NUMBER in text(desk.get(address(run, "historic_rows", "relied")))
    other = taken(officer, city, paper(3))
    assert desk.post(address(other, "historic_withdraw"), {"reason": "错"}).url == address(other)
    run_waiting_items()
    assert "已整批撤回" in text(desk.get(address(other)))
    assert "data-origin" not in text(verified(*paper(3)[:2])[1])


def test_holders_are_looked_for_again_by_a_button(desk, officer, city):
    run = taken(officer, city, paper(1, id=identity(1)))
    assert "入册后自动关联" in text(desk.post(address(run, "historic_link"), follow=True))
    worker = WorkerFactory(name=NAME)
    IdentityDocument.of(worker, "resident", identity(1)).save()
    assert "已关联 1 条" in text(desk.post(address(run, "historic_link"), follow=True))


def test_the_list_and_the_to_do_name_what_waits_for_the_second_person(
    desk, second_desk, officer, second, city
):
    run = taken(officer, city, paper(1))
    taken(officer, city, paper(2), aim=Provenance.LIST)
    pages = [
        text(one.get(reverse("certification:historic_imports"))) for one in (second_desk, desk)
    ]
    assert ["待您核对" in page for page in pages] == [True, False]
    assert [one.public_id for one in queries.waiting_for_sample(second)] == [run.public_id]
    assert address(run, "historic_sample") in text(second_desk.get("/me/"))


@pytest.mark.parametrize("count", [1, 30])
def test_queries_stay_the_same_however_many_rows(
    desk, officer, second, city, count, django_assert_max_num_queries
):
    run = taken(officer, city, *(paper(n) for n in range(1, count + 1)))
    for _at in range(count - 1):
        HistoricImport.objects.create(org=city, actor=officer, filename="x.xlsx", state="discarded")
    seconds = Client()
    seconds.force_login(second)
    seconds.post(address(run, "historic_sample"), {"draw": "1"})
    asked = [
        (desk, reverse("certification:historic_imports"), 12),
        (desk, address(run), 16),
        (desk, address(run, "historic_rows", "records"), 10),
        (seconds, address(run, "historic_sample"), 12),
    ]
    for client, url, most in asked:
        with django_assert_max_num_queries(most):
            assert client.get(url).status_code == 200


def test_single_verification_asks_three_queries_at_most(
    officer, city, django_assert_max_num_queries
):
    taken(officer, city, paper(1), paper(2))
    with django_assert_max_num_queries(3 + 2):  # a savepoint around the log
        _look, found = look_up_by_number_and_name(number=NUMBER, name=NAME, address=None)
    assert (found.certificate.number, found.entry is not None) == (NUMBER, True)


def test_code_page_and_report_say_whence(officer, city):
    run = taken(officer, city, paper(1))
    page = Client().get(reverse("certification:code", args=[of(run)[0].code]))
    assert ("并非由匠路签发" in text(page), NAME in text(page)) == (True, False)
    client, _answer = verified()
    look_up = LookUp.objects.latest("pk")
    report = client.get(reverse("certification:verify_report", args=[look_up.public_id]))
    assert (report.status_code, report.content[:5]) == (200, b"%PDF-")
    judged = verify_uploaded_file(report.content)
    assert (judged.checklist.cause.value, judged.found.certificate.number) == ("report", NUMBER)


def test_the_spreadsheet_check_and_its_report_say_whence(officer, city, client):
    taken(officer, city, paper(1))
    ours = CertificateFactory(org=city)
    hr = person_with("employer_hr", EmployerFactory())
    client.force_login(hr)
    scope = next(
        iter(client.get(reverse("certification:batch")).context["form"].fields["scope"].choices)
    )[0]
    data = workbooks.write_sheet_workbook(
        "x",
        ["证书编号", "姓名"],
        [
            (NUMBER.replace("〔", "(").replace("〕", ")"), NAME),
            (ours.number, ours.holder_name),
            (NUMBER, "别人"),
        ],
        widths=[9, 9],
    )
    answer = client.post(
        reverse("certification:batch"),
        {"scope": scope, "file": SimpleUploadedFile("a.xlsx", data)},
        follow=True,
    )
    page = text(answer)
    assert (page.count('data-origin="list"'), NUMBER in page) == (1, True)
    report = client.get(
        reverse("certification:batch_report", args=[BatchCheck.objects.get().public_id])
    ).content
    rows = [
        [cell.value for cell in row]
        for row in load_workbook(io.BytesIO(report)).worksheets[0].iter_rows(min_row=2)
    ]
    assert [row[-1] for row in rows] == [
        str(Provenance.LIST.label),
        str(Provenance.ISSUED.label),
        None,
    ]


def test_programs_read_the_level(officer, city):
    run = taken(officer, city, paper(1))
    employer = EmployerFactory()
    hr = person_with("employer_hr", employer)
    told = programs.verify_for_program(
        actor=hr, scope=employer, number=NUMBER, name=NAME, address=None
    )
    day = timezone.localdate().isoformat()
    assert {key: told["certificate"][key] for key in ("number", "provenance", "taken_over_on", "compared_on")} == {
        "number": NUMBER, "provenance": "list", "taken_over_on": day, "compared_on": None,
    }  # fmt: skip
    compare(person_with("union_reviewer", city), run)
    rows = programs.verify_rows_for_program(
        actor=hr, scope=employer, rows=[(NUMBER, NAME)], address=None
    )["results"]
    assert (rows[0]["certificate"]["provenance"], rows[0]["certificate"]["number"]) == (
        "archive",
        NUMBER,
    )
    entry = programs.add_watch_entry(
        actor=hr, employer=employer, number=NUMBER, name=NAME, address=None
    )
    assert (entry["certificate"]["provenance"], entry["certificate"]["compared_on"]) == (
        "archive",
        day,
    )


def test_the_watch_list_says_whence(officer, city, client):
    taken(officer, city, paper(1))
    employer = EmployerFactory()
    client.force_login(person_with("employer_hr", employer))
    client.post(
        reverse("certification:watch_list"),
        {"employer": str(employer.public_id), "number": NUMBER, "name": NAME},
    )
    assert "纸质补录·未核对原件" in text(client.get(reverse("certification:watch_list")))
    assert str(Provenance.LIST.label) in client.get(
        reverse("certification:watch_list_csv")
    ).content.decode("utf-8-sig")


def test_a_holder_sees_it_without_file_and_may_share_but_not_correct(officer, city, client):
    worker = WorkerFactory(name=NAME)
    IdentityDocument.of(worker, "resident", identity(1)).save()
    run = taken(officer, city, paper(1, id=identity(1)))
    certificate = of(run)[0]
    client.force_login(worker.user)
    listed = text(client.get(reverse("certification:wallet")))
    assert ("纸质补录" in listed, ">PDF" in listed) == (True, False)
    page = text(client.get(reverse("certification:certificate", args=[certificate.public_id])))
    assert ("并非由匠路签发" in page, "请持纸质证书到发证工会更正" in page, "下载 PDF" in page) == (
        True,
        True,
        False,
    )
    assert (
        client.get(
            reverse("certification:certificate_pdf", args=[certificate.public_id])
        ).status_code
        == 404
    )
    assert (
        client.get(reverse("certification:show", args=[certificate.public_id])).status_code == 200
    )
    assert client.get("/me/").status_code == 200
    link = ShareLink.objects.create(
        certificate=certificate, ends_at=timezone.now() + timezone.timedelta(days=1), photo=True
    )
    assert "并非由匠路签发" in text(Client().get(reverse("certification:shared", args=[link.code])))
    with pytest.raises(DomainError) as refused:
        correction.request_certificate_correction(
            actor=worker.user,
            certificate=certificate,
            what="name",
            reason="x",
            evidence=SimpleUploadedFile("a.pdf", b"%PDF-1"),
            name="x",
        )
    assert refused.value.code == "of_paper"


def test_the_office_page_offers_no_replacement_and_the_right_ground(desk, officer, city):
    run = taken(officer, city, paper(1), paper(2, id=identity(2)))
    first, second_row = of(run)
    page = text(desk.get(reverse("certification:office_certificate", args=[first.public_id])))
    assert ("第 2 行" in page, "换发" in page, "名册未写证件号码" in page) == (True, False, True)
    assert "证件号码和姓名都对上后自动关联" in text(
        desk.get(reverse("certification:office_certificate", args=[second_row.public_id]))
    )
    with pytest.raises(DomainError) as refused:
        status_changes.replace_certificate(
            actor=officer, certificate=first, reason=Reason.CORRECTED
        )
    assert refused.value.code == "of_paper"
    grounds = (
        desk.get(reverse("certification:revoke", args=[first.public_id]))
        .context["form"]
        .fields["reason"]
        .choices
    )
    assert Reason.IMPORT_ERROR in [key for key, _label in grounds]
    ours = CertificateFactory(org=city)
    with pytest.raises(DomainError):
        status_changes.request_revocation(
            actor=officer, certificate=ours, reason=Reason.IMPORT_ERROR, note="x"
        )
    assert desk.post(reverse("certification:print", args=[first.public_id])).status_code == 404
    assert "纸质补录·未核对原件" in text(desk.get(reverse("certification:register")))


def test_the_home_page_counts_only_what_was_issued_here(officer, city):
    taken(officer, city, paper(1))
    assert count_issued_certificates().issued == 0


def test_guessing_papers_uses_up_the_day_too():
    rows = [
        {"answer": "no_match", "writing": "not_ours", "number": f"甬字2015第{n:04d}号"}
        for n in range(8)
    ]
    rows += [
        {"answer": "no_match", "writing": "check_fails", "number": "330106-PX-2026-001837-0"},
        {"answer": "no_match", "writing": "not_ours", "number": "无"},
    ]
    rows += [{"answer": "no_match", "writing": "well_formed", "number": "330106-PX-2026-001837-Y"}]
    assert rules.count_quota_misses(rows) == 3


def test_the_limit_of_names_for_one_number_holds_for_papers(officer, city):
    taken(officer, city, paper(1))
    throttling.HERE.clear()
    client = Client()
    answers = [
        client.post(
            reverse("certification:verify"), {"number": NUMBER, "name": f"猜{n}"}
        ).status_code
        for n in range(8)
    ]
    assert 429 in answers


def test_a_record_taken_back_is_no_longer_found_by_its_code(officer, city):
    run = taken(officer, city, paper(1))
    code = of(run)[0].code
    withdraw(officer, run)
    assert Client().get(reverse("certification:code", args=[code])).status_code == 404
    assert Certificate.objects.get().state == "withdrawn"
    assert json.dumps(HistoricImport.objects.get().summary)


def test_one_wrong_cause_in_all_papers_is_one_line_and_a_summary(desk, officer, city):
    run = check(
        officer,
        city,
        sheet(*(paper(serial, level=f"{serial % 3 + 8}级") for serial in range(1, 61))),
    )
    answer = desk.get(reverse("certification:historic", args=[run.public_id]))
    causes = answer.context["causes"]
    assert [(cause.code, len(cause.rows), cause.distinct, cause.where) for cause in causes] == [
        ("level_unknown", 60, 3, "2–61")
    ]
    page = answer.content.decode()
    assert "3 个不同的内容，共 60 行" in page
    assert page.count("8级") == 1
    assert desk.get(causes[0].rows_url).context["page"].paginator.count == 60
    book = load_workbook(
        io.BytesIO(desk.get(reverse("certification:historic_errors", args=[run.public_id])).content)
    )
    assert [cell.value for cell in book.worksheets[1][2]][3:5] == [
        "3 个不同的内容，共 60 行",
        "2–61",
    ]
    marked = [cell for cell in book.worksheets[0][2] if cell.fill.fill_type == "solid"]
    assert [cell.value for cell in marked] == ["9级"]


def test_hr_is_told_what_was_hidden_and_where_an_error_stands(desk, officer, city):
    book = Workbook()
    for row in (("证书编号", "姓名"), (NUMBER, NAME), ("x-1", "王")):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.create_sheet("旧").append(["不读"])
    out = io.BytesIO()
    book.save(out)
    sent = workbooks.read_sheet(out.getvalue(), name="人员.xlsx")
    assert [row for row, _asked in sent.rows] == [2, 3]
    assert {note["code"] for note in sent.notes} == {"hidden_rows", "other_worksheets"}
    address = reverse("certification:batch")
    scope = f"union-{city.public_id}"
    page = desk.post(
        address,
        {"scope": scope, "file": SimpleUploadedFile("人员.xlsx", out.getvalue())},
        follow=True,
    ).content.decode()
    assert "隐藏" in page
    book.active["A2"].value, book.active["A2"].data_type = "#REF!", "e"
    out = io.BytesIO()
    book.save(out)
    page = desk.post(
        address,
        {"scope": scope, "file": SimpleUploadedFile("人员.xlsx", out.getvalue())},
        follow=True,
    ).content.decode()
    assert "A2 格显示的是 #REF!" in page


@pytest.mark.parametrize(
    "name", ["strict-open-xml", "prefixed-namespace", "phonetic-guide", "date-1904"]
)
def test_sheet_of_hr_is_read_whatever_wrote_it(name):
    """The one reader: what rosters accept, verification accepts too."""
    data = (Path(__file__).parents[2] / "core/spreadsheets" / f"{name}.xlsx").read_bytes()
    source, target = io.BytesIO(data), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            for written in ("证件号码", "&#35777;&#20214;&#21495;&#30721;"):
                content = content.replace(written.encode(), "证书编号".encode())
            new.writestr(part, content)
    assert len(workbooks.read_sheet_rows(target.getvalue())) == 1
