"""The check finds every kind of tampering and names the first faulty row, on SQLite and PostgreSQL
alike.
"""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

import audit
from audit import anchors, append_only, heads, queries, rules
from audit.checking import Checker, anchor_now, check_audit_chain, read_chain_steps
from audit.models import Check, Event, Head, Link, Tally
from audit.rules import ChainStep, Walk
from audit.workflows import digest_fields, seal_all, seal_events
from tests.audit.tampering import tamper
from tests.factories.ground import EmployerFactory


@pytest.fixture(autouse=True)
def own_anchors(settings, tmp_path):
    settings.AUDIT_ANCHORS = tmp_path / "audit" / "anchors.jsonl"


@pytest.fixture
def ten(db):
    thing = EmployerFactory()
    for n in range(10):
        audit.record(
            "org.employer_created", actor=Checker(), target=thing, after={"n": n, "名": "张𠮷"}
        )
    seal_events()
    return list(Event.objects.order_by("pk"))


def digest_of(event, **changes):
    for name, value in changes.items():
        setattr(event, name, value)
    return rules.event_digest(digest_fields(event))


def link_of(event):
    return Link.objects.get(event=event)


def found(**options):
    result = check_audit_chain(**options)
    return result.fault, result.fault_event


def test_whole_chain_in_order(ten):
    result = check_audit_chain()
    assert (result.fault, result.events, result.head) == (
        "",
        10,
        Link.objects.order_by("-pk")[0].value,
    )
    assert Check.objects.count() == 1


def test_changed_row_is_named(ten):
    tamper(f"UPDATE audit_event SET reason = '改' WHERE id = {ten[4].pk}")
    assert found() == (rules.ROW_CHANGED, ten[4].pk)


def test_row_changed_together_with_its_digest_is_named(ten):
    digest = digest_of(ten[4], reason="改")
    tamper(f"UPDATE audit_event SET reason = '改', digest = '{digest}' WHERE id = {ten[4].pk}")
    assert found() == (rules.ROW_CHANGED, ten[4].pk)


def test_changed_link_is_named(ten):
    tamper(f"UPDATE audit_link SET value = '{'a' * 64}' WHERE event_id = {ten[4].pk}")
    assert found() == (rules.LINK_CHANGED, ten[4].pk)


def test_removed_row_is_found_at_the_row_after_it(ten):
    tamper(
        f"DELETE FROM audit_link WHERE event_id = {ten[4].pk}",
        f"DELETE FROM audit_event WHERE id = {ten[4].pk}",
    )
    assert found() == (rules.ROW_MISSING, ten[5].pk)


def test_removed_first_rows_are_found(ten):
    gone = ", ".join(str(event.pk) for event in ten[:3])
    tamper(
        f"DELETE FROM audit_link WHERE event_id IN ({gone})",
        f"DELETE FROM audit_event WHERE id IN ({gone})",
    )
    assert found()[1] == ten[3].pk


def test_links_out_of_order_are_found(ten):
    a, b = link_of(ten[4]), link_of(ten[5])
    tamper(
        f"UPDATE audit_link SET event_id = -1 WHERE id = {a.pk}"
        if connection.vendor == "sqlite"
        else "ALTER TABLE audit_link DROP CONSTRAINT audit_link_event_id_key"
    )
    tamper(
        f"UPDATE audit_link SET event_id = {a.event_id} WHERE id = {b.pk}",
        f"UPDATE audit_link SET event_id = {b.event_id} WHERE id = {a.pk}",
    )
    assert found() == (rules.ORDER_CHANGED, ten[5].pk)


def test_cut_end_is_found_by_what_was_noted_outside(ten):
    anchor_now()
    gone = ", ".join(str(event.pk) for event in ten[8:])
    tamper(
        f"DELETE FROM audit_link WHERE event_id IN ({gone})",
        f"DELETE FROM audit_event WHERE id IN ({gone})",
    )
    result = check_audit_chain()
    assert (result.fault, result.events) == (rules.END_CUT, 8)


def cut(events):
    gone = ", ".join(str(event.pk) for event in events)
    return [
        f"DELETE FROM audit_link WHERE event_id IN ({gone})",
        f"DELETE FROM audit_event WHERE id IN ({gone})",
    ]


@pytest.mark.parametrize("full", [True, False])
def test_cut_end_is_found_although_nothing_was_noted_outside(ten, full):
    tamper(*cut(ten[8:]))
    assert found(full=full) == (rules.END_CUT, None)


def test_all_rows_taken_away_is_found(ten):
    tamper(*cut(ten))
    assert found() == (rules.END_CUT, None)


def test_cut_end_is_found_after_the_chain_went_on_from_there(ten):
    anchor_now()
    tamper(*cut(ten[8:]))
    audit.record("org.employer_created", actor=Checker(), target=EmployerFactory())
    assert seal_events() == 1
    anchor_now()
    result = check_audit_chain()
    assert (result.fault, result.events) == (rules.END_CUT, 8)


def test_cut_end_is_found_by_the_signed_head_after_the_chain_went_on_and_the_files_are_gone(ten):
    tamper(*cut(ten[8:]))
    audit.record("org.employer_created", actor=Checker(), target=EmployerFactory())
    seal_events()
    assert found() == (rules.END_CUT, None)


def test_unsealed_row_taken_away_is_found(ten):
    audit.record("org.employer_created", actor=Checker(), target=EmployerFactory())
    last = Event.objects.order_by("-pk").first()
    tamper(f"DELETE FROM audit_event WHERE id = {last.pk}")
    seal_events()
    assert found() == (rules.ROW_MISSING, last.pk)
    assert found(full=False) == (rules.ROW_MISSING, last.pk)


def test_row_changed_with_its_digest_before_it_was_sealed_is_found(ten):
    audit.record("org.employer_created", actor=Checker(), target=EmployerFactory())
    last = Event.objects.order_by("-pk").first()
    tamper(
        f"UPDATE audit_event SET reason = '改', digest = '{digest_of(last, reason='改')}' WHERE id = {last.pk}"
    )
    seal_events()
    assert found() == (rules.ROW_CHANGED, last.pk)


def test_head_set_back_without_the_key_is_found(ten):
    end = link_of(ten[7])
    tamper(
        *cut(ten[8:]),
        f"UPDATE audit_head SET links = 8, last_link = {end.pk}, value = '{end.value}'",
    )
    assert found()[0] == rules.HEAD_CHANGED


def test_head_taken_away_is_found(ten):
    tamper("DELETE FROM audit_head")
    assert found()[0] == rules.HEAD_CHANGED


def test_older_signed_head_put_back_is_found_by_what_was_noted_outside(ten):
    old = Head.objects.get()
    audit.record("org.employer_created", actor=Checker(), target=EmployerFactory())
    seal_events()
    anchor_now()
    last = Event.objects.order_by("-pk").first()
    back = f"UPDATE audit_head SET links = {old.links}, last_link = {old.last_link}, value = '{old.value}', signature = '{old.signature}'"
    tamper(*cut([last]), back)
    assert found(full=False) == (rules.END_CUT, None)
    assert found() == (rules.END_CUT, None)


def test_link_and_row_added_past_the_head_are_found(ten):
    event = ten[4]
    event.pk, event.reason, event._state.adding = None, "添", True
    event.digest = digest_of(event)
    Event.objects.bulk_create([event])
    value = rules.next_link(link_of(ten[9]).value, event.digest)
    Link.objects.bulk_create([Link(event_id=Event.objects.order_by("-pk").first().pk, value=value)])
    assert found()[0] == rules.HEAD_CHANGED


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM audit_head",
        "DELETE FROM audit_tally",
        "UPDATE audit_tally SET digest = 'x'",
        "UPDATE audit_head SET last_link = last_link - 1",
        "UPDATE audit_head SET value = 'x'",
        "UPDATE audit_head SET last_link = last_link + 1, value = 'x'",
    ],
)
def test_database_refuses_to_set_the_end_back(ten, sql):
    audit.record("org.employer_created", actor=Checker(), target=EmployerFactory())
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_sealing_leaves_no_tally_and_moves_the_signed_head_on(ten):
    audit.record("org.employer_created", actor=Checker(), target=EmployerFactory())
    assert Tally.objects.count() == 1
    seal_events()
    end, head = Link.objects.order_by("-pk").first(), Head.objects.get()
    assert (
        Tally.objects.count(),
        head.links,
        head.last_link,
        head.value,
        heads.is_signed_here(head),
    ) == (0, 11, end.pk, end.value, True)


def test_head_signed_with_a_key_of_before_needs_to_be_signed_anew(ten, settings):
    settings.SECRET_KEY = "another-" + "k" * 50
    assert found(keep=False)[0] == rules.HEAD_CHANGED
    call_command("check_audit", "--sign-head")
    seal_all()
    assert found() == ("", None)
    assert Event.objects.filter(kind="audit.head_signed_anew").count() == 1


def test_key_of_before_is_known_while_it_is_a_fallback(ten, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "another-" + "k" * 50,
    )
    assert found() == ("", None)


def test_end_of_a_cut_chain_is_not_signed_anew(ten, settings):
    tamper(*cut(ten[8:]))
    settings.SECRET_KEY = "another-" + "k" * 50
    with pytest.raises(CommandError):
        call_command("check_audit", "--sign-head")


def test_chain_rewritten_from_a_row_on_is_found_by_what_was_noted_outside(ten):
    anchor_now()
    statements, value = [], link_of(ten[3]).value
    for event in ten[4:]:
        digest = digest_of(event, reason="改" if event == ten[4] else event.reason)
        value = rules.next_link(value, digest)
        statements += [
            f"UPDATE audit_event SET reason = '{event.reason}', digest = '{digest}' WHERE id = {event.pk}",
            f"UPDATE audit_link SET value = '{value}' WHERE event_id = {event.pk}",
        ]
    tamper(*statements)
    assert found() == (rules.REWRITTEN, ten[9].pk)


def test_row_slipped_in_with_an_old_date_is_found(ten):
    event = ten[4]
    event.at, event.pk, event._state.adding = timezone.now() - timedelta(days=90), None, True
    event.digest = digest_of(event)
    Event.objects.bulk_create([event])
    seal_all()
    slipped = Event.objects.order_by("-pk").first().pk
    assert found() == (rules.UNSEALED, slipped)


def test_trigger_taken_away_is_found(ten):
    with connection.cursor() as cursor:
        on = " ON audit_event" if connection.vendor == "postgresql" else ""
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE" if on else "SELECT 1")
        cursor.execute(f"DROP TRIGGER audit_event_no_update{on}")
    result = check_audit_chain()
    assert (result.fault, result.fault_name) == (rules.UNGUARDED, "audit_event_no_update")


def test_every_table_that_only_grows_is_guarded(db):
    assert append_only.list_missing_triggers() == []


@pytest.mark.service("postgresql")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "table",
    [
        "audit_event",
        "audit_link",
        "audit_check",
        "audit_archive",
        "certification_statuschange",
        "people_consent",
    ],
)
def test_postgresql_refuses_truncate(table):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_fault_is_kept_in_table_file_and_record_and_shown_by_readiness(ten, client):
    tamper(f"UPDATE audit_event SET reason = '改' WHERE id = {ten[4].pk}")
    with pytest.raises(CommandError, match=f"event {ten[4].pk}.*row_changed"):
        call_command("check_audit")
    kept = Check.objects.get()
    assert (kept.fault, anchors.read_last_anchor().fault) == (rules.ROW_CHANGED, rules.ROW_CHANGED)
    assert Event.objects.order_by("-pk").first().kind == "audit.fault_found"
    assert client.get("/health/ready").json()["warnings"] == {"audit": "fault"}


def test_quick_check_looks_at_new_rows_only_and_finds_a_lost_end(ten):
    check_audit_chain()
    audit.record("org.employer_created", actor=Checker(), target=EmployerFactory())
    seal_events()
    result = check_audit_chain(full=False)
    assert (result.fault, result.events) == ("", 1)
    last = Event.objects.order_by("-pk").first().pk
    tamper(
        f"DELETE FROM audit_link WHERE event_id = {last}",
        f"DELETE FROM audit_event WHERE id = {last}",
    )
    assert check_audit_chain(full=False).fault == rules.END_CUT


def test_check_reads_in_pieces_of_two_queries(ten, monkeypatch):
    monkeypatch.setattr("audit.checking.PIECE", 5)
    with CaptureQueriesContext(connection) as seen:
        assert Walk().first_fault(read_chain_steps()) is None
    assert len(seen) == 5  # two pieces of two queries, and the one that finds nothing more


def test_half_a_line_in_the_file_outside_is_passed_over(settings, ten):
    anchor_now()
    with settings.AUDIT_ANCHORS.open("a") as file:
        file.write('{"at": "2026-')
    assert anchors.read_last_anchor().link == Link.objects.order_by("-pk").first().pk
    assert check_audit_chain().fault == ""


def test_head_can_be_printed(ten, capsys):
    call_command("check_audit", head=True)
    assert Link.objects.order_by("-pk").first().value in capsys.readouterr().out


def test_full_check_is_due_once_a_night(ten):
    assert queries.full_check_due()
    check_audit_chain()
    assert not queries.full_check_due()
    assert queries.full_check_due(timezone.now() + timedelta(days=1, hours=1))


def chain(digests):
    value, made = rules.GENESIS, []
    for number, digest in enumerate(digests, start=1):
        value = rules.next_link(value, digest)
        made.append(ChainStep(number, value, 100 + number, digest, digest))
    return made


DIGESTS = st.lists(
    st.text("0123456789abcdef", min_size=64, max_size=64), min_size=3, max_size=30, unique=True
)


@given(DIGESTS)
def test_untouched_chain_has_no_fault(digests):
    steps = chain(digests)
    walk = Walk(anchors={step.link: step.value for step in steps})
    assert (walk.first_fault(steps), walk.head, walk.steps) == (None, steps[-1].value, len(steps))


@given(DIGESTS, st.data())
def test_any_step_left_out_before_the_last_is_found(digests, data):
    steps = chain(digests)
    gone = data.draw(st.integers(0, len(steps) - 2))
    left = steps[:gone] + steps[gone + 1 :]
    fault = Walk().first_fault(left)
    assert (fault.kind, fault.event) == (rules.ROW_MISSING, left[gone].event)


@given(DIGESTS, st.data())
def test_any_noted_link_that_is_passed_over_is_found(digests, data):
    steps = chain(digests)
    noted = data.draw(st.integers(0, len(steps) - 1))
    # The end cut off from the noted link on, and the chain gone on from there with other rows.
    left, value = steps[:noted], steps[noted - 1].value if noted else rules.GENESIS
    number = steps[-1].link + 1
    value = rules.next_link(value, "f" * 64)
    left = [*left, ChainStep(number, value, 999, "f" * 64, "f" * 64)]
    fault = Walk(anchors={steps[noted].link: steps[noted].value}).first_fault(left)
    assert (fault.kind, fault.link) == (rules.END_CUT, steps[noted].link)


@given(DIGESTS, st.data())
def test_any_two_steps_exchanged_are_found(digests, data):
    steps = chain(digests)
    at = data.draw(st.integers(0, len(steps) - 2))
    a, b = steps[at], steps[at + 1]
    steps[at], steps[at + 1] = (
        ChainStep(a.link, a.value, b.event, b.stored, b.computed),
        ChainStep(b.link, b.value, a.event, a.stored, a.computed),
    )
    fault = Walk().first_fault(steps)
    assert (fault.kind, fault.event) == (rules.ORDER_CHANGED, b.event)


@given(DIGESTS, st.data())
def test_event_gone_from_under_its_link_is_found(digests, data):
    steps = chain(digests)
    at = data.draw(st.integers(0, len(steps) - 1))
    steps[at] = ChainStep(steps[at].link, steps[at].value, steps[at].event, None, None)
    assert Walk().first_fault(steps).kind == rules.ROW_MISSING
