"""Rules of the exam: which answer counts, how numbers are read, when the server takes what."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from courses.rules import exam_clock, paper
from courses.rules.answer_order import SENT_AT_ONCE, Given, find_answers_that_count
from courses.rules.number_text import UNITS, NumberUnreadableError, read_number, write_number

T0 = datetime(2026, 12, 5, 1, 0, tzinfo=UTC)
VECTORS = json.loads((Path(__file__).parent / "number_vectors.json").read_text(encoding="utf-8"))


def answer(
    number, *, device="A", page="a", step=None, seen=0, written=None, received=None, place=1
):
    """An answer; times in seconds after the start, received when written unless said otherwise."""
    received = number * 60 if received is None else received
    written = received if written is None else written
    return Given(
        number=number,
        place=place,
        device=device,
        page=page,
        step=number if step is None else step,
        seen=seen,
        written_at=T0 + timedelta(seconds=written),
        received_at=T0 + timedelta(seconds=received),
    )


def counting(*received):
    return find_answers_that_count(received)[1].number


def test_answer_received_last_counts_whatever_the_devices_count():
    assert counting(answer(1, device="A", step=3), answer(2, device="B", page="b", step=1)) == 2


def test_answer_that_waited_takes_no_place_from_one_written_after_it():
    assert (
        counting(
            answer(1, device="B", page="b", received=600), answer(2, written=300, received=900)
        )
        == 1
    )


def test_answer_that_waited_takes_the_place_of_one_written_before_it():
    assert (
        counting(
            answer(1, device="B", page="b", received=600), answer(2, written=700, received=900)
        )
        == 2
    )


def test_answer_written_with_the_other_on_the_screen_counts_though_the_clock_says_otherwise():
    assert (
        counting(
            answer(1, device="B", page="b", received=600),
            answer(2, written=-7200, received=900, seen=1),
        )
        == 2
    )


def test_answers_of_one_device_keep_their_order_though_its_clock_was_set_back():
    assert (
        counting(
            answer(1, written=7200, received=900),
            answer(2, page="reloaded", step=1, written=0, received=900),
        )
        == 2
    )


TIMES = st.integers(-10_000, 10_000)


@st.composite
def histories(draw, *, devices=3):
    """Answers of several devices to two questions, as a server may have received them; times are
    arbitrary.
    """
    count = draw(st.integers(1, 12))
    received = sorted(draw(st.lists(st.integers(0, 10_000), min_size=count, max_size=count)))
    rows = []
    for number in range(1, count + 1):
        device = draw(st.integers(1, devices))
        page = draw(st.integers(1, 2))
        rows.append(
            answer(
                number,
                device=f"d{device}",
                page=f"d{device}p{page}",
                step=draw(st.integers(1, 30)),
                seen=draw(st.integers(0, number - 1)),
                written=draw(TIMES),
                received=received[number - 1],
                place=draw(st.integers(1, 2)),
            )
        )
    return rows


@given(histories(), st.randoms())
def test_what_counts_is_one_answer_for_each_question_whatever_order_the_rows_are_read_in(
    rows, random
):
    counts = find_answers_that_count(rows)
    assert set(counts) == {row.place for row in rows}
    assert all(counts[place].place == place for place in counts)
    random.shuffle(rows)
    assert find_answers_that_count(rows) == counts


@given(histories())
def test_one_question_never_depends_on_another(rows):
    for place, counted in find_answers_that_count(rows).items():
        assert find_answers_that_count([row for row in rows if row.place == place]) == {
            place: counted
        }


@given(st.permutations(range(1, 8)), st.lists(TIMES, min_size=7, max_size=7))
def test_of_one_page_the_last_written_counts_in_any_order_of_arrival(steps, written):
    rows = [
        answer(number, step=step, written=time)
        for number, (step, time) in enumerate(zip(steps, written, strict=True), start=1)
    ]
    assert find_answers_that_count(rows)[1].step == 7


@given(histories(devices=1))
def test_times_decide_nothing_within_one_device(rows):
    moved = [Given(**{**vars(row), "written_at": T0}) for row in rows]
    numbers = [
        {place: row.number for place, row in find_answers_that_count(found).items()}
        for found in (rows, moved)
    ]
    assert numbers[0] == numbers[1]


@given(histories())
def test_answer_sent_at_once_counts_until_another_comes(rows):
    """The last answer received, if it was sent at once by a page of its own, counts: nobody can
    have chosen anything since.
    """
    last = rows[-1]
    sent = Given(**{**vars(last), "page": "fresh", "written_at": last.received_at})
    assert find_answers_that_count([*rows[:-1], sent])[sent.place] == sent


@given(histories(), TIMES)
def test_answer_that_saw_what_counts_takes_its_place_at_any_time_of_writing(rows, written):
    counts = find_answers_that_count(rows)
    assume(1 in counts)
    received = (rows[-1].received_at - T0).total_seconds() + 1
    chosen = answer(
        99, device="new", page="new", seen=counts[1].number, written=written, received=received
    )
    assert find_answers_that_count([*rows, chosen])[1] == chosen


@given(histories())
def test_answer_that_waited_since_before_what_counts_takes_nothing_from_another_device(rows):
    counts = find_answers_that_count(rows)
    assume(1 in counts)
    received = (rows[-1].received_at - T0).total_seconds() + 1
    before = (counts[1].moment - T0).total_seconds() - 1
    assume(received - before > SENT_AT_ONCE.total_seconds())
    waited = answer(99, device="new", page="new", written=before, received=received)
    assert find_answers_that_count([*rows, waited])[1] == counts[1]


@pytest.mark.parametrize(("text", "unit", "said"), VECTORS)
def test_number_is_read_as_people_write_it_or_refused_with_a_reason(text, unit, said):
    try:
        found = write_number(read_number(text, unit))
    except NumberUnreadableError as error:
        found = f"!{error.code}"
    assert found == said


@given(st.fractions(max_denominator=10**6))
def test_number_written_is_read_again_as_the_same(value: Fraction):
    assume(len(write_number(value)) <= 30)
    assert read_number(write_number(value)) == value


CODES = {"not_a_number", "too_long", "comma_ambiguous", "other_unit", "unit_unasked"}


@given(st.text(max_size=60), st.sampled_from(["", "米", "%", "℃", "MPa"]))
def test_any_text_is_a_number_or_refused_with_a_code(text, unit):
    try:
        found = isinstance(read_number(text, unit), Fraction)
    except NumberUnreadableError as error:
        found = error.code in CODES
    assert found


@pytest.mark.parametrize("unit", UNITS)
def test_unit_is_read_in_each_way_it_is_written(unit):
    for way in (unit, *UNITS[unit]):
        assert read_number(f"5 {way}", unit) == 5


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(-1, "in_time"), (0, "in_time"), (1, "late"), (10, "late"), (11, "too_late")],
)
def test_arrival_is_judged_by_the_receipt_alone(minutes, said):
    found = exam_clock.classify_arrival(
        received_at=T0 + timedelta(minutes=minutes), ends_at=T0, grace=timedelta(minutes=10)
    )
    assert found.value == said


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 4)),
    st.integers(1, 8),
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 4)),
)
def test_shortages_are_none_exactly_when_a_paper_can_be_drawn(there, count, per_topic):
    assume(sum(per_topic.values()) <= count)
    bank = [
        paper.BankItem(f"{topic}{n}", topic) for topic, many in there.items() for n in range(many)
    ]
    short = paper.find_shortages(there, count=count, per_topic=per_topic)
    try:
        paper.draw_paper(bank, seed="s", count=count, per_topic=per_topic)
        assert short == ()
    except paper.BankTooSmallError:
        assert short
