"""Rules of training: pure arithmetic, no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules import check_in, completion, enrolment, exam_clock, grading, paper, timetable

D = Decimal
T0 = datetime(2026, 12, 5, 0, 30, tzinfo=UTC)
RULE = completion.Rule(D("0.8"), D(4), {"theory": D(60)})


def sessions(attended: int, missed: int, cancelled: int = 0) -> list[completion.SessionFact]:
    return (
        [completion.SessionFact(D(4), attended=True)] * attended
        + [completion.SessionFact(D(4), attended=False)] * missed
        + [completion.SessionFact(D(4), attended=True, cancelled=True)] * cancelled
    )


def test_stand_all_met_is_complete():
    standing = completion.assess_completion(
        rule=RULE, sessions=sessions(4, 1), lesson_hours=D(4), marks={"theory": D(60)}
    )
    assert standing.complete
    assert (standing.sessions, standing.attended, standing.attendance_percent, standing.hours) == (
        5,
        4,
        D("80.0"),
        D(20),
    )


def test_stand_nothing_done_names_every_part():
    standing = completion.assess_completion(
        rule=RULE, sessions=sessions(0, 5), lesson_hours=D(0), marks={}
    )
    assert standing.missing == (
        completion.Missing("attendance", D(4), D(0)),
        completion.Missing("lessons", D(4), D(0)),
        completion.Missing("exam_not_taken", D(60), D(0), "theory"),
    )


def test_stand_just_below_share_is_not_rounded_up():
    """Seven sessions at 80 % need six: five are 71.4 %."""
    standing = completion.assess_completion(
        rule=RULE, sessions=sessions(5, 2), lesson_hours=D(4), marks={"theory": D("59.99")}
    )
    assert standing.missing == (
        completion.Missing("attendance", D(6), D(5)),
        completion.Missing("exam_below", D(60), D("59.99"), "theory"),
    )


def test_stand_cancelled_session_counts_for_nobody():
    standing = completion.assess_completion(
        rule=RULE, sessions=sessions(4, 1, cancelled=2), lesson_hours=D(4), marks={"theory": D(60)}
    )
    assert (standing.sessions, standing.attended, standing.session_hours) == (5, 4, D(16))


def test_stand_online_class_without_sessions_has_full_attendance():
    standing = completion.assess_completion(
        rule=RULE, sessions=[], lesson_hours=D(4), marks={"theory": D(100)}
    )
    assert standing.complete
    assert standing.attendance_percent == D("100.0")


@given(st.integers(0, 200), st.integers(0, 100))
def test_sessions_needed_is_the_fewest_that_reach_the_share(planned: int, hundredths: int):
    share = D(hundredths) / 100
    needed = completion.sessions_needed(planned, share)
    assert needed >= share * planned > needed - 1 or needed == share * planned == 0


SINGLE = grading.Key("single", D(10), frozenset("b"), frozenset("abcd"))
MULTI = grading.Key("multiple", D(10), frozenset("abc"), frozenset("abcd"), policy="no_wrong")
NUMBER = grading.Key("number", D(10), number=D("22.5"), tolerance=D("0.5"))


@pytest.mark.parametrize(
    ("key", "answer", "points", "right"),
    [
        (SINGLE, ["b"], "10.00", True),
        (SINGLE, ["a"], "0.00", False),
        (SINGLE, [], "0.00", False),
        (MULTI, ["a", "b", "c"], "10.00", True),
        (MULTI, ["a", "b"], "6.67", False),
        (MULTI, ["a", "d"], "0.00", False),
        (
            grading.Key("multiple", D(10), frozenset("abc"), frozenset("abcd"), policy="balance"),
            ["a", "b", "d"],
            "3.33",
            False,
        ),
        (
            grading.Key("multiple", D(10), frozenset("ab"), frozenset("abcd"), policy="balance"),
            ["c", "d"],
            "0.00",
            False,
        ),
        (
            grading.Key("multiple", D(10), frozenset("abc"), frozenset("abcd")),
            ["a", "b"],
            "0.00",
            False,
        ),
        (NUMBER, ["22"], "10.00", True),
        (NUMBER, ["23.0"], "10.00", True),
        (NUMBER, ["23.01"], "0.00", False),
        (NUMBER, ["45/2"], "10.00", True),
        (
            grading.Key("number", D(10), number=D("0.3333"), tolerance=D("0.0001")),
            ["1/3"],
            "10.00",
            True,
        ),
        (grading.Key("number", D(10), number=D("0.3333")), ["1/3"], "0.00", False),
    ],
)
def test_mark_each_kind_gives_its_points(
    key: grading.Key, answer: list[str], points: str, right: bool
):
    marked = grading.mark_answer(key, answer)
    assert (str(marked.points), marked.right, marked.answered) == (points, right, bool(answer))


def test_total_two_questions_gives_mark_out_of_hundred():
    keys = [SINGLE, MULTI, NUMBER]
    marked = [
        grading.mark_answer(SINGLE, ["b"]),
        grading.mark_answer(MULTI, ["a", "b"]),
        grading.mark_answer(NUMBER, []),
    ]
    assert grading.total_paper(keys, marked) == grading.Total(
        D("16.67"), D("30.00"), D("55.57"), 1, 2
    )


@pytest.mark.parametrize(
    ("kind", "raw", "stored"),
    [
        ("single", "a", ["a"]),
        ("single", None, []),
        ("multiple", ["c", "a", "a"], ["a", "c"]),
        ("multiple", [], []),
        ("number", " ２２．５ ", ["22.5"]),
        ("number", "-3", ["-3"]),
        ("number", " ", []),
    ],
)
def test_read_answer_good_input_is_stored_in_one_form(kind: str, raw: object, stored: list[str]):
    assert grading.normalise_answer(kind, raw, "abcd") == stored


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("single", "z"),
        ("single", ["a", "b"]),
        ("true_false", ["a", "b"]),
        ("multiple", {"a": 1}),
        ("multiple", [1]),
        ("number", "1e99"),
        ("number", "twenty"),
        ("number", "1-2"),
        ("number", "9" * 40),
        ("number", ["1", "2"]),
        ("essay", "a"),
    ],
)
def test_read_answer_bad_input_is_refused(kind: str, raw: object):
    with pytest.raises(grading.BadAnswerError):
        grading.normalise_answer(kind, raw, "abcd")


BANK = [paper.BankItem(str(n), "ppe" if n < 8 else "fire", ("a", "b", "c", "d")) for n in range(20)]


def test_draw_same_seed_gives_the_same_paper_in_any_row_order():
    first = paper.draw_paper(BANK, seed="s1", count=10)
    assert first == paper.draw_paper(list(reversed(BANK)), seed="s1", count=10)
    assert first != paper.draw_paper(BANK, seed="s2", count=10)
    assert len({question.id for question in first}) == 10


def test_draw_known_seed_gives_the_paper_on_record():
    """A change of the algorithm would make stored seeds worthless: this pins it."""
    drawn = paper.draw_paper(BANK, seed="2026-12-05", count=3)
    assert [(question.id, "".join(question.options)) for question in drawn] == PINNED


PINNED = [("12", "acdb"), ("1", "cbda"), ("9", "cdba")]


def test_draw_topics_are_kept():
    drawn = paper.draw_paper(BANK, seed="x", count=10, per_topic={"ppe": 4, "fire": 6})
    assert sum(int(question.id) < 8 for question in drawn) == 4


def test_draw_bank_too_small_says_what_lacks():
    with pytest.raises(paper.BankTooSmallError) as caught:
        paper.draw_paper(BANK, seed="x", count=10, per_topic={"ppe": 9})
    assert (caught.value.topic, caught.value.wanted, caught.value.there) == ("ppe", 9, 8)
    with pytest.raises(paper.BankTooSmallError):
        paper.draw_paper(BANK, seed="x", count=21)


def test_draw_fixed_order_keeps_true_before_false():
    item = paper.BankItem("1", "", ("true", "false"), fixed_order=True)
    assert all(
        paper.draw_paper([item], seed=str(seed), count=1)[0].options == ("true", "false")
        for seed in range(9)
    )


def slot(start: int, end: int, label: str = "") -> enrolment.Slot:
    return enrolment.Slot(T0 + timedelta(hours=start), T0 + timedelta(hours=end), label)


def test_first_clash_back_to_back_is_none():
    assert enrolment.first_clash([slot(0, 2)], [slot(2, 4)]) is None


def test_first_clash_names_the_earliest_pair():
    mine, wanted = [slot(10, 12, "late"), slot(0, 2, "early")], [slot(11, 13, "b"), slot(1, 3, "a")]
    assert enrolment.first_clash(mine, wanted) == (slot(0, 2, "early"), slot(1, 3, "a"))


def test_window_edges():
    opens, closes = T0, T0 + timedelta(days=1)
    at = [T0 - timedelta(seconds=1), T0, closes - timedelta(seconds=1), closes]
    assert [
        enrolment.place_in_enrolment_window(now=now, opens_at=opens, closes_at=closes).value
        for now in at
    ] == [
        "not_yet",
        "open",
        "open",
        "over",
    ]


def test_offer_until_never_reaches_into_the_class():
    begins = T0 + timedelta(hours=5)
    assert enrolment.offer_until(now=T0, hours=24, begins_at=begins) == begins
    assert enrolment.offer_until(now=T0, hours=2, begins_at=begins) == T0 + timedelta(hours=2)
    assert enrolment.offer_until(now=begins, hours=24, begins_at=begins) is None
    assert enrolment.offer_until(now=T0, hours=24, begins_at=None) == T0 + timedelta(hours=24)


def test_code_good_for_fifteen_seconds_then_not():
    code = check_in.code_at("secret", T0)
    assert [
        check_in.is_good("secret", code, T0 + timedelta(seconds=s)) for s in (-1, 0, 14, 15, 89)
    ] == [False, True, True, False, False]
    assert not check_in.is_good("other", code, T0)


@pytest.mark.parametrize(
    ("minutes", "most"),
    [(45, "1.0"), (44, "0.9"), (180, "4.0"), (179, "3.9"), (0, "0.0"), (-10, "0.0"), (90, "2.0")],
)
def test_class_hours_that_fit_into_a_session(minutes, most):
    assert timetable.most_hours(T0, T0 + timedelta(minutes=minutes)) == Decimal(most)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("林师傅（高级技师）", "林师傅", True),
        ("林师傅、王敏", "王敏，赵师傅", True),
        ("Li Wei; Wang", "li  wei", True),
        ("林师傅", "林师", False),
        ("", "", False),
        ("（待定）", "（待定）", False),
    ],
)
def test_teachers_are_told_by_their_names(one, other, shared):
    assert timetable.shares_a_name(one, other) is shared


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("3 号楼 108", "3  号楼 108 ", True),
        ("Room A", "room a", True),
        ("", "", False),
        ("108", "109", False),
    ],
)
def test_places_are_told_by_their_words(one, other, same):
    assert timetable.same_place(one, other) is same


def test_read_code_forgives_how_it_is_typed():
    assert [
        check_in.read_code(text)
        for text in ("123 456", "１２３-４５６", "12345", "1234567", "abcdef")
    ] == [
        "123456",
        "123456",
        "",
        "",
        "",
    ]


def test_check_in_when_window_edges():
    end = T0 + timedelta(hours=3)
    at = [
        T0 - timedelta(minutes=31),
        T0 - timedelta(minutes=30),
        T0 + timedelta(minutes=20),
        T0 + timedelta(minutes=21),
    ]
    kinds = [
        check_in.place_in_check_in_window(
            now=now,
            starts_at=T0,
            ends_at=end,
            before=timedelta(minutes=30),
            after=timedelta(minutes=20),
        ).value
        for now in at
    ]
    assert kinds == ["early", "open", "open", "over"]


def test_check_in_when_short_session_closes_with_it():
    end = T0 + timedelta(minutes=10)
    assert (
        check_in.place_in_check_in_window(
            now=end + timedelta(seconds=1),
            starts_at=T0,
            ends_at=end,
            before=timedelta(0),
            after=timedelta(hours=1),
        ).value
        == "over"
    )


def test_arrival_is_decided_by_the_receipt_alone():
    end, grace = T0, timedelta(minutes=10)
    got = [
        exam_clock.classify_arrival(
            received_at=T0 + timedelta(seconds=r), ends_at=end, grace=grace
        ).value
        for r in (-1, 0, 60, 600, 601)
    ]
    assert got == ["in_time", "in_time", "late", "late", "too_late"]


def test_sitting_ends_with_the_exam():
    assert exam_clock.ends_at(
        started_at=T0, minutes=60, closes_at=T0 + timedelta(minutes=20)
    ) == T0 + timedelta(minutes=20)
