"""Whose scores count, and how numbers are read."""

from decimal import Decimal

import pytest

from competitions.rules.numbers import read_decimal
from competitions.rules.panel import counting_judges, leaves_enough_judges


@pytest.mark.parametrize(
    ("aside", "counting"),
    [
        ((), (1, 2, 3)),
        ((1,), (2, 3, 4)),
        ((2, 3), (1, 4, 5)),
        ((1, 2, 3), (4, 5)),
        ((9,), (1, 2, 3)),
    ],
)
def test_first_three_who_need_not_stand_aside_count(aside, counting):
    assert counting_judges((1, 2, 3, 4, 5), aside, 3) == counting


@pytest.mark.parametrize(
    ("field", "enough"), [([(), (1,)], True), ([(), (1, 2)], False), ([], True)]
)
def test_panel_suffices_when_it_does_for_everybody_of_the_field(field, enough):
    assert leaves_enough_judges((1, 2, 3, 4), field, 3) is enough


@pytest.mark.parametrize(
    ("text", "value"), [("0.30", "0.30"), (" 20 ", "20"), ("2.50", "2.50"), ("0", "0")]
)
def test_decimal_as_people_write_it_is_read(text, value):
    assert read_decimal(text, places=2) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "1_00",
        "1e2",
        "+5",
        "-5",
        "1 00",
        "1,5",
        "1.",
        ".5",
        "٣",
        "１０",
        "NaN",
        "Infinity",
        "",
        "0.123",
        "1234567",
        "0x10",
    ],
)
def test_what_only_a_program_reads_as_a_number_is_none(text):
    assert read_decimal(text, places=2) is None
