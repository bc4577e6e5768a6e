"""Sittings: frozen papers, answers that arrive in any order, one handing in."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import Forbidden, NotFound
from courses.errors import AnswerUnreadable, ExamRefused
from courses.models import AnswerOp, Attempt, PartMark, Question
from courses.queries.exam import answers, last_seq
from courses.rules import paper
from courses.workflows.exam import Op, collect_overdue, record_mark, save_answer, save_answers, start_attempt, submit_attempt
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


def op(attempt, place, text="对", *, seq=1, at=None, op_id=None):
    """The answer *text* at *place*, as a player sends it."""
    option = next((item["id"] for item in attempt.paper[place - 1]["options"] if item["text"] == text), text)
    return Op(op_id or uuid4(), seq, place, [option] if option else [], at or timezone.now())


def save(attempt, *ops):
    return [saved.word for saved in save_answers(actor=attempt.enrolment.person.user, attempt=attempt, ops=ops)]


def hand_in(attempt):
    return submit_attempt(actor=attempt.enrolment.person.user, attempt=attempt)


def test_start_again_returns_the_running_sitting(trainee, exam, attempt):
    assert start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee) == attempt


def test_paper_can_be_drawn_again_from_the_stored_seed(exam, attempt):
    items = [
        paper.BankItem(str(q.public_id), q.topic, tuple(o.public_id for o in q.options.all()))
        for q in Question.objects.prefetch_related("options")
    ]
    again = paper.draw(items, seed=attempt.seed, count=exam.question_count)
    assert [(q.id, list(q.options)) for q in again] == [(q["id"], [o["id"] for o in q["options"]]) for q in attempt.paper]


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
    assert save(attempt, change) == save(attempt, change) == save(attempt, change, change)[:1] == ["saved"]
    assert AnswerOp.objects.count() == 1


def test_answers_out_of_order_the_newest_change_wins(attempt):
    wrong, right = op(attempt, 1, "错一", seq=1), op(attempt, 1, "对", seq=2)
    save(attempt, right)
    save(attempt, wrong)
    assert answers(attempt) == {1: right.value}
    assert last_seq(attempt) == 2


def test_answer_can_be_taken_back(attempt):
    save(attempt, op(attempt, 1), op(attempt, 1, "", seq=2))
    assert hand_in(attempt).points == 0


@pytest.mark.parametrize("change", [{"place": 0}, {"place": 6}, {"value": ["nothing"]}, {"value": {"a": 1}}, {"seq": 0}, {"seq": 2**40}])
def test_answer_unreadable_hinders_no_other(attempt, change):
    good = op(attempt, 2)
    fields = {"op_id": uuid4(), "seq": 1, "place": 1, "value": [], "written_at": timezone.now(), **change}
    assert save(attempt, Op(**fields), good) == ["unreadable", "saved"]


def test_save_answer_alone_says_why(attempt):
    actor = attempt.enrolment.person.user
    with pytest.raises(AnswerUnreadable):
        save_answer(actor=actor, attempt=attempt, op=Op(uuid4(), 1, 1, ["nothing"], timezone.now()))
    assert save_answer(actor=actor, attempt=attempt, op=op(attempt, 1)).word == "saved"


def test_answer_of_somebody_else_is_a_404(attempt):
    with pytest.raises(NotFound):
        save_answers(actor=UserFactory(), attempt=attempt, ops=[op(attempt, 1)])


def test_late_answer_written_in_time_counts_and_is_marked_late(attempt, clock):
    change = op(attempt, 1)
    clock(minutes=31)
    assert save(attempt, change) == ["late"]
    assert save(attempt, op(attempt, 2)) == ["too_late"]
    done = hand_in(attempt)
    assert (done.points, done.late_answers) == (Decimal("20.00"), 1)


def test_late_answer_after_the_grace_doesnt_count(attempt, clock):
    change = op(attempt, 1)
    clock(minutes=41)
    assert save(attempt, change) == ["too_late"]


def test_submit_twice_keeps_the_first_result(attempt):
    save(attempt, *[op(attempt, place, seq=place) for place in (1, 2, 3)])
    first = hand_in(attempt)
    assert (first.state, first.points, first.out_of, first.mark) == ("submitted", Decimal("60.00"), Decimal("100.00"), Decimal("60.00"))
    again = hand_in(attempt)
    assert (again.receipt, again.submitted_at) == (first.receipt, first.submitted_at)
    with refused("handed_in"):
        save(attempt, op(attempt, 4, seq=9))


def test_change_already_known_is_confirmed_after_handing_in(attempt):
    change = op(attempt, 1)
    save(attempt, change)
    hand_in(attempt)
    assert save(attempt, change) == ["saved"]


def test_collect_takes_papers_only_after_time_and_grace(attempt, clock):
    save(attempt, op(attempt, 1))
    clock(minutes=39)
    assert collect_overdue() == 0
    clock(minutes=2)
    assert collect_overdue() == 1
    assert collect_overdue() == 0
    attempt.refresh_from_db()
    assert (attempt.state, attempt.mark) == ("collected", Decimal("20.00"))


def test_sitting_ends_with_the_exam_and_not_later(trainee, exam):
    exam.closes_at = timezone.now() + timedelta(minutes=5)
    exam.save()
    assert start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee).ends_at == exam.closes_at


def test_second_sitting_needs_to_be_allowed(trainee, exam, attempt):
    hand_in(attempt)
    with refused("no_sittings_left"):
        start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee)
    exam.attempts_allowed = 2
    exam.save()
    second = start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee)
    assert (second.number, second.seed != attempt.seed) == (2, True)


@pytest.mark.parametrize(("step", "code"), [({"days": 21}, "closed"), ({"days": -1}, "not_open")])
def test_start_outside_the_exam_is_refused(trainee, exam, clock, step, code):
    clock(**step)
    with refused(code):
        start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee)


def test_start_with_a_small_bank_says_so(trainee, going_on):
    exam = ExamFactory(training_class=going_on, question_count=50, bank=0)
    with refused("bank_too_small"):
        start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee)


def test_start_in_another_class_is_a_404(trainee):
    with pytest.raises(NotFound):
        start_attempt(actor=trainee.person.user, exam=ExamFactory(), enrolment=trainee)


def test_database_refuses_two_running_sittings(attempt):
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            exam=attempt.exam, enrolment=attempt.enrolment, number=2, paper=[], key=[], started_at=timezone.now(), ends_at=timezone.now()
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
    assert list(PartMark.objects.order_by("version").values_list("version", "mark")) == [(1, Decimal(50)), (2, Decimal(70))]
    with refused("own_class"):
        record_mark(**{**give, "assessor": going_on.teacher}, mark=Decimal(70), reason="x")
    with pytest.raises(Forbidden):
        record_mark(**{**give, "actor": staff_of(going_on)}, mark=Decimal(1))


def test_op_ids_are_uuids(attempt):
    save(attempt, op(attempt, 1, op_id=UUID(int=7)))
    assert AnswerOp.objects.get().op_id == UUID(int=7)
