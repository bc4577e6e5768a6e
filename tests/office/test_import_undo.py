"""Undoing a roster: what goes, what is restored, who stays and why; the week; housekeeping; single
and bulk writes alike.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import access
from audit.models import Event
from core.errors import DomainError
from imports.workflows import housekeeping
from jobs.runner import run_waiting_items
from office import undo as registry
from office.enums import ImportState, Undone
from office.models import RowRemark, SheetImport, StagedRow, TakenRow
from office.workflows import importing
from office.workflows.importing.kind import ROSTER
from org.models import Employer, Employment, Membership, OrgUnit
from org.workflows.belonging import join_union, record_employment
from people.models import IdentityDocument, Person
from people.workflows.person import record_person
from tests.factories.courses import EnrolmentFactory
from tests.factories.ground import OrgUnitFactory, UserFactory
from tests.office.importing import check, number, sheet, take, undo, worker

pytestmark = pytest.mark.django_db


def world():
    """Return everything an import may touch, without keys and stamps."""
    return (
        list(Person.objects.order_by("name").values_list("name", "mobile", "birth", "user_id")),
        list(
            IdentityDocument.objects.order_by("number_hash").values_list(
                "number_hash", "person__name"
            )
        ),
        list(
            Membership.objects.order_by("pk").values_list(
                "person__name", "org_unit__code", "starts_on", "ends_on", "ending"
            )
        ),
        list(
            Employment.objects.order_by("pk").values_list(
                "person__name", "employer__name", "job_title", "ends_on"
            )
        ),
        list(Employer.objects.order_by("name").values_list("name", "unions__code")),
    )


def test_undone_import_leaves_the_world_as_it_was(officer, city, unit):
    OrgUnitFactory(code="330902", name="第二工会", parent=OrgUnit.objects.get(pk=city.pk))
    take(officer, check(officer, city, sheet(worker(1), worker(2))))
    before = world()
    changed = worker(1, mobile="13900000000", union="330902", employer="新厂", joined="2024-01-01")
    run = take(officer, check(officer, city, sheet(changed, worker(3), worker(4, employer="新厂"))))
    assert world() != before
    run = undo(officer, run)
    assert (run.state, {key: run.summary[key] for key in ("removed", "restored", "kept")}) == (
        ImportState.UNDONE,
        {"removed": 2, "restored": 1, "kept": 0},
    )
    assert world() == before
    event = Event.objects.get(kind="office.import_undone")
    assert (event.actor, event.after) == (officer, {"removed": 2, "restored": 1, "kept": 0})
    assert undo(officer, run).state == ImportState.UNDONE  # a second click


def test_same_sheet_can_be_sent_again_after_undoing(officer, city, unit):
    data = sheet(worker(1), worker(2))
    undo(officer, take(officer, check(officer, city, data)))
    assert take(officer, check(officer, city, data)).state == ImportState.APPLIED
    assert Person.objects.count() == 2


def test_who_has_an_account_or_is_enrolled_or_was_changed_stays_and_is_listed(
    officer, city, unit, monkeypatch
):
    monkeypatch.setattr(registry, "_keeps", {})
    run = take(officer, check(officer, city, sheet(*(worker(n) for n in range(6)))))
    people = list(Person.objects.order_by("pk"))
    Person.objects.filter(pk=people[0].pk).update(user=UserFactory())
    EnrolmentFactory(person=people[1])
    people[2].mobile = "13900000000"
    people[2].save()
    second = OrgUnitFactory(code="330902", parent=OrgUnit.objects.get(pk=city.pk))
    join_union(actor=access.SYSTEM, person=people[3], org_unit=second, starts_on=date(2024, 1, 1))
    registry.register_keep(
        "test", lambda persons: {people[4].pk: "印在光荣榜上"} if people[4].pk in persons else {}
    )
    run = undo(officer, run)
    assert list(TakenRow.objects.filter(undone=Undone.KEPT).order_by("row").values_list("row", "reason")) == [
        (2, "account"), (3, "in_courses"), (4, "changed"), (5, "changed"), (6, "印在光荣榜上"),
    ]  # fmt: skip
    assert list(Person.objects.order_by("pk")) == people[:5]
    assert (run.summary["removed"], run.summary["kept"]) == (1, 5)
    assert Employer.objects.filter(name="示例厂").exists()  # four of them work there


def test_value_changed_since_is_not_restored(officer, city, unit):
    take(officer, check(officer, city, sheet(worker(1))))
    run = take(officer, check(officer, city, sheet(worker(1, mobile="13900000000"))))
    Person.objects.update(mobile="13700000000")
    run = undo(officer, run)
    assert (run.summary["kept"], Person.objects.get().mobile) == (1, "13700000000")


def test_another_dry_run_that_knew_the_removed_persons_is_worked_out_anew(officer, city, unit):
    first = take(officer, check(officer, city, sheet(worker(1))))
    second = check(officer, city, sheet(worker(1, mobile="13900000000")))
    assert second.summary["updated"] == 1
    undo(officer, first)
    second = take(officer, second)
    assert (second.state, second.note, second.summary["new"]) == (
        ImportState.READY,
        "world_changed",
        1,
    )
    take(officer, second)
    assert Person.objects.get().mobile == "13900000000"


def test_undoing_after_the_week_is_refused_and_values_are_let_go(
    officer, city, unit, django_capture_on_commit_callbacks
):
    take(officer, check(officer, city, sheet(worker(1))))
    run = take(
        officer, check(officer, city, sheet(worker(1, mobile="13900000000"), worker(2, number="x")))
    )
    SheetImport.objects.update(undo_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(DomainError) as refused:
        importing.undo_import(actor=officer, run=run)
    assert refused.value.code == "undo_too_late"
    assert housekeeping.is_cleaning_due(ROSTER)
    with django_capture_on_commit_callbacks(execute=True):
        assert housekeeping.delete_expired_uploads(ROSTER) == 2
    assert list(TakenRow.objects.values_list("old_mobile", "new_mobile").distinct()) == [("", "")]
    assert (
        RowRemark.objects.count(),
        run.file.storage.exists(run.file.name),
        housekeeping.is_cleaning_due(ROSTER),
    ) == (0, False, False)


def test_sheet_left_undecided_for_a_week_is_thrown_away(officer, city, unit):
    run = check(officer, city, sheet(worker(1)))
    SheetImport.objects.update(updated_at=timezone.now() - timedelta(days=8))
    assert housekeeping.delete_expired_uploads(ROSTER) == 1
    assert (SheetImport.objects.get(pk=run.pk).state, StagedRow.objects.count()) == (
        ImportState.DISCARDED,
        0,
    )
    assert Event.objects.get(kind="office.import_discarded").actor is None


def test_work_whose_worker_vanished_after_the_job_ended_comes_back(officer, city, unit):
    run = check(officer, city, sheet(worker(1)))
    importing.apply_import(actor=officer, run=run)
    SheetImport.objects.update(job=None)
    assert housekeeping.delete_expired_uploads(ROSTER) == 1
    run = SheetImport.objects.get()
    assert (run.state, run.note) == (ImportState.READY, "apply_failed")
    run_waiting_items()
    assert Person.objects.count() == 0


WORKERS = st.lists(
    st.fixed_dictionaries({
        "serial": st.integers(0, 30), "union": st.sampled_from(["330901", "330902"]), "employer": st.sampled_from(["", "甲厂", "乙厂"]),
        "name": st.sampled_from(["欧阳𠮷", "阿里•木", "单雄信"]), "day": st.integers(1, 28),
    }),
    min_size=1, max_size=6, unique_by=lambda one: one["serial"],
)  # fmt: skip


@pytest.fixture
def second_union(city, unit):
    return OrgUnitFactory(code="330902", parent=OrgUnit.objects.get(pk=city.pk))


@given(WORKERS, st.data())
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_bulk_writes_give_the_rows_that_single_ones_give(officer, city, second_union, rows, data):
    known = data.draw(
        st.lists(st.sampled_from(rows), unique_by=lambda one: one["serial"], max_size=3)
    )
    with transaction.atomic():  # an example must not find the persons of the one before
        compare_bulk_with_single_writes(officer, city, rows, known)
        transaction.set_rollback(True)


def compare_bulk_with_single_writes(officer, city, rows, known):
    def id_of(one, half):
        return number(one["serial"], born=f"198001{half + 1:02d}")

    def one_by_one(half, listed, day):
        for one in listed:
            person = Person.objects.filter(
                identity_documents__in=IdentityDocument.objects.filter(tail=id_of(one, half)[-4:]),
                birth=day,
            ).first()
            person = person or record_person(
                actor=access.SYSTEM,
                name=one["name"],
                id_kind="resident",
                id_number=id_of(one, half),
                mobile=f"138{one['serial']:08d}",
            )
            joined = date(2020, 5, one["day"])
            join_union(
                actor=access.SYSTEM,
                person=person,
                org_unit=OrgUnit.objects.get(code=one["union"]),
                starts_on=joined,
            )
            if one["employer"]:
                firm = Employer.objects.filter(
                    name=one["employer"]
                ).first() or Employer.objects.create(name=one["employer"])
                record_employment(
                    actor=access.SYSTEM,
                    person=person,
                    employer=firm,
                    starts_on=joined,
                    job_title="焊工",
                )

    def shape(half):
        people = Person.objects.filter(birth=date(1980, 1, half + 1)).order_by(
            "identity_documents__tail"
        )
        skip = {"id", "public_id", "created_at", "updated_at", "birth"}
        return [
            (
                {
                    key: value
                    for key, value in Person.objects.filter(pk=p.pk).values().get().items()
                    if key not in skip
                },
                [
                    (d.kind, d.number()[:6], d.tail[:3], d.key_name, d.newest_hash == d.number_hash)
                    for d in p.identity_documents.all()
                ],
                list(
                    p.memberships.order_by("pk").values_list(
                        "org_unit__code", "starts_on", "ends_on", "standing", "ending", "reason"
                    )
                ),
                list(
                    p.employments.order_by("pk").values_list(
                        "employer__name", "job_title", "starts_on", "ends_on", "form", "works_at"
                    )
                ),
            )
            for p in people
        ]

    # The first half is written one by one, the second as rosters: first the known ones in the other
    # union, then all.
    before = [
        {
            **one,
            "union": "330901" if one["union"] == "330902" else "330902",
            "employer": "",
            "day": 1,
        }
        for one in known
    ]
    first_day = date(1980, 1, 1)
    moved = [{**one, "day": max(one["day"], 3)} for one in rows]
    one_by_one(0, before, first_day)
    one_by_one(0, moved, first_day)
    for listed in (before, moved):
        if listed:
            cells = [
                worker(
                    one["serial"], name=one["name"], number=id_of(one, 1), union=one["union"], employer=one["employer"],
                    joined=f"2020-05-{one['day']:02d}",
                )
                for one in listed
            ]  # fmt: skip
            take(officer, check(officer, city, sheet(*cells)))
    assert shape(1) == shape(0)
