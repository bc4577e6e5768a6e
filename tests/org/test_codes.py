"""Codes as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from org.rules.codes import (
    examine_uscc,
    is_firm_code,
    is_industry,
    is_region,
    is_usual_union_code,
    tidy_code,
)

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
GOOD = "91330106MA2CCK0000"[:17]
GOOD += uscc.calc_check_digit(GOOD)


@given(st.text(ALPHABET, min_size=17, max_size=17))
def test_examine_code_with_its_check_character_is_good(first):
    code = first + uscc.calc_check_digit(first)
    assert examine_uscc(code).fault == ""


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_examine_one_wrong_sign_is_always_found(first, place, sign):
    code = first + uscc.calc_check_digit(first)
    if code[place] != sign:
        assert examine_uscc(code[:place] + sign + code[place + 1 :]).fault == "check"


@pytest.mark.parametrize(("zero", "letter"), [("0", "O"), ("1", "I"), ("2", "Z"), ("5", "S")])
def test_examine_letter_for_a_digit_suggests_the_code_that_was_meant(zero, letter):
    first = "8133010" + zero * 3 + "A2CCK7W"
    code = first + uscc.calc_check_digit(first)
    found = examine_uscc(code.replace(zero, letter, 1))
    assert (found.fault, found.suggestion) == ("alphabet", code)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "length"),
        (GOOD[:-1], "length"),
        ("V" + GOOD[1:], "alphabet_only"),
        ("中" + GOOD[1:], "characters"),
    ],
)
def test_examine_says_what_is_wrong(text, fault):
    assert examine_uscc(text).fault == fault


def test_tidy_full_width_spaces_and_small_letters_become_the_code():
    assert tidy_code(" ９１33 0106-ma2cck0000 ") == "91330106MA2CCK0000"


@pytest.mark.parametrize(
    ("code", "usual", "firm"),
    [
        ("8133", True, False),
        ("89x", True, False),
        ("", True, False),
        ("9133", False, True),
        ("5133", False, False),
    ],
)
def test_prefix_tells_a_union_from_a_firm(code, usual, firm):
    assert (is_usual_union_code(code), is_firm_code(code)) == (usual, firm)


@pytest.mark.parametrize(
    ("code", "good"),
    [
        ("C", True),
        ("C34", True),
        ("3411", True),
        ("C3411", True),
        ("U", False),
        ("34111", False),
        ("3", False),
    ],
)
def test_is_industry(code, good):
    assert is_industry(code) is good


@pytest.mark.parametrize(
    ("code", "good"),
    [
        ("330106", True),
        ("330106001", True),
        ("330106001002", True),
        ("33010", False),
        ("33010６", False),
    ],
)
def test_is_region(code, good):
    assert is_region(code) is good
