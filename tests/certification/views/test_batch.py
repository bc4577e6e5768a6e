"""The employer's spreadsheet, from sending to the report."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

import access
from access.workflows import assign_role
from certification import throttling, workbooks
from certification.enums import CertificateState
from certification.models import BatchCheck, Certificate, Watch
from certification.queries.sheet_report import SheetReportJudgement
from jobs.runner import run_waiting_items
from tests.factories.certification import CertificateFactory
from tests.factories.ground import EmployerFactory, OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/verify/batch/"


@pytest.fixture
def hr(client):
    """An account of an employer's HR, signed in."""
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="employer_hr", scope=EmployerFactory())
    client.force_login(user)
    return user


def sheet(*rows, heading=("证书编号", "姓名")):
    return workbooks.write_sheet_workbook("x", heading, rows, widths=[20, 20])


def send(client, data, name="应聘人员.xlsx", **more):
    page = client.get(URL)
    scope = page.context["form"].fields["scope"].choices[0][0]
    return client.post(URL, {"scope": scope, "file": SimpleUploadedFile(name, data), **more})


def test_sheet_is_answered_with_what_needs_a_look_first(client, hr):
    today = timezone.localdate()
    good = [CertificateFactory() for _ in range(14)]
    soon = CertificateFactory(
        valid_until=today + timedelta(days=54), issued_on=today - timedelta(days=400)
    )
    gone = CertificateFactory(
        valid_until=today - timedelta(days=1), issued_on=today - timedelta(days=400)
    )
    revoked = CertificateFactory(
        state=CertificateState.REVOKED, state_since=today, state_reason="misconduct"
    )
    rows = [(row.number, row.holder_name) for row in [*good, soon, gone, revoked]]
    rows.append((good[0].number, "别人"))
    response = send(client, sheet(*rows))
    assert response.status_code == 302
    page = client.get(response.url)
    body = page.content.decode()
    assert "查了 18 张：15 张有效，3 张请您看" in body
    shown = [row["answer"] for row in page.context["page_obj"]]
    assert shown == ["revoked", "expired", "no_match"] + ["valid"] * 10
    assert "考试违纪" in body
    assert "还有 54 天" not in body
    assert "其余 5 张有效" in body
    assert [row["answer"] for row in client.get(response.url + "?all=1").context["page_obj"]] == [
        "revoked",
        "expired",
        "no_match",
    ] + ["valid"] * 15
    assert [
        row["row"] for row in client.get(response.url + "?show=expired").context["page_obj"]
    ] == [17]
    assert [row["row"] for row in client.get(response.url + "?show=soon").context["page_obj"]] == [
        16
    ]
    assert good[0].holder_name not in body


def failing(rows):
    """Numbers of ours whose check character doesn't fit, six of them in turn."""
    return [(f"330106-PX-2026-{at % 6 + 1:06d}-?".replace("?", "Q"), "王") for at in range(rows)]


def test_rows_with_one_cause_are_one_line_with_its_rows_a_tap_away(client, hr):
    good = CertificateFactory()
    address = send(
        client, sheet(*failing(300)[:298], (good.number, good.holder_name), ("", "王"))
    ).url
    page = client.get(address)
    [cause] = page.context["causes"]
    assert (len(cause.rows), cause.counted, cause.where) == (298, "6 个号码，共 298 行", "2–299")
    assert "末位" in cause.what
    body = page.content.decode()
    assert [row["row"] for row in page.context["page_obj"]] == [301, 300]
    assert body.count("末位") == 1
    assert "B301" not in body
    assert "A301 格没有证书编号" in body
    listed = client.get(address + cause.rows_url)
    assert listed.context["page_obj"].paginator.count == 298
    assert listed.context["cause"].what == cause.what
    assert client.get(address + "?all=1").context["page_obj"].paginator.count == 300
    lines = list(
        load_workbook(io.BytesIO(client.get(address + "report.xlsx").content)).active.iter_rows(
            values_only=True
        )
    )
    assert len(lines) == 301
    assert lines[-1][5:7] == ("未核验", "A301 格没有证书编号。")


def test_error_cell_stops_no_other_row_and_is_named_with_its_cell(client, hr):
    rows = [CertificateFactory() for _ in range(3)]
    book = load_workbook(io.BytesIO(sheet(*[(row.number, row.holder_name) for row in rows])))
    book.active["A3"].value, book.active["A3"].data_type = "#N/A", "e"
    out = io.BytesIO()
    book.save(out)
    sent = send(client, out.getvalue())
    assert sent.status_code == 302
    page = client.get(sent.url)
    assert BatchCheck.objects.get().counts == {"valid": 2, "not_asked": 1}
    assert "查了 3 张：2 张有效，1 张请您看" in page.content.decode()
    assert "A3 格显示的是 #N/A" in page.content.decode()
    [kept] = client.get(sent.url + "?show=not_asked").context["shown"]
    assert (kept["row"], kept["number"], kept["watchable"]) == (3, "#N/A", False)
    assert client.get(client.post(sent.url + "again/").url).status_code == 200


def test_report_keeps_the_order_of_the_sheet(client, hr):
    row = CertificateFactory()
    address = send(client, sheet(("=1+1", "王"), (row.number, row.holder_name))).url
    response = client.get(address + "report.xlsx")
    lines = list(load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    assert [line[0] for line in lines[1:]] == [2, 3]
    assert [line[5] for line in lines] == ["答复", "查无此证", "有效"]
    assert row.holder_name not in str(lines)
    assert response["Content-Disposition"].startswith("attachment")


def test_template_can_be_downloaded_and_filled_in(client, hr):
    book = load_workbook(io.BytesIO(client.get(URL + "template.xlsx").content))
    assert [cell.value for cell in book.active[1]] == ["证书编号", "姓名"]


def test_other_peoples_checks_are_not_found(client, hr):
    address = send(client, sheet(("x", "王"))).url
    other = UserFactory()
    assign_role(actor=access.SYSTEM, user=other, role="employer_hr", scope=EmployerFactory())
    client.force_login(other)
    assert [client.get(address).status_code, client.get(address + "report.xlsx").status_code] == [
        404,
        404,
    ]


def test_only_who_may(client):
    assert client.get(URL).url.startswith("/sign-in/")
    client.force_login(UserFactory())
    page = client.get(URL)
    assert page.status_code == 403
    assert "企业人事" in page.content.decode() or "employer" in page.content.decode()


def test_officer_checks_for_the_topmost_union_only(client):
    org = OrgUnitFactory()
    OrgUnitFactory(parent=org)
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=org)
    client.force_login(user)
    assert [label for _key, label in client.get(URL).context["form"].fields["scope"].choices] == [
        str(org)
    ]
    assert send(client, sheet(("x", "王"))).status_code == 302
    assert BatchCheck.objects.get().org == org


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.xlsx"),
        (b"%PDF-1.7\x00", "a.xlsx"),
        (b"PK\x03\x04", "a.xlsx"),
        ("姓名\n王\n".encode(), "a.csv"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "a.xls"),
    ],
)
def test_file_that_is_no_sheet_comes_back_with_a_sentence(client, hr, data, name):
    page = send(client, data, name)
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    assert BatchCheck.objects.count() == 0


def test_missing_file_and_foreign_scope_come_back_with_a_sentence(client, hr):
    assert client.post(URL, {}).status_code == 422
    foreign = EmployerFactory()
    assert (
        send(client, sheet(("x", "王")), scope=f"employer-{foreign.public_id}").status_code == 422
    )


def test_too_large_file_is_refused(client, hr):
    assert send(client, b"PK" + b"x" * workbooks.MAX_BYTES).status_code == 422


def test_too_many_sheets_in_an_hour_are_answered_calmly(client, hr, monkeypatch):
    monkeypatch.setattr(throttling, "BY_ACCOUNT", throttling.VerificationLimit("sheets", 1, 36000))
    assert [send(client, sheet(("x", "王"))).status_code for _ in range(2)] == [302, 429]


@pytest.mark.parametrize("rows", [1, 30])
def test_result_page_costs_the_same_for_one_row_and_thirty(
    client, hr, rows, django_assert_num_queries
):
    made = [CertificateFactory() for _ in range(rows)]
    address = send(client, sheet(*[(row.number, row.holder_name) for row in made])).url
    client.get(address)
    with django_assert_num_queries(
        7
    ):  # session, account, the check, its rows, what is watched, the working places, unread messages
        client.get(address)


def test_demo_sheet_is_nowhere_outside_the_demo(client, hr):
    assert client.get(URL + "demo.xlsx").status_code == 404


def test_long_sheet_is_checked_in_the_background(client, hr):
    row = CertificateFactory()
    address = send(client, sheet(*[(row.number, row.holder_name)] * 301)).url
    page = client.get(address)
    assert page.templates[0].name == "certification/verify/batch_running.html"
    assert "正在查 301 行" in page.content.decode()
    run_waiting_items()
    assert client.get(address, HTTP_HX_REQUEST="true")["HX-Refresh"] == "true"
    assert "查了 301 张：301 张有效，0 张请您看" in client.get(address).content.decode()


def test_report_proves_itself_and_a_changed_cell_is_seen(client, hr):
    row = CertificateFactory(
        state=CertificateState.REVOKED, state_since=timezone.localdate(), state_reason="fraud"
    )
    address = send(client, sheet((row.number, row.holder_name), ("=1+1", "王"))).url
    data = client.get(address + "report.xlsx").content
    book = load_workbook(io.BytesIO(data))
    facts = {line[0]: line[1] for line in book.worksheets[1].iter_rows(values_only=True)}
    check = BatchCheck.objects.get()
    assert facts["核验编号"] == check.reference
    assert facts["核验单位"] == check.employer.name
    assert [cell.data_type for cell in book.worksheets[0][3]][1] == "s"

    def judged(content):
        client.logout()
        return client.post(URL + "report/", {"file": SimpleUploadedFile("V.xlsx", content)})

    page = judged(data)
    assert page.context["judged"] == SheetReportJudgement(
        ours=True, whole=True, claims=page.context["judged"].claims
    )
    assert check.reference in page.content.decode()
    assert "此后证书可能已被暂停、换发或撤销" in page.content.decode()

    def saved():
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()

    assert judged(saved()).context["judged"].whole
    book.worksheets[0]["F2"] = "有效"
    assert (judged(saved()).context["judged"].ours, judged(saved()).context["judged"].whole) == (
        True,
        False,
    )
    last = book.worksheets[1].max_row
    token = book.worksheets[1].cell(last, 2).value
    book.worksheets[1].cell(last, 2).value = re.sub(
        r"[^.]+$", lambda match: match[0][:-4] + "AAAA", token
    )
    assert not judged(saved()).context["judged"].ours
    assert judged(sheet(("x", "王"))).status_code == 422
    assert judged(b"%PDF").status_code == 422


def test_rows_are_asked_again_and_what_changed_is_marked(client, hr):
    rows = [CertificateFactory() for _ in range(3)]
    address = send(client, sheet(*[(row.number, row.holder_name) for row in rows], ("x", "王"))).url
    Certificate.objects.filter(pk=rows[1].pk).update(
        state="revoked", state_since=timezone.localdate(), state_reason="fraud"
    )
    page = client.get(client.post(address + "again/").url)
    assert "1 张的答复变了" in page.content.decode()
    shown = client.get(page.request["PATH_INFO"] + "?show=changed").context["shown"]
    assert [(one["row"], one["answer"], one["before"]) for one in shown] == [(3, "revoked", "有效")]
    assert BatchCheck.objects.count() == 2


def test_matches_go_on_the_watch_list_one_or_all(client, hr):
    new = CertificateFactory()
    rows = [CertificateFactory() for _ in range(3)]
    old = CertificateFactory(
        state="superseded",
        state_since=timezone.localdate(),
        state_reason="corrected",
        replaced_by=new,
    )
    gone = CertificateFactory(
        state="revoked", state_since=timezone.localdate(), state_reason="fraud"
    )
    address = send(
        client,
        sheet(
            *[(row.number, row.holder_name) for row in [*rows, old, gone]], (rows[0].number, "别人")
        ),
    ).url
    client.post(address + "watch/", {"row": "2"})
    assert list(Watch.objects.values_list("certificate_id", flat=True)) == [rows[0].pk]
    client.post(address + "watch/", {"row": "5"})
    client.post(address + "watch/", {"row": "7"})
    client.post(address + "watch/")
    assert set(Watch.objects.values_list("certificate_id", flat=True)) == {
        *(row.pk for row in rows),
        new.pk,
    }
    assert "已关注" in client.get(address + "?all=1").content.decode()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_name_of_a_whole_cell_widens_no_page(client, hr, open_page, live_server, width):
    sent = send(client, sheet(["330106-PX-2026-001837-Y", "贾" * 32_767]))
    page = open_page(width=width)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(sent.url)
    assert page.locator(".batch-ledger tbody tr").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
