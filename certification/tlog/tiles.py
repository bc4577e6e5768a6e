"""Tiles, which are rows of 256 hashes and eight tree levels high (tlog-tiles, "Merkle Tree").

A node is named (height, index), which is the full subtree over the entries index * 2**height up to
(index + 1) * 2**height. A tile of level L holds the nodes of height 8 L. A tile only grows at its
end, so an earlier, narrower state of it is a prefix of the later one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from certification.tlog import hashes

HEIGHT = 8
WIDTH = 256
LEVELS = 8
"""Levels a size below 2**63 can need."""
MAX_ENTRY = 0xFFFF
"""Bytes an entry may have: its length stands before it as uint16."""


class TilePlace(NamedTuple):
    """The position of a tile."""

    level: int
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody asks of it


class TreeNode(NamedTuple):
    """A full subtree, named by its height and index."""

    height: int
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody asks of it

    @property
    def place(self) -> TilePlace:
        """Return the tile from which this node can be computed."""
        return TilePlace(self.height // HEIGHT, (self.index << self.height % HEIGHT) // WIDTH)


TileReader = Callable[[TilePlace], bytes]


class TileMissing(LookupError):
    """A tile that the size of the log demands isn't there, or is too short."""

    def __init__(self, place: TilePlace) -> None:
        super().__init__(f"tile {place.level}/{place.index}")
        self.place = place


def cover_range(start: int, end: int) -> list[TreeNode]:
    """Return the full subtrees over the entries from *start* up to *end*, largest first.

    *start* must be a multiple of a power of two that is not smaller than the number of entries, as
    all ranges of RFC 6962 are.
    """
    nodes = []
    while start < end:
        height = (end - start).bit_length() - 1
        nodes.append(TreeNode(height, start >> height))
        start += 1 << height
    return nodes


class NodeHashes:
    """Hashes of nodes, computed from tiles that are read through *read*, each node once."""

    def __init__(self, read: TileReader) -> None:
        self._read = read
        self._known: dict[TreeNode, bytes] = {}

    def __call__(self, node: TreeNode) -> bytes:
        """Return the hash of *node*. Raises `TileMissing` if its tile is too short."""
        known = self._known.get(node)
        if known is None:
            height, index = node
            if height % HEIGHT:
                known = hashes.hash_node(
                    self(TreeNode(height - 1, 2 * index)), self(TreeNode(height - 1, 2 * index + 1))
                )
            else:
                start = index % WIDTH * hashes.SIZE
                known = self._read(node.place)[start : start + hashes.SIZE]
                if len(known) < hashes.SIZE:
                    raise TileMissing(node.place)
            self._known[node] = known
        return known


def compute_log_root(size: int, read: TileReader) -> bytes:
    """Return the root of the log's first *size* entries."""
    return hashes.fold_subtrees(map(NodeHashes(read), cover_range(0, size)))


def split_tile(data: bytes) -> list[bytes]:
    """Return the hashes of a tile."""
    return [data[at : at + hashes.SIZE] for at in range(0, len(data), hashes.SIZE)]


def tile_width(size: int, place: TilePlace) -> int:
    """Return how many hashes the tile at *place* has when the log has *size* entries, from 0 (no
    such tile) to 256.
    """
    return max(0, min(WIDTH, (size >> HEIGHT * place.level) - place.index * WIDTH))


def list_partial_tiles(size: int) -> list[TilePlace]:
    """Return the places of the partial tiles at the right edge of a log of *size* entries, lowest
    level first.
    """
    return [
        TilePlace(level, (size >> HEIGHT * level) // WIDTH)
        for level in range(LEVELS)
        if (size >> HEIGHT * level) % WIDTH
    ]


def grow_tiles(
    size: int, partial: Mapping[TilePlace, bytes], leaves: Sequence[bytes]
) -> dict[TilePlace, bytes]:
    """Return the tiles that are new or longer once *leaves* (hashes) are appended to the first
    *size* entries.

    *partial* are the tiles of `list_partial_tiles(size)`. Raises `TileMissing` if one of them is
    absent or has another length.
    """
    changed: dict[TilePlace, bytes] = {}
    level, row = 0, list(leaves)
    while row:
        present = size >> HEIGHT * level
        place = TilePlace(level, present // WIDTH)
        wanted = present % WIDTH * hashes.SIZE
        data = partial.get(place, b"") if wanted else b""
        if len(data) != wanted:
            raise TileMissing(place)
        row = split_tile(data) + row
        above = []
        for start in range(0, len(row), WIDTH):
            piece = row[start : start + WIDTH]
            changed[TilePlace(level, place.index + start // WIDTH)] = b"".join(piece)
            if len(piece) == WIDTH:
                above.append(hashes.hash_full_subtree(piece))
        level, row = level + 1, above
    return changed


def write_entry_bundle(entries: Iterable[bytes]) -> bytes:
    """Return *entries* as one bundle, in which each follows its length as big-endian uint16."""
    return b"".join(len(data).to_bytes(2, "big") + data for data in entries)


def format_tile_number(number: int) -> str:
    """Return *number* as path elements of three digits, all but the last prefixed with x, such as
    `x001/x234/067` for 1234067.
    """
    parts = [f"{number % 1000:03d}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03d}")
    return "/".join(parts)


def tile_path(place: TilePlace, wide: int = WIDTH) -> str:
    """Return the path of a tile below the log's prefix. *wide* below 256 names a partial one."""
    return f"tile/{place.level}/{format_tile_number(place.index)}" + (
        f".p/{wide}" if wide < WIDTH else ""
    )


def bundle_path(index: int, wide: int = WIDTH) -> str:
    """Return the path of a bundle of entries below the log's prefix."""
    return f"tile/entries/{format_tile_number(index)}" + (f".p/{wide}" if wide < WIDTH else "")


_NUMBER = re.compile(r"((?:x\d{3}/){0,5})(\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


def parse_tile_path(text: str) -> tuple[int, int] | None:
    """Return (number, width) for the end of a path such as `x001/234.p/17`, or None if it isn't in
    canonical form.
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    number = int(match[1].replace("x", "").replace("/", "") + match[2])
    wide = int(match[3]) if match[3] else WIDTH
    if format_tile_number(number) != match[1] + match[2] or (match[3] and wide >= WIDTH):
        return None
    return number, wide
