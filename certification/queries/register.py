"""Read the public register, which is a transparency log.

A tile has 256 hashes, so a proof costs one query whatever the size of the register.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import TypeVar
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import connection
from django.utils import timezone

from certification.credentials import multikey
from certification.keys import KeyPurpose
from certification.models import (
    IssuerKey,
    RegisterCheck,
    RegisterCheckpoint,
    RegisterEntry,
    RegisterTile,
)
from certification.models.register import number_of, place_of
from certification.tlog import hashes, leaves, proof_text, proofs, tiles
from certification.tlog.leaves import Leaf
from certification.tlog.notes import Verifier
from certification.tlog.tiles import WIDTH, NodeHashes, TilePlace
from core import clock

NIGHT = time(3, 0)  # Beijing time; after the check of the record
LATE = timedelta(hours=50)
_Key = TypeVar("_Key", int, bytes)
AT_ONCE = 900
"""Keys asked for in one query: SQLite takes no more than 999 parameters."""


def get_register_origin() -> str:
    """Return the name of our register. It is the name it began with, whatever address the site has
    today.
    """
    note = RegisterCheckpoint.objects.order_by("-pk").values_list("note", flat=True).first()
    if note:
        return note.split("\n", 1)[0]
    return f"{urlsplit(settings.BASE_URL).netloc}/register"


def list_register_keys() -> list[Verifier]:
    """Return the keys that were announced as signing the register, the old ones included. Two
    queries.
    """
    name = get_register_origin()
    found = [
        multikey.decode_multikey(row.public)
        for row in IssuerKey.objects.filter(purpose=KeyPurpose.REGISTER).order_by("pk")
    ]
    return [
        Verifier(name, key.public_bytes_raw()) for key in found if isinstance(key, Ed25519PublicKey)
    ]


def get_newest_checkpoint() -> RegisterCheckpoint | None:
    """Return the head that was signed last, or None while the register is empty. One query."""
    return RegisterCheckpoint.objects.order_by("-pk").first()


def build_tile_reader(places: Iterable[TilePlace]) -> Callable[[TilePlace], bytes]:
    """Return a reader of the tiles at *places*, fetched at once. One query for 900 tiles."""
    numbers = sorted({number_of(place) for place in places})
    known: dict[TilePlace, bytes] = {}
    for piece in _pieces(numbers):
        known |= {
            place_of(number): bytes(data)
            for number, data in RegisterTile.objects.filter(pk__in=piece).values_list(
                "number", "data"
            )
        }

    def read(place: TilePlace) -> bytes:
        data = known.get(place)
        if data is None:
            raise tiles.TileMissing(place)
        return data

    return read


def _pieces(rows: Sequence[_Key]) -> Iterator[Sequence[_Key]]:
    size = AT_ONCE if connection.vendor == "sqlite" else 20_000
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def read_register_tile(place: TilePlace, wide: int = WIDTH) -> bytes | None:
    """Return the first *wide* hashes of a tile, or None if it hasn't grown that far. One query."""
    data = RegisterTile.objects.filter(pk=number_of(place)).values_list("data", flat=True).first()
    if data is None or len(data) < wide * hashes.SIZE:
        return None
    return bytes(data)[: wide * hashes.SIZE]


def read_entry_bundle(index: int, wide: int = WIDTH) -> bytes | None:
    """Return the first *wide* entries of a bundle, or None if there aren't as many. One query."""
    start = index * WIDTH
    rows = list(
        RegisterEntry.objects.filter(pk__gte=start, pk__lt=start + wide)
        .order_by("pk")
        .values_list("data", flat=True)
    )
    return tiles.write_entry_bundle(map(bytes, rows)) if len(rows) == wide else None


def find_entry_places(keys: Sequence[bytes]) -> dict[bytes, int]:
    """Return the places of the entries with these fingerprints.

    One query for 900 of them, or for any number on PostgreSQL.
    """
    if connection.vendor == "postgresql":
        return _places_by_one_value(keys)
    found: dict[bytes, int] = {}
    for piece in _pieces(keys):
        found |= {
            bytes(key): index
            for key, index in RegisterEntry.objects.filter(key__in=piece).values_list(
                "key", "index"
            )
        }
    return found


def _places_by_one_value(keys: Sequence[bytes]) -> dict[bytes, int]:
    """Send all fingerprints as one value, which the database cuts up. Ten thousand parameters take
    longer to write than to look up.
    """
    table = RegisterEntry._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT key, "index" FROM {table} WHERE key = ANY (ARRAY('  # noqa: S608 - the table's own name
            "SELECT substring(%s::bytea FROM piece * 32 + 1 FOR 32) FROM generate_series(0, %s) AS piece))",
            [b"".join(keys), len(keys) - 1],
        )
        return {bytes(key): index for key, index in cursor.fetchall()}


def build_inclusion_proof(index: int, size: int) -> list[bytes]:
    """Return the proof that entry *index* stands among the first *size*. One query."""
    plan = proofs.plan_inclusion(index, size)
    return proofs.compute_proof_hashes(
        plan, NodeHashes(build_tile_reader(proofs.list_needed_tiles([plan])))
    )


def build_consistency_proof(old: int, new: int) -> list[bytes]:
    """Return the proof that the first *old* entries are the beginning of the first *new* entries.
    One query.
    """
    plan = proofs.plan_consistency(old, new)
    return proofs.compute_proof_hashes(
        plan, NodeHashes(build_tile_reader(proofs.list_needed_tiles([plan])))
    )


def write_proof_texts(indexes: Sequence[int], head: RegisterCheckpoint) -> list[str]:
    """Return for each entry the proof that goes with its document, under *head*. One query for a
    batch.
    """
    plans = [proofs.inclusion_ranges(index, head.size) for index in indexes]
    covers = {
        part: tiles.cover_range(*part)
        for part in dict.fromkeys(itertools.chain.from_iterable(plans))
    }
    nodes = NodeHashes(build_tile_reader(proofs.list_needed_tiles([list(covers.values())])))
    # Each is folded and written once, however many proofs it is in.
    lines = {
        part: proof_text.write_proof_step(hashes.fold_subtrees(map(nodes, cover)))
        for part, cover in covers.items()
    }
    return [
        proof_text.write_proof_lines(
            index=index, lines=[lines[part] for part in plan], note=head.note
        )
        for index, plan in zip(indexes, plans, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Followed:
    """A head and whether the tiles show that it begins with the head before it. *consistent* is
    None for the first head.
    """

    head: RegisterCheckpoint
    added: int
    consistent: bool | None
    steps: int


def list_latest_heads(count: int = 20) -> list[Followed]:
    """Return the newest heads, newest first, each compared with its predecessor by a consistency
    proof. Two queries.
    """
    rows = list(RegisterCheckpoint.objects.order_by("-pk")[: count + 1])
    pairs = list(itertools.pairwise(rows))
    plans = [
        proofs.plan_consistency(old.size, new.size) if old.size <= new.size else None
        for new, old in pairs
    ]
    nodes = NodeHashes(
        build_tile_reader(proofs.list_needed_tiles(plan for plan in plans if plan is not None))
    )
    found = []
    for (new, old), plan in zip(pairs, plans, strict=True):
        holds, steps = False, 0
        if plan is not None:
            try:
                proof = proofs.compute_proof_hashes(plan, nodes)
            except tiles.TileMissing:
                proof = []
            holds = proofs.verify_consistency(
                old.size, new.size, bytes(old.root), bytes(new.root), proof
            )
            steps = len(proof)
        found.append(Followed(new, new.size - old.size, holds, steps))
    if rows and len(rows) <= count:
        found.append(Followed(rows[-1], rows[-1].size, None, 0))
    return found


@dataclass(frozen=True, slots=True)
class Sought:
    """An entry that was asked for, with its content and the proof under the newest head."""

    index: int
    data: str
    leaf: Leaf | None
    proof: str


MOST_FOUND = 50


def find_register_entries(text: str) -> list[Sought] | None:
    """Return the entries that *text* asks for, oldest first, each with its proof. Returns None if
    *text* can't be searched for.

    *text*: an entry as it is in the register, its fingerprint, or the fingerprint of a credential,
    status list or key. Three queries.
    """
    stripped = text.strip()
    wanted = leaves.parse_fingerprint(stripped)
    if wanted is None:
        if not stripped.startswith("{"):
            return None
        wanted = sha256(stripped.encode()).digest()
    head = get_newest_checkpoint()
    if head is None:
        return []
    found = RegisterEntry.objects.filter(pk__lt=head.size, about=wanted).order_by("pk")[:MOST_FOUND]
    rows = list(found) or list(RegisterEntry.objects.filter(pk__lt=head.size, key=wanted))
    texts = write_proof_texts([row.index for row in rows], head) if rows else []
    return [
        Sought(
            row.index,
            bytes(row.data).decode(errors="replace"),
            leaves.parse_leaf(bytes(row.data)),
            proof,
        )
        for row, proof in zip(rows, texts, strict=True)
    ]


def write_entry_proof(index: int) -> str | None:
    """Return the proof of entry *index* under the newest head, or None. Two queries."""
    head = get_newest_checkpoint()
    if head is None or not 0 <= index < head.size:
        return None
    return write_proof_texts([index], head)[0]


def get_last_register_check() -> RegisterCheck | None:
    """Return the result of the newest recomputation of the register, or None."""
    return RegisterCheck.objects.order_by("-pk").first()


def is_register_check_due(now: datetime | None = None) -> bool:
    """Say whether the register hasn't been recomputed since last night's time for it."""
    local = timezone.localtime(now)
    night = timezone.make_aware(datetime.combine(local.date(), NIGHT))
    if local < night:
        night -= timedelta(days=1)
    return (
        not RegisterCheck.objects.filter(at__gte=night).exists()
        and RegisterCheckpoint.objects.exists()
    )


def warn_of_register_fault() -> str:
    """Return `fault` if the last check found one, `late` if there was none for two days, else an
    empty string.
    """
    last = get_last_register_check()
    if last is None:
        return ""
    if last.fault:
        return "fault"
    return "late" if last.at < clock.now() - LATE else ""
