"""Marks: the published vectors and what must hold for every input."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competitions.rules import marking

cents = st.integers(1, 10_000).map(lambda n: Decimal(n).scaleb(-2))
close_scores = st.integers(0, 2).flatmap(
    lambda low: st.lists(st.sampled_from([low, low + 1]), min_size=3, max_size=9)
)


def test_judgement_two_two_three_of_two_marks_publishes_1_56():
    assert marking.mark_judged_aspect([2, 2, 3], Decimal("2.00")) == Fraction(14, 9)
    assert marking.round_published_mark(
        marking.mark_judged_aspect([2, 2, 3], Decimal("2.00"))
    ) == Decimal("1.56")


def test_judgement_one_two_three_is_refused_with_spread_two():
    with pytest.raises(marking.MarkError) as caught:
        marking.mark_judged_aspect([1, 2, 3], Decimal("2.00"))
    assert (caught.value.code, caught.value.data) == ("spread_exceeded", {"spread": 2, "limit": 1})


@pytest.mark.parametrize(
    ("scores", "code"),
    [
        ([2, 2], "too_few_judges"),
        ([], "too_few_judges"),
        ([2, 3, 4], "not_a_score"),
        ([-1, 0, 0], "not_a_score"),
    ],
)
def test_judgement_bad_scores_are_refused(scores, code):
    with pytest.raises(marking.MarkError) as caught:
        marking.mark_judged_aspect(scores, Decimal(2))
    assert caught.value.code == code


def test_judgement_five_judges_trimmed_drops_one_of_each_end():
    assert marking.mark_judged_aspect([1, 2, 2, 2, 2], Decimal(3), trimmed=True) == 2
    assert marking.mark_judged_aspect([1, 2, 2, 2, 2], Decimal(3)) == Fraction(9, 5)


def test_trimmed_mean_published_vector_is_85():
    assert marking.round_published_mark(marking.trimmed_mean([90, 90, 85, 80, 70])) == Decimal(
        "85.00"
    )


def test_trimmed_mean_of_three_and_four_is_the_plain_mean():
    assert marking.trimmed_mean([70, 80, 90]) == 80
    assert marking.trimmed_mean([70, 80, 90, 90]) == Fraction(330, 4)


def test_trimmed_mean_of_two_is_refused_not_padded_with_zero():
    with pytest.raises(marking.MarkError):
        marking.trimmed_mean([90, 90])


def test_event_total_theory_and_practice_is_87_70():
    parts = [(80, Decimal("0.3")), (91, Decimal("0.7"))]
    assert marking.round_published_mark(marking.event_total(parts)) == Decimal("87.70")


def test_measurement_takes_nothing_everything_or_a_declared_step():
    steps = [Decimal("0.50"), Decimal("1.00")]
    assert [
        marking.mark_measured_aspect(Decimal(v), Decimal("1.50"), steps)
        for v in ("0", "0.50", "1.00", "1.50")
    ] == [
        0,
        Fraction(1, 2),
        1,
        Fraction(3, 2),
    ]
    for value in ("0.75", "1.51", "-0.50"):
        with pytest.raises(marking.MarkError):
            marking.mark_measured_aspect(Decimal(value), Decimal("1.50"), steps)


def test_published_rounds_half_up_not_half_even():
    assert [marking.round_published_mark(Fraction(n, 1000)) for n in (125, 135, 145, -125)] == [
        Decimal("0.13"),
        Decimal("0.14"),
        Decimal("0.15"),
        Decimal("-0.13"),
    ]


@given(st.decimals("-9999", "9999", places=4))
def test_published_any_decimal_equals_round_half_up(value):
    assert marking.round_published_mark(value) == value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(close_scores, cents, st.randoms())
def test_judgement_order_of_judges_never_matters_and_stays_in_range(scores, max_mark, rnd):
    mark = marking.mark_judged_aspect(scores, max_mark)
    shuffled = list(scores)
    rnd.shuffle(shuffled)
    assert marking.mark_judged_aspect(shuffled, max_mark) == mark
    assert 0 <= mark <= max_mark
    assert mark == Fraction(max_mark) * sum(scores) / (3 * len(scores))


@given(st.lists(st.integers(0, 100), min_size=3, max_size=12), st.randoms())
def test_trimmed_mean_lies_between_the_extremes_whatever_the_order(scores, rnd):
    shuffled = list(scores)
    rnd.shuffle(shuffled)
    assert min(scores) <= marking.trimmed_mean(scores) <= max(scores)
    assert marking.trimmed_mean(shuffled) == marking.trimmed_mean(scores)


@given(st.lists(cents, max_size=30), st.randoms())
def test_total_of_ninths_is_the_same_in_every_order(marks, rnd):
    ninths = [marking.mark_judged_aspect([2, 2, 3], mark) for mark in marks]
    shuffled = list(ninths)
    rnd.shuffle(shuffled)
    assert marking.sum_marks(shuffled) == marking.sum_marks(ninths)
