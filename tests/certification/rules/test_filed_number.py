"""Numbers of registered assessment bodies."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules import filed_number, number


def test_number_is_written_as_in_the_rule():
    assert (
        filed_number.make_filed_number(prefix="Y000123000001", year=2019, level=1, serial=1)
        == "Y000123000001195000001"
    )


@given(
    st.from_regex(r"[YS][0-9]{12}", fullmatch=True).filter(str.isascii),
    st.integers(2000, 2099),
    st.integers(1, 5),
    st.integers(1, 999_999),
)
def test_number_has_22_characters_and_is_never_taken_for_one_of_ours(prefix, year, level, serial):
    made = filed_number.make_filed_number(prefix=prefix, year=year, level=level, serial=serial)
    assert re.fullmatch(r"[YS]\d{4}\d{2}\d{6}\d{2}[1-5]\d{6}", made)
    assert len(made) == 22
    assert number.parse_certificate_number(made) is None


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"prefix": "X000123000001"}, "prefix"),
        ({"prefix": "Y00012300000"}, "prefix"),
        ({"prefix": "Y00012300000１"}, "prefix"),
        ({"year": 1999}, "year"),
        ({"level": 0}, "level"),
        ({"level": 6}, "level"),
        ({"level": None}, "level"),
        ({"serial": 0}, "serial"),
        ({"serial": 1_000_000}, "serial"),
    ],
)
def test_parts_that_make_no_number_are_named(changes, part):
    with pytest.raises(filed_number.FiledNumberError, match=part):
        filed_number.make_filed_number(
            **({"prefix": "Y000123000001", "year": 2026, "level": 3, "serial": 1} | changes)
        )
