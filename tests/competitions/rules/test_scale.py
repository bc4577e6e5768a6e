"""The scale against the one published export of 32 competitors."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from competitions.rules.scale import scale_raw_marks

RAW = (
    *(
        "61.42",
        "54.33",
        "39.58",
        "37.75",
        "35.50",
        "28.75",
        "28.42",
        "28.40",
        "19.00",
        "16.92",
        "13.50",
    ),
    *(
        "13.05",
        "12.80",
        "12.25",
        "9.50",
        "8.75",
        "7.25",
        "6.00",
        "6.00",
        "4.25",
        "3.25",
        "2.75",
        "2.00",
    ),
    *("1.50", "1.40", "1.25", "0.75", "0.50", "0.50", "0.50", "0.25", "0.00"),
)


def test_scale_published_export_has_median_8_mad_7_and_the_printed_points():
    result = scale_raw_marks([Decimal(mark) for mark in RAW])
    assert (result.median, result.mad) == (Fraction(8), Fraction(7))
    assert result.points is not None
    assert result.points[:5] == (854, 834, 791, 786, 779)
    assert (result.points[15], result.points[16], result.points[31]) == (702, 698, 677)


def test_scale_without_spread_has_no_points():
    assert scale_raw_marks([50, 50, 50, 80]).points is None
    assert scale_raw_marks([]).points is None


@given(
    st.lists(st.integers(0, 10_000).map(lambda n: Decimal(n).scaleb(-2)), min_size=1, max_size=40)
)
def test_scale_keeps_the_order_of_marks_and_does_not_depend_on_their_place(raw):
    result = scale_raw_marks(raw)
    if result.points is None:
        return
    by_mark = sorted(zip(raw, result.points, strict=True))
    assert [point for _, point in by_mark] == sorted(result.points)
    assert scale_raw_marks(raw[::-1]).points == result.points[::-1]


@given(st.lists(st.integers(0, 100), min_size=3, max_size=31).filter(lambda marks: len(marks) % 2))
def test_scale_middle_competitor_of_an_odd_field_stands_at_700(raw):
    result = scale_raw_marks(raw)
    if result.points is not None:
        assert sorted(result.points)[len(raw) // 2] == 700
