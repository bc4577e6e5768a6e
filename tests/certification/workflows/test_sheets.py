"""Spreadsheet checks: each part answered once, no name kept, guessing ends, an earlier check asked
again.
"""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

import access
from access.workflows import assign_role
from certification.enums import RowFault, SheetCheckState, VerificationAnswer, VerificationWay
from certification.errors import TooOften, UnreadableSheet
from certification.models import BatchCheck, Certificate, LookUp, Misses, SheetPart
from certification.queries import sheets as queries
from certification.queries.verification import Asked, verify_many
from certification.rules import number
from certification.rules import sheet as rules
from certification.rules.fingerprint import fingerprint_report_rows
from certification.views.batch import ORDER
from certification.workflows import sheets as workflows
from core.errors import NotFound
from jobs.models import Job
from jobs.runner import run_waiting_items
from tests.factories.certification import CertificateFactory
from tests.factories.ground import EmployerFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def employer():
    return EmployerFactory()


@pytest.fixture
def hr(employer):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="employer_hr", scope=employer)
    return user


def check(hr, employer, rows):
    numbered = [(at, Asked(*row)) for at, row in enumerate(rows, start=2)]
    return workflows.check_sheet(
        actor=hr, scope=employer, file_name="a.xlsx", rows=numbered, address=None
    )


def unknown(serial):
    return str(number.make_certificate_number(org="990009", kind="PX", year=2026, serial=serial))


def rows_of(made):
    return [(row["row"], row["name"], row["answer"]) for row in queries.list_answered_rows(made)]


def test_sheet_keeps_answers_with_masked_names_and_only_for_who_may(hr, employer):
    row = CertificateFactory(person=PersonFactory(name="欧阳示例"))
    rows = [(row.number, "欧阳示例"), (row.number[:-1] + "?", "张三丰")]
    with pytest.raises(NotFound):
        check(UserFactory(), employer, rows)
    made = check(hr, employer, rows)
    assert (made.state, made.counts, made.answered) == (
        SheetCheckState.FINISHED,
        {"valid": 1, "no_match": 1},
        2,
    )
    assert rows_of(made) == [(2, "欧阳**", "valid"), (3, "张**", "no_match")]
    stored = str(list(BatchCheck.objects.values())) + str(list(SheetPart.objects.values()))
    assert "欧阳示例" not in stored
    assert "张三丰" not in stored
    assert LookUp.objects.filter(way=VerificationWay.BATCH, reference=made.reference).count() == 2


def test_kept_rows_are_answered_as_what_was_typed_would_be():
    new = CertificateFactory()
    known = [
        CertificateFactory(),
        CertificateFactory(valid_until=date(2026, 11, 21)),
        CertificateFactory(valid_until=date(2026, 12, 21)),
        CertificateFactory(state="suspended", state_since=TODAY, state_reason="under_review"),
        CertificateFactory(state="revoked", state_since=TODAY, state_reason="fraud"),
        CertificateFactory(
            state="superseded", state_since=TODAY, state_reason="corrected", replaced_by=new
        ),
        CertificateFactory(state="approved", sha256=""),
    ]
    asked = [Asked(row.number.lower().replace("-", " "), f" {row.holder_name} ") for row in known]
    asked += [Asked(known[0].number, name) for name in ("别人", "", "·", "　")] + [
        Asked("", known[0].holder_name),
        Asked(unknown(1), "王"),
    ]
    found = queries.answer_sheet_rows(queries.prepare_sheet_rows(enumerate(asked)), today=TODAY)
    other = verify_many(asked, today=TODAY)
    assert [
        (
            row["answer"],
            row["writing"],
            row.get("certificate"),
            row.get("days_left"),
            row.get("replaced_by", ""),
        )
        for row in found
    ] == [
        (
            str(one.verdict.answer),
            str(one.writing),
            one.certificate.pk if one.certificate else None,
            one.verdict.days_left,
            one.verdict.replaced_by,
        )
        for one in other
    ]


def test_row_that_cannot_be_asked_is_no_look_up_no_miss_and_no_verdict(hr, employer):
    row = CertificateFactory()
    unasked = {
        3: rules.UnaskedRow(RowFault.NO_NAME, "B3"),
        4: rules.UnaskedRow(RowFault.ERROR_VALUE, "A4", "#N/A"),
        5: rules.UnaskedRow(RowFault.NO_NAME, "B5"),
    }
    rows = [
        (row.number, row.holder_name),
        (row.number, ""),
        ("", row.holder_name),
        (unknown(1), ""),
    ]
    numbered = [(at, Asked(*one)) for at, one in enumerate(rows, start=2)]
    made = workflows.check_sheet(
        actor=hr, scope=employer, file_name="a.xlsx", rows=numbered, address=None, unasked=unasked
    )
    assert (made.state, made.counts) == (SheetCheckState.FINISHED, {"valid": 1, "not_asked": 3})
    assert (LookUp.objects.count(), Misses.objects.count()) == (1, 0)
    again = workflows.repeat_sheet_check(actor=hr, check=made, address=None)
    assert (again.counts, again.changed) == (made.counts, 0)
    assert [
        (kept["fault"], kept["cell"])
        for kept in queries.list_answered_rows(again)
        if kept.get("fault")
    ] == [
        ("no_name", "B3"),
        ("error_value", "A4"),
        ("no_name", "B5"),
    ]


def test_wrong_name_and_unknown_number_leave_the_same_row():
    row = CertificateFactory()
    wrong, absent = queries.answer_sheet_rows(
        queries.prepare_sheet_rows(
            [(2, Asked(row.number, "别人")), (2, Asked(unknown(7), "别人"))]
        ),
        today=TODAY,
    )
    assert wrong | {"number": ""} == absent | {"number": ""}


def test_thousands_of_rows_cost_one_query_for_each_five_hundred_numbers(django_assert_num_queries):
    ready = queries.prepare_sheet_rows((at, Asked(unknown(at), "王")) for at in range(1, 1501))
    with django_assert_num_queries(3):
        queries.answer_sheet_rows(ready, today=TODAY)


def test_long_sheet_is_answered_in_parts_each_once(hr, employer):
    row = CertificateFactory()
    made = check(hr, employer, [(row.number, row.holder_name)] * 1200)
    assert (made.state, made.answered, Job.objects.get().total) == (SheetCheckState.RUNNING, 0, 3)
    workflows.answer_sheet_part(check=made, position=2, hashed="")
    assert workflows.answer_sheet_part(check=made, position=2, hashed="").answered == 500
    run_waiting_items()
    made.refresh_from_db()
    assert (made.state, made.answered, made.counts) == (
        SheetCheckState.FINISHED,
        1200,
        {"valid": 1200},
    )
    assert [row for row, _name, _answer in rows_of(made)] == list(range(2, 1202))
    assert LookUp.objects.count() == 1200


def test_guessing_ends_at_the_quota_and_what_was_not_asked_is_forgotten(hr, employer, monkeypatch):
    monkeypatch.setattr(rules, "MISSES_A_DAY", 4)
    monkeypatch.setattr(queries, "MISSES_A_DAY", 4)
    row = CertificateFactory()
    first = check(hr, employer, [(unknown(at), "王") for at in range(1, 4)])
    assert first.state == SheetCheckState.FINISHED
    second = check(
        hr, employer, [(unknown(at), "王") for at in range(4, 6)] + [(row.number, row.holder_name)]
    )
    assert (second.state, second.answered, rows_of(second), second.parts.count()) == (
        SheetCheckState.STOPPED,
        0,
        [],
        0,
    )
    assert check(hr, employer, [(unknown(9), "王")]).state == SheetCheckState.FINISHED
    with pytest.raises(TooOften) as caught:
        check(hr, employer, [(row.number, row.holder_name)])
    assert caught.value.data["retry_after"] >= 60
    Misses.objects.update(day=timezone.localdate() - timedelta(days=1))
    assert check(hr, employer, [(row.number, row.holder_name)]).state == SheetCheckState.FINISHED


def test_numbers_that_cannot_lead_anywhere_are_no_guesses(hr, employer):
    check(
        hr, employer, [("x", "王"), (unknown(1)[:-1] + "?", "王"), ("S000033010600126100001", "王")]
    )
    assert Misses.objects.count() == 0


def test_one_number_with_many_names_is_refused_before_anything_is_asked(hr, employer):
    row = CertificateFactory()
    with pytest.raises(UnreadableSheet) as caught:
        check(hr, employer, [(row.number, f"王{at}") for at in range(6)])
    assert row.number in str(caught.value.message)
    assert BatchCheck.objects.count() == 0
    assert (
        check(
            hr, employer, [(row.number, row.holder_name)] * 6 + [("", f"王{at}") for at in range(9)]
        ).counts["valid"]
        == 6
    )


def test_asking_again_marks_what_changed_and_costs_no_misses(hr, employer):
    rows = [
        CertificateFactory(valid_until=timezone.localdate() + timedelta(days=9)) for _ in range(4)
    ]
    late = number.make_certificate_number(org="990000", kind="PX", year=2026, serial=900_000)
    made = check(
        hr,
        employer,
        [(row.number, row.holder_name) for row in rows] + [(str(late), "迟到"), (unknown(3), "王")],
    )
    used = Misses.objects.get().count
    Certificate.objects.filter(pk=rows[0].pk).update(
        state="suspended", state_since=timezone.localdate(), state_reason="under_review"
    )
    Certificate.objects.filter(pk=rows[1].pk).update(
        valid_until=timezone.localdate() + timedelta(days=99)
    )
    CertificateFactory(number=str(late), person=PersonFactory(name="迟到"))
    again = workflows.repeat_sheet_check(actor=hr, check=made, address=None)
    assert (again.previous, again.changed, Misses.objects.get().count) == (made, 3, used)
    changed = [
        (row["row"], row["was"]["answer"], row["answer"])
        for row in queries.list_answered_rows(again)
        if row.get("changed")
    ]
    assert changed == [(2, "valid", "suspended"), (3, "valid", "valid"), (6, "no_match", "valid")]


def test_old_sheets_are_forgotten(hr, employer):
    old = check(hr, employer, [("x", "y")])
    BatchCheck.objects.update(at=timezone.now() - timedelta(days=workflows.KEEP_CHECKS_DAYS + 1))
    new = check(hr, employer, [("x", "y")])
    assert list(BatchCheck.objects.values_list("pk", flat=True)) == [new.pk] != [old.pk]
    assert SheetPart.objects.count() == 1


@given(st.lists(st.lists(st.text(max_size=5), max_size=4), max_size=4))
def test_fingerprint_survives_empty_cells_at_the_end_and_tells_cells_apart(rows):
    assert fingerprint_report_rows(rows) == fingerprint_report_rows(
        [[*row, "", None] for row in rows]
    )
    assert (
        fingerprint_report_rows([["ab", "c"]])
        != fingerprint_report_rows([["a", "bc"]])
        != fingerprint_report_rows([["a"], ["bc"]])
    )


def test_answers_have_an_order_for_every_word():
    assert set(ORDER) == {*VerificationAnswer, rules.NOT_ASKED} - {VerificationAnswer.UNAVAILABLE}
