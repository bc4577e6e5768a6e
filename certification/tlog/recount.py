"""Recompute the whole log from its entries, with every tile and any head.

This needs the memory of one row of hashes for each level.
"""

from __future__ import annotations

from certification.tlog import hashes
from certification.tlog.tiles import WIDTH, NodeHashes, TilePlace, TreeNode, cover_range


class Recount:
    """A log that is recomputed by adding the hashes of its entries in order."""

    def __init__(self) -> None:
        self.size = 0
        self._rows: list[list[bytes]] = [[]]
        self._full = [0]

    def add(self, leaf: bytes) -> list[tuple[TilePlace, bytes]]:
        """Add the next entry's hash, and return the tiles that it made full, lowest first."""
        self.size += 1
        self._rows[0].append(leaf)
        done = []
        level = 0
        while len(self._rows[level]) == WIDTH:
            row = self._rows[level]
            done.append((TilePlace(level, self._full[level]), b"".join(row)))
            self._rows[level] = []
            self._full[level] += 1
            level += 1
            if level == len(self._rows):
                self._rows.append([])
                self._full.append(0)
            self._rows[level].append(hashes.hash_full_subtree(row))
        return done

    def partial(self) -> list[tuple[TilePlace, bytes]]:
        """Return the tiles at the right edge that aren't full."""
        return [
            (TilePlace(level, self._full[level]), b"".join(row))
            for level, row in enumerate(self._rows)
            if row
        ]

    def root(self) -> bytes:
        """Return the root over the entries added so far."""
        rows = dict(self.partial())
        return hashes.fold_subtrees(map(NodeHashes(lambda place: rows[place]), self._top()))

    def _top(self) -> list[TreeNode]:
        """Return the largest full subtrees. All of them are in rows that aren't full yet."""
        return cover_range(0, self.size)
