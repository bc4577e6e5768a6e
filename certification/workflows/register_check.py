"""Recompute the register from its entries, and compare every tile, head and signature with the
result.

Entries are read in pieces, so memory stays flat whatever the length of the register. Heads that
were signed and noted outside the database are compared too. So somebody who rewrites the whole
database, signatures included, is found as long as one old head is remembered.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import structlog
from django.conf import settings

from certification.models import (
    RegisterCheck,
    RegisterCheckpoint,
    RegisterEntry,
    RegisterState,
    RegisterTile,
)
from certification.models.register import number_of, place_of
from certification.tlog import checkpoint, hashes, notes, tiles
from certification.tlog.checkpoint import TreeHead
from certification.tlog.notes import NoteError, Verifier
from certification.tlog.recount import Recount
from certification.tlog.tiles import WIDTH, TilePlace

log = structlog.get_logger("craftpath.register")
PIECE = 4096
NOTED = "register-heads.txt"


class Broken(Exception):
    """The first difference that was found, in one sentence."""


def recompute_register(
    *, trusted: Sequence[Verifier] = (), remembered: Iterable[str] = (), keep: bool = True
) -> RegisterCheck:
    """Recompute the register and return what was found.

    *keep*: save the result as a row, and the newest head outside the database.

    *trusted*: keys of the register. If some are given, every head must be signed by one of them.

    *remembered*: signed heads that somebody kept elsewhere.

    Entries that are added during the check are left to the next one.
    """
    began = time.perf_counter()
    state = RegisterState.objects.filter(pk=1).first()
    heads = list(RegisterCheckpoint.objects.order_by("pk").values_list("pk", flat=True))
    size, fault = (state.size if state else 0), ""
    recount = Recount()
    try:
        _walk(
            recount,
            size,
            bytes(state.root) if state else hashes.EMPTY_ROOT,
            trusted,
            [*remembered, *read_noted_heads()],
        )
    except Broken as found:
        fault = str(found)
    result = RegisterCheck(
        size=recount.size, heads=len(heads), fault=fault, seconds=time.perf_counter() - began
    )
    if keep:
        result.save()
        if fault:
            log.error("register_fault", entries=recount.size)
        else:
            _note_newest()
    return result


def read_noted_heads() -> list[str]:
    """Return the heads that were noted outside the database, oldest first. The list is empty if
    the file can't be read.
    """
    try:
        written = _file().read_text(encoding="utf-8")
    except OSError:
        return []
    return [f"{note}\n" for note in written.split("\n\n\n") if note.strip()]


def _file() -> Path:
    return Path(settings.AUDIT_ANCHORS).with_name(NOTED)


def _note_newest() -> None:
    """Note the newest head in a file beside the anchors of the audit log. A file that can't be
    written is an error in the log.
    """
    head = RegisterCheckpoint.objects.order_by("-pk").first()
    if head is None or ((known := read_noted_heads()) and known[-1] == head.note):
        return
    log.info("register_head", size=head.size, root=bytes(head.root).hex())
    try:
        _file().parent.mkdir(parents=True, exist_ok=True)
        with _file().open("a", encoding="utf-8") as file:
            file.write(f"{head.note}\n\n")
    except OSError as error:
        log.error("register_head_lost", error=type(error).__name__)


def _walk(
    recount: Recount, size: int, root: bytes, trusted: Sequence[Verifier], remembered: Sequence[str]
) -> None:
    """Raise `Broken` at the first difference between the entries and everything that was computed
    from them.
    """
    expected = sorted([*_kept_heads(trusted), *_remembered_heads(remembered)])
    for known, _root, name in expected:
        if known > size:
            raise Broken(
                f"the register has {size} entries, but {name} was signed over {known}: it was shortened"
            )
    awaited = iter([*expected, (size + 1, b"", "")])
    head = next(awaited)
    full: list[tuple[TilePlace, bytes]] = []
    head = _compare_heads(recount, head, awaited)
    for index, data in _entries(size):
        if index != recount.size:
            raise Broken(f"entry {recount.size} is missing")
        full += recount.add(hashes.hash_leaf(data))
        if recount.size == head[0]:
            if full:
                _compare_tiles(full)
                full = []
            head = _compare_heads(recount, head, awaited)
        elif len(full) >= WIDTH:
            _compare_tiles(full)
            full = []
    if recount.size != size:
        raise Broken(f"entry {recount.size} is missing")
    _compare_tiles([*full, *recount.partial()])
    if recount.root() != root:
        raise Broken(f"the root kept for {size} entries isn't theirs")
    _nothing_more(size)


def _compare_heads(
    recount: Recount, head: tuple[int, bytes, str], awaited: Iterator[tuple[int, bytes, str]]
) -> tuple[int, bytes, str]:
    """Compare all heads of the size that was reached, and return the next one."""
    mine = recount.root() if head[0] == recount.size else b""
    while head[0] == recount.size:
        if head[1] != mine:
            # A changed entry shows in its tile too, and that names the place more closely.
            _compare_tiles(recount.partial())
            raise Broken(
                f"{head[2]} over {head[0]} entries doesn't fit them: an entry or the head was changed"
            )
        head = next(awaited)
    return head


def _entries(size: int) -> Iterator[tuple[int, bytes]]:
    """Yield (index, data) of the first *size* entries in order.

    Raises `Broken` where a fingerprint isn't the entry's.
    """
    last = -1
    while rows := list(
        RegisterEntry.objects.filter(pk__gt=last, pk__lt=size)
        .order_by("pk")
        .values_list("index", "key", "data")[:PIECE]
    ):
        for index, key, data in rows:
            entry = bytes(data)
            if sha256(entry).digest() != bytes(key):
                raise Broken(f"entry {index} was changed: its fingerprint doesn't fit")
            yield index, entry
        last = rows[-1][0]


def _compare_tiles(computed: Sequence[tuple[TilePlace, bytes]]) -> None:
    numbers = [number_of(place) for place, _data in computed]
    kept: dict[TilePlace, bytes] = {}
    for start in range(0, len(numbers), 900):
        rows = RegisterTile.objects.filter(pk__in=numbers[start : start + 900]).values_list(
            "number", "data"
        )
        kept |= {place_of(number): bytes(data) for number, data in rows}
    for place, data in computed:
        stored = kept.get(place)
        if stored is None:
            raise Broken(f"tile {place.level}/{place.index} is missing")
        if not stored.startswith(data):
            pairs = zip(
                tiles.split_tile(data), [*tiles.split_tile(stored), *[b""] * WIDTH], strict=False
            )
            at = next(n for n, (mine, theirs) in enumerate(pairs) if mine != theirs)
            span = 1 << tiles.HEIGHT * place.level
            first = (place.index * WIDTH + at) * span
            over = f"entry {first}" if span == 1 else f"entries {first} to {first + span - 1}"
            raise Broken(f"tile {place.level}/{place.index} doesn't fit {over} (hash {at})")


def _nothing_more(size: int) -> None:
    """Raise `Broken` where entries or tiles go further than the size says, unless the register has
    grown in between.
    """
    further = (
        RegisterEntry.objects.filter(pk__gte=size)
        .order_by("pk")
        .values_list("pk", flat=True)
        .first()
    )
    wide = next(
        (
            place_of(number)
            for place in [
                *tiles.list_partial_tiles(size),
                *(
                    TilePlace(level, (size >> tiles.HEIGHT * level) // WIDTH)
                    for level in range(tiles.LEVELS)
                ),
            ]
            for number, data in RegisterTile.objects.filter(pk=number_of(place)).values_list(
                "number", "data"
            )
            if len(data) != tiles.tile_width(size, place) * hashes.SIZE
        ),
        None,
    )
    now = RegisterState.objects.filter(pk=1).values_list("size", flat=True).first() or 0
    if now != size:
        return
    if further is not None:
        raise Broken(f"entry {further} stands beyond the {size} that the register counts")
    if wide is not None:
        raise Broken(
            f"tile {wide.level}/{wide.index} goes further than the {size} entries that the register counts"
        )


def _kept_heads(trusted: Sequence[Verifier]) -> Iterator[tuple[int, bytes, str]]:
    """Yield (size, root, name) of each stored head.

    Raises `Broken` where its note isn't about them, or isn't signed as it should be.
    """
    allowed = {key.vkey for key in trusted}
    name = ""
    before = 0
    for row in RegisterCheckpoint.objects.order_by("pk").iterator(PIECE):
        said = f"the head of row {row.pk}"
        if trusted and row.vkey not in allowed:
            raise Broken(f"{said} is signed by a key that isn't one of ours: {row.vkey}")
        head = _opened(row.note, [notes.read_vkey(row.vkey)] if _readable(row.vkey) else [], said)
        if (head.size, head.root) != (row.size, bytes(row.root)):
            raise Broken(f"{said} says another size or root than was signed")
        if name and head.origin != name:
            raise Broken(f"{said} names another register: {head.origin}")
        if head.size < before:
            raise Broken(
                f"{said} covers {head.size} entries, the one before it {before}: the register was shortened"
            )
        name, before = head.origin, head.size
        yield head.size, head.root, said


def _remembered_heads(remembered: Sequence[str]) -> Iterator[tuple[int, bytes, str]]:
    """Yield (size, root, name) of each head that was kept elsewhere.

    Their signatures aren't verified, since a person who keeps a head trusts it already. Raises
    `Broken` for one that can't be read.
    """
    for place, note in enumerate(remembered, 1):
        said = f"the remembered head no. {place}"
        try:
            head = checkpoint.parse_checkpoint(notes.parse_note(note).text)
        except NoteError as error:
            raise Broken(f"{said} can't be read: {error}") from error
        yield head.size, head.root, said


def _readable(vkey: str) -> bool:
    try:
        notes.read_vkey(vkey)
    except NoteError:
        return False
    return True


def _opened(note: str, known: Sequence[Verifier], said: str) -> TreeHead:
    try:
        return checkpoint.parse_checkpoint(notes.open_note(note, known).note.text)
    except NoteError as error:
        raise Broken(f"{said} doesn't hold: {error}") from error
