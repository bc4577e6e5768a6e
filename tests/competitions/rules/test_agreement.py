"""Kendall's W on cases with known answers."""

from fractions import Fraction

from competitions.rules.agreement import kendall_w


def _rows(*rows):
    return [[Fraction(v) for v in row] for row in rows]


def test_kendall_w_equal_judges_is_one_also_with_ties():
    assert kendall_w(_rows([1, 2, 3, 4], [1, 2, 3, 4], [2, 4, 6, 8])) == 1
    assert kendall_w(_rows([1, 1, 3], [1, 1, 3])) == 1


def test_kendall_w_opposite_judges_is_zero():
    assert kendall_w(_rows([1, 2, 3], [3, 2, 1])) == 0


def test_kendall_w_textbook_case():
    # Three judges, four works: rank sums 4, 6, 9, 11 -> S = 29, W = 12*29/(9*60).
    assert kendall_w(_rows([1, 2, 3, 4], [1, 3, 2, 4], [2, 1, 4, 3])) == Fraction(12 * 29, 540)


def test_kendall_w_without_meaning_is_none():
    assert kendall_w([]) is None
    assert kendall_w(_rows([1, 2])) is None
    assert kendall_w(_rows([2, 2, 2], [1, 1, 1])) is None
