"""Roots and proofs out of tiles are those of RFC 6962 for every size and every way of batching;
nothing false is verified.
"""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.tlog import hashes, proofs, tiles
from certification.tlog.tiles import TilePlace
from tests.certification.register.making import log_of, mth, path, proof

DATA = [str(n).encode() for n in range(1400)]
SIZES = st.integers(1, 1400)


def cut(entries, cuts):
    marks = sorted({0, len(entries), *(cut % len(entries) for cut in cuts)})
    return [entries[a:b] for a, b in itertools.pairwise(marks)]


@settings(deadline=None, max_examples=60)
@given(SIZES, st.lists(st.integers(0, 1400), max_size=8))
def test_root_after_any_batches_is_that_of_the_rfc(size, cuts):
    kept, entries = log_of(cut(DATA[:size], cuts))
    assert tiles.compute_log_root(size, kept.__getitem__) == mth(entries)
    assert kept == log_of([entries])[0]


@settings(deadline=None, max_examples=60)
@given(SIZES, st.data())
def test_proofs_of_any_earlier_size_are_those_of_the_rfc_and_hold(size, data):
    kept, _entries = log_of([DATA])
    old = data.draw(st.integers(0, size))
    index = data.draw(st.integers(0, size - 1))
    entries = DATA[:size]
    included = proofs.compute_inclusion_proof(index, size, kept.__getitem__)
    consistent = proofs.compute_consistency_proof(old, size, kept.__getitem__)
    assert (included, consistent) == (path(index, entries), proof(old, entries))
    assert proofs.verify_inclusion(
        hashes.hash_leaf(entries[index]), index, size, included, mth(entries)
    )
    assert proofs.verify_consistency(old, size, mth(entries[:old]), mth(entries), consistent)


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 700), st.data())
def test_nothing_false_is_verified(size, data):
    entries = DATA[:size]
    kept, _all = log_of([entries])
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size - 1))
    root, leaf = mth(entries), hashes.hash_leaf(entries[index])
    included = proofs.compute_inclusion_proof(index, size, kept.__getitem__)
    consistent = proofs.compute_consistency_proof(old, size, kept.__getitem__)
    step = data.draw(st.integers(0, len(included) - 1))
    bent = [*included]
    bent[step] = bytes([bent[step][0] ^ 1]) + bent[step][1:]
    wrong = hashes.hash_leaf(b"another")
    elsewhere = data.draw(st.integers(0, size - 1).filter(lambda other: other != index))
    assert not any(
        [
            proofs.verify_inclusion(leaf, index, size, bent, root),
            proofs.verify_inclusion(wrong, index, size, included, root),
            proofs.verify_inclusion(leaf, elsewhere, size, included, root),
            proofs.verify_inclusion(leaf, index, size, included[:-1], root),
            proofs.verify_inclusion(leaf, index, size, [*included, wrong], root),
            proofs.verify_inclusion(leaf, index, index, included, root),
            proofs.verify_consistency(old, size, wrong, root, consistent),
            proofs.verify_consistency(old, size, mth(entries[:old]), wrong, consistent),
            proofs.verify_consistency(old, size, mth(entries[:old]), root, consistent[:-1]),
            proofs.verify_consistency(old, size, mth(entries[:old]), root, [*consistent, wrong]),
            proofs.verify_consistency(size, old, root, mth(entries[:old]), consistent),
            proofs.verify_consistency(0, size, mth(entries[:old]), root, []),
        ]
    )


def test_a_leaf_cant_be_passed_off_as_a_node():
    left, right = hashes.hash_leaf(b"a"), hashes.hash_leaf(b"b")
    assert hashes.hash_leaf(left + right) != hashes.hash_node(left, right)


def test_widths_of_the_specification():
    assert [
        tiles.tile_width(70_000, place)
        for place in (
            TilePlace(0, 272),
            TilePlace(0, 273),
            TilePlace(1, 0),
            TilePlace(1, 1),
            TilePlace(2, 0),
            TilePlace(0, 274),
        )
    ] == [
        256,
        112,
        256,
        17,
        1,
        0,
    ]
    assert [
        tiles.tile_width(256, place)
        for place in (TilePlace(0, 0), TilePlace(1, 0), TilePlace(0, 1))
    ] == [256, 1, 0]


def test_a_partial_tile_is_the_beginning_of_the_later_one():
    early, _entries = log_of([DATA[:300]])
    late, _entries = log_of([DATA[:300], DATA[300:]])
    assert all(late[place].startswith(data) for place, data in early.items())


def test_a_missing_or_short_tile_is_named():
    kept, _entries = log_of([DATA[:300]])
    with pytest.raises(tiles.TileMissing, match="tile 0/1"):
        tiles.grow_tiles(300, {}, [b"x" * 32])
    with pytest.raises(tiles.TileMissing, match="tile 0/1"):
        tiles.compute_log_root(301, kept.__getitem__)


@pytest.mark.parametrize(
    ("number", "wide", "text"),
    [
        (0, 256, "000"),
        (999, 256, "999"),
        (1000, 256, "x001/000"),
        (1234067, 256, "x001/x234/067"),
        (273, 112, "273.p/112"),
    ],
)
def test_paths_are_written_and_read_one_way(number, wide, text):
    assert tiles.bundle_path(number, wide) == f"tile/entries/{text}"
    assert tiles.tile_path(TilePlace(2, number), wide) == f"tile/2/{text}"
    assert tiles.parse_tile_path(text) == (number, wide)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "0000",
        "x000/001",
        "001/234",
        "x001/x234",
        "000.p/0",
        "000.p/256",
        "000.p/01",
        "000.p/",
        "٠٠٠",
        "000\n",
        "../000",
    ],
)
def test_paths_written_otherwise_are_none(text):
    assert tiles.parse_tile_path(text) is None


@given(st.integers(0, 10**12), st.integers(1, 256))
def test_paths_read_back(number, wide):
    assert tiles.parse_tile_path(
        tiles.tile_path(TilePlace(0, number), wide).removeprefix("tile/0/")
    ) == (number, wide)


def test_bundle_has_lengths_before_entries():
    assert (
        tiles.write_entry_bundle([b"ab", b"", b"c" * 256])
        == b"\x00\x02ab\x00\x00\x01\x00" + b"c" * 256
    )
