"""Build inclusion and consistency proofs from tiles (RFC 6962, 2.1.1 and 2.1.2), and verify them
(RFC 9162, 2.1.3.2 and 2.1.4.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from certification.tlog import hashes
from certification.tlog.tiles import NodeHashes, TilePlace, TileReader, TreeNode, cover_range

Plan = list[list[TreeNode]]
"""A proof before its hashes are read: for each line the full subtrees that are folded into it."""


Range = tuple[int, int]
"""Entries from the first number up to the second, which isn't among them."""


def plan_inclusion(index: int, size: int) -> Plan:
    """Return the plan of the proof that entry *index* is in a log of *size* entries, from the
    leaf's sibling up.
    """
    return [cover_range(start, end) for start, end in inclusion_ranges(index, size)]


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return the range of entries that each line of an inclusion proof covers.

    Proofs of neighbouring entries share most ranges. Raises `ValueError` if there is no such entry.
    """
    if not 0 <= index < size:
        msg = f"no entry {index} in {size}"
        raise ValueError(msg)
    found: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _half(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def plan_consistency(old: int, new: int) -> Plan:
    """Return the plan of the proof that a log of *new* entries begins with the one of *old*.

    It is empty for equal sizes and for an *old* of 0. Raises `ValueError` if *old* is larger than
    *new*.
    """
    if not 0 <= old <= new:
        msg = f"{old} entries are no beginning of {new}"
        raise ValueError(msg)
    if old in {0, new}:
        return []
    found: Plan = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _half(end - start)
        if old <= middle:
            found.append(cover_range(middle, end))
            end = middle
        else:
            found.append(cover_range(start, middle))
            start, whole = middle, False
    if not whole:
        found.append(cover_range(start, end))
    return found[::-1]


def list_needed_tiles(plans: Iterable[Plan]) -> set[TilePlace]:
    """Return the tiles that *plans* need."""
    return {node.place for plan in plans for nodes in plan for node in nodes}


def compute_proof_hashes(plan: Plan, hash_of: NodeHashes) -> list[bytes]:
    """Return the hashes of the proof that *plan* describes."""
    return [hashes.fold_subtrees(map(hash_of, nodes)) for nodes in plan]


def compute_inclusion_proof(index: int, size: int, read: TileReader) -> list[bytes]:
    """Return the inclusion proof of entry *index* in the first *size* entries."""
    return compute_proof_hashes(plan_inclusion(index, size), NodeHashes(read))


def compute_consistency_proof(old: int, new: int, read: TileReader) -> list[bytes]:
    """Return the proof that the first *old* entries are the beginning of the first *new* ones."""
    return compute_proof_hashes(plan_consistency(old, new), NodeHashes(read))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Return whether *proof* shows that the leaf hash is at *index* in the tree of *size* with
    *root*.
    """
    if not 0 <= index < size or any(len(step) != hashes.SIZE for step in proof):
        return False
    place, last, above = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            above = hashes.hash_node(step, above)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            above = hashes.hash_node(above, step)
        place, last = place >> 1, last >> 1
    return last == 0 and above == root


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Return whether *proof* shows that the tree of *new* entries begins with the one of *old*."""
    if not 0 <= old <= new or any(len(step) != hashes.SIZE for step in proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == hashes.EMPTY_ROOT
    steps = list(proof)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    left = right = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            left, right = hashes.hash_node(step, left), hashes.hash_node(step, right)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            right = hashes.hash_node(right, step)
        place, last = place >> 1, last >> 1
    return last == 0 and left == old_root and right == new_root


def _half(count: int) -> int:
    """Return the largest power of two smaller than *count*."""
    return 1 << (count - 1).bit_length() - 1
