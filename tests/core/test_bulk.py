"""Rows written and found with one parameter: what comes back is what Django's own ways write."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DataError
from django.utils import timezone

from audit.models import Event
from core.bulk import build_like, insert_rows, read_keys
from core.bulk_values import insert_values, keys_by, update_values
from jobs.enums import JobState
from jobs.models import Job, JobItem
from notify.models import Message
from org.models import OrgUnit
from people.models import Person
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 8, 30, 15, 123456, tzinfo=UTC)
ODD = "王\\\"'%s{}\t\n𠀀é<>"


def item(job, key, **fields):
    return JobItem(job=job, key=key, position=1, **fields)


@pytest.fixture
def job():
    return Job.objects.create(kind="test", title="test")


def test_rows_come_back_as_bulk_create_writes_them(job):
    fields = {
        "result": {"a": [1, None, ODD], "b": True},
        "lease": uuid.uuid4(),
        "leased_until": AT,
        "error": ODD,
        "attempts": 3,
    }
    insert_rows([item(job, "ours", **fields), item(job, "bare")])
    JobItem.objects.bulk_create([item(job, "django", **fields), item(job, "django bare")])
    columns = [
        field.attname for field in JobItem._meta.concrete_fields if field.name not in {"id", "key"}
    ]
    ours, bare, theirs, their_bare = (
        JobItem.objects.filter(key=key).values(*columns).get()
        for key in ("ours", "bare", "django", "django bare")
    )
    assert ours == theirs
    assert bare == their_bare
    assert JobItem.objects.filter(
        key="bare", result__isnull=True
    ).exists()  # NULL, and not a JSON null


def test_defaults_are_asked_for_every_row_and_stamps_are_now():
    before = timezone.now()
    insert_values(Person, ("name", "name_key"), [("甲", "甲"), ("乙", "乙")])
    first, second = Person.objects.order_by("pk")
    assert first.public_id != second.public_id
    assert before <= first.created_at == second.created_at <= timezone.now()


def test_conflicts_are_left_out_and_keys_read_back():
    user = UserFactory()

    def message():
        return Message(kind="k", key="once", recipient=user, language="en", context={}, subject="s")

    one, two = message(), message()
    insert_rows([one], ignore_conflicts=True)
    insert_rows([two], ignore_conflicts=True)
    assert read_keys([one, two], by="public_id") == [one]
    assert one.pk == Message.objects.get().pk
    assert two.pk is None
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows([message()])


def test_text_that_is_too_long_is_never_cut(job):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite knows no length")
    for write in (
        lambda: insert_rows([item(job, "x" * 201)]),
        lambda: update_values(
            JobItem,
            ["error_code"],
            {JobItem.objects.create(job=job, key="k", position=1).pk: ["x" * 81]},
        ),
    ):
        with pytest.raises(DataError), transaction.atomic():
            write()


def test_update_gives_each_row_its_own_where_the_condition_holds(job):
    one, two, three = (JobItem.objects.create(job=job, key=key, position=1) for key in "abc")
    lease = uuid.uuid4()
    JobItem.objects.filter(pk__in=[one.pk, two.pk]).update(lease=lease)
    values = {
        row.pk: [{"n": row.key, "odd": ODD}, index] for index, row in enumerate((one, two, three))
    }
    also = {"leased_until": AT, "lease": None, "error": "100 %"}
    assert (
        update_values(JobItem, ["result", "attempts"], values, where={"lease": lease}, also=also)
        == 2
    )
    rows = list(
        JobItem.objects.order_by("pk").values_list(
            "result", "attempts", "lease", "leased_until", "error"
        )
    )
    assert rows[:2] == [
        ({"n": "a", "odd": ODD}, 0, None, AT, "100 %"),
        ({"n": "b", "odd": ODD}, 1, None, AT, "100 %"),
    ]
    assert rows[2] == (None, 0, None, None, "")
    assert update_values(JobItem, ["attempts"], {three.pk: [7]}, where={"lease": None}) == 1
    assert update_values(JobItem, ["attempts"], {}) == 0


def test_keys_are_found_by_texts_and_identifiers():
    insert_values(Person, ("name", "name_key"), [("甲", "甲"), ("乙", "乙")])
    found = dict(Person.objects.values_list("public_id", "pk"))
    assert keys_by(Person, "public_id", [*found, uuid.uuid4()]) == found
    assert keys_by(Person, "public_id", []) == {}


def test_among_is_in():
    insert_values(Person, ("name", "name_key"), [(name, name) for name in ("甲", ODD, "丙")])
    rows = Person.objects.order_by("pk")
    keys = [row.pk for row in rows]
    assert [row.pk for row in rows.filter(pk__among=keys[1:])] == keys[1:]
    assert [row.name for row in rows.filter(name__among=[ODD, "x" * 500, None])] == [ODD]
    assert rows.filter(public_id__among=[str(rows[0].public_id), rows[2].public_id]).count() == 2
    assert not rows.filter(pk__among=[]).exists()
    assert rows.exclude(pk__among=keys[:2]).get().pk == keys[2]
    assert not OrgUnit.objects.filter(merged_into__pk__among=[None, 0]).exists()


def test_days_and_moments_are_whole():
    insert_values(
        Event,
        ("at", "kind", "actor_label", "target_type", "target_id", "digest"),
        [(AT, "k", "a", "t", "1", "d")],
    )
    assert (
        Event.objects.values_list("at", flat=True).get() == AT
    )  # to the microsecond, which the digest covers
    assert date(2026, 11, 23) == Event.objects.get(at__date=date(2026, 11, 23)).at.date()


def test_instance_built_like_another_has_its_own_defaults_and_equals_one_that_init_made():
    job = Job(kind="a", title="b", total=2)
    made = [build_like(job, title=title) for title in "cd"]
    assert [(one.kind, one.title, one.total, one.state, one.pk) for one in made] == [
        ("a", "c", 2, JobState.RUNNING, None),
        ("a", "d", 2, JobState.RUNNING, None),
    ]
    assert len({job.public_id, *(one.public_id for one in made)}) == 3
    assert made[0].payload == {}
    assert made[0].payload is not made[1].payload
    assert made[0].__dict__.keys() == Job(kind="a").__dict__.keys()
    made[0].save()
    assert (job.pk, job._state.adding, made[0]._state.adding, made[1]._state.adding) == (
        None,
        True,
        False,
        True,
    )
    assert Job.objects.get().title == "c"
