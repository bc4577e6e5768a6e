"""Sittings: frozen papers, answers that arrive in any order, one handing in."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

import access
from access.workflows import assign_role
from core.clock import now
from core.digests import digest_canonical_json
from core.errors import Forbidden, NotFound
from courses.errors import AnswersDiffer, ClassNotReady, ExamRefused
from courses.models import AnswerOp, Attempt, Attendance, PartMark, Question
from courses.queries.completion import assess_enrolment
from courses.queries.exam import counting_answers, digest_shown, receipt_record
from courses.rules import paper
from courses.workflows.exam import (
    Op,
    collect_overdue_papers,
    decide_late_answers,
    record_mark,
    save_answers,
    start_attempt,
    submit_attempt,
)
from courses.workflows.training_class import approve_class, file_class, finish_class, save_exam
from tests.factories.courses import ExamFactory
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def exam(going_on):
    return going_on.exams.get()


@pytest.fixture
def attempt(trainee, exam):
    return start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee)


def refused(code):
    return pytest.raises(ExamRefused, check=lambda error: error.code == code)


def op(attempt, place, text="对", *, seq=1, at=None, op_id=None, **fields):
    """The answer *text* at *place*, as a player sends it."""
    option = next(
        (item["id"] for item in attempt.paper[place - 1]["options"] if item["text"] == text), text
    )
    return Op(op_id or uuid4(), seq, place, [option] if option else [], at or now(), **fields)


def send(attempt, *ops, seen=0):
    return save_answers(
        actor=attempt.enrolment.person.user, attempt_id=attempt.public_id, ops=ops, seen=seen
    )


def save(attempt, *ops):
    return [saved.word for saved in send(attempt, *ops).saved]


def chosen(attempt):
    """Place → the texts of the answer that counts."""
    texts = {option["id"]: option["text"] for item in attempt.paper for option in item["options"]}
    return {
        place: [texts.get(pk, pk) for pk in answer.value]
        for place, answer in counting_answers(attempt).items()
    }


def hand_in(attempt):
    return submit_attempt(actor=attempt.enrolment.person.user, attempt=attempt)


def test_start_again_returns_the_running_sitting(trainee, exam, attempt):
    assert start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee) == attempt


def test_paper_can_be_drawn_again_from_the_stored_seed(exam, attempt):
    items = [
        paper.BankItem(str(q.public_id), q.topic, tuple(o.public_id for o in q.options.all()))
        for q in Question.objects.prefetch_related("options")
    ]
    again = paper.draw_paper(items, seed=attempt.seed, count=exam.question_count)
    assert [(q.id, list(q.options)) for q in again] == [
        (q["id"], [o["id"] for o in q["options"]]) for q in attempt.paper
    ]


def test_paper_shown_holds_no_key(attempt):
    assert "is_right" not in str(attempt.paper)
    assert "correct" not in str(attempt.paper)
    assert "explanation" not in str(attempt.paper)


def test_edit_of_the_bank_changes_no_running_paper(attempt):
    Question.objects.update(text="改了", is_retired=True)
    attempt.refresh_from_db()
    assert "改了" not in str(attempt.paper)
    save(attempt, *[op(attempt, place, seq=place) for place in range(1, 6)])
    assert hand_in(attempt).mark == Decimal("100.00")


def test_answers_sent_twice_are_written_once(attempt):
    change = op(attempt, 1)
    assert (
        save(attempt, change)
        == save(attempt, change)
        == save(attempt, change, change)[:1]
        == ["saved"]
    )
    assert AnswerOp.objects.count() == 1


def test_answers_of_one_page_out_of_order_the_newest_change_counts(attempt):
    of = {"device": "d", "page": "p"}
    assert save(attempt, op(attempt, 1, "对", seq=2, **of)) == ["saved"]
    assert save(attempt, op(attempt, 1, "错一", seq=1, **of)) == ["superseded"]
    assert chosen(attempt) == {1: ["对"]}


def test_answer_of_another_device_counts_when_it_is_received_last(attempt):
    """Two devices opened the paper before anything was answered, so both count their changes from
    1.
    """
    assert save(
        attempt,
        op(attempt, 2, seq=1, device="A"),
        op(attempt, 3, seq=2, device="A"),
        op(attempt, 1, "错一", seq=3, device="A"),
    )
    answer = send(attempt, op(attempt, 1, "对", seq=1, device="B"))
    assert [saved.word for saved in answer.saved] == ["saved"]
    assert chosen(attempt)[1] == ["对"]


def test_answers_without_a_device_count_by_their_receipt(attempt):
    save(attempt, op(attempt, 2, seq=1), op(attempt, 3, seq=2), op(attempt, 1, "错一", seq=3))
    save(attempt, op(attempt, 1, "对", seq=1))
    assert chosen(attempt)[1] == ["对"]


def test_answer_written_offline_before_another_device_answered_takes_no_place_from_it(
    attempt, stopped_clock
):
    waiting = op(attempt, 1, "错一", device="A", page="a")
    stopped_clock.move_by(minutes=5)
    save(attempt, op(attempt, 1, "对", device="B", page="b"))
    stopped_clock.move_by(minutes=5)
    answer = send(attempt, waiting, op(attempt, 2, "对", seq=2, device="A", page="a"))
    assert [saved.word for saved in answer.saved] == ["superseded", "saved"]
    assert answer.counts[1].given.device == "B"
    assert chosen(attempt) == {1: ["对"], 2: ["对"]}
    # Having seen it, the candidate may still choose otherwise, whatever the clock of the device
    # says.
    later = op(
        attempt,
        1,
        "错二",
        seq=3,
        device="A",
        page="a",
        seen=answer.counts[1].given.number,
        at=now() - timedelta(hours=2),
    )
    assert save(attempt, later) == ["saved"]


def test_save_says_what_other_devices_have_answered_since(attempt):
    first = send(attempt, op(attempt, 1, device="A"))
    send(attempt, op(attempt, 2, "错一", device="B"))
    poll = send(attempt, seen=first.attempt.received)
    assert (poll.saved, list(poll.counts), poll.counts[2].given.device) == ((), [2], "B")
    assert send(attempt, seen=poll.attempt.received).counts == {}


def test_answer_can_be_taken_back(attempt):
    save(attempt, op(attempt, 1), op(attempt, 1, "", seq=2))
    assert hand_in(attempt).points == 0


@pytest.mark.parametrize(
    "change",
    [
        {"place": 0},
        {"place": 6},
        {"value": ["nothing"]},
        {"value": {"a": 1}},
        {"seq": 0},
        {"seq": 2**40},
    ],
)
def test_answer_unreadable_hinders_no_other(attempt, change):
    good = op(attempt, 2)
    fields = {
        "op_id": uuid4(),
        "seq": 1,
        "place": 1,
        "value": [],
        "written_at": now(),
        **change,
    }
    assert save(attempt, Op(**fields), good) == ["unreadable", "saved"]
    assert hand_in(attempt).points == Decimal("20.00")


def test_answer_unreadable_stays_on_record_as_it_was_written_and_counts_as_none(attempt):
    save(attempt, op(attempt, 1), op(attempt, 1, "1O 米", seq=2))
    row = AnswerOp.objects.order_by("number").last()
    assert (row.value, row.raw, row.problem) == (None, "1O 米", "not_an_answer")
    assert counting_answers(attempt)[1].shown == {"unreadable": "1O 米"}
    assert hand_in(attempt).points == 0


def test_number_is_read_by_the_unit_of_its_question_and_kept_as_written(trainee, going_on):
    exam = ExamFactory(training_class=going_on, question_count=1, bank=0, per_topic={"距离": 1})
    Question.objects.create(
        course=going_on.course, topic="距离", kind="number", text="多远？", number=10, unit="米"
    )
    attempt = start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee)
    assert save(attempt, op(attempt, 1, "１０ m")) == ["saved"]
    answer = counting_answers(attempt)[1]
    assert (answer.value, answer.raw) == (["10"], "１０ m")
    assert hand_in(attempt).mark == 100


def test_answer_of_somebody_else_is_a_404(attempt):
    with pytest.raises(NotFound):
        save_answers(actor=UserFactory(), attempt_id=attempt.public_id, ops=[op(attempt, 1)])


def test_change_of_the_clock_on_the_phone_changes_nothing(attempt):
    in_two_hours = now() + timedelta(hours=2)
    assert save(
        attempt,
        op(attempt, 1, at=in_two_hours),
        op(attempt, 2, at=now() - timedelta(hours=2)),
    ) == ["saved", "saved"]
    attempt.refresh_from_db()
    assert attempt.state == "running"


def test_changes_without_end_are_refused_one_by_one(attempt, monkeypatch):
    monkeypatch.setattr("courses.workflows.exam.MAX_OPS", 2)
    assert save(attempt, op(attempt, 1), op(attempt, 2), op(attempt, 3)) == [
        "saved",
        "saved",
        "too_many",
    ]
    assert hand_in(attempt).points == Decimal("40.00")


def collected(attempt, stopped_clock, *changes):
    """The sitting after its end, collected, with *changes* received five minutes late."""
    save(attempt, op(attempt, 1))
    stopped_clock.move_by(minutes=31)
    assert collect_overdue_papers() == 1
    stopped_clock.move_by(minutes=4)
    assert save(attempt, *changes) == ["late"] * len(changes)
    attempt.refresh_from_db()
    return attempt


def test_answer_received_after_the_end_never_counts_on_the_phones_word(attempt, stopped_clock):
    written_in_time = op(attempt, 2)
    attempt = collected(attempt, stopped_clock, written_in_time)
    assert (attempt.state, attempt.mark, attempt.late_answers, attempt.late_waiting) == (
        "collected",
        Decimal("20.00"),
        1,
        1,
    )
    assert chosen(attempt) == {1: ["对"]}
    stopped_clock.move_by(minutes=10)
    collect_overdue_papers()
    attempt.refresh_from_db()
    assert attempt.settled_at is None
    assert assess_enrolment(attempt.enrolment).marks == {"theory": None}


def test_answer_after_the_time_for_late_ones_is_not_taken(attempt, stopped_clock):
    change = op(attempt, 1)
    stopped_clock.move_by(minutes=41)
    assert save(attempt, change) == ["too_late"]
    assert not AnswerOp.objects.exists()


@pytest.mark.parametrize(("accepted", "mark"), [(True, "60.00"), (False, "20.00")])
def test_late_answers_are_decided_by_a_person_with_a_reason(
    attempt, stopped_clock, staff_of, accepted, mark
):
    attempt = collected(attempt, stopped_clock, op(attempt, 2), op(attempt, 3))
    stopped_clock.move_by(minutes=10)
    assessor = staff_of(attempt.exam.training_class, "class_assessor")
    give = {"actor": assessor, "attempt": attempt, "accepted": accepted, "up_to": attempt.received}
    with refused("reason_needed"):
        decide_late_answers(**give, reason=" ")
    decision = decide_late_answers(**give, reason="考场断网，监考已登记")
    attempt.refresh_from_db()
    assert (attempt.mark, attempt.late_waiting, attempt.settled_at is not None) == (
        Decimal(mark),
        0,
        True,
    )
    assert (decision.mark_before, decision.mark_after, decision.ops.count()) == (
        Decimal("20.00"),
        Decimal(mark),
        2,
    )
    assert assess_enrolment(attempt.enrolment).marks == {"theory": Decimal(mark)}
    with refused("nothing_late"):
        decide_late_answers(**give, reason="再来一次")


def test_late_answers_of_ones_own_paper_are_decided_by_another(attempt, stopped_clock):
    attempt = collected(attempt, stopped_clock, op(attempt, 2))
    own = attempt.enrolment.person.user
    assign_role(
        actor=access.SYSTEM, user=own, role="class_assessor", scope=attempt.exam.training_class
    )
    with refused("own_paper"):
        decide_late_answers(actor=own, attempt=attempt, accepted=True, reason="x", up_to=9)
    with pytest.raises(NotFound):
        decide_late_answers(
            actor=UserFactory(), attempt=attempt, accepted=True, reason="x", up_to=9
        )


def test_late_answer_that_arrives_after_the_page_was_opened_waits_for_a_decision_of_its_own(
    attempt, stopped_clock, staff_of
):
    attempt = collected(attempt, stopped_clock, op(attempt, 2))
    seen = attempt.received
    save(attempt, op(attempt, 3))
    assessor = staff_of(attempt.exam.training_class, "class_assessor")
    decide_late_answers(actor=assessor, attempt=attempt, accepted=True, reason="断网", up_to=seen)
    attempt.refresh_from_db()
    assert (attempt.mark, attempt.late_waiting) == (Decimal("40.00"), 1)


def test_collected_paper_without_late_answers_settles_when_none_can_come(attempt, stopped_clock):
    save(attempt, *[op(attempt, place, seq=place) for place in (1, 2, 3)])
    stopped_clock.move_by(minutes=30, seconds=1)
    assert collect_overdue_papers() == 1
    assert assess_enrolment(attempt.enrolment).marks == {"theory": None}
    stopped_clock.move_by(minutes=10)
    assert collect_overdue_papers() == 1
    assert collect_overdue_papers() == 0
    assert assess_enrolment(attempt.enrolment).marks == {"theory": Decimal("60.00")}


def test_class_with_papers_that_are_not_final_cant_be_closed(attempt, stopped_clock, staff_of):
    training_class = attempt.exam.training_class
    training_class.state = "assessing"
    training_class.save()
    officer = staff_of(training_class, "training_officer")
    with pytest.raises(ClassNotReady, check=lambda error: error.code == "sittings_open"):
        finish_class(actor=officer, training_class=training_class)
    hand_in(attempt)
    assert finish_class(actor=officer, training_class=training_class).state == "finished"


def test_submit_twice_keeps_the_first_result(attempt):
    save(attempt, *[op(attempt, place, seq=place) for place in (1, 2, 3)])
    first = hand_in(attempt)
    assert (first.state, first.points, first.out_of, first.mark) == (
        "submitted",
        Decimal("60.00"),
        Decimal("100.00"),
        Decimal("60.00"),
    )
    again = hand_in(attempt)
    assert (again.receipt, again.submitted_at) == (first.receipt, first.submitted_at)


def test_change_already_known_is_confirmed_after_handing_in(attempt):
    change = op(attempt, 1)
    save(attempt, change)
    hand_in(attempt)
    assert save(attempt, change) == ["saved"]


def test_answer_after_handing_in_is_not_taken_and_said_so(attempt):
    hand_in(attempt)
    assert save(attempt, op(attempt, 4)) == ["handed_in"]


def test_submit_after_the_end_is_the_servers_collection(attempt, stopped_clock):
    save(attempt, op(attempt, 1))
    stopped_clock.move_by(minutes=31)
    assert hand_in(attempt).state == "collected"


def test_submit_of_a_screen_that_shows_something_else_is_refused(attempt):
    save(attempt, op(attempt, 1, device="A"))
    shown = digest_shown(counting_answers(attempt))
    save(attempt, op(attempt, 1, "错一", device="B"))
    actor = attempt.enrolment.person.user
    with pytest.raises(AnswersDiffer):
        submit_attempt(actor=actor, attempt=attempt, shown=shown)
    assert (
        submit_attempt(
            actor=actor, attempt=attempt, shown=digest_shown(counting_answers(attempt))
        ).state
        == "submitted"
    )


def test_receipt_is_the_digest_of_all_answers_received(attempt):
    save(attempt, op(attempt, 1), op(attempt, 1, "错一", seq=2), op(attempt, 2, "1O", seq=3))
    done = hand_in(attempt)
    record = receipt_record(done)
    assert [(row["number"], row["question"]) for row in record["answers"]] == [
        (1, 1),
        (2, 1),
        (3, 2),
    ]
    assert done.receipt == digest_canonical_json(record)
    AnswerOp.objects.filter(number=3).update(raw="10")
    assert done.receipt != digest_canonical_json(receipt_record(done))


def test_collect_takes_papers_when_the_time_is_over_and_not_before(attempt, stopped_clock):
    save(attempt, op(attempt, 1))
    stopped_clock.move_by(minutes=29)
    assert collect_overdue_papers() == 0
    stopped_clock.move_by(minutes=2)
    assert collect_overdue_papers() == 1
    assert collect_overdue_papers() == 0
    attempt.refresh_from_db()
    assert (attempt.state, attempt.mark) == ("collected", Decimal("20.00"))


def test_sitting_ends_with_the_exam_and_not_later(trainee, exam):
    exam.closes_at = now() + timedelta(minutes=5)
    exam.save()
    assert (
        start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee).ends_at
        == exam.closes_at
    )


def test_second_sitting_needs_to_be_allowed(trainee, exam, attempt):
    hand_in(attempt)
    with refused("no_sittings_left"):
        start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee)
    exam.attempts_allowed = 2
    exam.save()
    second = start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee)
    assert (second.number, second.seed != attempt.seed) == (2, True)


@pytest.mark.parametrize(("step", "code"), [({"days": 21}, "closed"), ({"days": -1}, "not_open")])
def test_start_outside_the_exam_is_refused(trainee, exam, stopped_clock, step, code):
    stopped_clock.move_by(**step)
    with refused(code):
        start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee)


def test_start_with_a_small_bank_says_so(trainee, going_on):
    exam = ExamFactory(training_class=going_on, question_count=50, bank=0)
    with refused("bank_too_small"):
        start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee)


@pytest.mark.parametrize("step", ["set up", "file", "approve"])
def test_exam_that_lacks_questions_of_a_topic_is_refused_with_the_topic_and_the_number(
    going_on, staff_of, step
):
    officer, reviewer = staff_of(going_on, "training_officer"), staff_of(going_on, "union_reviewer")
    exam = going_on.exams.get()
    going_on.state = {"set up": "enrolling", "file": "draft", "approve": "filed"}[step]
    going_on.save()
    if step != "set up":
        exam.per_topic = {"用电安全": 3}
        exam.save()
    act = {
        "set up": lambda: save_exam(
            actor=officer, training_class=going_on, exam=exam, per_topic={"用电安全": 3}
        ),
        "file": lambda: file_class(actor=officer, training_class=going_on),
        "approve": lambda: approve_class(actor=reviewer, training_class=going_on),
    }[step]
    with pytest.raises(ClassNotReady, check=lambda error: error.code == "bank_too_small") as caught:
        act()
    assert "用电安全" in str(caught.value)
    assert "3" in str(caught.value)
    Question.objects.filter(pk__in=Question.objects.values("pk")[:3]).update(topic="用电安全")
    act()


def test_exam_that_needs_hours_opens_only_to_those_who_have_them(trainee, going_on):
    exam = going_on.exams.get()
    exam.hours_needed = Decimal(4)
    exam.save()
    with refused("hours_needed") as caught:
        start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee)
    assert "4" in str(caught.value)
    session = going_on.sessions.get()
    Attendance.objects.create(
        enrolment=trainee, session=session, method="code", at=now(), hours=session.hours
    )
    assert start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee).state == "running"


def test_start_in_another_class_is_a_404(trainee):
    with pytest.raises(NotFound):
        start_attempt(actor=trainee.person.user, exam=ExamFactory(), enrolment=trainee)


def test_database_refuses_two_running_sittings(attempt):
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            exam=attempt.exam,
            enrolment=attempt.enrolment,
            number=2,
            paper=[],
            key=[],
            started_at=now(),
            ends_at=now(),
        )


def test_mark_correction_is_a_new_version_with_a_reason(trainee, going_on, staff_of):
    going_on.rule.pass_marks = {"theory": "60", "practice": "60"}
    going_on.rule.save()
    officer = staff_of(going_on, "training_officer")
    give = {"actor": officer, "enrolment": trainee, "part": "practice", "assessor": "外聘考评员"}
    record_mark(**give, mark=Decimal(50))
    with refused("reason_needed"):
        record_mark(**give, mark=Decimal(70))
    record_mark(**give, mark=Decimal(70), reason="统分有误")
    assert list(PartMark.objects.order_by("version").values_list("version", "mark")) == [
        (1, Decimal(50)),
        (2, Decimal(70)),
    ]
    with refused("own_class"):
        record_mark(**{**give, "assessor": going_on.teacher}, mark=Decimal(70), reason="x")
    with pytest.raises(Forbidden):
        record_mark(**{**give, "actor": staff_of(going_on)}, mark=Decimal(1))


def test_op_ids_are_uuids(attempt):
    save(attempt, op(attempt, 1, op_id=UUID(int=7)))
    assert AnswerOp.objects.get().op_id == UUID(int=7)
