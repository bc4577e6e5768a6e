"""Ranks, tie-breaks, medals, prize tiers."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competitions.rules import ranking
from competitions.rules.ranking import CompetitorResult, Ranked


def test_rank_equal_to_the_end_of_the_chain_shares_and_leaves_a_gap():
    rows = [
        CompetitorResult(3, Fraction(80)),
        CompetitorResult(1, Fraction(90)),
        CompetitorResult(2, Fraction(90)),
    ]
    assert ranking.rank_competitors(rows, ["total"]) == (
        Ranked(1, 1, True, ""),
        Ranked(2, 1, True, ""),
        Ranked(3, 3, False, "total"),
    )


def test_rank_chain_decides_link_by_link_and_says_which():
    theory = frozenset({"A"})
    rows = [
        CompetitorResult(
            1, Fraction(80), {"A": Fraction(40), "B": Fraction(40)}, theory, Decimal(90)
        ),
        CompetitorResult(
            2, Fraction(80), {"A": Fraction(30), "B": Fraction(50)}, theory, Decimal(95)
        ),
        CompetitorResult(
            3, Fraction(80), {"A": Fraction(30), "B": Fraction(50)}, theory, Decimal(85)
        ),
        CompetitorResult(4, Fraction(80), {"A": Fraction(30), "B": Fraction(50)}, theory, None),
    ]
    assert [(r.number, r.rank, r.decided_by) for r in ranking.rank_competitors(rows)] == [
        (3, 1, ""),
        (2, 2, "time"),
        (4, 3, "time"),
        (1, 4, "practical"),
    ]


def test_rank_uses_unrounded_totals():
    rows = [CompetitorResult(1, Fraction(700, 9)), CompetitorResult(2, Fraction(7778, 100))]
    assert [r.number for r in ranking.rank_competitors(rows, ["total"])] == [2, 1]


@pytest.mark.parametrize(
    ("chain", "code"),
    [
        ([], "total_first"),
        (["time", "total"], "total_first"),
        (["total", "luck"], "unknown_link"),
        (["total", "module:Z"], "unknown_module"),
        (["total", "time", "time"], "repeated_link"),
    ],
)
def test_check_chain_unusable_is_refused(chain, code):
    with pytest.raises(ranking.ChainError) as caught:
        ranking.check_chain(chain, ["A"])
    assert caught.value.code == code


@given(st.lists(st.integers(0, 6), min_size=1, max_size=30))
def test_rank_counts_one_more_than_those_truly_better(totals):
    rows = [CompetitorResult(i, Fraction(t)) for i, t in enumerate(totals)]
    for place in ranking.rank_competitors(rows, ["total"]):
        assert place.rank == 1 + sum(t > totals[place.number] for t in totals)
        assert place.shared == (totals.count(totals[place.number]) > 1)


G, S, B, M = "gold", "silver", "bronze", "medallion"


@pytest.mark.parametrize(
    ("points", "medals"),
    [
        ([740, 738, 735], [G, G, B]),
        ([740, 737, 730], [G, S, B]),
        ([740, 738, 735, 733, 732], [G, G, B, B, M]),
        ([740, 739, 738, 736, 735], [G, G, G, B, M]),
        ([740, 739, 738, 735], [G, G, G, M]),
        ([740, 730, 728, 726, 725], [G, S, S, B, M]),
        ([740, 730, 728, 725], [G, S, S, M]),
        ([740, 730, 720, 718, 717], [G, S, B, B, M]),
        ([699, 650], [G, S]),
        ([740, 730, 720, 700, 699], [G, S, B, M, None]),
        ([740], [G]),
        ([], []),
    ],
)
def test_medals_ties_within_two_points(points, medals):
    given_ = ranking.award_medals(dict(enumerate(points)))
    assert [given_.get(i) for i in range(len(points))] == medals


@given(st.lists(st.integers(600, 800), min_size=1, max_size=40))
def test_medals_nobody_with_more_points_has_a_lesser_medal(points):
    worth = {G: 4, S: 3, B: 2, M: 1, None: 0}
    medals = ranking.award_medals(dict(enumerate(points)))
    ordered = sorted(range(len(points)), key=lambda i: -points[i])
    values = [worth[medals.get(i)] for i in ordered]
    assert values == sorted(values, reverse=True)
    for one in range(len(points)):
        for other in range(len(points)):
            if points[one] == points[other]:
                assert medals.get(one) == medals.get(other)


def test_prize_tiers_round_down_and_take_everyone_tied_at_the_cut():
    ranks = {1: 1, 2: 2, 3: 2, 4: 4, 5: 5, 6: 6, 7: 6, 8: 8, 9: 9, 10: 10}
    assert ranking.prize_tiers(ranks) == {
        1: "first",
        2: "second",
        3: "second",
        4: "third",
        5: "third",
        6: "third",
        7: "third",
    }
    assert ranking.prize_tiers({n: n for n in range(1, 10)}) == {
        1: "second",
        2: "second",
        3: "third",
        4: "third",
        5: "third",
    }
