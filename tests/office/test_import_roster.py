"""A roster from the file to the record: dry run, what is to be mended, taking over, the same thing
twice, a world that changes.
"""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.utils import timezone
from openpyxl import Workbook, load_workbook

import access
from access.workflows import assign_role
from audit.models import Event
from core.errors import DomainError, InvalidInput, NotFound
from imports.models import ColumnMemory
from imports.queries import describe_fault, find_faults
from imports.workflows import check as checking
from jobs.models import JobItem
from jobs.runner import run_waiting_items
from office.enums import Effect, ImportState
from office.models import RowRemark, SheetImport, StagedRow, TakenRow
from office.queries import imports as queries
from office.words import FAULTS, NOTES, describe_import_fault
from office.workflows import importing
from office.workflows.importing import effects
from org.models import Employer, Employment, Membership, OrgUnit
from people import crypto
from people.models import IdentityDocument, Person
from tests.factories.ground import OrgUnitFactory, PersonFactory, UserFactory
from tests.office.importing import (
    GOOD,
    HEAD,
    check,
    faults,
    notes,
    number,
    send,
    sheet,
    take,
    worker,
)

pytestmark = pytest.mark.django_db


def test_roster_goes_from_file_to_record(officer, city, unit):
    run = check(officer, city, sheet(*(worker(n) for n in range(3))))
    assert (run.state, run.rows, run.checked, faults(run)) == (ImportState.READY, 3, 3, [])
    assert run.summary == {
        "rows": 3, "new": 3, "possible": 0, "updated": 0, "same": 0, "faulty": 0, "noted": 0, "unions": 1, "new_employers": 1,
        "kept_mobiles": 0,
    }  # fmt: skip
    assert (Person.objects.count(), Membership.objects.count(), Employer.objects.count()) == (
        0,
        0,
        0,
    )

    run = take(officer, run)
    assert run.state == ImportState.APPLIED
    assert [(p.name, p.mobile, str(p.birth), p.sex) for p in Person.objects.order_by("pk")] == [
        (f"王{chr(0x4E00 + n)}", f"138{n:08d}", "1980-01-01", "male" if n % 2 else "female")
        for n in range(3)
    ]
    assert [(m.org_unit, m.starts_on) for m in Membership.objects.all()] == [
        (unit, date(2020, 5, 1))
    ] * 3
    assert [(e.employer.name, e.job_title) for e in Employment.objects.all()] == [
        ("示例厂", "焊工")
    ] * 3
    assert list(Employer.objects.get().unions.all()) == [unit]
    assert (StagedRow.objects.count(), TakenRow.objects.count()) == (0, 3)
    assert run.undo_until - run.applied_at == timedelta(days=7)
    assert [e.kind for e in Event.objects.filter(target_type="office.SheetImport")] == [
        "office.roster_imported"
    ]


def test_three_rows_to_mend_stay_out_and_the_good_ones_go_in(officer, city, unit):
    bad = [
        worker(7, number=number(7)[:-1] + "A"),
        worker(8, joined="1987-02-30"),
        worker(9, union="某街道联合工会"),
    ]
    run = check(officer, city, sheet(worker(1), bad[0], worker(2), bad[1], bad[2]))
    assert faults(run) == [
        (3, "id_number", "id_form"),
        (5, "joined", "joined_none"),
        (6, "union", "union_unknown"),
    ]
    assert (run.state, effects.count_good_rows(run.summary), run.summary["faulty"]) == (
        ImportState.READY,
        2,
        3,
    )
    assert [(f.row, f.column, f.written) for f in (describe_fault(run, r) for r in find_faults(run))] == [
        (3, "C 证件号码", "3301************7A"), (5, "H 入会日期", "1987-02-30"), (6, "E 工会编码", "某街道联合工会"),
    ]  # fmt: skip
    take(officer, run)
    assert Person.objects.count() == 2


def test_error_workbook_holds_the_faulty_rows_only_and_comes_back_by_itself(officer, city, unit):
    bad = worker(3, number=number(3)[:-1] + "A")
    run = check(officer, city, sheet(worker(1), bad, worker(2), ["=1+1", *worker(4)[1:7], "去年"]))
    data = importing.error_workbook(run)
    book = load_workbook(io.BytesIO(data)).worksheets[0]
    assert [c.value for c in book[1]] == ["要改的地方", "原表行号", *HEAD]
    assert [[c.value for c in row] for row in book.iter_rows(min_row=2, min_col=2)] == [
        [3, *bad],
        [5, "=1+1", *worker(4)[1:7], "去年"],
    ]
    assert book["C3"].data_type == "s"
    take(officer, run)
    book["E2"] = number(3)
    book["J3"] = "2020-01-01"
    out = io.BytesIO()
    book.parent.save(out)
    again = check(officer, city, out.getvalue())
    assert (again.rows, faults(again)) == (2, [])
    take(officer, again)
    assert sorted(Person.objects.values_list("name", flat=True)) == sorted(
        [*(worker(n)[0] for n in (1, 2, 3)), "=1+1"]
    )


def test_name_survives_untouched_and_number_is_encrypted_on_every_step(officer, city, unit):
    run = check(officer, city, sheet(GOOD))
    row = StagedRow.objects.get()
    assert b"11010519491231002X" not in bytes(row.number_encrypted)
    assert "11010519491231002X" not in str(StagedRow.objects.values()) + str(
        SheetImport.objects.values()
    ) + str(RowRemark.objects.values())
    take(officer, run)
    person, document = Person.objects.get(), IdentityDocument.objects.get()
    assert (person.name, str(person.birth), person.public_id) == (
        "欧阳𠮷",
        "1949-12-31",
        row.public_id,
    )
    assert (
        crypto.decrypt_text(document.number_encrypted, bound_to=f"{person.public_id}:resident")
        == "11010519491231002X"
    )
    assert (document.number(), document.tail, document.key_name) == (
        "11010519491231002X",
        "002X",
        crypto.key_name(),
    )


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"name": ""}, ("name", "name_missing")),
        ({"name": "张" * 101}, ("name", "name_long")),
        ({"name": "张\ue000"}, ("name", "name_unwritable")),
        ({"kind": "驾驶证"}, ("id_kind", "id_kind_unknown")),
        ({"number": ""}, ("id_number", "id_empty")),
        ({"number": "110105491231002"}, ("id_number", "id_fifteen")),
        ({"number": "11010519490230002X"}, ("id_number", "id_birth")),
        ({"number": "110105194912310021"}, ("id_number", "id_check")),
        ({"number": "11010529491231002X"}, ("id_number", "id_birth")),
        ({"mobile": "12800138000"}, ("mobile", "mobile")),
        ({"union": "999"}, ("union", "union_unknown")),
        ({"union": ""}, ("union", "union_missing")),
        ({"employer": "厂" * 201}, ("employer", "employer_long")),
        ({"joined": "2099-01-01"}, ("joined", "joined_future")),
        ({"joined": "去年"}, ("joined", "day_form")),
        ({"joined": "2021-02-30"}, ("joined", "joined_none")),
    ],
)  # fmt: skip
def test_faulty_cell_is_answered_with_a_sentence_and_changes_nothing(
    officer, city, unit, changed, found
):
    run = check(officer, city, sheet(worker(1, **changed)))
    assert (run.state, faults(run)) == (ImportState.REFUSED, [(2, *found)])
    remark = RowRemark.objects.get()
    what, do = describe_import_fault(remark.code, remark.params)
    assert (bool(what), bool(do), remark.code in FAULTS) == (True, True, True)
    assert "11010519" not in remark.written + what + do
    assert Person.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"number": "11010519491231002x"}, "id_lower_x"),
        ({"number": "110105 19491231 002X"}, "id_spaces"),
        ({"number": "１１０１０５19491231002X"}, "id_full_width"),
        ({"mobile": "+86 138-0013-8000"}, "mobile_spelling"),
        *(({"name": f"阿里{dot}木"}, "name_dot") for dot in "•・‧●．"),
        ({"name": "张\ue863"}, "name_private_use"),
    ],
)  # fmt: skip
def test_other_spelling_is_read_as_meant_and_told(officer, city, unit, changed, code):
    run = check(officer, city, sheet(worker(1, **changed)))
    assert (faults(run), notes(run), run.summary["noted"]) == ([], [(2, code)], 1)
    assert code in NOTES
    take(officer, run)
    person = Person.objects.get()
    assert person.name == {"name_dot": "阿里·木", "name_private_use": "张䶮"}.get(
        code, worker(1)[0]
    )
    assert person.mobile == ("13800138000" if code == "mobile_spelling" else worker(1)[3])


def test_dot_in_five_encodings_is_one_person(officer, city, unit):
    take(officer, check(officer, city, sheet(worker(1, name="阿里·木"))))
    for dot in "•・‧●．":
        run = check(officer, city, sheet(worker(1, name=f"阿里{dot}木")))
        assert (faults(run), run.summary["same"]) == ([], 1)


def test_phone_of_a_family_is_no_fault(officer, city, unit):
    run = check(officer, city, sheet(worker(1), worker(2, mobile=worker(1)[3])))
    assert (faults(run), run.summary["new"]) == ([], 2)
    take(officer, run)
    assert Person.objects.filter(mobile=worker(1)[3]).count() == 2


def test_person_twice_in_a_sheet_names_the_first_row(officer, city, unit):
    run = check(officer, city, sheet(worker(1), worker(2), worker(1, name="别名")))
    assert faults(run) == [(4, "id_number", "same_number")]
    assert "2" in describe_import_fault("same_number", RowRemark.objects.get().params)[0]
    take(officer, run)
    assert Person.objects.count() == 2


def test_number_typed_as_a_number_has_lost_its_end(officer, city, unit):
    book = Workbook()
    book.active.append(HEAD)
    book.active.append([*worker(1)[:2], 330125198001010014, *worker(1)[3:]])
    out = io.BytesIO()
    book.save(out)
    assert faults(check(officer, city, out.getvalue())) == [(2, "id_number", "id_number_lost")]


def test_formula_and_merged_cells_are_rows_to_mend(officer, city, unit):
    book = Workbook()
    book.active.append(HEAD)
    for n in (1, 2, 3):
        book.active.append(worker(n))
    book.active["A2"] = '="王"&"一"'
    book.active.merge_cells("E3:E4")
    out = io.BytesIO()
    book.save(out)
    assert faults(check(officer, city, out.getvalue())) == [
        (2, "name", "formula"),
        (4, "union", "merged"),
    ]


def test_title_rows_and_a_header_of_two_merged_rows_are_recognised(officer, city, unit):
    book = Workbook()
    rows = [
        ["示例厂职工花名册", *[None] * 4], ["2026 年 11 月", *[None] * 4],
        ["姓名", "证件", None, "联系电话", "所属工会"], [None, "类型", "号码", None, None],
        [worker(1)[0], "居民身份证", number(1), "13800000001", "示例厂工会"],
    ]  # fmt: skip
    for row in rows:
        book.active.append(row)
    for cells in ("A1:E1", "A3:A4", "B3:C3", "D3:D4", "E3:E4"):
        book.active.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    run = send(officer, city, out.getvalue())
    assert [c["heading"] for c in run.layout["columns"]] == [
        "姓名",
        "证件类型",
        "证件号码",
        "联系电话",
        "所属工会",
    ]
    assert run.mapping == {
        "0": "name",
        "1": "id_kind",
        "2": "id_number",
        "3": "mobile",
        "4": "union",
    }
    run = check(officer, city, out.getvalue())
    assert (run.rows, faults(run), run.summary["new"]) == (1, [], 1)


def test_samples_beside_the_columns_are_masked(officer, city, unit):
    run = send(officer, city, sheet(worker(1)))
    shown = str(run.layout)
    assert worker(1)[0] not in shown
    assert number(1) not in shown
    assert worker(1)[3] not in shown
    assert run.layout["columns"][2]["samples"] == ["3301************" + number(1)[-2:]]


def test_matching_of_unknown_headings_is_remembered_for_the_union(officer, city, unit):
    data = sheet([worker(1)[0], number(1), "x"], head=["人员", "号", "别的"])
    first = send(officer, city, data)
    assert first.mapping == {}
    mapping = {"0": "name", "1": "id_number"}
    importing.start_check(actor=officer, run=first, mapping=mapping, default_union=unit)
    assert send(officer, city, data).mapping == mapping
    assert send(officer, city, sheet(["a", "b"], head=["人员", "甲"])).mapping == {}
    assert ColumnMemory.objects.count() == 1
    run_waiting_items()
    assert SheetImport.objects.get(pk=first.pk).summary["new"] == 1


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ({"0": "name"}, "__all__"),
        ({"0": "name", "1": "name", "2": "id_number", "4": "union"}, "column_0"),
        ({"0": "name", "2": "id_number"}, "default_union"),
    ],
)
def test_matching_that_can_not_work_is_refused_at_the_column(officer, city, unit, mapping, field):
    run = send(officer, city, sheet(worker(1)))
    with pytest.raises(InvalidInput) as refused:
        importing.start_check(actor=officer, run=run, mapping=mapping)
    assert field in refused.value.fields
    assert SheetImport.objects.get().state == ImportState.MAPPING


def test_union_is_found_by_code_or_name_and_two_of_one_name_are_chosen(officer, city, unit):
    twins = [
        OrgUnitFactory(name="某街道联合工会", code=code, parent=OrgUnit.objects.get(pk=city.pk))
        for code in ("330902", "330903")
    ]
    run = check(
        officer, city, sheet(worker(1, union="示例厂工会"), worker(2, union="某街道联合工会"))
    )
    assert faults(run) == [(3, "union", "union_several")]
    assert [(text, units, rows) for text, units, rows in queries.open_names(run)] == [
        ("某街道联合工会", twins, 1)
    ]
    importing.choose_unions(actor=officer, run=run, choices={"某街道联合工会": twins[1]})
    run_waiting_items()
    run = SheetImport.objects.get(pk=run.pk)
    assert (faults(run), run.summary["new"]) == ([], 2)
    take(officer, run)
    assert sorted(Membership.objects.values_list("org_unit__code", flat=True)) == [
        "330901",
        "330903",
    ]


def test_union_out_of_reach_can_not_be_chosen(officer, city, unit):
    run = check(officer, city, sheet(worker(1, union="不知道")))
    with pytest.raises(InvalidInput):
        importing.choose_unions(
            actor=officer, run=run, choices={"不知道": OrgUnitFactory(code="340000")}
        )


def test_known_person_gets_only_mobile_union_and_employer(officer, city, unit):
    other = OrgUnitFactory(code="330902", name="第二工会", parent=OrgUnit.objects.get(pk=city.pk))
    take(officer, check(officer, city, sheet(worker(1))))
    run = check(
        officer,
        city,
        sheet(
            worker(1, mobile="13900000000", union="330902", employer="新厂", joined="2024-01-01")
        ),
    )
    assert (run.summary["updated"], run.summary["new"]) == (1, 0)
    words = {"mobile": "m", "union": "u", "employer": "e", "none": "-", "as_it_is": "="}
    assert queries.change(queries.updates(run).get(), words).changes == [
        ("m", "138****0001", "139****0000"), ("u", "示例厂工会", "第二工会"), ("e", "=", "+ 新厂"),
    ]  # fmt: skip
    take(officer, run)
    person = Person.objects.get()
    assert person.mobile == "13900000000"
    assert [(m.org_unit, m.starts_on, m.ends_on, m.ending) for m in Membership.objects.order_by("pk")] == [
        (unit, date(2020, 5, 1), date(2023, 12, 31), "transferred"), (other, date(2024, 1, 1), None, ""),
    ]  # fmt: skip
    assert sorted(Employment.objects.values_list("employer__name", flat=True)) == ["新厂", "示例厂"]


def test_another_name_for_a_known_number_is_a_row_to_mend(officer, city, unit):
    take(officer, check(officer, city, sheet(worker(1))))
    run = check(officer, city, sheet(worker(1, name="李四", mobile="13900000000")))
    assert (run.state, faults(run)) == (ImportState.REFUSED, [(2, "name", "other_name")])
    assert Person.objects.get().name == worker(1)[0]


def test_member_of_a_union_outside_ones_own_is_a_row_to_mend(officer, city, unit):
    far = OrgUnitFactory(code="340000", name="外市工会")
    theirs = UserFactory()
    assign_role(actor=access.SYSTEM, user=theirs, role="union_officer", scope=far)
    take(theirs, check(theirs, far, sheet(worker(1, union="340000"))))
    run = check(officer, city, sheet(worker(1)))
    assert faults(run) == [(2, "union", "member_elsewhere")]
    assert "外市" not in str(RowRemark.objects.values())
    assert Membership.objects.get().org_unit == far


def test_who_has_an_account_keeps_the_mobile_number(officer, city, unit):
    take(officer, check(officer, city, sheet(worker(1))))
    Person.objects.update(user=UserFactory())
    run = check(officer, city, sheet(worker(1, mobile="13900000000")))
    assert (run.summary["same"], run.summary["updated"], run.summary["kept_mobiles"]) == (1, 0, 1)


def test_same_name_and_birth_under_another_document_is_told_and_recorded_anew(officer, city, unit):
    PersonFactory(name="王丁", birth=date(1980, 1, 1))
    run = check(officer, city, sheet(worker(1, name="王丁"), worker(2)))
    assert (run.summary["possible"], run.summary["new"]) == (1, 1)
    assert StagedRow.objects.get(effect=Effect.POSSIBLE).row == 2
    take(officer, run)
    assert Person.objects.filter(name="王丁").count() == 2


def test_rider_without_an_employer_is_welcome(officer, city, unit):
    take(officer, check(officer, city, sheet(worker(1, employer=""))))
    assert (Person.objects.count(), Employment.objects.count()) == (1, 0)


def test_same_file_twice_does_nothing_twice(officer, city, unit):
    data = sheet(*(worker(n) for n in range(5)))
    first, second = check(officer, city, data), check(officer, city, data)
    first = take(officer, first)
    assert take(officer, first).state == ImportState.APPLIED  # a second click
    second = take(officer, second)  # was checked before the first went in
    assert (second.state, second.note, second.summary["same"]) == (
        ImportState.REFUSED,
        "world_changed",
        5,
    )
    third = check(officer, city, data)
    assert (third.state, third.summary["same"], third.summary["new"]) == (ImportState.REFUSED, 5, 0)
    assert (Person.objects.count(), Membership.objects.count(), Employment.objects.count()) == (
        5,
        5,
        5,
    )


def test_second_of_two_rosters_is_checked_against_the_changed_world(officer, city, unit):
    first = check(officer, city, sheet(worker(1), worker(2)))
    second = check(officer, city, sheet(worker(2, mobile="13900000000"), worker(3)))
    take(officer, first)
    second = take(officer, second)
    assert (second.state, second.note) == (ImportState.READY, "world_changed")
    assert (second.summary["updated"], second.summary["new"]) == (1, 1)
    assert Person.objects.count() == 2
    assert take(officer, second).state == ImportState.APPLIED
    assert Person.objects.count() == 3


def test_union_that_closed_since_the_check_stops_the_whole(officer, city, unit):
    run = check(officer, city, sheet(worker(1)))
    OrgUnit.objects.filter(pk=unit.pk).update(status="dissolved")
    run = take(officer, run)
    assert (run.state, run.note, faults(run)) == (
        ImportState.REFUSED,
        "world_changed",
        [(2, "union", "union_closed")],
    )
    assert Person.objects.count() == 0


def test_changed_key_encrypts_the_rows_anew(officer, city, unit, settings):
    settings.IDENTITY_KEYS = [crypto.make_identity_key()]
    run = check(officer, city, sheet(worker(1)))
    settings.IDENTITY_KEYS = [crypto.make_identity_key(), *settings.IDENTITY_KEYS]
    run = take(officer, run)
    assert (run.state, Person.objects.count()) == (ImportState.READY, 0)
    take(officer, run)
    assert IdentityDocument.objects.get().number() == number(1)


# ---- a worker killed in the middle ----


class Killed(BaseException):
    """The process is gone: nothing after it runs."""


def lose_leases():
    JobItem.objects.filter(state="leased").update(
        leased_until=timezone.now() - timedelta(seconds=1)
    )


@pytest.mark.parametrize("at", ["first", "second", "conclude"])
def test_check_killed_in_the_middle_goes_on_where_it_stopped(officer, city, unit, monkeypatch, at):
    monkeypatch.setattr(checking, "CHUNK", 2)
    run = send(officer, city, sheet(*(worker(n) for n in range(5)), worker(6, number="x")))
    importing.start_check(actor=officer, run=run, mapping=run.mapping)
    keep, conclude, calls = checking.keep_chunk, checking.conclude_check, []

    def killed_keep(*args):
        calls.append("keep")
        if at == {1: "first", 2: "second"}.get(len(calls)):
            raise Killed
        return keep(*args)

    def killed_conclude(*args):
        if at == "conclude":
            raise Killed
        return conclude(*args)

    with monkeypatch.context() as broken:
        broken.setattr(checking, "keep_chunk", killed_keep)
        broken.setattr(checking, "conclude_check", killed_conclude)
        with pytest.raises(Killed):
            run_waiting_items()
    assert SheetImport.objects.get().checked == {"first": 0, "second": 2, "conclude": 6}[at]
    assert run_waiting_items() == 0  # its lease still runs
    lose_leases()
    run_waiting_items()
    run = SheetImport.objects.get()
    assert (run.state, run.summary["new"], faults(run)) == (
        ImportState.READY,
        5,
        [(7, "id_number", "id_form")],
    )
    assert StagedRow.objects.count() == 5


@pytest.mark.parametrize("at", ["record_persons", "join_unions", "record_employments"])
def test_taking_over_killed_in_the_middle_writes_nothing_and_is_done_once_afterwards(
    officer, city, unit, monkeypatch, at
):
    from office.workflows.importing import apply

    run = check(officer, city, sheet(*(worker(n) for n in range(5))))
    importing.apply_import(actor=officer, run=run)
    module = apply.people_bulk if at == "record_persons" else apply.org_bulk
    whole = getattr(module, at)

    def killed(**kwargs):
        whole(**kwargs)
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(module, at, killed)
        with pytest.raises(Killed):
            run_waiting_items()
    assert (Person.objects.count(), Employer.objects.count(), SheetImport.objects.get().state) == (
        0,
        0,
        ImportState.APPLYING,
    )
    lose_leases()
    run_waiting_items()
    assert SheetImport.objects.get().state == ImportState.APPLIED
    assert (
        Person.objects.count(),
        IdentityDocument.objects.count(),
        Membership.objects.count(),
        TakenRow.objects.count(),
    ) == (5, 5, 5, 5)


def test_taking_over_that_fails_for_good_comes_back_with_a_sentence(
    officer, city, unit, monkeypatch
):
    from office.workflows.importing import apply

    run = check(officer, city, sheet(worker(1)))
    importing.apply_import(actor=officer, run=run)

    def broken(**kwargs):
        raise ValueError

    monkeypatch.setattr(apply.people_bulk, "record_persons", broken)
    for _attempt in range(6):
        JobItem.objects.update(not_before=None)
        run_waiting_items()
    run = SheetImport.objects.get()
    assert (run.state, run.note, Person.objects.count()) == (ImportState.READY, "apply_failed", 0)


def test_role_that_ends_before_the_background_works_writes_nothing(officer, city, unit):
    run = check(officer, city, sheet(worker(1)))
    importing.apply_import(actor=officer, run=run)
    officer.role_assignments.update(ends_on=date(2020, 1, 1), starts_on=date(2019, 1, 1))
    run_waiting_items()
    run = SheetImport.objects.get()
    assert (run.state, run.note, Person.objects.count()) == (ImportState.READY, "right_lost", 0)


def test_other_union_is_out_of_reach(officer, city, unit):
    with pytest.raises(NotFound):
        send(officer, OrgUnitFactory(code="340000"), sheet(worker(1)))


def test_sheet_thrown_away_leaves_nothing_behind(
    officer, city, unit, django_capture_on_commit_callbacks
):
    run = check(officer, city, sheet(worker(1), worker(2, number="x")))
    storage, name = run.file.storage, run.file.name
    with django_capture_on_commit_callbacks(execute=True):
        importing.discard_import(actor=officer, run=run)
    assert (StagedRow.objects.count(), RowRemark.objects.count(), storage.exists(name)) == (
        0,
        0,
        False,
    )
    with pytest.raises(DomainError):
        importing.apply_import(actor=officer, run=run)


def test_sheet_thrown_away_during_its_check_stops_the_check(officer, city, unit):
    run = send(officer, city, sheet(worker(1)))
    importing.start_check(actor=officer, run=run, mapping=run.mapping)
    importing.discard_import(actor=officer, run=run)
    run_waiting_items()
    assert (SheetImport.objects.get().state, StagedRow.objects.count()) == (
        ImportState.DISCARDED,
        0,
    )
