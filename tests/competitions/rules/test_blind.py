"""The draw: a permutation, never in order of entry, open to a check."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competitions.rules import blind

seeds = st.binary(min_size=32, max_size=32).map(bytes.hex)
fields = st.lists(st.uuids().map(str), min_size=3, max_size=40, unique=True)


@given(seeds, fields)
def test_draw_is_a_permutation_never_in_order_of_entry(seed, entries):
    numbers = blind.draw_blind_numbers(seed, entries)
    assert sorted(numbers.values()) == list(range(1, len(entries) + 1))
    in_order = [numbers[entry] for entry in entries]
    assert in_order != sorted(in_order)
    assert in_order != sorted(in_order, reverse=True)


@given(seeds, fields)
def test_draw_can_be_checked_and_any_change_is_seen(seed, entries):
    numbers = blind.draw_blind_numbers(seed, entries)
    committed = blind.compute_draw_commitment(seed, entries)
    assert blind.verify_draw(seed, entries, committed, numbers)
    swapped = dict(
        zip(
            entries,
            [numbers[entries[1]], numbers[entries[0]], *(numbers[e] for e in entries[2:])],
            strict=True,
        )
    )
    assert not blind.verify_draw(seed, entries, committed, swapped)
    assert not blind.verify_draw(blind.make_draw_seed(), entries, committed, numbers)
    assert not blind.verify_draw(seed, entries[::-1], committed, numbers)


def test_draw_one_fixed_seed_gives_these_numbers_for_ever():
    # Another answer would mean that no draw of an earlier version could be checked any more.
    assert blind.draw_blind_numbers("00" * 32, ["a", "b", "c", "d", "e"]) == {
        "a": 1,
        "d": 2,
        "b": 3,
        "c": 4,
        "e": 5,
    }
    assert (
        blind.compute_draw_commitment("00" * 32, ["a", "b"])
        == "2e60162a50b54d1d9ebfa458d08edb4b22484cdb25205882d89d25ba0e25ba33"
    )


@pytest.mark.parametrize(
    ("entries", "code"), [(["a", "b"], "too_few"), (["a", "b", "a"], "repeated")]
)
def test_draw_unusable_field_is_refused(entries, code):
    with pytest.raises(blind.DrawError) as caught:
        blind.draw_blind_numbers(blind.make_draw_seed(), entries)
    assert caught.value.code == code


def test_draw_spreads_the_first_entrant_over_the_numbers():
    entries = [f"entry-{n}" for n in range(8)]
    first = [blind.draw_blind_numbers(f"{n:064x}", entries)["entry-0"] for n in range(800)]
    counts = [first.count(number) for number in range(1, 9)]
    assert min(counts) > 60
    assert max(counts) < 145
