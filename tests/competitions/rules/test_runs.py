"""Numbers in runs: what comes back when they are read again is what went in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competitions.rules.runs import group_number_runs, in_runs


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([], ""),
        ([7], "7"),
        ([1, 2], "1, 2"),
        ([1, 2, 3], "1–3"),
        ([5, 3, 4, 9, 9, 1], "1, 3–5, 9"),
        (range(13, 33), "13–32"),
    ],
)
def test_neighbours_are_drawn_together_from_three_on(numbers, text):
    assert in_runs(numbers) == text


@given(st.sets(st.integers(1, 300)))
def test_runs_say_every_number_once(numbers):
    read = []
    for part in filter(None, in_runs(numbers).split(", ")):
        first, _dash, last = part.partition("–")
        read += range(int(first), int(last or first) + 1)
    assert read == sorted(numbers)


def test_numbers_with_the_same_missing_seats_stand_together_in_the_order_they_come():
    rows = [(13, (1, 2)), (14, (3,)), (15, (1, 2)), (16, (1, 2)), (17, (1, 2))]
    assert group_number_runs(rows) == [("13, 15–17", (1, 2)), ("14", (3,))]
