"""From a sheet to records that answer: numbers, persons, the register, a world that changes in
between, taking back.
"""

from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone

import access
from access.models import RoleAssignment
from access.workflows import assign_role, withdraw_role
from audit.models import Event
from certification.enums import CertificateState, HistoricState, Provenance, Reason
from certification.models import (
    AssessmentBody,
    Certificate,
    HistoricImport,
    HistoricRecord,
    HistoricRow,
    RegisterEntry,
    RevocationRequest,
    StatusChange,
)
from certification.queries.paper_records import relied_on
from certification.queries.verification import verify_by_number_and_name
from certification.rules import filed_number
from certification.rules.paper_records import fingerprint, sheet_fingerprint
from certification.tlog import leaves
from certification.workflows import paper_records, status_changes
from certification.workflows.body import allocate_certificate_number
from certification.workflows.paper_records import apply, link
from certification.workflows.paper_records.kind import PAPER_RECORDS
from certification.workflows.verification import look_up_by_number_and_name
from core.errors import DomainError, Forbidden, InvalidInput
from imports.workflows import housekeeping
from jobs.runner import run_waiting_items
from org.enums import ChangeKind
from org.models import UnitChange
from people.models import FormerName, IdentityDocument
from tests.certification.historic.conftest import person_with
from tests.certification.historic.making import (
    check,
    compare,
    faults,
    identity,
    of,
    paper,
    send,
    sheet,
    take,
    taken,
    withdraw,
)
from tests.factories.certification import CertificateFactory, make_order
from tests.factories.ground import PersonFactory, WorkerFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def known(serial, name, **more):
    person = PersonFactory(name=name, **more)
    IdentityDocument.of(person, "resident", identity(serial)).save()
    return person


def answers(number, name):
    found = verify_by_number_and_name(number, name, today=timezone.localdate())
    return found.verdict.answer.value


def entries(kind):
    rows = [
        leaves.parse_leaf(bytes(row))
        for row in RegisterEntry.objects.order_by("index").values_list("data", flat=True)
    ]
    return [leaf.about.hex() for leaf in rows if leaf and leaf.kind == kind]


def test_rows_in_order_are_taken_over_and_answer_with_where_they_come_from(officer, city):
    run = taken(officer, city, paper(1), paper(2, until="2018-06-29", issuer="示例市总工会"))
    first, last = of(run)
    assert (run.state, run.summary["new"]) == (HistoricState.APPLIED, 2)
    assert (first.number, first.provenance, first.state, first.person, first.template) == (
        "甬焊培字〔2015〕第0001号", Provenance.LIST, CertificateState.ISSUED, None, None,
    )  # fmt: skip
    assert (first.level, first.occupation_name, first.issuer_name, first.pdf.name) == (
        3,
        "焊工",
        "示例市总工会",
        "",
    )
    assert (
        answers("甬焊培字(2015)第0001号", "王某某"),
        answers("甬焊培字〔2015〕第0002号", last.holder_name),
    ) == ("no_match", "expired")
    assert answers("甬焊培字(2015) 第0001号", first.holder_name) == "valid"
    assert [
        (change.old, change.new, change.actor)
        for change in StatusChange.objects.filter(certificate=first)
    ] == [("approved", "issued", officer)]
    assert not HistoricRow.objects.exists()


def test_each_record_stands_in_the_register_as_taken_over(officer, city):
    run = taken(officer, city, paper(1), paper(2))
    records = list(HistoricRecord.objects.filter(run=run).order_by("row"))
    assert entries("import") == [record.fingerprint for record in records]
    assert [
        RegisterEntry.objects.get(index=record.leaf_index).about.hex() for record in records
    ] == [one.fingerprint for one in records]
    for record in records:
        assert (
            fingerprint(apply.record_words(record.certificate), bytes(record.salt))
            == record.fingerprint
        )
    assert entries("issue") == []


def test_a_number_stands_once_for_an_issuer_and_leads_to_one_name(
    officer, other_officer, city, other_city
):
    taken(officer, city, paper(1, name="王一"))
    run = check(officer, city, sheet(paper(1, name="王一"), paper(2)))
    assert (run.summary["same"], run.summary["new"], faults(run)) == (1, 1, [])
    run = check(
        officer, city, sheet(paper(1, name="王二"), paper(1, name="王一", issued="2016-01-01"))
    )
    assert faults(run) == [(2, "number", "same_number"), (3, "number", "same_number")]
    run = check(officer, city, sheet(paper(1, name="王二")))
    assert (run.state, faults(run)) == (HistoricState.REFUSED, [(2, "number", "number_taken")])
    run = check(other_officer, other_city, sheet(paper(1, name="王一")))
    assert faults(run) == [(2, "number", "number_elsewhere")]
    run = taken(other_officer, other_city, paper(1, name="王三"))
    assert (
        answers(paper(1)[0], "王一"),
        answers(paper(1)[0], "王三"),
        answers(paper(1)[0], "王二"),
    ) == ("valid", "valid", "no_match")


def test_a_number_given_here_is_nobodys_paper(officer, city):
    ours = CertificateFactory(org=city, number="S000033001234265000001")
    run = check(
        officer,
        city,
        sheet(paper(1, number=ours.number), paper(2, number="330106-PX-2026-001837-Y")),
    )
    assert faults(run) == [(2, "number", "number_taken"), (3, "number", "number_ours")]


def test_a_filed_body_passes_over_a_number_that_stands_on_a_paper(officer, city):
    prefix, on = "Y000133000001", TODAY
    AssessmentBody.objects.create(
        org=city, prefix=prefix, valid_from=date(2026, 1, 1), document="示例〔2026〕1号"
    )
    first, next_one = (
        filed_number.make_filed_number(prefix=prefix, year=2026, level=3, serial=serial)
        for serial in (1, 2)
    )
    taken(officer, city, paper(1, number=first, issued="2026-01-05"))
    with transaction.atomic():
        assert (
            allocate_certificate_number(make_order(org=city, kind="DJ", level=3), city, on)
            == next_one
        )


def test_the_same_row_twice_is_taken_over_once(officer, city):
    run = taken(officer, city, paper(1), paper(1), paper(2))
    assert (len(of(run)), run.summary["faulty"]) == (2, 1)


def test_a_person_is_found_by_number_and_name_or_not_at_all(officer, city):
    right = known(1, "王一")
    former = known(2, "李二")
    FormerName.objects.create(person=former, name="王二", until=date(2020, 1, 1), reason="改名")
    known(3, "李三")
    run = check(
        officer,
        city,
        sheet(
            *(paper(n, name=f"王{'一二三四'[n - 1]}", id=identity(n)) for n in range(1, 5)),
            paper(5),
        ),
    )
    assert faults(run) == [(4, "id_number", "other_name")]
    assert {key: run.summary[key] for key in ("linked", "known_later", "nameless")} == {
        "linked": 2,
        "known_later": 1,
        "nameless": 1,
    }
    run = take(officer, run)
    assert [row.person for row in of(run)] == [right, former, None, None]
    hashes = list(
        HistoricRecord.objects.filter(run=run).order_by("row").values_list("id_hash", flat=True)
    )
    assert [bool(value) for value in hashes] == [False, False, True, False]


def test_a_holder_recorded_later_is_linked_by_number_and_name_and_the_hash_goes(officer, city):
    run = taken(
        officer, city, paper(1, name="王一", id=identity(1)), paper(2, name="王二", id=identity(2))
    )
    assert (link.is_linking_due(), paper_records.link_known_holders()) == (False, 0)
    worker = WorkerFactory(name="王一")
    IdentityDocument.of(worker, "resident", identity(1)).save()
    known(2, "李二")
    assert link.is_linking_due()
    assert (paper_records.link_known_holders(run), paper_records.link_known_holders()) == (1, 0)
    assert [row.person for row in of(run)] == [worker, None]
    assert HistoricRecord.objects.order_by("row").values_list("id_hash", flat=True).first() == ""
    event = Event.objects.get(kind="certification.historic_linked")
    assert event.target_id == str(of(run)[0].pk)


def test_the_issuer_is_named_as_on_the_day(officer, city):
    UnitChange.objects.create(
        unit=city,
        kind=ChangeKind.RENAMED,
        on=date(2016, 1, 1),
        old_name="示例市工会",
        new_name=city.name,
    )
    run = taken(
        officer,
        city,
        paper(1),
        paper(2, issued="2016-01-01"),
        paper(3, issuer="示例市工会"),
        paper(4, issuer="外市总工会"),
    )
    assert [row.issuer_name for row in of(run)] == ["示例市工会", "示例市总工会", "示例市工会"]
    assert faults(run) == [(5, "issuer", "issuer_foreign")]


def test_a_world_that_changed_after_the_look_is_shown_anew_and_nothing_is_written(officer, city):
    run = check(officer, city, sheet(paper(1), paper(2)))
    twin = check(officer, city, sheet(paper(1), paper(3)))
    take(officer, run)
    twin = take(officer, twin)
    assert (twin.state, twin.note, twin.summary["same"], twin.summary["new"]) == (
        HistoricState.READY,
        "world_changed",
        1,
        1,
    )
    assert Certificate.objects.count() == 2
    assert take(officer, twin).state == HistoricState.APPLIED


def test_a_number_given_in_that_very_moment_gives_the_sheet_back(officer, city, monkeypatch):
    run = check(officer, city, sheet(paper(1, number="S000033001234265000001")))
    shown = run.fingerprint

    def blind(one):
        CertificateFactory(org=city, number="S000033001234265000001")
        monkeypatch.undo()
        return shown

    monkeypatch.setattr(apply.effects, "decide_effects", blind)
    run = take(officer, run)
    assert (run.state, run.note, faults(run)) == (
        HistoricState.REFUSED,
        "world_changed",
        [(2, "number", "number_taken")],
    )


def test_work_broken_off_after_the_rows_were_written_goes_on_without_doubles(officer, city):
    run = check(officer, city, sheet(paper(1), paper(2)))
    paper_records.apply_import(actor=officer, run=run)
    run = HistoricImport.objects.get(pk=run.pk)
    assert apply.write_records(run, run.generation)
    assert answers(paper(1)[0], paper(1)[1]) == "no_match"  # written, and not in the register yet
    assert apply.enter_records(run)
    run_waiting_items()
    assert (HistoricImport.objects.get(pk=run.pk).state, len(of(run)), len(entries("import"))) == (
        HistoricState.APPLIED,
        2,
        2,
    )


def test_work_that_failed_for_good_leaves_nothing_and_can_be_started_again(
    officer, city, monkeypatch
):
    run = check(officer, city, sheet(paper(1)))
    monkeypatch.setattr(
        apply.register,
        "append_register_entries",
        lambda *_a, **_k: (_ for _ in ()).throw(DomainError("broken", "x")),
    )
    run = take(officer, run)
    assert (run.state, run.note, Certificate.objects.count()) == (
        HistoricState.READY,
        "apply_failed",
        0,
    )
    monkeypatch.undo()
    assert take(officer, run).state == HistoricState.APPLIED


def test_who_lost_the_right_meanwhile_takes_nothing_over(officer, city):
    run = check(officer, city, sheet(paper(1)))
    paper_records.apply_import(actor=officer, run=run)
    for one in RoleAssignment.objects.filter(user=officer):
        withdraw_role(actor=access.SYSTEM, assignment=one)
    run_waiting_items()
    run = HistoricImport.objects.get(pk=run.pk)
    assert (run.state, run.note, Certificate.objects.count()) == (
        HistoricState.READY,
        "right_lost",
        0,
    )


def test_a_second_click_takes_over_once(officer, city):
    run = check(officer, city, sheet(paper(1)))
    paper_records.apply_import(actor=officer, run=run)
    paper_records.apply_import(actor=officer, run=run)
    run_waiting_items()
    assert Certificate.objects.count() == 1
    assert paper_records.apply_import(actor=officer, run=run).state == HistoricState.APPLIED
    assert Event.objects.filter(kind="certification.historic_taken_over").count() == 1


def test_only_a_second_person_lets_the_records_rest_on_the_originals(officer, second, city):
    run = taken(officer, city, *(paper(n) for n in range(1, 31)))
    for who in (officer,):
        with pytest.raises(Forbidden):
            paper_records.draw_sample(actor=who, run=run)
    run = compare(second, run)
    assert (run.confirmed_by, {row.provenance for row in of(run)}, {row.provenance_on for row in of(run)}) == (
        second, {Provenance.ARCHIVE}, {timezone.localdate()},
    )  # fmt: skip
    marks = list(
        HistoricRecord.objects.filter(run=run).order_by("row").values_list("fingerprint", flat=True)
    )
    assert entries("compare") == [sheet_fingerprint(marks)]
    with pytest.raises(DomainError, match="已核对过"):
        paper_records.draw_sample(actor=second, run=run)


def test_who_has_both_rights_still_needs_another(city, second):
    both = person_with("union_officer", city)
    assign_role(actor=access.SYSTEM, user=both, role="union_reviewer", scope=city)
    run = taken(both, city, paper(1))
    with pytest.raises(DomainError) as refused:
        paper_records.draw_sample(actor=both, run=run)
    assert refused.value.code == "second_person"
    assert compare(second, run).confirmed_by == second


def test_a_sample_stays_until_it_is_answered_in_full(officer, second, city):
    run = taken(officer, city, *(paper(n) for n in range(1, 31)))
    paper_records.draw_sample(actor=second, run=run)
    drawn = set(HistoricRecord.objects.exclude(sampled="").values_list("pk", flat=True))
    paper_records.draw_sample(actor=second, run=run)
    assert set(HistoricRecord.objects.exclude(sampled="").values_list("pk", flat=True)) == drawn
    assert len(drawn) == 20
    with pytest.raises(InvalidInput) as refused:
        paper_records.record_sample(
            actor=second, run=run, verdicts=dict.fromkeys(list(drawn)[1:], "agrees"), remark=" "
        )
    assert set(refused.value.fields) == {"remark", "__all__"}


def test_one_that_differs_leaves_all_uncompared_and_the_next_sample_is_larger(
    officer, second, city
):
    run = taken(officer, city, *(paper(n) for n in range(1, 61)))
    run = compare(second, run, differ=1)
    assert (run.confirmed_at, {row.provenance for row in of(run)}) == (None, {Provenance.LIST})
    with pytest.raises(DomainError) as refused:
        paper_records.draw_sample(actor=second, run=run)
    assert refused.value.code == "sample_unsettled"
    wrong = Certificate.objects.get(historic__sampled="differs")
    request = status_changes.request_revocation(
        actor=officer, certificate=wrong, reason=Reason.IMPORT_ERROR, note="姓名录错"
    )
    status_changes.confirm_revocation(actor=second, request=request)
    run = paper_records.draw_sample(actor=second, run=HistoricImport.objects.get(pk=run.pk))
    assert HistoricRecord.objects.filter(run=run, sampled="drawn").count() == 40
    with pytest.raises(DomainError, match="尚未抽样"):
        paper_records.record_sample(
            actor=second,
            run=HistoricImport.objects.get(pk=taken(officer, city, paper(99)).pk),
            verdicts={},
            remark="x",
        )


def test_an_import_nobody_relied_on_is_taken_back_whole_and_its_numbers_are_free(officer, city):
    run = withdraw(officer, taken(officer, city, paper(1), paper(2, id=identity(2))))
    assert (run.state, {row.state for row in of(run)}) == (
        HistoricState.WITHDRAWN,
        {CertificateState.WITHDRAWN},
    )
    assert answers(paper(1)[0], paper(1)[1]) == "no_match"
    assert entries("withdraw") == entries("import")
    assert not HistoricRecord.objects.exclude(id_hash="").exists()
    assert {change.note for change in StatusChange.objects.filter(new="withdrawn")} == {
        "台账版本有误"
    }
    again = taken(officer, city, paper(1), paper(2))
    assert (again.state, answers(paper(1)[0], paper(1)[1])) == (HistoricState.APPLIED, "valid")
    assert (
        paper_records.withdraw_import(actor=officer, run=run, reason="x").state
        == HistoricState.WITHDRAWN
    )  # a second click


def test_what_somebody_relied_on_stays_until_it_is_revoked_by_two(officer, second, city):
    run = taken(officer, city, paper(1), paper(2))
    look_up_by_number_and_name(number=paper(1)[0], name=paper(1)[1], address=None)
    assert [row.pk for row in relied_on(run)] == [of(run)[0].pk]
    with pytest.raises(DomainError) as refused:
        paper_records.withdraw_import(actor=officer, run=run, reason="错了")
    assert refused.value.code == "relied_on"
    request = status_changes.request_revocation(
        actor=officer, certificate=of(run)[0], reason=Reason.IMPORT_ERROR, note="录错"
    )
    status_changes.confirm_revocation(
        actor=second, request=RevocationRequest.objects.get(pk=request.pk)
    )
    run_waiting_items()
    run = withdraw(officer, run)
    assert [row.state for row in of(run)] == ["revoked", "withdrawn"]
    assert answers(paper(1)[0], paper(1)[1]) == "revoked"
    assert entries("revoke") == [HistoricRecord.objects.get(row=2, run=run).fingerprint]
    again = taken(officer, city, paper(1, issued="2015-07-01"))
    assert (again.summary["new"], answers(paper(1)[0], paper(1)[1])) == (
        1,
        "valid",
    )  # the right record of the same paper answers


def test_a_compared_import_and_an_empty_reason_are_refused(officer, second, city):
    run = taken(officer, city, paper(1))
    with pytest.raises(InvalidInput):
        paper_records.withdraw_import(actor=officer, run=run, reason=" ")
    run = compare(second, run)
    with pytest.raises(DomainError) as refused:
        paper_records.withdraw_import(actor=officer, run=run, reason="错了")
    assert refused.value.code == "compared_already"


def test_somebody_who_relies_between_click_and_work_keeps_the_import(officer, city):
    run = taken(officer, city, paper(1))
    paper_records.withdraw_import(actor=officer, run=run, reason="错了")
    look_up_by_number_and_name(number=paper(1)[0], name=paper(1)[1], address=None)
    run_waiting_items()
    run = HistoricImport.objects.get(pk=run.pk)
    assert (run.state, run.note, of(run)[0].state) == (
        HistoricState.APPLIED,
        "relied_on",
        CertificateState.ISSUED,
    )


def test_strangers_may_nothing(other_officer, officer, second, city):
    with pytest.raises(DomainError):
        send(other_officer, city, sheet(paper(1)))
    with pytest.raises(Forbidden):
        send(second, city, sheet(paper(1)))
    run = check(officer, city, sheet(paper(1)))
    for deed in (paper_records.apply_import, paper_records.discard_import):
        with pytest.raises(Forbidden):
            deed(actor=second, run=run)
    with pytest.raises(Forbidden):
        paper_records.withdraw_import(actor=second, run=take(officer, run), reason="x")


def test_an_aim_that_is_none_is_refused(officer, city):
    with pytest.raises(InvalidInput):
        send(officer, city, sheet(paper(1)), aim="issued")


def test_a_sheet_without_rows_and_wrong_columns_are_refused(officer, city):
    with pytest.raises(InvalidInput, match="没有数据"):
        send(officer, city, sheet())
    run = send(officer, city, sheet(paper(1)))
    wrong = [
        (
            {"0": "number", "1": "number", "2": "name"},
            {"kind": "PX", "title": "x"},
            {"column_0", "column_1", "__all__"},
        ),
        (
            {"0": "number", "1": "name", "2": "issued_on"},
            {"kind": "??", "title": ""},
            {"title", "kind"},
        ),
    ]
    for mapping, ground, fields in wrong:
        with pytest.raises(InvalidInput) as refused:
            paper_records.start_check(actor=officer, run=run, mapping=mapping, **ground)
        assert set(refused.value.fields) == fields
    with pytest.raises(InvalidInput):
        paper_records.start_check(
            actor=officer, run=run, mapping={"99": "number"}, kind="PX", title="x"
        )


def test_sheets_nobody_decided_about_and_old_files_go(officer, city):
    run = check(officer, city, sheet(paper(1)))
    done = taken(officer, city, paper(2))
    long_ago = timezone.now() - timezone.timedelta(days=40)
    HistoricImport.objects.filter(pk=run.pk).update(updated_at=long_ago)
    HistoricImport.objects.filter(pk=done.pk).update(applied_at=long_ago)
    assert housekeeping.is_cleaning_due(PAPER_RECORDS)
    assert housekeeping.delete_expired_uploads(PAPER_RECORDS) == 2
    assert (
        HistoricImport.objects.get(pk=run.pk).state,
        HistoricImport.objects.get(pk=done.pk).file.name,
    ) == ("discarded", "")
    assert not housekeeping.is_cleaning_due(PAPER_RECORDS)


def test_work_whose_worker_vanished_is_given_back(officer, city):
    run = check(officer, city, sheet(paper(1)))
    paper_records.apply_import(actor=officer, run=run)
    run = HistoricImport.objects.get(pk=run.pk)
    apply.write_records(run, run.generation)
    run.job.delete()
    assert housekeeping.delete_expired_uploads(PAPER_RECORDS) == 1
    assert (HistoricImport.objects.get(pk=run.pk).state, Certificate.objects.count()) == (
        HistoricState.READY,
        0,
    )
