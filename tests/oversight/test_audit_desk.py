"""The audit administrator's desk: who gets in, what is found, what it costs, what leaves, and that
looking is recorded.
"""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

import access
import audit
from access.models import WholeSite
from access.workflows import assign_role
from audit.checking import check_audit_chain
from audit.context import AuditOrigin, use_origin
from audit.models import Check, Event
from audit.words import MASK
from audit.workflows import seal_events
from core.places import working_places
from jobs.models import Job
from jobs.runner import run_waiting_items
from oversight.queries import audit as queries
from oversight.queries.audit import Search, page_of, search_events
from oversight.workflows import audit_export
from tests.audit.tampering import tamper
from tests.factories.ground import EmployerFactory, PersonFactory, UserFactory

DESK = ("audit", "audit_exports", "audit_statistics", "audit_integrity", "audit_head")


def at(name, *args):
    return reverse(f"oversight:{name}", args=args)


def with_role(role):
    user = UserFactory(display_name=f"持 {role}")
    assign_role(actor=access.SYSTEM, user=user, role=role, scope=WholeSite.get())
    return user


@pytest.fixture(autouse=True)
def own_anchors(settings, tmp_path):
    settings.AUDIT_ANCHORS = tmp_path / "anchors.jsonl"


@pytest.fixture
def auditor(db):
    return with_role("audit_admin")


@pytest.fixture
def desk(client, auditor):
    client.force_login(auditor)
    return client


def write(count=1, kind="org.employer_created", actor=access.SYSTEM, thing=None, **kwargs):
    thing = thing or EmployerFactory()
    with transaction.atomic():
        for _n in range(count):
            audit.record(kind, actor=actor, target=thing, **kwargs)
    return thing


def found(client, **query):
    answer = client.get(at("audit"), query)
    assert answer.status_code == 200, answer.context["form"].errors
    return [row.event.pk for row in answer.context["rows"]]


# ---- who gets in ----


@pytest.mark.parametrize("name", DESK)
def test_desk_is_open_to_the_audit_administrator(desk, name):
    assert desk.get(at(name)).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", DESK)
@pytest.mark.parametrize("role", ["system_admin", "security_admin", ""])
def test_others_read_which_role_it_takes(client, name, role):
    client.force_login(with_role(role) if role else UserFactory())
    answer = client.get(at(name))
    assert answer.status_code == 403
    assert "审计" in answer.content.decode() or "audit" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", DESK)
def test_superuser_without_the_role_does_not_get_in(client, name):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    assert client.get(at(name)).status_code == 403


@pytest.mark.django_db
def test_strangers_are_sent_to_sign_in(client):
    assert client.get(at("audit")).status_code == 302


def test_writes_of_the_desk_need_a_post(desk):
    assert [desk.get(at(name)).status_code for name in ("audit_check",)] == [405]


# ---- finding ----


def test_each_field_narrows_the_search(desk):
    clerk = UserFactory(username="clerk", display_name="周敏")
    thing = EmployerFactory()
    with use_origin(AuditOrigin(request_number="ABC2345678", address="203.0.113.9", source="web")):
        write(actor=clerk, thing=thing, reason="单位改制", kind="org.employment_started")
    wanted = Event.objects.order_by("-pk").first().pk
    write(3)
    today = timezone.localdate().isoformat()
    for query in (
        {"who": "clerk"},
        {"who": "周敏"},
        {"kind": "org.employment_started"},
        {"type": "org.Employer", "object": thing.pk},
        {"request": "abc2345678"},
        {"address": "203.0.113.9"},
        {"text": "改制"},
        {"since": today, "to": today, "who": "clerk"},
    ):
        assert found(desk, **query) == [wanted], query
    assert found(desk, since="2020-01-01", to="2020-01-02") == []
    assert len(found(desk, who="系统", kind="org.employer_created")) == 3


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "2026-02-01", "to": "2026-01-01"}, "to"),
        ({"since": "2026-02-31"}, "since"),
        ({"who": "查无此人"}, "who"),
        ({"address": "1.2.3"}, "address"),
        ({"object": "5"}, "type"),
        ({"text": "x", "since": "2020-01-01"}, "since"),
        ({"kind": "no.such"}, "kind"),
        ({"text": "x" * 101}, "text"),
    ],
)
def test_wrong_input_is_answered_in_a_sentence_and_kept(desk, query, field):
    answer = desk.get(at("audit"), query)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


@pytest.mark.parametrize(
    "mark",
    [
        "x",
        "2026-01-01_5",
        "_",
        "2026-13-01T00:00:00+00:00_1",
        "2026-01-01T00:00:00+00:00_" + "9" * 30,
    ],
)
def test_a_broken_mark_shows_the_newest(desk, mark):
    write(2)
    assert len(desk.get(at("audit"), {"older": mark}).context["rows"]) == len(
        desk.get(at("audit")).context["rows"]
    )


def test_pages_meet_without_gap_or_double_even_at_one_moment(auditor):
    write(25)
    moment = timezone.now()
    rows = Event.objects.order_by("pk")
    tamper(
        f"UPDATE audit_event SET at = '{moment:%Y-%m-%d %H:%M:%S}{'+00' if connection.vendor == 'postgresql' else ''}'"
    )
    expected = [event.pk for event in search_events(Search())]
    seen, mark = [], ""
    while True:
        page = page_of(search_events(Search()), older_than=mark, size=7)
        seen += [event.pk for event in page.rows]
        if not page.older:
            break
        mark = page.older
    assert seen == expected
    assert len(seen) == rows.exclude(kind__in=queries.READING).count()
    back = page_of(
        search_events(Search()), newer_than=queries.write_page_mark(page.rows[0]), size=7
    )
    assert [event.pk for event in back.rows] == expected[-len(page.rows) - 7 : -len(page.rows)]


@pytest.mark.parametrize("name", ["audit", "audit_integrity", "audit_statistics", "audit_exports"])
def test_pages_cost_the_same_at_1_and_30_rows(desk, name):
    counts = []
    for rows in (1, 30):
        for n in range(rows):
            write(actor=UserFactory(), after={"user": UserFactory().pk, "n": n})
            Check(scope="full", events=1, last_link=1, head="0" * 64, seconds=0.1).save()
        desk.get(at(name))
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(at(name)).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_row_costs_the_same_with_1_and_30_neighbours(desk):
    counts = []
    for rows, request in ((2, "AAAAAAAAAA"), (30, "BBBBBBBBBB")):
        with use_origin(AuditOrigin(request_number=request, address=None, source="web")):
            write(rows, actor=UserFactory())
        event = Event.objects.filter(request_number=request).first()
        desk.get(at("audit_row", event.pk))
        with CaptureQueriesContext(connection) as seen:
            page = desk.get(at("audit_row", event.pk))
        assert len(page.context["neighbours"]) == rows
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("narrow", "index"),
    [
        ({}, "audit_event_at"),
        ({"kind": "x"}, "audit_event_kind"),
        ({"accounts": (1,)}, "audit_event_actor"),
        ({"type": "x", "object": "1"}, "audit_event_thing"),
        ({"request": "x"}, "audit_event_request"),
        ({"address": "203.0.113.9"}, "audit_event_address"),
    ],
)
def test_sqlite_answers_each_narrowing_from_its_index(auditor, narrow, index):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a small table whole, and rightly")
    assert index in search_events(Search(**narrow, reading=True))[:51].explain()


# ---- one row ----


def test_row_shows_before_and_after_masks_what_is_personal_and_names_its_neighbours(desk):
    person = PersonFactory()
    with use_origin(AuditOrigin(request_number="ABC2345678", address="203.0.113.9", source="web")):
        write(
            kind="people.person_changed",
            thing=person,
            before={"name": "欧阳子涵"},
            after={"name": "欧阳子函"},
            reason="更正",
        )
        write(thing=EmployerFactory(), after={"name": "二厂"})
    event = Event.objects.filter(kind="people.person_changed").get()
    page = desk.get(at("audit_row", event.pk))
    text = page.content.decode()
    assert "欧阳子" not in text
    assert all(part in text for part in (MASK, "更正", "ABC2345678", "203.0.113.9"))
    assert len(page.context["neighbours"]) == 2
    assert page.context["fits"]


def test_changed_row_says_so_on_its_page(desk):
    write()
    event = Event.objects.order_by("-pk").first()
    tamper(f"UPDATE audit_event SET reason = '改' WHERE id = {event.pk}")
    assert not desk.get(at("audit_row", event.pk)).context["fits"]


@pytest.mark.parametrize("number", [999_999_999, 2**63])
def test_row_that_is_not_there_answers_404(desk, number):
    assert desk.get(at("audit_row", number)).status_code == 404


# ---- looking is recorded ----


def test_search_and_reading_are_recorded_without_what_was_typed(desk, auditor):
    write(reason="改制")
    event = Event.objects.order_by("-pk").first()
    found(desk, text="改制", kind="org.employer_created")
    desk.get(at("audit_row", event.pk))
    kept = list(
        Event.objects.filter(kind__in=queries.READING)
        .order_by("pk")
        .values_list("kind", "actor", "after")
    )
    assert kept == [
        (
            "oversight.audit_searched",
            auditor.pk,
            {
                "fields": ["since", "kind", "text"],
                "kind": "org.employer_created",
                "since": kept[0][2]["since"],
            },
        ),
        ("oversight.audit_read", auditor.pk, None),
    ]


def test_rows_about_looking_are_shown_on_wish(desk):
    found(desk)
    assert found(desk, kind="oversight.audit_searched")
    assert len(found(desk, reading="on")) > len(found(desk))


# ---- exports ----


def test_export_in_three_formats_says_who_took_it_and_is_recorded(desk, auditor):
    write(2, reason="=1+1", actor=UserFactory(username="clerk"))
    address = at("audit_export") + "?who=clerk"
    table = list(
        csv.reader(
            io.StringIO(
                b"".join(desk.post(address, {"format": "csv"}).streaming_content).decode(
                    "utf-8-sig"
                )
            )
        )
    )
    assert auditor.username in table[0][0]
    assert [row[8] for row in table[2:]] == ["'=1+1", "'=1+1"]
    lines = [
        json.loads(line)
        for line in b"".join(desk.post(address, {"format": "jsonl"}).streaming_content).splitlines()
    ]
    assert (len(lines), auditor.username in lines[0]["taken"]) == (3, True)
    book = load_workbook(io.BytesIO(desk.post(address, {"format": "xlsx"}).content))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert (len(cells), auditor.username in cells[-1][0]) == (4, True)
    kept = (
        Event.objects.filter(kind="oversight.audit_exported")
        .order_by("pk")
        .values_list("after__format", "after__rows")
    )
    assert list(kept) == [("csv", 2), ("jsonl", 2), ("xlsx", 2)]


def test_long_export_is_written_in_the_background_and_handed_to_whoever_asked_alone(
    desk, client, auditor, monkeypatch
):
    monkeypatch.setattr(audit_export, "AT_ONCE", 3)
    write(5, actor=UserFactory(username="clerk"))
    answer = desk.post(at("audit_export") + "?who=clerk", {"format": "csv"})
    assert answer.url == at("audit_exports")
    run_waiting_items()
    job = Job.objects.get(kind=audit_export.JOB)
    file = desk.get(at("audit_export_file", job.public_id))
    assert len(b"".join(file.streaming_content).decode("utf-8-sig").strip().split("\r\n")) == 7
    client.force_login(with_role("audit_admin"))
    assert client.get(at("audit_export_file", job.public_id)).status_code == 404


def test_export_above_the_cap_is_refused_in_a_sentence(desk, monkeypatch):
    monkeypatch.setattr(audit_export, "CAP", 3)
    write(5)
    assert desk.post(at("audit_export"), {"format": "csv"}).status_code == 422
    assert not Event.objects.filter(kind="oversight.audit_exported").exists()


def test_unknown_format_is_refused_in_a_sentence(desk):
    assert desk.post(at("audit_export"), {"format": "exe"}).status_code == 422


def test_export_asks_for_a_recent_sign_in(desk):
    session = desk.session
    session["people_confirmed_at"] = 0
    session.save()
    answer = desk.post(at("audit_export"), {"format": "csv"})
    assert answer.status_code == 302
    assert "again" in answer.url


def test_export_files_go_after_a_week(desk, auditor, monkeypatch):
    monkeypatch.setattr(audit_export, "AT_ONCE", 0)
    write(2)
    desk.post(at("audit_export"), {"format": "csv"})
    run_waiting_items()
    job = Job.objects.get(kind=audit_export.JOB)
    job.items.update(done_at=timezone.now() - timedelta(days=8))
    desk.post(at("audit_export"), {"format": "csv"})
    assert desk.get(at("audit_export_file", job.public_id)).status_code == 404


# ---- integrity, numbers ----


def test_check_by_hand_runs_in_the_background_once_and_its_result_is_shown(desk):
    write(2)
    desk.post(at("audit_check"))
    desk.post(at("audit_check"))
    assert Job.objects.filter(kind="oversight.audit_check").count() == 1
    run_waiting_items()
    page = desk.get(at("audit_integrity"))
    assert (page.context["last"].fault, page.context["running"]) == ("", False)


def test_fault_is_shown_with_its_row(desk):
    write(2)
    seal_events()
    event = Event.objects.order_by("-pk").first()
    tamper(f"UPDATE audit_event SET reason = '改' WHERE id = {event.pk}")
    check_audit_chain()
    page = desk.get(at("audit_integrity")).content.decode()
    assert at("audit_row", event.pk) in page


def test_head_sheet_shows_the_whole_value(desk):
    write()
    seal_events()
    page = desk.get(at("audit_head"))
    assert page.context["link"].value in page.content.decode()


def test_numbers_by_kind_and_day(desk):
    write(3, kind="org.employment_started")
    page = desk.get(at("audit_statistics"))
    assert ("org.employment_started", 3) in [(key, n) for key, _label, n in page.context["kinds"]]
    assert page.context["days"][0] == (timezone.localdate(), page.context["total"])
    assert len(page.context["days"]) == 30


@pytest.mark.parametrize(
    "query", [{"since": "2026-02-01", "to": "2026-01-01"}, {"since": "2020-01-01"}, {"to": "x"}]
)
def test_numbers_refuse_a_wrong_period_in_a_sentence(desk, query):
    assert desk.get(at("audit_statistics"), query).status_code == 422


def test_search_goes_into_a_job_and_comes_back_whole():
    search = Search(since=timezone.localdate(), accounts=(1, 2), who="x", reading=True)
    assert Search.from_plain(json.loads(json.dumps(search.as_plain()))) == search


def test_audit_administrator_has_no_right_to_change_anything(auditor):
    held = access.queries.codenames_of(auditor)
    assert {
        name
        for name in held
        if name.rpartition(".")[2].split("_")[0] not in ("view", "export", "appoint")
    } == set()


def test_place_is_on_the_bar_of_the_audit_administrator_alone(auditor):
    def keys(user):
        return {place.key for place in working_places(user)}

    assert "audit" in keys(auditor)
    assert "audit" not in keys(with_role("system_admin"))
    assert "audit" not in keys(UserFactory(is_superuser=True))
