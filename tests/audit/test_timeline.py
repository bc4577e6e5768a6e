"""The record of one object on its page."""

import pytest
from django.db import connection, transaction
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

import access
import audit
from audit import registry, words
from audit.models import Event
from core.places import WorkingPlace
from tests.factories.ground import EmployerFactory, PersonFactory, UserFactory

PAGE = Template("{% load timeline %}{% timeline thing %}")
AUDIT_PLACE = [WorkingPlace("audit", "Audit", "home")]


def draw(thing, address="/", **context):
    return PAGE.render(
        Context({"thing": thing, "request": RequestFactory().get(address), **context})
    )


def write(thing, count=1, kind="org.employer_created", **kwargs):
    with transaction.atomic():
        for _n in range(count):
            audit.record(kind, actor=kwargs.pop("actor", access.SYSTEM), target=thing, **kwargs)


@pytest.mark.django_db
def test_object_without_rows_says_so():
    assert "Nothing has been recorded yet." in draw(EmployerFactory()) or "还没有" in draw(
        EmployerFactory()
    )


@pytest.mark.django_db
def test_one_query_at_1_and_at_30_rows():
    counts = []
    for rows in (1, 30):
        thing = EmployerFactory()
        write(thing, rows, actor=UserFactory(display_name="周敏"), after={"name": "一厂"})
        with CaptureQueriesContext(connection) as seen:
            draw(thing)
        counts.append(len(seen))
    assert counts == [1, 1]


@pytest.mark.django_db
def test_row_shows_who_why_and_what_changed_in_words():
    thing = EmployerFactory()
    write(
        thing,
        actor=UserFactory(display_name="周敏"),
        before={"name": "一厂", "code": "A"},
        after={"name": "二厂", "code": "A"},
        reason="改制",
    )
    event = Event.objects.get()
    assert [(c.label, c.old, c.new) for c in words.describe_changes([event])[event.pk]] == [
        (str(words.find_record_field("", "name").label), "一厂", "二厂")
    ]
    page = draw(thing)
    assert all(part in page for part in ("周敏", "改制", "一厂", "二厂"))


@pytest.mark.django_db
def test_choices_are_shown_by_their_labels():
    from jobs.enums import JobState
    from jobs.models import Job

    job = Job.objects.create(kind="x", title="x")
    write(job, kind="jobs.job_paused", before={"state": "running"}, after={"state": "paused"})
    event = Event.objects.get()
    assert [(c.old, c.new) for c in words.describe_changes([event])[event.pk]] == [
        (JobState.RUNNING.label, JobState.PAUSED.label)
    ]


@pytest.mark.django_db
def test_personal_kind_masks_values_but_not_yes_and_no():
    person = PersonFactory()
    write(
        person,
        kind="people.person_changed",
        before={"name": "欧阳子涵"},
        after={"name": "欧阳子函", "has_identity": True},
    )
    page = draw(person)
    assert "欧阳子" not in page
    assert words.MASK in page


@pytest.mark.django_db
def test_request_and_address_are_for_the_audit_administrator_alone():
    from audit.context import AuditOrigin, use_origin

    thing = EmployerFactory()
    with use_origin(AuditOrigin(request_number="ABC2345678", address="203.0.113.9", source="web")):
        write(thing)
    assert "203.0.113.9" not in draw(thing)
    page = draw(thing, working_places=AUDIT_PLACE)
    assert "203.0.113.9" in page
    assert "ABC2345678" in page


@pytest.mark.django_db
def test_older_rows_are_reached_page_by_page():
    thing = EmployerFactory()
    write(thing, 45)
    numbers = list(Event.objects.order_by("-pk").values_list("pk", flat=True))
    assert f"record={numbers[19]}" in draw(thing)
    assert f"record={numbers[39]}" in draw(thing, f"/?record={numbers[19]}")
    last = draw(thing, f"/?record={numbers[39]}")
    assert last.count("<b>") == 5
    assert draw(thing, "/?record=x") == draw(thing)


def test_kind_of_an_app_that_is_gone_keeps_its_key_and_shows_no_values():
    event = Event(pk=1, kind="gone.happened", target_type="gone.Thing", after={"name": "欧阳"})
    assert words.kind_label("gone.happened") == "gone.happened"
    assert [c.new for c in words.describe_changes([event])[1]] == [words.MASK]


def test_clear_keys_of_a_personal_kind_are_shown():
    kind = registry.AuditKind("x.y", "x", personal=True, clear=frozenset({"rows"}))
    assert "rows" in kind.clear
