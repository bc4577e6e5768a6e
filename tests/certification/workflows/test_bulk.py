"""Many certificates at once: planned without a trace, done one by one, each with its own record; a
revocation by two.
"""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from openpyxl import Workbook, load_workbook

import access
from access.workflows import assign_role
from audit import words
from audit.models import Event
from certification import tasks, workbooks
from certification.enums import BulkState, CertificateState, Reason
from certification.models import (
    BulkChange,
    BulkLine,
    Certificate,
    RegisterCheckpoint,
    RegisterEntry,
    StatusChange,
)
from certification.queries import bulk as queries
from certification.rules import number
from certification.workflows import bulk, log_entries, status_changes
from core.errors import DomainError, Forbidden, InvalidInput, NotFound
from jobs import runner
from jobs.models import Job, JobItem
from notify.models import Message, Settings
from tests.factories.certification import CertificateFactory, CredentialFactory
from tests.factories.ground import OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    """An officer and a reviewer of one union, and four certificates: two issued, one suspended,
    one replaced elsewhere.
    """
    org = OrgUnitFactory()
    officer, reviewer = UserFactory(), UserFactory()
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=org)
    assign_role(actor=access.SYSTEM, user=reviewer, role="union_reviewer", scope=org)
    rows = [
        CertificateFactory(org=org),
        CertificateFactory(org=org),
        CertificateFactory(org=org, state=CertificateState.SUSPENDED),
    ]
    return officer, reviewer, rows, CertificateFactory()


def states(rows):
    return [Certificate.objects.get(pk=row.pk).state for row in rows]


def test_plan_says_what_would_happen_and_hides_other_unions(desk, django_assert_max_num_queries):
    officer, _reviewer, rows, foreign = desk
    numbers = [row.number for row in (*rows, foreign)] + ["NO-SUCH"]
    with django_assert_max_num_queries(4):
        plan = queries.plan_bulk_change(officer, "suspend", numbers)
    assert [bool(one.problem) for one in plan] == [False, False, True, True, True]
    assert plan[3].problem == plan[4].problem
    assert plan[3].certificate is None


def test_suspended_in_the_background_each_with_its_own_record(desk):
    officer, _reviewer, rows, foreign = desk
    change = bulk.start_bulk_change(
        actor=officer,
        act="suspend",
        numbers=[row.number for row in (*rows, foreign)],
        reason=Reason.UNDER_REVIEW,
    )
    assert states(rows) == ["issued", "issued", "suspended"]
    runner.run_waiting_items()
    assert states([*rows, foreign]) == ["suspended"] * 3 + ["issued"]
    assert BulkChange.objects.get().state == BulkState.DONE
    assert Event.objects.filter(kind="certification.suspended").count() == 2
    assert StatusChange.objects.filter(new="suspended", actor=officer).count() == 2
    again = bulk.start_bulk_change(
        actor=officer, act="reinstate", numbers=[row.number for row in rows]
    )
    runner.run_waiting_items()
    assert states(rows) == ["issued"] * 3
    assert BulkLine.objects.filter(change=again).exclude(done_at=None).count() == 3
    assert change.lines.count() == 2


def test_revocation_of_many_waits_for_a_second_person(desk):
    officer, reviewer, rows, _foreign = desk
    change = bulk.start_bulk_change(
        actor=officer,
        act="revoke",
        numbers=[row.number for row in rows],
        reason=Reason.FRAUD,
        note="替考，已查实",
    )
    runner.run_waiting_items()
    assert states(rows) == ["issued", "issued", "suspended"]
    assert [row.pk for row in queries.list_waiting_bulk_changes(reviewer)] == [change.pk]
    assert queries.list_waiting_bulk_changes(officer) == []
    assert Message.objects.filter(kind="certification.bulk_waits").count() == 1
    with pytest.raises((DomainError, Forbidden)):
        bulk.confirm_bulk_change(actor=officer, change=change)
    bulk.confirm_bulk_change(actor=reviewer, change=change)
    runner.run_waiting_items()
    assert states(rows) == ["revoked"] * 3
    assert {
        (row.actor_id, row.second_id) for row in StatusChange.objects.filter(new="revoked")
    } == {(officer.pk, reviewer.pk)}


def test_record_says_reasons_in_words(desk):
    officer, reviewer, rows, _foreign = desk
    change = bulk.start_bulk_change(
        actor=officer,
        act="revoke",
        numbers=[rows[0].number],
        reason=Reason.FRAUD,
        note="替考，已查实",
    )
    bulk.confirm_bulk_change(actor=reviewer, change=change)
    runner.run_waiting_items()
    events = Event.objects.filter(kind__in=["certification.bulk_asked", "certification.revoked"])
    with override("zh-hans"):
        said = {
            (c.label, c.new)
            for changes in words.describe_changes(events).values()
            for c in changes
            if c.key == "reason"
        }
        assert said == {("事由", Reason.FRAUD.label)}
    with override("en"):
        assert {
            c.new
            for changes in words.describe_changes(events).values()
            for c in changes
            if c.key == "reason"
        } == {"obtained by fraud"}


def test_turned_down_changes_nothing(desk):
    officer, reviewer, rows, _foreign = desk
    change = bulk.start_bulk_change(
        actor=officer, act="revoke", numbers=[rows[0].number], reason=Reason.COURT, note="裁定"
    )
    bulk.refuse_bulk_change(actor=reviewer, change=change)
    runner.run_waiting_items()
    assert states(rows)[0] == "issued"
    with pytest.raises(DomainError):
        bulk.confirm_bulk_change(actor=reviewer, change=change)


def told(user):
    """Return the messages about changes of many to *user*: kind, subject, text, link."""
    rows = Message.objects.filter(
        recipient=user, kind__in=["certification.bulk_done", "certification.bulk_refused"]
    ).order_by("pk")
    return list(rows.values_list("kind", "subject", "text", "link"))


def write_in(user, language):
    Settings.objects.update_or_create(user=user, defaults={"language": language})


def test_person_who_asked_is_told_once_that_all_are_done(desk):
    officer, reviewer, rows, _foreign = desk
    change = bulk.start_bulk_change(
        actor=officer,
        act="revoke",
        numbers=[row.number for row in rows],
        reason=Reason.FRAUD,
        note="替考",
    )
    bulk.confirm_bulk_change(actor=reviewer, change=change)
    assert told(officer) == []
    runner.run_waiting_items()
    link = f"/office/certificates/change/{change.public_id}/"
    said = [
        (
            "certification.bulk_done",
            "已办完：撤销，3 张证书中办成 3 张",
            "没有遗漏。清单中写明了每一张的结果。",
            link,
        )
    ]
    assert told(officer) == said
    assert told(reviewer) == []
    change.refresh_from_db()
    bulk.finish_bulk_change(change.job)
    assert told(officer) == said


@pytest.mark.parametrize(
    ("language", "subject", "text"),
    [
        (
            "zh-hans",
            "已办完：撤销，3 张证书中办成 2 张",
            "有 1 张没有办成。清单中写明了每一张的结果。",
        ),
        (
            "en",
            "Done: Revoke, 2 of 3 certificates",
            "1 certificate could not be changed. The list says what became of each.",
        ),
    ],
)
def test_person_who_asked_is_told_in_their_language_how_many_were_left_out(
    desk, language, subject, text
):
    officer, reviewer, rows, _foreign = desk
    write_in(officer, language)
    change = bulk.start_bulk_change(
        actor=officer,
        act="revoke",
        numbers=[row.number for row in rows],
        reason=Reason.FRAUD,
        note="替考",
    )
    Certificate.objects.filter(pk=rows[0].pk).update(state=CertificateState.REVOKED)
    bulk.confirm_bulk_change(actor=reviewer, change=change)
    runner.run_waiting_items()
    assert [row[1:3] for row in told(officer)] == [(subject, text)]


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("zh-hans", "未获同意：撤销，共 1 张证书"),
        ("en", "Turned down: Revoke, number of certificates: 1"),
    ],
)
def test_person_who_asked_is_told_that_the_second_person_turned_it_down(desk, language, subject):
    officer, reviewer, rows, _foreign = desk
    write_in(officer, language)
    change = bulk.start_bulk_change(
        actor=officer, act="revoke", numbers=[rows[0].number], reason=Reason.COURT, note="裁定"
    )
    bulk.refuse_bulk_change(actor=reviewer, change=change)
    ((kind, said, text, _link),) = told(officer)
    assert (kind, said, str(reviewer) in text) == ("certification.bulk_refused", subject, True)


def test_change_left_by_a_worker_that_ended_is_finished_and_told(desk):
    officer, _reviewer, rows, _foreign = desk
    change = bulk.start_bulk_change(
        actor=officer, act="suspend", numbers=[rows[0].number], reason=Reason.COURT
    )
    assert not bulk.has_unfinished_bulk_changes()
    runner.run_waiting_items()
    # As a worker leaves it that ends between the batch and what follows from it.
    BulkChange.objects.filter(pk=change.pk).update(state=BulkState.RUNNING)
    Message.objects.all().delete()
    assert bulk.has_unfinished_bulk_changes()
    assert tasks.finish_changes() == 1
    assert (
        BulkChange.objects.get().state,
        len(told(officer)),
        bulk.has_unfinished_bulk_changes(),
    ) == (BulkState.DONE, 1, False)
    assert tasks.finish_changes() == 0


def test_what_changed_in_between_is_left_out_with_its_reason(desk):
    officer, reviewer, rows, _foreign = desk
    change = bulk.start_bulk_change(
        actor=officer,
        act="revoke",
        numbers=[row.number for row in rows],
        reason=Reason.FRAUD,
        note="替考",
    )
    Certificate.objects.filter(pk=rows[0].pk).update(state=CertificateState.REVOKED)
    bulk.confirm_bulk_change(actor=reviewer, change=change)
    runner.run_waiting_items()
    problems = {line.certificate_id: bool(line.problem) for line in queries.list_bulk_lines(change)}
    assert problems == {rows[0].pk: True, rows[1].pk: False, rows[2].pk: False}
    assert BulkChange.objects.get().state == BulkState.DONE


def test_line_done_twice_is_done_once(desk):
    officer, _reviewer, rows, _foreign = desk
    bulk.start_bulk_change(
        actor=officer, act="suspend", numbers=[rows[0].number], reason=Reason.COURT
    )
    runner.run_waiting_items()
    bulk.apply_bulk_line(BulkLine.objects.get().pk)
    assert StatusChange.objects.filter(certificate=rows[0]).count() == 1


@pytest.mark.parametrize(
    ("act", "reason", "note"),
    [
        ("suspend", "", ""),
        ("suspend", Reason.FRAUD, ""),
        ("revoke", Reason.FRAUD, " "),
        ("revoke", "", "x"),
    ],
)
def test_reason_that_is_none_is_refused(desk, act, reason, note):
    officer, _reviewer, rows, _foreign = desk
    with pytest.raises(InvalidInput):
        bulk.start_bulk_change(
            actor=officer, act=act, numbers=[rows[0].number], reason=reason, note=note
        )


def test_officer_chooses_looks_confirms_and_keeps_the_report(client, desk):
    officer, _reviewer, rows, foreign = desk
    client.force_login(officer)
    assert (
        rows[0].number
        in client.get("/office/certificates/change/", {"number": rows[0].number}).content.decode()
    )
    book = Workbook()
    for row in (
        ["姓名", "证书编号"],
        ["甲", rows[0].number],
        ["乙", foreign.number],
        ["丙", "=1+1"],
        ["丁", "不是编号"],
    ):
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    sent = {"act": "suspend", "reason": Reason.UNDER_REVIEW, "numbers": rows[1].number}
    page = client.post(
        "/office/certificates/change/",
        {**sent, "file": SimpleUploadedFile("a.xlsx", data.getvalue())},
    )
    assert (page.status_code, page.context["good"], states(rows)[:2]) == (
        200,
        2,
        ["issued", "issued"],
    )
    assert [(one.number, one.problem) for one in page.context["plan"] if one.problem] == [
        ("B4", "B4 格是公式，但文件里没有存下它的值。"),
        (foreign.number, "您管理的证书中没有这个编号。"),
        ("不是编号", "您管理的证书中没有这个编号。"),
    ]
    answer = client.post(
        "/office/certificates/change/", {**sent, "numbers": page.context["numbers"], "go": ""}
    )
    assert answer.status_code == 302
    runner.run_waiting_items()
    assert client.get(answer["Location"]).context["done"] == 2
    report = load_workbook(
        io.BytesIO(client.get(f"{answer['Location']}report.xlsx").content)
    ).active
    assert [row[0] for row in report.iter_rows(min_row=2, values_only=True)] == [
        rows[1].number,
        rows[0].number,
    ]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"act": "suspend"},
        {"act": "burn", "numbers": "X"},
        {"act": "suspend", "numbers": "X " * 5001},
    ],
)
def test_form_that_lacks_something_is_answered_with_a_sentence(client, desk, sent):
    client.force_login(desk[0])
    assert client.post("/office/certificates/change/", sent).status_code in {200, 422}
    assert not BulkChange.objects.exists()


def test_numbers_are_read_from_the_first_column_without_a_heading():
    assert workbooks.read_numbers(b"A-1\nB-2\n").numbers == ["A-1", "B-2"]
    own = (
        "990000-PX-2026-000001-"
        + str(number.make_certificate_number(org="990000", kind="PX", year=2026, serial=1))[-1]
    )
    assert queries.split_certificate_numbers(f"{own.lower()}，S000\n {own}") == [own, "S000"]


def test_single_request_that_waits_is_decided_with_the_many(desk):
    officer, reviewer, rows, _foreign = desk
    status_changes.request_revocation(
        actor=officer, certificate=rows[0], reason=Reason.FRAUD, note="替考"
    )
    change = bulk.start_bulk_change(
        actor=officer, act="revoke", numbers=[rows[0].number], reason=Reason.FRAUD, note="替考"
    )
    bulk.confirm_bulk_change(actor=reviewer, change=change)
    runner.run_waiting_items()
    assert states(rows)[0] == "revoked"


def test_change_of_no_certificates_is_nobody_s_to_see_or_decide():
    change = BulkChange.objects.create(
        act="revoke", state="waiting", reason="fraud", note="冒用", asked_by=UserFactory()
    )
    stranger = UserFactory()
    assert queries.find_visible_bulk_change(stranger, change.public_id) is None
    assert queries.list_waiting_bulk_changes(stranger) == []
    with pytest.raises(NotFound):
        bulk.confirm_bulk_change(actor=stranger, change=change)


def entries_of(rows):
    about = [bytes.fromhex(row.credential.sha256) for row in rows]
    return [
        bytes(entry).decode()
        for entry in RegisterEntry.objects.filter(about__in=about)
        .order_by("pk")
        .values_list("data", flat=True)
    ]


def test_entries_of_many_changes_are_one_batch_under_one_head(desk):
    officer, _reviewer, rows, _foreign = desk
    for row in rows:
        CredentialFactory(certificate=row)
    change = bulk.start_bulk_change(
        actor=officer,
        act="suspend",
        numbers=[row.number for row in rows],
        reason=Reason.UNDER_REVIEW,
    )
    heads = RegisterCheckpoint.objects.count()
    runner.run_waiting_items()
    change.refresh_from_db()
    assert (change.entries.kind, change.entries.total, change.entries.state) == (
        log_entries.JOB,
        2,
        "finished",
    )
    assert Job.objects.filter(kind=log_entries.JOB).count() == 1
    assert len(entries_of(rows)) == 2
    assert all('"t":"suspend"' in entry for entry in entries_of(rows))
    assert RegisterCheckpoint.objects.count() - heads == 2  # the keys of the site, and these


def test_entries_of_a_later_chunk_join_the_batch(desk, monkeypatch):
    officer, _reviewer, rows, _foreign = desk
    for row in rows:
        CredentialFactory(certificate=row)
    change = bulk.start_bulk_change(
        actor=officer,
        act="suspend",
        numbers=[row.number for row in rows],
        reason=Reason.UNDER_REVIEW,
    )
    first, second = change.lines.order_by("pk")
    bulk.apply_bulk_lines([first.pk])
    entries = BulkChange.objects.get().entries
    runner.run_waiting_items()  # the entry of the first is in the register, its batch is over
    assert JobItem.objects.filter(job=entries).count() == 2
    entries.refresh_from_db()
    assert (entries.total, entries.state) == (2, "finished")
    bulk.apply_bulk_lines([first.pk, second.pk])
    log_entries.enter_status_changes([int(item.key) for item in entries.items.all()])
    assert len(entries_of(rows)) == 2


def test_page_asks_again_while_it_works_and_stops_when_done(client, desk):
    officer, _reviewer, rows, _foreign = desk
    client.force_login(officer)
    change = bulk.start_bulk_change(
        actor=officer, act="suspend", numbers=[rows[0].number], reason=Reason.UNDER_REVIEW
    )
    path = f"/office/certificates/change/{change.public_id}/"
    assert "every 2s" in client.get(path).content.decode()
    running = client.get(path, headers={"HX-Request": "true"})
    assert (
        "HX-Refresh" in running,
        "<html" in running.content.decode(),
        'id="bulk-lines"' in running.content.decode(),
    ) == (
        False,
        False,
        True,
    )
    runner.run_waiting_items()
    assert client.get(path, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "every 2s" not in client.get(path).content.decode()


def test_chunk_of_changes_costs_no_job_a_certificate(desk):
    officer, _reviewer, _rows, _foreign = desk
    org = OrgUnitFactory()
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=org)
    many = [CertificateFactory(org=org) for _each in range(30)]
    for row in many:
        CredentialFactory(certificate=row)
    bulk.start_bulk_change(
        actor=officer,
        act="suspend",
        numbers=[row.number for row in many],
        reason=Reason.UNDER_REVIEW,
    )
    runner.run_waiting_items()
    assert set(states(many)) == {"suspended"}
    assert Job.objects.count() == 2
    assert Event.objects.filter(kind="certification.suspended").count() == 30
    assert len(entries_of(many)) == 30
